// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "exitstat/reasons.h"
#include "exitstat/status.h"

#define NS_PER_S      1000000000.0
/* How many reasons a line per interval has room for. */
#define MOST_FREQUENT 3

const char *seconds(char *text, uint64_t cycles, uint32_t tsc_khz)
{
	uint64_t hz = (uint64_t)tsc_khz * 1000;

	if (!hz)
		return "-";
	/* The rest is below 2^42: times a million it fits. */
	snprintf(text, SECONDS_BYTES, "%" PRIu64 ".%06" PRIu64, cycles / hz,
		 cycles % hz * 1000000 / hz);
	return text;
}

static unsigned int *slots_of(const struct report *report, unsigned int *n)
{
	unsigned int *slots = calloc(report->layout->nr, sizeof(slots[0]));

	if (!slots)
		die(STATUS_SYSTEM, "no memory for %u reasons", report->layout->nr);
	*n = by_exits(report->layout, report->delta, slots);
	return slots;
}

void report_line(FILE *file, const struct report *report)
{
	const uint64_t *val = report->delta->val;

	if (report->scope->vcpu)
		fprintf(file, "vCPU %u, exits=%" PRIu64 ", cycles spent in exit=%" PRIu64 "\n",
			report->scope->cpu, val[KVM_EXIT_STATS_EXITS], val[KVM_EXIT_STATS_KERNEL]);
	else
		fprintf(file,
			"CPUID(0x%08X), exits=%" PRIu64 ", cycles spent in exit=%" PRIu64 "\n",
			report->scope->two_leaves ? KVM_EXIT_STATS_VM : KVM_EXIT_STATS_TOTAL,
			val[KVM_EXIT_STATS_EXITS], val[KVM_EXIT_STATS_KERNEL]);
}

double per_exit(const uint64_t *val)
{
	uint64_t exits = val[KVM_EXIT_STATS_EXITS];

	return exits ? (double)val[KVM_EXIT_STATS_KERNEL] / (double)exits : 0;
}

/* A row; @time_s for the rate, @runs that the values are the sum of. */
static void row(FILE *file, const struct report *report, const char *name, const char *number,
		const uint64_t *val, double time_s, const struct spread *spread)
{
	uint64_t exits = val[KVM_EXIT_STATS_EXITS], all = report->delta->val[KVM_EXIT_STATS_EXITS];
	unsigned int runs = report->runs ? report->runs : 1;

	fprintf(file, "  %-20s %6s %11.*f", name, number, runs > 1, (double)exits / runs);
	if (spread)
		fprintf(file, " %6.1f%%", spread_percent(spread));
	if (time_s > 0)
		fprintf(file, " %11.1f", (double)exits / time_s);
	else
		fprintf(file, " %11s", "-");
	fprintf(file, " %6.2f%%", all ? 100.0 * (double)exits / (double)all : 0.0);
	for (int sel = KVM_EXIT_STATS_KERNEL; sel < SELECTORS_PER_REASON; sel++)
		fprintf(file, " %15.0f", (double)val[sel] / runs);
	fprintf(file, " %11.1f\n", per_exit(val));
}

/* With -a: what has no exits, and numbers that are no reasons. */
static void rows_without(FILE *file, const struct report *report)
{
	const struct layout *layout = report->layout;
	char name[NAME_BYTES], number[NAME_BYTES];

	for (unsigned int i = 0; i < layout->nr; i++)
		if (!report->delta->reasons[i].val[KVM_EXIT_STATS_EXITS])
			fprintf(file, "  %-20s %6s %11d  %s\n", name_of(name, layout, i),
				number_of(number, layout, layout->codes[i]), 0,
				why_none(layout, i));
	for (unsigned int i = 0; i < layout->nr_undefined; i++)
		fprintf(file, "  %-20s %6s %11s  the processor does not define it\n", "-",
			number_of(number, layout, layout->undefined[i]), "-");
}

static void table(FILE *file, const struct report *report, double time_s)
{
	const struct spread *spread = report->runs > 1 ? report->exits : NULL;
	unsigned int n, *slots = slots_of(report, &n);
	char text[NAME_BYTES], number[NAME_BYTES];

	fprintf(file, "\n  %-20s %6s %11s%s %11s %7s %15s %15s %15s %11s\n", "reason", "number",
		"exits", spread ? "     +- " : "", "per s", "share", "kernel", "user", "halted",
		"kernel/exit");
	for (unsigned int i = 0; i < n; i++)
		row(file, report, name_of(text, report->layout, slots[i]),
		    number_of(number, report->layout, report->layout->codes[slots[i]]),
		    report->delta->reasons[slots[i]].val, time_s,
		    spread ? &spread[slots[i]] : NULL);
	if (report->all)
		rows_without(file, report);
	row(file, report, "total", "-", report->delta->val, time_s,
	    spread ? &spread[report->layout->nr] : NULL);
	free(slots);
	if (report->delta->foreign)
		fprintf(file,
			"  %" PRIu64
			" exits happened while the counters were read: the rows and the total may differ by as many.\n",
			report->delta->foreign);
}

/* When the guest booted, and what the exits say of its paging. */
static void details_of_vm(FILE *file, const struct report *report)
{
	uint32_t khz = report->host->tsc_khz;
	const char *seen = paging(report->layout, report->now);

	fprintf(file, "booted %.3f s ago", (double)report->now->age.up_ns / NS_PER_S);
	if (!age_is_younger(&report->now->age, khz))
		fprintf(file, ", %.3f s after the VM had begun to run%s",
			age_before_boot(&report->now->age, khz),
			age_rebooted(&report->now->age, khz)
				? ": it has been rebooted, or was that long in its firmware and boot loader"
				: "");
	fputc('\n', file);
	if (seen)
		fprintf(file, "paging: %s\n", seen);
	else
		fputs("paging: no exit so far shows whether it is nested or shadow\n", file);
}

/* The age of the statistics; the guest's, if the host does not know the TSC's frequency. */
static double life_s(const struct report *report)
{
	double age_s = age_seconds(&report->now->age, report->host->tsc_khz);

	return age_s > 0 ? age_s : (double)report->now->age.up_ns / NS_PER_S;
}

void report_details(FILE *file, const struct report *report)
{
	const uint64_t *val = report->delta->val;
	/* Each goes on from the one before. */
	static const struct {
		uint32_t feature;
		const char *text;
	} notes[] = {
		{ KVM_EXIT_STATS_FEATURE_MODULE,
		  "A module beside KVM keeps them: an exit's time in the kernel is from one tracepoint to another." },
		{ KVM_EXIT_STATS_FEATURE_LATE,
		  "The first of these comes late: interrupts of the host before it count as the guest's time." },
		{ KVM_EXIT_STATS_FEATURE_NO_HALTED,
		  "It cannot tell that a vCPU halts: that time counts as descheduled or as an exit's." },
		{ KVM_EXIT_STATS_FEATURE_NO_PAUSED,
		  "It cannot tell that a vCPU is paused: that time counts as the VMM's." },
	};
	bool younger = age_is_younger(&report->now->age, report->host->tsc_khz);
	double age_s = life_s(report);
	char text[SECONDS_BYTES];

	fprintf(file,
		"%s s spent in exit, at the host's TSC of %u kHz; the %s %.3f s old%s: %.1f exits/s\n",
		seconds(text, val[KVM_EXIT_STATS_KERNEL], report->host->tsc_khz),
		report->host->tsc_khz, younger ? "statistics are" : "VM is", age_s,
		younger ? ", and began after the guest had booted" : "",
		age_s > 0 ? (double)val[KVM_EXIT_STATS_EXITS] / age_s : 0);
	details_of_vm(file, report);
	table(file, report, age_s);
	fprintf(file,
		"  %" PRIu64 " of the CPUIDs are exitstat's own, until the first line was read.\n",
		report->delta->own);
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (report->host->features & notes[i].feature)
			fprintf(file, "  %s\n", notes[i].text);
}

void report_command(FILE *file, const struct report *report)
{
	double time_s = (double)report->delta->time_ns / NS_PER_S;

	fputs("\nExits of ", file);
	if (report->scope->vcpu)
		fprintf(file, "vCPU %u", report->scope->cpu);
	else
		fputs("the whole VM", file);
	fputs(" while this ran:", file);
	for (char *const *word = report->command; *word; word++)
		fprintf(file, " %s", *word);
	fputc('\n', file);
	table(file, report, time_s);
	if (report->runs > 1)
		fprintf(file, "\n  Means of %u runs of %.6f s", report->runs,
			time_s / report->runs);
	else
		fprintf(file, "\n  %.6f s", time_s);
	fprintf(file, "; exits of exitstat's own readings, subtracted: %" PRIu64 "\n\n",
		report->delta->own);
}

void report_interval(FILE *file, const struct report *report, bool head)
{
	const struct delta *delta = report->delta;
	double time_s = (double)delta->time_ns / NS_PER_S;
	unsigned int n, *slots = slots_of(report, &n);
	char text[NAME_BYTES];

	if (head)
		fprintf(file, "%10s %4s %9s %10s %14s %14s %14s  %s\n", "uptime", "vcpu", "exits",
			"exits/s", "kernel", "user", "halted", "most frequent");
	fprintf(file, "%10.3f", (double)report->at_ns / NS_PER_S);
	if (report->scope->vcpu)
		fprintf(file, " %4u", report->scope->cpu);
	else
		fprintf(file, " %4s", "all");
	fprintf(file, " %9" PRIu64 " %10.1f %14" PRIu64 " %14" PRIu64 " %14" PRIu64 " ",
		delta->val[KVM_EXIT_STATS_EXITS], (double)delta->val[KVM_EXIT_STATS_EXITS] / time_s,
		delta->val[KVM_EXIT_STATS_KERNEL], delta->val[KVM_EXIT_STATS_USER],
		delta->val[KVM_EXIT_STATS_HALTED]);
	for (unsigned int i = 0; i < n && i < MOST_FREQUENT; i++)
		fprintf(file, " %s %" PRIu64, name_of(text, report->layout, slots[i]),
			delta->reasons[slots[i]].val[KVM_EXIT_STATS_EXITS]);
	fputc('\n', file);
	free(slots);
}

void report_screen(FILE *file, const struct report *report)
{
	static const struct {
		enum kvm_exit_stats_selector sel;
		const char *name;
	} states[] = {
		{ KVM_EXIT_STATS_GUEST, "guest" },   { KVM_EXIT_STATS_KERNEL, "kernel" },
		{ KVM_EXIT_STATS_USER, "user" },     { KVM_EXIT_STATS_HALTED, "halted" },
		{ KVM_EXIT_STATS_SCHED, "desched" }, { KVM_EXIT_STATS_PAUSED, "paused" },
	};
	const uint64_t *val = report->delta->val;
	double time_s = (double)report->delta->time_ns / NS_PER_S, all = 0;

	if (report->scope->vcpu)
		fprintf(file, "vCPU %u", report->scope->cpu);
	else
		fputs("all vCPUs", file);
	fprintf(file, ", %.3f s: %.1f exits/s;", time_s,
		time_s > 0 ? (double)val[KVM_EXIT_STATS_EXITS] / time_s : 0);
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		all += (double)val[states[i].sel];
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		fprintf(file, " %s %.1f%%", states[i].name,
			all > 0 ? 100.0 * (double)val[states[i].sel] / all : 0);
	fputc('\n', file);
	table(file, report, time_s);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/export.h"

#include <inttypes.h>

#include "exit_reasons.h"
#include "exitstat/reasons.h"

#define NS_PER_S 1000000000.0

/* Selectors as programs know them; the first four also by reason. */
static const char *const keys[SELECTORS] = {
	[KVM_EXIT_STATS_EXITS] = "exits",
	[KVM_EXIT_STATS_KERNEL] = "kernel_cycles",
	[KVM_EXIT_STATS_USER] = "user_cycles",
	[KVM_EXIT_STATS_HALTED] = "halted_cycles",
	[KVM_EXIT_STATS_SCHED] = "descheduled_cycles",
	[KVM_EXIT_STATS_GUEST] = "guest_cycles",
	[KVM_EXIT_STATS_L2_EXITS] = "l2_exits",
	[KVM_EXIT_STATS_USER_RETURNS] = "user_returns",
	[KVM_EXIT_STATS_CLAMPED] = "clamped",
	[KVM_EXIT_STATS_PAUSED] = "paused_cycles",
};

void export_csv_head(FILE *file)
{
	fputs("n,uptime_s,duration_s,vcpu,reason,code", file);
	for (int sel = 0; sel < SELECTORS_PER_REASON; sel++)
		fprintf(file, ",%s", keys[sel]);
	fputc('\n', file);
}

static void csv_row(FILE *file, const struct report *report, const char *reason, const char *code,
		    const uint64_t *val)
{
	fprintf(file, "%u,%.6f,%.6f,", report->number, (double)report->at_ns / NS_PER_S,
		(double)report->delta->time_ns / NS_PER_S);
	if (report->scope->vcpu)
		fprintf(file, "%u", report->scope->cpu);
	else
		fputs("all", file);
	fprintf(file, ",%s,%s", reason, code);
	for (int sel = 0; sel < SELECTORS_PER_REASON; sel++)
		fprintf(file, ",%" PRIu64, val[sel]);
	fputc('\n', file);
}

void export_csv(FILE *file, const struct report *report)
{
	const struct layout *layout = report->layout;

	csv_row(file, report, "total", "", report->delta->val);
	for (unsigned int i = 0; i < layout->nr; i++) {
		char name[NAME_BYTES], code[NAME_BYTES];

		if (!report->delta->reasons[i].val[KVM_EXIT_STATS_EXITS] && !report->all)
			continue;
		snprintf(code, sizeof(code), "0x%x", layout->codes[i]);
		csv_row(file, report, name_of(name, layout, i), code,
			report->delta->reasons[i].val);
	}
}

/* The bytes of the character that @text begins with (RFC 3629, section 4); 0: it is no UTF-8. */
static int utf8_length(const unsigned char *text)
{
	unsigned char c = text[0], low = 0x80, high = 0xbf;
	int length = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	/* Neither longer than it needs to be, nor a surrogate, nor beyond U+10FFFF. */
	if (c == 0xe0)
		low = 0xa0;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f;
	/* The NUL at the end is outside of every range. */
	for (int i = 1; i < length; i++, low = 0x80, high = 0xbf)
		if (text[i] < low || text[i] > high)
			return 0;
	return length;
}

/* Each byte that is no UTF-8, as an argument may have, becomes U+FFFD. */
static void json_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		int length = utf8_length(c);

		if (!length)
			fputs("\\ufffd", file);
		else if (*c == '"' || *c == '\\')
			fprintf(file, "\\%c", *c);
		else if (*c < ' ')
			fprintf(file, "\\u%04x", *c);
		else
			fprintf(file, "%.*s", length, (const char *)c);
		c += length ? length : 1;
	}
	fputc('"', file);
}

static void json_values(FILE *file, const uint64_t *val, int selectors)
{
	for (int sel = 0; sel < selectors; sel++)
		fprintf(file, ",\"%s\":%" PRIu64, keys[sel], val[sel]);
}

/* As programs know it. */
static const char *state_of(const struct layout *layout, unsigned int slot, const uint64_t *val)
{
	if (val[KVM_EXIT_STATS_EXITS])
		return "taken";
	return exit_reason_never_enabled(layout->isa, layout->codes[slot]) ? "never_enabled"
									   : "none";
}

static void json_reasons(FILE *file, const struct report *report)
{
	const struct layout *layout = report->layout;
	const char *between = "";

	fputs(",\"reasons\":[", file);
	for (unsigned int i = 0; i < layout->nr; i++) {
		const uint64_t *val = report->delta->reasons[i].val;
		char name[NAME_BYTES];

		if (!val[KVM_EXIT_STATS_EXITS] && !report->all)
			continue;
		fprintf(file, "%s{\"reason\":\"%s\",\"code\":%u", between, name_of(name, layout, i),
			layout->codes[i]);
		json_values(file, val, SELECTORS_PER_REASON);
		fprintf(file, ",\"kernel_cycles_per_exit\":%.1f", per_exit(val));
		if (report->all)
			fprintf(file, ",\"state\":\"%s\"", state_of(layout, i, val));
		fputc('}', file);
		between = ",";
	}
	fputs("]", file);
	if (!report->all)
		return;
	fputs(",\"undefined\":[", file);
	for (unsigned int i = 0; i < layout->nr_undefined; i++)
		fprintf(file, "%s%u", i ? "," : "", layout->undefined[i]);
	fputs("]", file);
}

/* The VM's age and paging. */
static void json_vm(FILE *file, const struct report *report)
{
	uint32_t khz = report->host->tsc_khz;
	const char *seen = paging(report->layout, report->now);

	fprintf(file, ",\"age_s\":%.6f,\"booted_s\":%.6f", age_seconds(&report->now->age, khz),
		(double)report->now->age.up_ns / NS_PER_S);
	if (age_is_younger(&report->now->age, khz))
		fputs(",\"before_boot_s\":null,\"rebooted\":null", file);
	else
		fprintf(file, ",\"before_boot_s\":%.6f,\"rebooted\":%s",
			age_before_boot(&report->now->age, khz),
			age_rebooted(&report->now->age, khz) ? "true" : "false");
	if (seen)
		fprintf(file, ",\"paging\":\"%s\"", seen);
	else
		fputs(",\"paging\":null", file);
}

/* As exit_stats_layout has it on the host. */
static const char *const layouts[] = {
	[KVM_EXIT_STATS_LAYOUT_MERGED] = "merged",
	[KVM_EXIT_STATS_LAYOUT_1] = "1",
	[KVM_EXIT_STATS_LAYOUT_2] = "2",
	[KVM_EXIT_STATS_LAYOUT_3] = "3",
};

/* As the probe's records have it: KEEPERS in record_fields.h. */
static const char *keeper(const struct host *host)
{
	if (host->features & KVM_EXIT_STATS_FEATURE_LATE)
		return "late";
	return host->features & KVM_EXIT_STATS_FEATURE_MODULE ? "module" : "patch";
}

void export_json(FILE *file, const struct report *report)
{
	const struct delta *delta = report->delta;

	fprintf(file,
		"{\"n\":%u,\"uptime_s\":%.6f,\"duration_s\":%.6f,\"isa\":\"%s\",\"tsc_khz\":%u,"
		"\"epoch\":%u,\"keeper\":\"%s\",\"layout\":\"%s\"",
		report->number, (double)report->at_ns / NS_PER_S, (double)delta->time_ns / NS_PER_S,
		report->layout->isa == KVM_EXIT_STATS_ISA_SVM ? "SVM" : "VMX",
		report->host->tsc_khz, report->host->epoch, keeper(report->host),
		layouts[report->host->course]);
	if (report->host->features & KVM_EXIT_STATS_FEATURE_NO_HALTED)
		fputs(",\"halted_known\":false", file);
	if (report->host->features & KVM_EXIT_STATS_FEATURE_NO_PAUSED)
		fputs(",\"paused_known\":false", file);
	json_vm(file, report);
	if (report->scope->vcpu)
		fprintf(file, ",\"vcpu\":%u", report->scope->cpu);
	else
		fputs(",\"vcpu\":\"all\"", file);
	json_values(file, delta->val, SELECTORS);
	fprintf(file, ",\"own_exits\":%" PRIu64 ",\"foreign_exits\":%" PRIu64, delta->own,
		delta->foreign);
	if (report->command) {
		const char *between = "";

		fprintf(file, ",\"status\":%d,\"command\":[", report->status);
		for (char *const *word = report->command; *word; word++) {
			fputs(between, file);
			json_string(file, *word);
			between = ",";
		}
		fputc(']', file);
	}
	json_reasons(file, report);
	fputs("}\n", file);
}

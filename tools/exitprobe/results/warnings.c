// SPDX-License-Identifier: GPL-2.0-only
#include "results/warnings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "results/ways.h"

#define LINE_MAX_TEXT	 1024
#define CROSSCHECK_SHARE 0.01

struct teller {
	void (*tell)(void *context, const char *line);
	void *context;
};

static void say(const struct teller *to, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct teller *to, const char *format, ...)
{
	char line[LINE_MAX_TEXT];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	to->tell(to->context, line);
}

/* @what, then the names of those for which @is_so, as far as a line goes. */
static void say_ops(const struct merged *merged, const struct teller *to, const char *what,
		    bool (*is_so)(const struct merged_op *op))
{
	char names[LINE_MAX_TEXT / 2] = "";
	size_t count = 0, used = 0;

	for (size_t i = 0; i < merged->count; i++) {
		if (!is_so(&merged->ops[i]))
			continue;
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
					 count++ ? ", " : "", merged->ops[i].as_one.op);
		used = used < sizeof(names) ? used : sizeof(names) - 1;
	}
	if (count)
		say(to, "%zu operation%s %s: %s%s", count, count == 1 ? "" : "s", what, names,
		    strlen(names) + 1 == sizeof(names) ? "..." : "");
}

/* How long a NOP takes there, if the probe has measured it. */
static void say_emulated(const struct merged *merged, const struct teller *to)
{
	const struct meta *meta = results_meta(merged->results);
	char nop[64] = "";

	if (meta && meta->nop_ticks >= 0)
		snprintf(nop, sizeof(nop), ": a NOP takes %" PRId64 " ticks", meta->nop_ticks);
	say(to,
	    "the host emulates every instruction of the guest%s; these figures are the "
	    "emulator's, not the cost of an exit",
	    nop);
}

/* What tracing adds, as the probe has measured it. */
static void say_watching(const struct meta *m, const struct teller *to)
{
	if (m && m->watched)
		say(to,
		    "tracing adds %" PRId64
		    " to the round trip of an exit, of which half is taken off "
		    "kernel, and %" PRId64
		    " to that of a return to userspace, which is taken off kernel "
		    "and user",
		    m->exit_cost + m->entry_cost, m->return_cost);
}

static bool is_differing(const struct merged_op *m)
{
	return m->as_one.outcome == OUTCOME_MEASURED && m->as_one.has_expected && !m->as_one.agrees;
}

static bool is_descheduled(const struct merged_op *m)
{
	return m->as_one.outcome == OUTCOME_MEASURED && m->as_one.descheduled;
}

static bool is_out_of_budget(const struct merged_op *m)
{
	return m->as_one.outcome == OUTCOME_MEASURED && m->as_one.stop == STOP_BUDGET;
}

static bool is_varying(const struct merged_op *m)
{
	return m->exits_vary;
}

static bool is_broken(const struct merged_op *m)
{
	return m->broken_boots && m->broken_as != OUTCOME_FAULTED;
}

/* KVM's are read after the probe's last reading: those of its end are more. */
static bool crosscheck_agrees(const struct boot *boot)
{
	double more = (double)boot->kvm_exits - (double)boot->probe_exits;

	return more >= 0 && more <= CROSSCHECK_SHARE * (double)boot->probe_exits;
}

static void boot_warnings(const struct results *results, const struct teller *to)
{
	for (size_t i = 0; i < results->boot_count; i++) {
		const struct boot *boot = &results->boots[i];

		if (!boot->complete && results->boot_count > 1)
			say(to, "boot %zu did not finish", i + 1);
		for (size_t l = 0; l < boot->lost_count; l++)
			say(to, "boot %zu continued without %s: %s", i + 1, boot->lost[l].op,
			    boot->lost[l].how);
		if (boot->has_meta &&
		    !strcmp(boot->meta.tsc_verdict, tsc_verdict_names[TSC_DISAGREES]))
			say(to,
			    "boot %zu: the TSC does not have the frequency that CPUID or KVM reports",
			    i + 1);
		if (boot->has_meta && !boot->meta.tsc_monotonic)
			say(to, "boot %zu: the TSC ran backwards", i + 1);
		if (boot->clamped)
			say(to, "boot %zu: the host replaced %" PRId64 " negative times by 0",
			    i + 1, boot->clamped);
		if (boot->has_crosscheck && !crosscheck_agrees(boot))
			say(to,
			    "boot %zu: KVM's own statistics count %" PRId64
			    " exits, the probe counts %" PRId64,
			    i + 1, boot->kvm_exits, boot->probe_exits);
	}
}

void warnings_tell(const struct merged *merged, void (*tell)(void *context, const char *line),
		   void *context)
{
	const struct teller to = { tell, context };

	if (!merged->results->complete)
		say(&to, "partial: the run did not finish");
	if (merged->emulated)
		say_emulated(merged, &to);
	if (!merged->counted && merged->outcomes[OUTCOME_MEASURED])
		say(&to, "no exits and no host columns: nobody counted exits");
	if (merged->counted && merged->results->way != WAY_LEAF)
		say(&to, "counts by %s: %s", way_title(merged->results->way),
		    way_shows(merged->results->way));
	say_watching(results_meta(merged->results), &to);
	say_ops(merged, &to, "with other exits than expected", is_differing);
	say_ops(merged, &to, "not measured", is_broken);
	say_ops(merged, &to, "with exits that vary from boot to boot", is_varying);
	say_ops(merged, &to, "stopped before the 95 % interval reached +-0.5 %", is_out_of_budget);
	say_ops(merged, &to, "measured while the vCPU was descheduled", is_descheduled);
	boot_warnings(merged->results, &to);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "results/wording.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expectation.h"
#include "results/tick.h"
#include "results/ways.h"

#define LINE_MAX_TEXT	 1024
#define CROSSCHECK_SHARE 0.01

/* printf to the end of @text; what does not fit is cut off. */
static void append(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + used, size - used, format, arguments);
	va_end(arguments);
}

/* "2", "0.016" */
static void append_milli(char *text, size_t size, int64_t milli)
{
	append(text, size, "%" PRId64, milli / 1000);
	if (milli % 1000)
		append(text, size, ".%03" PRId64, milli % 1000);
}

const char *wording_reasons(const struct reasons *reasons, char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < reasons->count; i++) {
		const struct reason *r = &reasons->list[i];

		append(text, size, "%s", i ? "+" : "");
		if (r->milli != 1000) {
			append_milli(text, size, r->milli);
			append(text, size, " ");
		}
		append(text, size, "%s", r->name);
	}
	return text;
}

const char *wording_why(const struct op_result *op, char *text, size_t size)
{
	char hints[LINE_MAX_TEXT];

	wording_reasons(&op->reasons, text, size);
	if (op->l2_milli) {
		append(text, size, ", ");
		append_milli(text, size, op->l2_milli);
		append(text, size, " from L2");
	}
	if (op->hints.count)
		append(text, size, "(%s)", wording_reasons(&op->hints, hints, sizeof(hints)));
	return text;
}

const char *wording_more_exits(const struct derived *d, char *text, size_t size)
{
	text[0] = '\0';
	if (!d->exits_milli)
		return text;
	append(text, size, ", exits %s", d->exits_milli < 0 ? "-" : "+");
	append_milli(text, size, llabs(d->exits_milli));
	return text;
}

const char *wording_expected(const struct expected *e, char *text, size_t size)
{
	return expectation_text(e->min, e->max, (const char *const *)e->reasons, e->reason_count,
				text, size);
}

const char *wording_foreign(const struct reasons *reasons, char *text, size_t size)
{
	snprintf(text, size, "%s", reasons->count ? "" : "none");
	for (size_t i = 0; i < reasons->count; i++)
		append(text, size, "%s%" PRId64 " %s", i ? ", " : "", reasons->list[i].milli / 1000,
		       reasons->list[i].name);
	return text;
}

const char *wording_outcome(const struct op_result *op, char *text, size_t size)
{
	text[0] = '\0';
	switch (op->outcome) {
	case OUTCOME_MEASURED:
		break;
	case OUTCOME_SKIPPED:
		snprintf(text, size, "skipped: %s", op->text ? op->text : "no reason given");
		break;
	case OUTCOME_HANGS:
		snprintf(text, size, "hangs: stopped by a timer, not measured");
		break;
	case OUTCOME_FAULTED:
		snprintf(text, size, "fault: %s", op->fault ? op->fault : "unknown");
		break;
	case OUTCOME_FAILED:
		snprintf(text, size, "failed: %s", op->text ? op->text : "no reason given");
		break;
	case OUTCOME_LOST:
		snprintf(text, size, "lost: %s; the run continued without it",
			 op->text ? op->text : "no reason given");
		break;
	}
	return text;
}

const char *wording_broken(const struct merged_op *m, char *text, size_t size)
{
	text[0] = '\0';
	if (m->broken_boots && m->measured_boots)
		snprintf(text, size, "%s in %zu of %zu boots", outcome_names[m->broken_as],
			 m->broken_boots, m->boots);
	return text;
}

const char *wording_notes(const struct merged_op *m, const char *separator, char *text, size_t size)
{
	const struct op_result *op = &m->as_one;
	char words[256];
	const char *between = "";

	text[0] = '\0';
	if (op->outcome != OUTCOME_MEASURED)
		return text;
	if (*wording_broken(m, words, sizeof(words))) {
		append(text, size, "%s", words);
		between = separator;
	}
	if (op->fault) {
		append(text, size, "%sfault: %s", between, op->fault);
		between = separator;
	}
	if (op->wait) {
		append(text, size, "%swait of %" PRId64 " subtracted", between, op->wait);
		between = separator;
	}
	if (op->descheduled) {
		append(text, size, "%sdescheduled", between);
		between = separator;
	}
	if (m->exits_vary) {
		append(text, size, "%sexits vary from boot to boot", between);
		between = separator;
	}
	if (op->has_expected && !op->agrees)
		append(text, size, "%sEXPECTED: %s", between,
		       wording_expected(&op->expected, words, sizeof(words)));
	return text;
}

bool wording_unsettled(const struct op_result *op)
{
	return op->stop == STOP_BUDGET || op->stop == STOP_ROOM;
}

/* As the probe's own table has it. */
static const char *keeper_text(const char *keeper)
{
	if (!strcmp(keeper, "late"))
		return ", module, late";
	return !strcmp(keeper, "module") ? ", module" : "";
}

const char *wording_headline(const struct results *results, char *text, size_t size)
{
	const struct meta *m = results_meta(results);
	double ns = tick_ns(results);

	text[0] = '\0';
	if (m) {
		append(text, size, "%s | ", m->brand[0] ? m->brand : m->vendor);
		if (m->host)
			append(text, size, "host %s | ", m->host);
		else if (m->hypervisor)
			append(text, size, "hypervisor %s | ", m->hypervisor);
		else
			append(text, size, "no hypervisor | ");
		if (m->stats_version)
			append(text, size, "exit stats v%" PRId64 " (%s%s) | ", m->stats_version,
			       m->isa, keeper_text(m->keeper));
		else if (results->way != WAY_NONE)
			append(text, size, "exits by %s (%s) | ", way_title(results->way),
			       way_names[results->way]);
	}
	append(text, size, "unit: %s", results->unit);
	if (ns > 0)
		append(text, size, " of %.4g ns (TSC at %.4g MHz)", ns, 1000 / ns);
	return text;
}

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
	size_t count = 0;

	for (size_t i = 0; i < merged->count; i++) {
		if (!is_so(&merged->ops[i]))
			continue;
		append(names, sizeof(names), "%s%s", count++ ? ", " : "", merged->ops[i].as_one.op);
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

void wording_warnings(const struct merged *merged, void (*tell)(void *context, const char *line),
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

const char *wording_difference(enum difference_kind says)
{
	static const char *const words[] = {
		[DIFFERENCE_NONE] = "none",
		[DIFFERENCE_MORE] = "",
		[DIFFERENCE_LESS] = "",
		[DIFFERENCE_UNKNOWN] = "can't tell",
	};

	return words[says];
}

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

#define HINTS_SIZE 1024

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
	char hints[HINTS_SIZE];

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
			append(text, size, "exit stats v%" PRId64 " (%s%s%s) | ", m->stats_version,
			       m->isa, keeper_text(m->keeper),
			       m->halted_unknown ? ", halted time unknown" : "");
		else if (results->way != WAY_NONE)
			append(text, size, "exits by %s (%s) | ", way_title(results->way),
			       way_names[results->way]);
	}
	append(text, size, "unit: %s", results->unit);
	if (ns > 0)
		append(text, size, " of %.4g ns (TSC at %.4g MHz)", ns, 1000 / ns);
	return text;
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

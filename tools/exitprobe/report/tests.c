// SPDX-License-Identifier: GPL-2.0-only
/* Operations as tests, for what runs tests: JUnit's XML, TAP, the kernel's KTAP, and LAVA. */
#include <ctype.h>
#include <inttypes.h>

#include "lib/escape.h"
#include "report/report.h"
#include "results/ways.h"
#include "results/wording.h"

#define TEXT_SIZE 1024

/* Why the operation is a failure, or NULL: other exits than expected, or none to tell. */
static const char *failure(const struct merged_op *m, char *text, size_t size)
{
	const struct op_result *op = &m->as_one;
	char reasons[TEXT_SIZE / 4], expected[TEXT_SIZE / 4];

	if (op->outcome == OUTCOME_SKIPPED)
		return NULL;
	if (op->outcome != OUTCOME_MEASURED)
		return wording_outcome(op, text, size);
	if (*wording_broken(m, text, size))
		return text;
	if (!op->has_expected || op->agrees)
		return NULL;
	wording_why(op, reasons, sizeof(reasons));
	snprintf(text, size, "exits: %" PRId64 ".%03" PRId64 " %s; expected: %s",
		 op->exits_milli / 1000, op->exits_milli % 1000, reasons,
		 wording_expected(&op->expected, expected, sizeof(expected)));
	return text;
}

static const char partial[] = "the run did not finish";

/* --- JUnit ------------------------------------------------------------------ */

static void junit_property(FILE *to, const char *name, const char *value)
{
	fputs("      <property name=\"", to);
	escape_xml(to, name);
	fputs("\" value=\"", to);
	escape_xml(to, value);
	fputs("\"/>\n", to);
}

static void junit_case(FILE *to, const struct merged *merged, const struct merged_op *m)
{
	const struct op_result *op = &m->as_one;
	char text[TEXT_SIZE];
	const char *why = failure(m, text, sizeof(text));

	fprintf(to, "    <testcase classname=\"exitprobe.%s\" name=\"%s\">\n",
		accel_names[merged->results->accel], op->op);
	if (why) {
		fprintf(to, "      <failure type=\"%s\" message=\"",
			m->broken_boots ? outcome_names[m->broken_as] : "exits");
		escape_xml(to, why);
		fputs("\"/>\n", to);
	} else if (op->outcome == OUTCOME_SKIPPED) {
		fputs("      <skipped message=\"", to);
		escape_xml(to, op->text ? op->text : "");
		fputs("\"/>\n", to);
	}
	if (op->outcome == OUTCOME_MEASURED) {
		fprintf(to, "      <system-out>p50 %" PRId64 " ", op->cycles.p50);
		escape_xml(to, merged->results->unit);
		fprintf(to, ", 95 %% interval %" PRId64 " to %" PRId64, op->cycles.ci_low,
			op->cycles.ci_high);
		if (op->counted)
			escape_xml_printf(to, "; exits %" PRId64 ".%03" PRId64 " %s",
					  op->exits_milli / 1000, op->exits_milli % 1000,
					  wording_why(op, text, sizeof(text)));
		fputs("</system-out>\n", to);
	}
	fputs("    </testcase>\n", to);
}

void report_junit(FILE *to, const struct merged *merged)
{
	const struct results *results = merged->results;
	size_t failures = !results->complete;
	char text[TEXT_SIZE];
	double seconds = 0;

	for (size_t i = 0; i < results->boot_count; i++)
		seconds += results->boots[i].seconds;
	for (size_t i = 0; i < merged->count; i++)
		failures += !!failure(&merged->ops[i], text, sizeof(text));
	fprintf(to,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		"  <testsuite name=\"exitprobe\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"skipped=\"%zu\" time=\"%.3f\" timestamp=\"",
		merged->count + 1, failures, merged->outcomes[OUTCOME_SKIPPED], seconds);
	escape_xml(to, results->created);
	fputs("\">\n    <properties>\n", to);
	junit_property(to, "accel", accel_names[results->accel]);
	junit_property(to, "unit", results->unit);
	junit_property(to, "counts", way_names[results->way]);
	junit_property(to, "instructions emulated", merged->emulated ? "yes" : "no");
	for (size_t i = 0; i < results->property_count; i++)
		if (results->machine[i].value)
			junit_property(to, results->machine[i].name, results->machine[i].value);
	if (results->fingerprint)
		junit_property(to, "fingerprint", results->fingerprint);
	fputs("    </properties>\n", to);
	for (size_t i = 0; i < merged->count; i++)
		junit_case(to, merged, &merged->ops[i]);
	fputs("    <testcase classname=\"exitprobe\" name=\"complete\">", to);
	if (!results->complete)
		fprintf(to, "<failure type=\"partial\" message=\"%s\"/>", partial);
	fputs("</testcase>\n  </testsuite>\n</testsuites>\n", to);
}

/* --- TAP -------------------------------------------------------------------- */

/* What holds for all figures: a comment, in TAP and in KTAP. */
static void tap_comments(FILE *to, const struct merged *merged)
{
	enum way way = merged->results->way;

	fprintf(to, "# exits counted by: %s, %s\n", way_names[way], way_title(way));
	if (merged->emulated)
		fputs("# the host emulates every instruction: no figure is an exit's cost\n", to);
}

void report_tap(FILE *to, const struct merged *merged)
{
	char text[TEXT_SIZE];

	fprintf(to, "TAP version 13\n1..%zu\n", merged->count + 1);
	tap_comments(to, merged);
	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;
		const char *why = failure(&merged->ops[i], text, sizeof(text));

		fprintf(to, "%sok %zu - %s", why ? "not " : "", i + 1, op->op);
		if (op->outcome == OUTCOME_SKIPPED) {
			fputs(" # SKIP ", to);
			escape_tap(to, op->text ? op->text : "");
		} else if (op->outcome == OUTCOME_MEASURED) {
			fprintf(to, ": p50 %" PRId64 " ", op->cycles.p50);
			escape_tap(to, merged->results->unit);
		}
		putc('\n', to);
		if (why)
			fprintf(to, "# %s\n", why);
	}
	fprintf(to, "%sok %zu - complete\n", merged->results->complete ? "" : "not ",
		merged->count + 1);
	if (!merged->results->complete)
		fprintf(to, "# %s\n", partial);
}

/* --- KTAP ------------------------------------------------------------------- */

/* Documentation/dev-tools/ktap.rst: no operation that ran has one but these. */
static const char *ktap_directive(const struct merged_op *m)
{
	if (!m->broken_boots)
		return "";
	return m->broken_as == OUTCOME_HANGS ? " # TIMEOUT " : " # ERROR ";
}

/* What is known of a test is before its result. */
static void ktap_figures(FILE *to, const struct merged *merged, const struct op_result *op)
{
	char text[TEXT_SIZE];

	fprintf(to, "# %s: p50 %" PRId64 " ", op->op, op->cycles.p50);
	escape_tap(to, merged->results->unit);
	if (op->counted)
		fprintf(to, "; exits %" PRId64 ".%03" PRId64, op->exits_milli / 1000,
			op->exits_milli % 1000);
	if (op->counted && *wording_why(op, text, sizeof(text)))
		fprintf(to, " %s", text);
	putc('\n', to);
}

void report_ktap(FILE *to, const struct merged *merged)
{
	char text[TEXT_SIZE];

	fprintf(to, "KTAP version 1\n1..%zu\n", merged->count + 1);
	tap_comments(to, merged);
	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;
		const char *why = failure(&merged->ops[i], text, sizeof(text));
		const char *directive = why ? ktap_directive(&merged->ops[i]) : "";

		if (op->outcome == OUTCOME_MEASURED)
			ktap_figures(to, merged, op);
		/* Other exits than expected are no error of the test. */
		if (why && !*directive)
			fprintf(to, "# %s: %s\n", op->op, why);
		fprintf(to, "%sok %zu %s%s", why ? "not " : "", i + 1, op->op, directive);
		if (*directive)
			escape_tap(to, why);
		if (op->outcome == OUTCOME_SKIPPED) {
			fputs(" # SKIP ", to);
			escape_tap(to, op->text ? op->text : "");
		}
		putc('\n', to);
	}
	fprintf(to, "%sok %zu complete%s%s\n", merged->results->complete ? "" : "not ",
		merged->count + 1, merged->results->complete ? "" : " # ERROR ",
		merged->results->complete ? "" : partial);
}

/* --- LAVA ------------------------------------------------------------------- */

/* A value ends with a blank, and a signal with ">". */
static void lava_word(FILE *to, const char *text)
{
	for (; *text; text++)
		putc(isalnum((unsigned char)*text) ? *text : '_', to);
}

/* No text of a file is a signal. */
static void lava_text(FILE *to, const char *text)
{
	for (; *text; text++)
		putc(*text == '<' ? '(' : *text, to);
}

static void lava_case(FILE *to, const char *name, const char *result)
{
	fprintf(to, "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=%s RESULT=%s", name, result);
}

/*
 * A case has no place for who counted exits, which is in its measurement.  LAVA compares
 * cases of one set: another way than the usual one has a set of its own.
 */
static void lava_set(FILE *to, enum way way)
{
	fprintf(to, "exits counted by: %s, %s\n<LAVA_SIGNAL_TESTSET START exitprobe%s%s>\n",
		way_names[way], way_title(way), way == WAY_LEAF ? "" : "-",
		way == WAY_LEAF ? "" : way_names[way]);
}

/* The lines that lava-test-case prints. */
void report_lava(FILE *to, const struct merged *merged)
{
	char text[TEXT_SIZE];

	lava_set(to, merged->results->way);
	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;
		const char *why = failure(&merged->ops[i], text, sizeof(text));

		if (why) {
			fprintf(to, "%s: ", op->op);
			lava_text(to, why);
			putc('\n', to);
		}
		lava_case(to, op->op,
			  why				   ? "fail"
			  : op->outcome == OUTCOME_SKIPPED ? "skip"
							   : "pass");
		if (op->outcome == OUTCOME_MEASURED) {
			fputs(" UNITS=", to);
			lava_word(to, merged->results->unit);
			fprintf(to, " MEASUREMENT=%" PRId64, op->cycles.p50);
		}
		fputs(">\n", to);
	}
	lava_case(to, "complete", merged->results->complete ? "pass" : "fail");
	fputs(">\n<LAVA_SIGNAL_TESTSET STOP>\n", to);
}

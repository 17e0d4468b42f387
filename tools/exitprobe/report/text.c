// SPDX-License-Identifier: GPL-2.0-only
/* The table for people; it looks like the probe's own. */
#define _GNU_SOURCE
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/text_columns.h"
#include "report/text_differences.h"
#include "results/tick.h"
#include "results/warnings.h"
#include "results/wording.h"

#define TEXT_SIZE     1024
#define SITE_OP_WIDTH 18
#define SITE_WIDTH    28
#define SHORT_HASH    16 /* digits: enough to tell two runs of one's own apart */

struct look {
	const char *head, *name, *main, *quiet, *warn, *bad, *off;
};

/* ECMA-48 SGR: of the 8 colours only, so that the terminal's own scheme holds. */
static const struct look plain = { "", "", "", "", "", "", "" };
static const struct look coloured = { "\033[1m",  "\033[36m", "\033[1m", "\033[2m",
				      "\033[33m", "\033[31m", "\033[m" };

struct table {
	FILE *to;
	const struct look *look;
	struct text_columns columns;
	int width; /* of the terminal; 0: as wide as it gets */
};

bool report_wants_colour(FILE *to)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(to)) && !(no && *no) && term && strcmp(term, "dumb");
}

static int terminal_width(FILE *to)
{
	struct winsize size;

	if (!isatty(fileno(to)) || ioctl(fileno(to), TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

/* Reasons and notes behind the columns, or on a line of their own. */
static void print_behind(const struct table *t, const struct merged_op *m)
{
	char reasons[TEXT_SIZE] = "", notes[TEXT_SIZE];
	size_t length;
	bool fits;

	if (m->as_one.counted)
		wording_why(&m->as_one, reasons, sizeof(reasons));
	wording_notes(m, "  ", notes, sizeof(notes));
	length = strlen(reasons) + strlen(notes);
	if (!length)
		return;
	length += 2 * (1 + (*reasons && *notes));
	fits = !t->width || (size_t)t->columns.used + length <= (size_t)t->width;
	fputs(fits ? "  " : "\n    ", t->to);
	fprintf(t->to, "%s%s", reasons, *reasons && *notes ? "  " : "");
	if (*notes)
		fprintf(t->to, "%s%s%s", strstr(notes, "EXPECTED") ? t->look->bad : t->look->quiet,
			notes, t->look->off);
}

static void print_row(const struct table *t, const struct merged_op *m)
{
	char text[TEXT_SIZE];
	bool bad = m->as_one.outcome != OUTCOME_SKIPPED;

	fprintf(t->to, "%s%-*s%s", t->look->name, TEXT_NAME_WIDTH, m->as_one.op, t->look->off);
	if (m->as_one.outcome != OUTCOME_MEASURED) {
		fprintf(t->to, " %s%s%s\n", bad ? t->look->bad : t->look->quiet,
			wording_outcome(&m->as_one, text, sizeof(text)), t->look->off);
		return;
	}
	text_columns_cells(t->to, &t->columns, m, t->look->main, t->look->off);
	print_behind(t, m);
	putc('\n', t->to);
}

static void print_warning(void *context, const char *line)
{
	const struct table *t = context;

	fprintf(t->to, "%sWARNING: %s%s\n", t->look->warn, line, t->look->off);
}

static bool any_unsettled(const struct merged *merged)
{
	for (size_t i = 0; i < merged->count; i++)
		if (merged->ops[i].measured_boots && wording_unsettled(&merged->ops[i].as_one))
			return true;
	return false;
}

static void print_crosscheck(const struct table *t)
{
	int64_t kvm = 0, probe = 0;
	bool any = false;

	for (size_t i = 0; i < t->columns.merged->results->boot_count; i++) {
		const struct boot *boot = &t->columns.merged->results->boots[i];
		int64_t more_kvm, more_probe;

		/* What overflows is stored nonetheless. */
		if (!boot->has_crosscheck ||
		    __builtin_add_overflow(kvm, boot->kvm_exits, &more_kvm) ||
		    __builtin_add_overflow(probe, boot->probe_exits, &more_probe))
			continue;
		kvm = more_kvm;
		probe = more_probe;
		any = true;
	}
	if (any)
		fprintf(t->to,
			"exits counted by KVM's own statistics: %" PRId64 ", by the probe: %" PRId64
			"\n",
			kvm, probe);
}

static void print_end(const struct table *t)
{
	const struct merged *merged = t->columns.merged;
	const struct meta *meta = results_meta(merged->results);
	char text[TEXT_SIZE];

	putc('\n', t->to);
	if (meta)
		fprintf(t->to, "overhead: %" PRId64 "; min, p50 and p99 are without it%s\n",
			meta->bracket, merged->dissected ? ", out and in include it" : "");
	if (any_unsettled(merged))
		fprintf(t->to, "*: sampling stopped before the 95 %% interval reached +-0.5 %%.\n");
	if (merged->results->boot_count > 1)
		fprintf(t->to,
			"%zu boots: p50 and p99 are those of the median boot; boots%% is the range of "
			"the boots' p50.\n",
			merged->results->boot_count);
	if (merged->sampled)
		fprintf(t->to, "discarded: %" PRId64 " samples; host exits: %s\n",
			merged->set_aside, wording_foreign(&merged->foreign, text, sizeof(text)));
	if (merged->counted)
		fprintf(t->to, "exits as expected: %zu operations, not as expected: %zu\n",
			merged->agreed, merged->differed);
	print_crosscheck(t);
	if (merged->results->fingerprint)
		fprintf(t->to, "fingerprint: %.*s\n", SHORT_HASH, merged->results->fingerprint);
	fprintf(t->to,
		"%s: %zu operations: %zu measured, %zu skipped, %zu faulted, %zu hung, %zu failed\n",
		merged->results->complete ? "complete" : "partial", merged->count,
		merged->outcomes[OUTCOME_MEASURED], merged->outcomes[OUTCOME_SKIPPED],
		merged->outcomes[OUTCOME_FAULTED], merged->outcomes[OUTCOME_HANGS],
		merged->outcomes[OUTCOME_FAILED] + merged->outcomes[OUTCOME_LOST]);
}

/* Where the exits are, of the operations in which they are at more than one place. */
static void print_sites(const struct table *t, const struct merged *merged)
{
	const char *head = "RIP at the exit";

	for (size_t i = 0; i < merged->count; i++) {
		const struct op_result *op = &merged->ops[i].as_one;

		if (!merged->ops[i].measured_boots || op->sites.count < 2)
			continue;
		if (head)
			fprintf(t->to, "\n%s%-*s%-*s%8s  reason%s\n", t->look->head, SITE_OP_WIDTH,
				"operation", SITE_WIDTH, head, "exits", t->look->off);
		head = NULL;
		for (size_t s = 0; s < op->sites.count; s++) {
			const struct site *site = &op->sites.list[s];
			char address[24];

			snprintf(address, sizeof(address), "0x%" PRIx64, site->address);
			fprintf(t->to, "%-*s%-*s%8.2f  %s\n", SITE_OP_WIDTH, s ? "" : op->op,
				SITE_WIDTH, site->at ? site->at : address,
				(double)site->reason.milli / 1000, site->reason.name);
		}
	}
}

void report_text(FILE *to, const struct results *results, bool colour)
{
	struct merged *merged = merge_results(results);
	struct table t = { .to = to,
			   .look = colour ? &coloured : &plain,
			   .columns = { .merged = merged, .ns = tick_ns(results) },
			   .width = terminal_width(to) };
	char text[TEXT_SIZE];

	text_columns_choose(&t.columns, t.width);
	fprintf(to, "%sexitprobe %s | %s%s\n", t.look->head, results->version,
		wording_headline(results, text, sizeof(text)), t.look->off);
	warnings_tell(merged, print_warning, &t);
	putc('\n', to);
	fputs(t.look->head, to);
	text_columns_heads(to, &t.columns);
	fprintf(to, "%s\n", t.look->off);
	for (size_t i = 0; i < merged->count; i++)
		print_row(&t, &merged->ops[i]);
	text_differences(to, merged, t.columns.ns, t.look->head, t.look->off);
	print_sites(&t, merged);
	print_end(&t);
	merge_free(merged);
}

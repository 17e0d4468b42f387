// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hypervisor that answers exitstat's CPUIDs with anything.  It is a sound one until
 * the input says otherwise: for each CPUID a byte of which registers are other ones,
 * then those.
 */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "exitstat/ask.h"
#include "exitstat/counters.h"
#include "exitstat/export.h"
#include "exitstat/openmetrics.h"
#include "exitstat/report.h"
#include "exitstat/status.h"
#include "harness.h"

#define READS_MAX (16u << 20)

/* APM vol. 2, appendix C. */
static const uint32_t reasons[] = { 0x60, 0x72, 0x78, 0x7b, KVM_EXIT_STATS_REASON_OTHER };
#define REASONS (sizeof(reasons) / sizeof(reasons[0]))

struct machine {
	struct input input;
	uint64_t exits, reads;
	bool sound; /* has been so far */
};

static jmp_buf end;
static enum exitstat_status end_status;
static char end_text[512];

void die(enum exitstat_status status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(end_text, sizeof(end_text), format, arguments);
	va_end(arguments);
	end_status = status;
	longjmp(end, 1);
}

static void put_pair(struct cpuid_regs *regs, uint64_t value)
{
	regs->ebx = (uint32_t)(value >> 32);
	regs->ecx = (uint32_t)value;
}

/* Each reason has its share of the exits, CPUID's what the others leave. */
static uint64_t share(const struct machine *m, uint32_t code)
{
	uint64_t others = 0;

	for (size_t i = 0; i < REASONS; i++) {
		if (reasons[i] == code && code != 0x72)
			return 100 * i;
		others += reasons[i] == 0x72 ? 0 : 100 * i;
	}
	return m->exits - others;
}

static void answer(struct machine *m, uint32_t leaf, uint32_t index, struct cpuid_regs *regs)
{
	uint32_t selector = index >> 16, code = index & 0xffff;
	bool known = false;

	*regs = (struct cpuid_regs){ 0 };
	for (size_t i = 0; i < REASONS; i++)
		known |= reasons[i] == code;
	switch (leaf) {
	case 1:
		regs->ecx = 1u << 31;
		break;
	case 0x40000000:
		memcpy(&regs->ebx, "KVMKVMKVM\0\0\0", 12);
		break;
	case KVM_EXIT_STATS_SIGNATURE:
		*regs = (struct cpuid_regs){ KVM_EXIT_STATS_TOTAL, KVM_EXIT_STATS_SIGNATURE_EBX,
					     KVM_EXIT_STATS_SIGNATURE_ECX,
					     KVM_EXIT_STATS_SIGNATURE_EDX };
		break;
	case KVM_EXIT_STATS_INFO:
		*regs = (struct cpuid_regs){ KVM_EXIT_STATS_VERSION,
					     REASONS << 16 | KVM_EXIT_STATS_ISA_SVM, 7, 2000000 };
		break;
	case KVM_EXIT_STATS_SLOT:
		regs->eax = index < REASONS ? reasons[index] : KVM_EXIT_STATS_SLOT_NONE;
		break;
	case KVM_EXIT_STATS_VM:
	case KVM_EXIT_STATS_VCPU:
		put_pair(regs, index == KVM_EXIT_STATS_EXITS ? m->exits : m->exits * 1000);
		break;
	case KVM_EXIT_STATS_VM_REASON:
	case KVM_EXIT_STATS_VCPU_REASON:
		if (!known || selector >= SELECTORS_PER_REASON)
			regs->edx = KVM_EXIT_STATS_UNDEFINED;
		else
			put_pair(regs, share(m, code) * (selector ? 1000 : 1));
		break;
	case KVM_EXIT_STATS_TOTAL:
		put_pair(regs, m->exits * 1000);
		regs->eax = (uint32_t)m->exits;
		regs->edx = (uint32_t)(m->exits >> 32);
		break;
	}
}

static void read_machine(void *context, uint32_t leaf, uint32_t index, struct cpuid_regs *regs)
{
	struct machine *m = context;
	uint8_t other;

	m->exits++;
	REQUIRE(m->reads++ < READS_MAX);
	answer(m, leaf, index, regs);
	other = (uint8_t)input_number(&m->input, 1);
	m->sound &= !other;
	if (other & 1)
		regs->eax = (uint32_t)input_number(&m->input, 4);
	if (other & 2)
		regs->ebx = (uint32_t)input_number(&m->input, 4);
	if (other & 4)
		regs->ecx = (uint32_t)input_number(&m->input, 4);
	if (other & 8)
		regs->edx = (uint32_t)input_number(&m->input, 4);
	if (other & 16) /* another epoch's, or a wrapped counter */
		m->exits = input_number(&m->input, 8);
}

static void require_layout(const struct layout *layout)
{
	REQUIRE(layout->cpuid < layout->nr);
	for (unsigned int i = 0; i < layout->nr; i++) {
		REQUIRE(layout->codes[i] <= UINT16_MAX);
		for (unsigned int k = 0; k < i && i < 64; k++)
			REQUIRE(layout->codes[k] != layout->codes[i]);
	}
}

/* No count is of more than there is: nothing wrapped. */
static void require_delta(const struct delta *delta, const struct layout *layout,
			  const struct snapshot *after)
{
	REQUIRE(after->foreign <= after->close.exits.value);
	REQUIRE(delta->val[KVM_EXIT_STATS_EXITS] <= after->open.exits.value);
	REQUIRE(delta->val[KVM_EXIT_STATS_KERNEL] <= after->open.kernel.value);
	for (int sel = KVM_EXIT_STATS_USER; sel < SELECTORS; sel++)
		REQUIRE(delta->val[sel] <= after->val[sel]);
	for (unsigned int i = 0; i < layout->nr; i++) {
		for (int sel = 0; sel < SELECTORS_PER_REASON; sel++) {
			uint64_t now = after->reasons[i].val[sel];

			if (i == layout->cpuid && sel == KVM_EXIT_STATS_EXITS)
				now = after->open.cpuid_exits.value;
			if (i == layout->cpuid && sel == KVM_EXIT_STATS_KERNEL)
				now = after->open.cpuid_kernel.value;
			REQUIRE(delta->reasons[i].val[sel] <= now);
		}
	}
}

/* The reasons of a sound host are all of its exits. */
static void require_sums(const struct delta *delta, const struct layout *layout)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < layout->nr; i++)
		sum += delta->reasons[i].val[KVM_EXIT_STATS_EXITS];
	REQUIRE(sum == delta->val[KVM_EXIT_STATS_EXITS]);
}

/* As a line of JSON it has each reason that had exits, with that number. */
static void require_json(const struct report *report, const char *line)
{
	json_error_t error;
	json_t *read = json_loads(line, JSON_REJECT_DUPLICATES, &error), *reason;
	const struct delta *delta = report->delta;
	unsigned int slot = 0;
	size_t i;

	/* jansson has no numbers above 2^63. */
	REQUIRE(read || json_error_code(&error) == json_error_numeric_overflow);
	json_array_foreach(json_object_get(read, "reasons"), i, reason) {
		while (!delta->reasons[slot].val[KVM_EXIT_STATS_EXITS])
			slot++;
		REQUIRE(json_integer_value(json_object_get(reason, "exits")) ==
			(json_int_t)delta->reasons[slot++].val[KVM_EXIT_STATS_EXITS]);
	}
	json_decref(read);
}

static void require_rows(const struct report *report, const char *csv)
{
	unsigned int rows = 1, lines = 0;

	for (unsigned int i = 0; i < report->layout->nr; i++)
		rows += report->delta->reasons[i].val[KVM_EXIT_STATS_EXITS] != 0;
	for (; *csv; csv++)
		lines += *csv == '\n';
	REQUIRE(lines == rows);
}

static void show(const struct report *report, struct delta *delta)
{
	struct shown text, json, csv, metrics;

	delta->time_ns = 1000000000; /* not this machine's */
	shown_begin(&text);
	report_line(text.to, report);
	report_details(text.to, report);
	report_command(text.to, report);
	report_interval(text.to, report, true);
	report_screen(text.to, report);
	shown_end(&text);
	REQUIRE(!strstr(text.text, "nan") && !strstr(text.text, "inf"));
	shown_begin(&json);
	export_json(json.to, report);
	shown_end(&json);
	require_json(report, json.text);
	shown_begin(&csv);
	export_csv(csv.to, report);
	shown_end(&csv);
	require_rows(report, csv.text);
	shown_begin(&metrics);
	openmetrics_write(metrics.to, report, 1);
	shown_end(&metrics);
	REQUIRE(strstr(metrics.text, "\n# EOF\n"));
	shown_free(&metrics);
	shown_free(&text);
	shown_free(&json);
	shown_free(&csv);
}

/* What the process holds when die() leaves it, to be freed. */
struct held {
	struct session session;
	struct scope scope;
	struct snapshot before, after;
	struct delta delta;
};

static void run(struct held *h, const struct machine *m)
{
	static char *const words[] = { "sleep", "1", NULL };
	struct layout *layout = &h->session.layout;
	struct report report = { .host = &h->session.host,
				 .layout = layout,
				 .scope = &h->scope,
				 .delta = &h->delta,
				 .number = 1,
				 .at_ns = 5000000000,
				 .command = words };

	ask_host(&h->session, true);
	require_layout(layout);
	snapshot_init(&h->before, layout);
	snapshot_init(&h->after, layout);
	delta_init(&h->delta, layout);
	snapshot_take(&h->before, &h->scope, layout, 2);
	report.now = &h->before;
	if (!delta_since_creation(&h->delta, layout, &h->before)) {
		require_delta(&h->delta, layout, &h->before);
		if (m->sound)
			require_sums(&h->delta, layout);
		show(&report, &h->delta);
	}
	snapshot_take(&h->after, &h->scope, layout, 1);
	report.now = &h->after;
	if (!delta_between(&h->delta, layout, &h->before, &h->after)) {
		require_delta(&h->delta, layout, &h->after);
		if (m->sound)
			require_sums(&h->delta, layout);
		show(&report, &h->delta);
		delta_add(&h->delta, layout, &h->delta);
	}
	total_take(&h->delta, &h->scope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct held h;
	struct machine m = { .input = { data, size }, .exits = 5000, .sound = true };

	h = (struct held){ .scope = { .source = { .read = read_machine, .context = &m } } };
	h.session.nr_scopes = 1;
	h.session.options.cpl0 = true; /* or it would ask this machine's kernel as well */
	h.session.scopes = &h.scope;
	end_text[0] = '\0';
	messages_begin();
	if (!setjmp(end))
		run(&h, &m);
	else
		require_one_line(end_text);
	REQUIRE(!messages_end());
	free(h.session.layout.codes);
	free(h.before.reasons);
	free(h.after.reasons);
	free(h.delta.reasons);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "report/table.h"

#include "cpu/machine.h"
#include "cpu/trap.h"
#include "measure/counters.h"
#include "report/console.h"
#include "report/format.h"
#include "report/reason_names.h"
#include "version.h"

static struct counters_info info;

static const char *isa_name(void)
{
	return info.isa == KVM_EXIT_STATS_ISA_SVM ? "SVM" : "VMX";
}

void table_head(const struct options *options)
{
	const struct machine *m = machine();
	bool present = counters_present(&info);

	printf("exitprobe %s | %s | ", VERSION, m->brand[0] ? m->brand : m->vendor);
	if (options->host)
		printf("host %s", options->host);
	else
		printf("hypervisor %s", m->hypervisor[0] ? m->hypervisor : "none");
	if (present)
		printf(" | exit stats v%u (%s)", info.version, isa_name());
	printf(" | unit: %s\n", options->unit);

	if (!present) {
		printf("No exits and no host columns: CPUID leaf 0x%x is absent, so no patched KVM "
		       "with exit_stats=guest is below.\n\n",
		       KVM_EXIT_STATS_SIGNATURE);
		printf("%-18s%29s\n", "", "guest per operation");
		printf("%-18s %8s %8s %8s %6s  %9s\n", "operation", "min", "p50", "p99", "+-95%",
		       "kept");
		return;
	}
	printf("\n%-18s%5s%29s%36s\n", "", "exits", "guest per operation", "where one exit goes");
	printf("%-18s%5s%8s%8s%8s%6s%6s%8s%8s%8s%6s%8s  %s\n", "operation", "/op", "min", "p50",
	       "p99", "+-95%", "out", "kernel", "user", "halted", "in", "kept", "reason");
}

void table_begin(const struct op *op)
{
	printf("%-18s", op->name);
}

/* Text of at least @width characters; "-" where there is nothing to tell. */
static void print_cell(int width, bool told, int64_t value)
{
	if (told)
		printf("%*ld", width, value);
	else
		printf("%*s", width, "-");
}

static void print_kept(const struct measurement *m, int width)
{
	char text[24];

	format_text(text, sizeof(text), "%zu/%zu", m->kept, m->taken);
	printf(" %*s", width, text);
}

static void print_reasons(const struct measurement *m)
{
	const char *separator = "  ";

	for (unsigned int i = 0; i < m->reason_count; i++) {
		const struct reason_count *r = &m->reasons[i];
		const char *name = reason_name(info.isa, r->reason);

		printf("%s", separator);
		separator = "+";
		if (r->exits > 1)
			printf("%u ", r->exits);
		if (name)
			printf("%s", name);
		else
			printf("0x%x", r->reason);
	}
}

void table_end(const struct measurement *m)
{
	const struct stats *c = &m->cycles;
	bool exited = m->exits > 0;

	if (m->skipped) {
		printf(" skipped: %s\n", m->skipped);
		return;
	}
	if (m->hangs) {
		printf(" hangs: broken off by the timer, not measured\n");
		return;
	}
	if (!m->taken || !m->kept) {
		printf(" fault: %s\n", trap_name(m->fault));
		return;
	}
	if (measure_counted()) {
		/* Kept samples all have the same number of exits: it is whole. */
		printf("%2ld.00%8ld%8ld%8ld%6ld", m->exits, c->min, c->p50, c->p99,
		       (c->ci_high - c->ci_low + 1) / 2);
		print_cell(6, m->exits == 1, m->out);
		print_cell(8, exited, m->kernel);
		print_cell(8, exited, m->user);
		print_cell(8, exited, m->halted);
		print_cell(6, m->exits == 1, m->in);
		print_kept(m, 7);
		print_reasons(m);
	} else {
		printf(" %8ld %8ld %8ld %6ld ", c->min, c->p50, c->p99,
		       (c->ci_high - c->ci_low + 1) / 2);
		print_kept(m, 9);
	}
	if (m->fault >= 0)
		printf("  fault: %s", trap_name(m->fault));
	printf("\n");
}

void table_foot(void)
{
	printf("\nThe empty bracket, %ld, is taken off min, p50 and p99", measure_bracket_cycles());
	if (!measure_counted()) {
		printf(".\n");
		return;
	}
	printf("; it is part of out and in.\n"
	       "A sample with other exits than the operation's own is set aside, not averaged.\n"
	       "exits: this VM %lu, this vCPU %lu, epoch %08x, clamped %lu\n",
	       counters_vm(KVM_EXIT_STATS_EXITS), counters_vcpu(KVM_EXIT_STATS_EXITS) + 1,
	       info.epoch, counters_vm(KVM_EXIT_STATS_CLAMPED));
}

void samples_print(const struct op *op, const struct measurement *m)
{
	const struct sample *s = measure_samples();

	if (m->skipped) {
		printf("%s skipped: %s\n", op->name, m->skipped);
		return;
	}
	for (size_t i = 0; i < m->taken; i++, s++)
		printf("%s %zu exits=%ld start=%lu exit=%lu entry=%lu end=%lu round=%lu "
		       "kernel=%ld user=%ld halted=%ld away=%ld %s\n",
		       op->name, i, s->exits, s->start, s->exit, s->entry, s->end,
		       s->end - s->start, s->kernel_counted, s->user, s->halted, s->away,
		       s->kept ? "kept" : "foreign");
}

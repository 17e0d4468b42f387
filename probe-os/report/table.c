// SPDX-License-Identifier: GPL-2.0-only
/* Print the results as a table for people. */
#include "report/report.h"

#include "console/console.h"
#include "cpu/emulated.h"
#include "cpu/machine.h"
#include "cpu/trap.h"
#include "platform/counters.h"
#include "platform/tsc.h"
#include "version.h"

static bool unsettled;

/* Print what is wrong with the clock, if anything. */
static void print_tsc(void)
{
	const struct tsc *t = tsc_check();

	if (t->verdict == TSC_DISAGREES)
		printf("WARNING: %s\n", t->reason);
	if (!t->monotonic)
		printf("WARNING: the TSC ran backwards\n");
	if (t->read_exits)
		printf("WARNING: RDTSC takes %u ticks: it exits or is emulated, and every figure includes that\n",
		       t->read_ticks);
}

/* The parts of an exit mean something else where a module tells them by tracepoints. */
static const char *keeper(const struct counters_info *info)
{
	if (info->features & KVM_EXIT_STATS_FEATURE_LATE)
		return ", module, late";
	return info->features & KVM_EXIT_STATS_FEATURE_MODULE ? ", module" : "";
}

static const char *unknown(const struct counters_info *info)
{
	return info->features & KVM_EXIT_STATS_FEATURE_NO_HALTED ? ", halted time unknown" : "";
}

static void begin(const struct run *run)
{
	const struct counters_info *info = counters_info();
	const struct machine *m = machine();

	printf("exitprobe %s | %s | ", VERSION, m->brand[0] ? m->brand : m->vendor);
	if (run->host)
		printf("host %s", run->host);
	else if (m->hypervisor[0])
		printf("hypervisor %s", m->hypervisor_name ? m->hypervisor_name : m->hypervisor);
	else
		printf("no hypervisor");
	if (info)
		printf(" | exit stats v%u (%s%s%s)", info->version,
		       info->isa == KVM_EXIT_STATS_ISA_SVM ? "SVM" : "VMX", keeper(info),
		       unknown(info));
	printf(" | unit: %s\n", run->unit);

	if (instructions_emulated())
		printf("WARNING: a NOP takes %u ticks: the host emulates every instruction, and no "
		       "figure is the cost of an exit\n",
		       nop_ticks());
	print_tsc();
	if (!info) {
		if (counters_layout() != KVM_EXIT_STATS_LAYOUT_MERGED)
			printf("No exits and no host columns: CPUID leaf 0x%x has layout %u of course work, "
			       "and the probe reads layout merged. On the host, write merged to the "
			       "parameter exit_stats_layout, and start the VM again.\n\n",
			       KVM_EXIT_STATS_TOTAL, counters_layout());
		else if (m->hypervisor[0])
			printf("No exits and no host columns: CPUID leaf 0x%x is absent. The host "
			       "needs exitprobe host attach guest, or the KVM patch.\n\n",
			       KVM_EXIT_STATS_SIGNATURE);
		else
			printf("CPUID shows no hypervisor: these are the processor's own costs.\n\n");
		printf("%-18s%29s\n", "", "guest per operation");
		printf("%-18s %8s %8s %8s %6s  %11s\n", "operation", "min", "p50", "p99", "+-95%",
		       "kept");
		return;
	}
	printf("\n%-18s%5s%29s%36s\n", "", "exits", "guest per operation", "where one exit goes");
	printf("%-18s%5s%8s%8s%8s%6s%6s%8s%8s%8s%6s%10s  %s\n", "operation", "/op", "min", "p50",
	       "p99", "+-95%", "out", "kernel", "user", "halted", "in", "kept", "reason");
}

static void op_begin(const struct run *run, const struct op *op)
{
	(void)run;
	printf("%-18s", op->name);
}

/* Print text of at least @width characters, or "-" if there is no value. */
static void print_cell(int width, bool told, int64_t value)
{
	if (told)
		printf(" %*ld", width - 1, value);
	else
		printf("%*s", width, "-");
}

/* Return whether the samples ended before the median was settled. */
static bool ended_early(const struct measurement *m)
{
	return m->stop == STOP_BUDGET || m->stop == STOP_ROOM;
}

static void print_kept(const struct measurement *m, int width)
{
	char text[24];

	format_text(text, sizeof(text), "%zu/%zu%s", m->kept, m->taken, ended_early(m) ? "*" : "");
	printf(" %*s", width, text);
	unsettled |= ended_early(m);
}

/* Print @milli thousandths, as "2" or "0.016". */
static void print_milli(uint64_t milli)
{
	printf("%lu", milli / 1000);
	if (milli % 1000)
		printf(".%03lu", milli % 1000);
}

static void print_reasons(const struct measurement *m)
{
	const char *separator = "  ";
	char name[24];

	for (unsigned int i = 0; i < m->reasons.count; i++) {
		const struct reason_count *r = &m->reasons.list[i];

		printf("%s", separator);
		separator = "+";
		if (r->exits != 1000) {
			print_milli(r->exits);
			printf(" ");
		}
		printf("%s", report_reason(r->reason, name, sizeof(name)));
	}
	if (m->batch_milli_l2_exits <= 0)
		return;
	printf(", ");
	print_milli((uint64_t)m->batch_milli_l2_exits);
	printf(" from L2");
}

static void print_counted(const struct measurement *m)
{
	const struct stats *c = &m->cycles;
	int64_t hundredths = m->exits * 100 / m->operations;
	bool exited = m->exits > 0;

	printf("%2ld.%02ld %7ld %7ld %7ld %5ld", hundredths / 100, hundredths % 100, c->min, c->p50,
	       c->p99, stats_half_interval(c));
	print_cell(6, measurement_is_stamped(m), m->exit_latency);
	print_cell(8, exited && m->kernel_known, m->kernel);
	print_cell(8, exited && !m->figured, m->user);
	print_cell(8, exited && !m->figured, m->halted);
	print_cell(6, measurement_is_stamped(m), m->entry_latency);
	print_kept(m, 9);
	print_reasons(m);
}

static void op_end(const struct op *op, const struct measurement *m)
{
	const struct stats *c = &m->cycles;
	char text[160];

	(void)op;
	switch (m->outcome) {
	case OUTCOME_SKIPPED:
		printf(" skipped: %s\n", m->text);
		return;
	case OUTCOME_HANGS:
		printf(" hangs: stopped by a timer, not measured\n");
		return;
	case OUTCOME_FAULTED:
		printf(" fault: %s\n", trap_name(m->fault));
		return;
	case OUTCOME_FAILED:
		printf(" failed: %s\n", m->text);
		return;
	case OUTCOME_MEASURED:
		break;
	}
	if (counters_info()) {
		print_counted(m);
	} else {
		printf(" %8ld %8ld %8ld %6ld ", c->min, c->p50, c->p99, stats_half_interval(c));
		print_kept(m, 11);
	}
	if (m->fault >= 0)
		printf("  fault: %s", trap_name(m->fault));
	if (m->wait && !m->figured)
		printf("  wait of %ld subtracted", m->wait);
	if (m->descheduled)
		printf("  descheduled");
	if (!m->batch_agrees && counters_info())
		printf("  back to back: %ld.%03ld", m->batch_milli_exits / 1000,
		       m->batch_milli_exits % 1000);
	if (m->agreement == AGREEMENT_NO)
		printf("  EXPECTED: %s",
		       report_expectation(measure_isa(), m->expected, text, sizeof(text)));
	printf("\n");
}

/* A difference that comes with other exits says so. */
static void print_exits_more(int64_t milli)
{
	if (!milli)
		return;
	printf(", exits %s", milli < 0 ? "-" : "+");
	print_milli(milli < 0 ? -(uint64_t)milli : (uint64_t)milli);
}

static void derived(const struct derived *d)
{
	static const char *const words[] = { [DIFFERENCE_NONE] = "none: ",
					     [DIFFERENCE_MORE] = "",
					     [DIFFERENCE_LESS] = "",
					     [DIFFERENCE_UNKNOWN] = "can't tell: " };
	static bool headed;

	if (!headed)
		printf("\n%-18s%10s%10s%10s  %s\n", "difference", "of p50", "at least", "at most",
		       "of");
	headed = true;
	printf("%-18s%10ld%10ld%10ld  %s%s - %s: %s", d->row->name, d->cycles, d->ci_low,
	       d->ci_high, words[d->says], d->row->minuend, d->row->subtrahend, d->row->what);
	print_exits_more(d->milli_exits);
	printf("\n");
}

static void print_discarded(const struct run *run)
{
	const char *separator = ": ";
	char name[24];

	printf("discarded: %zu samples", run->discarded);
	if (run->discarded_descheduled)
		printf(", %zu of them because the vCPU was descheduled",
		       run->discarded_descheduled);
	printf("; host exits");
	for (unsigned int i = 0; i < run->host_exits.count; i++) {
		printf("%s%lu %s", separator, run->host_exits.list[i].exits,
		       report_reason(run->host_exits.list[i].reason, name, sizeof(name)));
		separator = ", ";
	}
	printf("%s\n", run->host_exits.count ? "" : ": none");
}

static void end(const struct run *run)
{
	const struct counters_info *info = counters_info();
	uint64_t vcpu, vm;

	printf("\noverhead: %ld; min, p50 and p99 are without it%s\n", measure_overhead()->cycles,
	       info ? ", out and in include it" : "");
	if (unsettled)
		printf("*: sampling stopped before the 95 %% interval reached +-0.5 %%.\n");
	if (info) {
		print_discarded(run);
		printf("exits as expected: %u operations, not as expected: %u\n", run->agreed,
		       run->differed);
		/* In this order: the VM's total is read last, and counts both reads. */
		vcpu = counters_vcpu(KVM_EXIT_STATS_EXITS) + 1;
		vm = counters_vm(KVM_EXIT_STATS_EXITS);
		printf("exits: this VM %lu, this vCPU %lu, epoch %08x, clamped %lu\n", vm, vcpu,
		       info->epoch, counters_vm(KVM_EXIT_STATS_CLAMPED));
	}
}

const struct report report_table = { begin, op_begin, op_end, derived, end };

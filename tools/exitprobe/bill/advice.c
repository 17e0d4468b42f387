// SPDX-License-Identifier: GPL-2.0-only
/* What makes a bill more exact, and what would make it smaller. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bill/bill.h"

/* By what the exits of a reason differ, and who counts that: events of KVM's. */
static const struct {
	const char *reason, *by;
} mixtures[] = {
	{ "IOIO", "port (tracepoint kvm_pio)" },
	{ "IO_INSTRUCTION", "port (tracepoint kvm_pio)" },
	{ "MSR", "MSR (tracepoint kvm_msr)" },
	{ "RDMSR", "MSR (tracepoint kvm_msr)" },
	{ "WRMSR", "MSR (tracepoint kvm_msr)" },
	{ "CPUID", "leaf (tracepoint kvm_cpuid)" },
	{ "NPF",
	  "address (tracepoint kvm_mmio): first touches of memory (touch-2m, unlocked) are the rest" },
	{ "EPT_MISCONFIG", "address (tracepoint kvm_mmio)" },
	{ "EPT_VIOLATION", "page size of first touches of memory (tracepoint kvm_page_fault)" },
	{ "APIC_ACCESS", "register of the local APIC (tracepoint kvm_apic)" },
	{ "VMMCALL", "number of the hypercall (tracepoint kvm_hypercall)" },
	{ "VMCALL", "number of the hypercall (tracepoint kvm_hypercall)" },
	{ "CR_ACCESS", "control register (tracepoint kvm_cr)" },
	{ "HLT", "what wakes the vCPU, and when" },
	{ NULL, NULL },
};

#define CLEARED 2

/* What was measured of one exit is beyond all prices of its reason. */
static const char *beyond(const struct bill *bill, const struct bill_line *line)
{
	double each = line->spent->kernel / line->spent->exits;
	bool is_memory = !strcmp(line->spent->name, "NPF") ||
			 !strcmp(line->spent->name, "EPT_VIOLATION");

	if (each > line->high * bill->scale)
		return is_memory
			       ? "; more than any: the host gives the guest memory and clears it, "
				 "which the probe's has had before"
			       : "; more than any: they do more, such as raise an interrupt or wake a thread";
	if (each < line->low * bill->scale)
		return "; less than any: the guest does what no operation does";
	return "";
}

const char *bill_advice(const struct bill *bill, const struct bill_line *line, char *text,
			size_t size)
{
	const char *by = NULL;
	double share;

	text[0] = '\0';
	if (!line->share_count || !bill_deviation(line->kernel, line->spent->kernel, &share) ||
	    fabs(share) <= BILL_TOLERANCE)
		return text;
	for (size_t i = 0; mixtures[i].reason; i++)
		if (!strcmp(mixtures[i].reason, line->spent->name))
			by = mixtures[i].by;
	snprintf(text, size, "%s: each took %.0f, and %zu operation%s of %.0f to %.0f%s%s%s%s",
		 line->spent->name, line->spent->kernel / line->spent->exits, line->known,
		 line->known == 1 ? " is" : "s are", line->low * bill->scale,
		 line->high * bill->scale, beyond(bill, line), by ? "; split " : "",
		 by && line->is_split ? "further by "
		 : by		      ? "by "
				      : "",
		 by ? by : "");
	return text;
}

/* QEMU, docs/system/i386/hyperv.rst; Linux, Documentation/virt/kvm/x86/cpuid.rst. */
static const struct replaced clock_reads[] = { { "in-pm-timer", NULL },
					       { "hpet-counter", NULL },
					       { NULL, NULL } };
static const struct replaced eois[] = { { "x2apic-eoi", NULL },
					{ "xapic-eoi", NULL },
					{ NULL, NULL } };
static const struct replaced assists[] = {
	{ "x2apic-eoi", NULL }, { "xapic-eoi", NULL }, { "xapic-tpr", "hv-tpr" }, { NULL, NULL }
};
static const struct replaced auto_eois[] = {
	{ "x2apic-eoi", NULL }, { "xapic-eoi", NULL }, { "hv-eoi", NULL }, { NULL, NULL }
};
static const struct replaced timers[] = { { "timer-arm", "hv-stimer-arm" }, { NULL, NULL } };
static const struct replaced flushes[] = { { "ipi-halted", "hv-tlb-halted" },
					   { "ipi-spin", "hv-tlb-spin" },
					   { NULL, NULL } };
static const struct replaced ipis[] = { { "ipi-spin", "hv-ipi-spin" }, { NULL, NULL } };
static const struct replaced apic_accesses[] = { { "xapic-eoi", NULL },	 { "xapic-tpr", NULL },
						 { "xapic-read", NULL }, { "x2apic-eoi", NULL },
						 { "x2apic-tpr", NULL }, { NULL, NULL } };

const struct saving savings[] = {
	{ "hv-time", "Windows reads the reference TSC page, and no PM timer or HPET", clock_reads },
	{ "hv-vapic",
	  "Windows ends interrupts by its assist page, without an exit for most, and sets the task "
	  "priority by an MSR",
	  assists },
	{ "hv-stimer", "Windows arms a synthetic timer, and not the local APIC's", timers },
	{ "hv-synic", "interrupts of the SynIC that end themselves (AutoEOI)", auto_eois },
	{ "hv-tlbflush", "Windows flushes TLBs by a hypercall, and not by IPIs", flushes },
	{ "hv-ipi", "Windows sends IPIs by a hypercall", ipis },
	{ "kvm-pv-eoi", "Linux ends most interrupts in memory that it shares with KVM", eois },
	{ "apicv", "the processor answers for the local APIC itself (AVIC, APICv)", apic_accesses },
	{ NULL, NULL, NULL },
};

const struct saving *saving_find(const char *name)
{
	for (const struct saving *s = savings; s->name; s++)
		if (!strcmp(s->name, name))
			return s;
	return NULL;
}

static const struct replaced *replaced_by(const struct saving *saving, const char *op)
{
	for (const struct replaced *r = saving->ops; r->op; r++)
		if (!strcmp(r->op, op))
			return r;
	return NULL;
}

/* Of each exit of that operation, in ticks of the price list's; 0 if that is not known. */
static double saved_each(const struct bill *bill, const struct replaced *r)
{
	const struct price *price = prices_find(bill->prices, r->op);
	const struct price *by = r->by ? prices_find(bill->prices, r->by) : NULL;
	double saved;

	if (!price || (r->by && !by))
		return 0;
	saved = price_cost(price) - (by ? price_cost(by) : 0);
	return saved > 0 ? saved : 0;
}

/* All exits of a reason: of those that go, what they cost, of the others the difference. */
static double most_of(const struct bill *bill, const struct saving *saving,
		      const struct bill_line *line)
{
	double most = 0;

	for (const struct replaced *r = saving->ops; r->op; r++) {
		const struct price *price = prices_find(bill->prices, r->op);
		double saved;

		if (!price || strcmp(price->reason, line->spent->name))
			continue;
		saved = r->by ? line->spent->exits * saved_each(bill, r) * bill->scale : line->cost;
		most = saved > most ? saved : most;
	}
	return most < line->cost ? most : line->cost;
}

double saving_ticks(const struct bill *bill, const struct saving *saving, double *most)
{
	double saved = 0;

	*most = 0;
	for (size_t i = 0; i < bill->count; i++) {
		const struct bill_line *line = &bill->lines[i];
		double named = 0;

		for (size_t j = 0; j < line->share_count; j++) {
			const struct share *share = &line->shares[j];
			const struct replaced *r = replaced_by(saving, share->price->op);

			if (r)
				named += share->exits * saved_each(bill, r) * bill->scale;
		}
		if (line->is_split)
			saved += named;
		*most += line->is_split ? named : most_of(bill, saving, line);
	}
	return saved;
}

const char *saving_lacks(const struct bill *bill, const struct saving *saving)
{
	const char *lacks = NULL;

	for (const struct replaced *r = saving->ops; r->op; r++) {
		const char *op = !prices_find(bill->prices, r->op) ? r->op : r->by;

		if (!op || prices_find(bill->prices, op))
			return NULL;
		lacks = lacks ? lacks : op;
	}
	return lacks;
}

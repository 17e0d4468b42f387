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
static const char *const clock_reads[] = { "in-pm-timer", "hpet-counter", NULL };
static const char *const eois[] = { "x2apic-eoi", "xapic-eoi", NULL };
static const char *const apic_accesses[] = { "xapic-eoi",  "xapic-tpr",	 "xapic-read",
					     "x2apic-eoi", "x2apic-tpr", NULL };

const struct saving savings[] = {
	{ "hv-time", "Windows reads the reference TSC page, and no PM timer or HPET", clock_reads },
	{ "hv-vapic", "Windows ends interrupts by its assist page, without an exit for most",
	  eois },
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

static bool takes_away(const struct saving *saving, const char *op)
{
	for (const char *const *o = saving->ops; *o; o++)
		if (!strcmp(*o, op))
			return true;
	return false;
}

/* Whether the price list has one of its operations with that reason. */
static bool is_of_reason(const struct bill *bill, const struct saving *saving, const char *reason)
{
	for (const char *const *o = saving->ops; *o; o++) {
		const struct price *price = prices_find(bill->prices, *o);

		if (price && !strcmp(price->reason, reason))
			return true;
	}
	return false;
}

double saving_ticks(const struct bill *bill, const struct saving *saving, double *most)
{
	double saved = 0;

	*most = 0;
	for (size_t i = 0; i < bill->count; i++) {
		const struct bill_line *line = &bill->lines[i];
		double named = 0;

		for (size_t j = 0; j < line->share_count; j++)
			if (takes_away(saving, line->shares[j].price->op))
				named += line->shares[j].exits * price_cost(line->shares[j].price) *
					 bill->scale;
		if (line->is_split)
			saved += named;
		*most += line->is_split					 ? named
			 : is_of_reason(bill, saving, line->spent->name) ? line->cost
									 : 0;
	}
	return saved;
}

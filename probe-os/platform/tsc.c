// SPDX-License-Identifier: GPL-2.0-only
#include "platform/tsc.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/machine.h"
#include "cpu/msr.h"
#include "lib/format.h"
#include "lib/text.h"
#include "platform/clock.h"
#include "platform/frequency.h"

#define CPUID_1_EDX_TSC		  (1u << 4)
#define CPUID_TSC		  0x15
#define CPUID_FREQUENCY		  0x16
#define CPUID_POWER		  0x80000007
#define CPUID_POWER_EDX_INVARIANT (1u << 8)
#define CPUID_HYPERVISOR_TIMING	  0x40000010 /* VMware's, and QEMU's for KVM */

/* Hyper-V TLFS, "Feature and Interface Discovery". */
#define CPUID_HYPERV_INTERFACE	    0x40000001
#define HYPERV_INTERFACE	    0x31237648 /* "Hv#1" */
#define CPUID_HYPERV_FEATURES	    0x40000003
#define HYPERV_EAX_ACCESS_FREQUENCY (1u << 11)
#define HYPERV_EDX_FREQUENCY_MSRS   (1u << 8)
#define MSR_HYPERV_TSC_FREQUENCY    0x40000022 /* in Hz */

#define PVCLOCK_TRIES 10

#define AGREES_PERCENT 1

/*
 * No processor takes this long for two RDTSCs in a row, and no hypervisor takes less
 * for an exit.
 */
#define READ_TICKS_MAX 500
#define READINGS       1000

struct pvclock {
	uint32_t version; /* odd while it is written */
	uint32_t pad;
	uint64_t tsc_timestamp;
	uint64_t system_time;
	uint32_t mul;
	int8_t shift;
	uint8_t flags;
	uint8_t pad2[2];
} __attribute__((aligned(64)));

static uint64_t claim_crystal(void)
{
	struct cpuid c;

	if (cpuid(0, 0).eax < CPUID_TSC)
		return 0;
	c = cpuid(CPUID_TSC, 0);
	return khz_from_crystal(c.eax, c.ebx, c.ecx);
}

/* Read the base frequency in MHz. The TSC of a processor that reports it runs at this rate. */
static uint64_t claim_base(void)
{
	if (cpuid(0, 0).eax < CPUID_FREQUENCY)
		return 0;
	return (cpuid(CPUID_FREQUENCY, 0).eax & 0xffff) * 1000ull;
}

static uint64_t claim_timing_leaf(void)
{
	const struct machine *m = machine();

	if (!text_equal(m->hypervisor, "KVMKVMKVM") && !text_equal(m->hypervisor, "VMwareVMware"))
		return 0;
	if (m->hypervisor_leaf < CPUID_HYPERVISOR_TIMING)
		return 0;
	return cpuid(CPUID_HYPERVISOR_TIMING, 0).eax;
}

static uint64_t claim_kvm_clock(void)
{
	static volatile struct pvclock clock;
	uint64_t khz = 0;

	if (!(machine()->kvm_features & KVM_FEATURE_CLOCKSOURCE2))
		return 0;
	if (!wrmsr_try(MSR_KVM_SYSTEM_TIME_NEW, (uintptr_t)&clock | MSR_KVM_ENABLED))
		return 0;
	for (int i = 0; !khz && i < PVCLOCK_TRIES; i++) {
		uint32_t version = clock.version;
		uint32_t mul = clock.mul;
		int8_t shift = clock.shift;

		if (!(version & 1) && version == clock.version)
			khz = khz_from_pvclock(mul, shift);
		/* KVM writes it before an entry, so cause one. */
		cpuid(0, 0);
	}
	wrmsr_try(MSR_KVM_SYSTEM_TIME_NEW, 0);
	return khz;
}

static uint64_t claim_hyperv(void)
{
	const struct machine *m = machine();
	struct cpuid c;
	uint64_t hz;

	if (m->hypervisor_leaf < CPUID_HYPERV_FEATURES || m->kvm_leaf == CPUID_HYPERVISOR ||
	    cpuid(CPUID_HYPERV_INTERFACE, 0).eax != HYPERV_INTERFACE)
		return 0;
	c = cpuid(CPUID_HYPERV_FEATURES, 0);
	if (!(c.eax & HYPERV_EAX_ACCESS_FREQUENCY) || !(c.edx & HYPERV_EDX_FREQUENCY_MSRS))
		return 0;
	return rdmsr_try(MSR_HYPERV_TSC_FREQUENCY, &hz) ? hz / 1000 : 0;
}

static void ask_for_claim(struct tsc *t)
{
	/* The most reliable source comes first. */
	static const struct {
		const char *source;
		uint64_t (*khz)(void);
	} claims[] = {
		{ "CPUID 0x15", claim_crystal },
		{ "CPUID 0x16", claim_base },
		{ "CPUID 0x40000010", claim_timing_leaf },
		{ "KVM's clock", claim_kvm_clock },
		{ "Hyper-V's MSR 0x40000022", claim_hyperv },
	};

	for (size_t i = 0; !t->claimed_khz && i < sizeof(claims) / sizeof(claims[0]); i++) {
		t->claimed_khz = claims[i].khz();
		if (t->claimed_khz)
			t->source = claims[i].source;
	}
}

static void read_in_a_row(struct tsc *t)
{
	uint64_t last = rdtsc_fenced();

	t->monotonic = true;
	t->read_ticks = UINT32_MAX;
	for (int i = 0; i < READINGS; i++) {
		uint64_t now = rdtsc_fenced();

		if (now < last)
			t->monotonic = false;
		else if (now - last < t->read_ticks)
			t->read_ticks = (uint32_t)(now - last);
		last = now;
	}
	t->read_exits = t->read_ticks > READ_TICKS_MAX;
}

static void judge(struct tsc *t)
{
	t->khz = t->claimed_khz ? t->claimed_khz : t->measured_khz;
	if (!t->clock) {
		format_text(t->reason, sizeof(t->reason),
			    "neither an ACPI PM timer nor a PIT counts");
	} else if (!t->measured_khz) {
		format_text(t->reason, sizeof(t->reason), "the TSC does not count steadily by %s",
			    t->clock);
	} else if (!t->claimed_khz) {
		format_text(t->reason, sizeof(t->reason), "only %s gives a rate", t->clock);
	} else if (khz_agree(t->measured_khz, t->claimed_khz, AGREES_PERCENT)) {
		t->verdict = TSC_AGREES;
	} else {
		t->verdict = TSC_DISAGREES;
		t->khz = t->measured_khz;
		format_text(t->reason, sizeof(t->reason),
			    "the TSC runs at %lu kHz by %s, %lu kHz by %s: "
			    "it is emulated or scaled wrongly",
			    t->measured_khz, t->clock, t->claimed_khz, t->source);
	}
}

const struct tsc *tsc_check(void)
{
	static struct tsc t;
	static bool done;

	if (done)
		return &t;
	done = true;
	t.present = cpuid(1, 0).edx & CPUID_1_EDX_TSC;
	if (!t.present) {
		format_text(t.reason, sizeof(t.reason), "no TSC (CPUID 1 EDX bit 4)");
		return &t;
	}
	if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_POWER)
		t.invariant = cpuid(CPUID_POWER, 0).edx & CPUID_POWER_EDX_INVARIANT;
	read_in_a_row(&t);
	ask_for_claim(&t);
	t.measured_khz = clock_measure_tsc(&t.clock);
	judge(&t);
	return &t;
}

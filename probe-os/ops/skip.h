/* SPDX-License-Identifier: GPL-2.0-only */
/* Reasons not to run an operation that several families share. */
#ifndef OPS_SKIP_H
#define OPS_SKIP_H

#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/machine.h"
#include "platform/tsc.h"

/* The probe does not touch what a real machine may have there. */
static inline const char *skip_no_hypervisor(void)
{
	return machine()->hypervisor[0] ? NULL : "no hypervisor (CPUID 1 ECX bit 31)";
}

#define SKIP_NO_LAPIC "no local APIC, or one that must stay in x2APIC mode"

static inline const char *skip_no_lapic(void)
{
	return lapic_present() ? NULL : SKIP_NO_LAPIC;
}

static inline const char *skip_no_timer(void)
{
	return lapic_timer_present() ? NULL : "no local APIC timer";
}

static inline const char *skip_no_deadline(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	return cpuid(1, 0).ecx & CPUID_1_ECX_DEADLINE ? NULL
						      : "no TSC deadline (CPUID 1 ECX bit 24)";
}

static inline const char *skip_unknown_tsc(void)
{
	return tsc_check()->khz ? NULL : "the TSC's frequency is not known";
}

#define CPUID_1_ECX_X2APIC (1u << 21)

static inline const char *skip_no_x2apic(void)
{
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	return cpuid(1, 0).ecx & CPUID_1_ECX_X2APIC ? NULL : "no x2APIC (CPUID 1 ECX bit 21)";
}

#endif

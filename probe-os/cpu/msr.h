/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RDMSR and WRMSR of registers that may not exist. They need trap_init(). They discard
 * an earlier fault that trap_taken() has not yet returned.
 */
#ifndef CPU_MSR_H
#define CPU_MSR_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/trap.h"

/* MSRs that several files use: SDM vol. 4, 2.1; APM vol. 2, appendix A. */
#define MSR_APIC_BASE	 0x0000001b
#define MSR_MICROCODE	 0x0000008b
#define MSR_TSC_DEADLINE 0x000006e0
#define MSR_EFER	 0xc0000080

/* KVM's MSRs: Linux, Documentation/virt/kvm/x86/msr.rst. */
#define MSR_KVM_SYSTEM_TIME_NEW 0x4b564d01
#define MSR_KVM_ASYNC_PF_EN	0x4b564d02
#define MSR_KVM_STEAL_TIME	0x4b564d03
#define MSR_KVM_PV_EOI_EN	0x4b564d04
#define MSR_KVM_ASYNC_PF_INT	0x4b564d06
#define MSR_KVM_ASYNC_PF_ACK	0x4b564d07
#define MSR_KVM_ENABLED		(1u << 0)

/*
 * Execute the instruction alone, as an operation does. trap_taken() tells whether it
 * faulted.
 */
static inline void rdmsr_guarded(uint32_t msr)
{
	asm volatile(FAULT_RESUMES("rdmsr") : : "c"(msr) : "eax", "edx", "memory");
}

static inline void wrmsr_guarded(uint32_t msr, uint64_t value)
{
	asm volatile(FAULT_RESUMES("wrmsr")
		     :
		     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
		     : "memory");
}

/* Read MSR @msr. Return false and leave @value as it is if this raises #GP. */
static inline bool rdmsr_try(uint32_t msr, uint64_t *value)
{
	uint32_t low = 0, high = 0;

	trap_taken();
	asm volatile(FAULT_RESUMES("rdmsr") : "+a"(low), "+d"(high) : "c"(msr) : "memory");
	if (trap_taken() >= 0)
		return false;
	*value = (uint64_t)high << 32 | low;
	return true;
}

/* Write @value to MSR @msr. Return false if this raises #GP. */
static inline bool wrmsr_try(uint32_t msr, uint64_t value)
{
	trap_taken();
	wrmsr_guarded(msr, value);
	return trap_taken() < 0;
}

#endif

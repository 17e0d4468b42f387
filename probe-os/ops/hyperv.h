/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface of Hyper-V, which KVM imitates for Windows: Microsoft's Hypervisor Top Level
 * Functional Specification (TLFS), version 6.0b, by its chapters' names.
 */
#ifndef OPS_HYPERV_H
#define OPS_HYPERV_H

#include <stdbool.h>
#include <stdint.h>

/* TLFS, "Synthetic MSRs". */
#define HV_MSR_GUEST_OS_ID    0x40000000
#define HV_MSR_HYPERCALL      0x40000001
#define HV_MSR_VP_INDEX	      0x40000002
#define HV_MSR_TIME_REF_COUNT 0x40000020
#define HV_MSR_REFERENCE_TSC  0x40000021
#define HV_MSR_EOI	      0x40000070
#define HV_MSR_ICR	      0x40000071
#define HV_MSR_TPR	      0x40000072
#define HV_MSR_VP_ASSIST_PAGE 0x40000073
#define HV_MSR_SCONTROL	      0x40000080
#define HV_MSR_SIMP	      0x40000083
#define HV_MSR_EOM	      0x40000084
#define HV_MSR_SINT0	      0x40000090
#define HV_MSR_STIMER0_CONFIG 0x400000b0
#define HV_MSR_STIMER0_COUNT  0x400000b1
#define HV_ENABLE	      (1u << 0) /* of the MSRs that have an address or are switches */

/* TLFS, "Feature Discovery": CPUID 0x40000003 EAX and EDX. */
#define HV_EAX_TIME_REF_COUNT (1u << 1)
#define HV_EAX_SYNIC	      (1u << 2)
#define HV_EAX_STIMER	      (1u << 3)
#define HV_EAX_APIC	      (1u << 4)
#define HV_EAX_HYPERCALL      (1u << 5)
#define HV_EAX_VP_INDEX	      (1u << 6)
#define HV_EAX_REFERENCE_TSC  (1u << 9)
#define HV_EDX_STIMER_DIRECT  (1u << 19)

/* The same: CPUID 0x40000004 EAX, what the hypervisor recommends. */
#define HV_USE_TLB_FLUSH (1u << 2)
#define HV_USE_IPI	 (1u << 10)

/*
 * Return why there is no interface of Hyper-V, or @lacking if CPUID 0x40000003 does not have
 * all bits @eax and @edx, or 0x40000004 all bits @use. Otherwise return NULL.
 */
const char *hyperv_skip(uint32_t eax, uint32_t edx, uint32_t use, const char *lacking);

/*
 * Let the hypervisor write its code into the hypercall page, and take the page back. KVM
 * does not answer its own hypercalls in between.
 */
void hyperv_begin(void);
void hyperv_end(void);

/*
 * Call the page with the registers of a hypercall in long mode (TLFS, "Hypercall Calling
 * Convention"). Return the result's low 16 bits, HV_STATUS_SUCCESS or an error.
 */
uint16_t hyperv_call(uint64_t control, uint64_t input, uint64_t output);

#endif

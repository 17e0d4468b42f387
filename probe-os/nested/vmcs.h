/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields of the VMCS (SDM vol. 3D, appendix B), its controls, and the instructions on it. */
#ifndef NESTED_VMCS_H
#define NESTED_VMCS_H

#include <stdbool.h>
#include <stdint.h>

#define VMCS_VPID	       0x0000
#define VMCS_GUEST_SELECTOR(n) (0x0800u + 2 * (n)) /* of the segments below */
#define VMCS_HOST_SELECTOR(n)  (0x0c00u + 2 * (n)) /* without LDTR; TR is 6 */
#define VMCS_EPTP	       0x201a
#define VMCS_LINK	       0x2800
#define VMCS_GUEST_DEBUGCTL    0x2802
#define VMCS_PIN_CONTROLS      0x4000
#define VMCS_CONTROLS	       0x4002
#define VMCS_EXCEPTIONS	       0x4004
#define VMCS_PF_MASK	       0x4006
#define VMCS_PF_MATCH	       0x4008
#define VMCS_CR3_TARGETS       0x400a
#define VMCS_EXIT_CONTROLS     0x400c
#define VMCS_EXIT_MSR_STORES   0x400e
#define VMCS_EXIT_MSR_LOADS    0x4010
#define VMCS_ENTRY_CONTROLS    0x4012
#define VMCS_ENTRY_MSR_LOADS   0x4014
#define VMCS_ENTRY_INTERRUPT   0x4016
#define VMCS_SECOND_CONTROLS   0x401e
#define VMCS_ERROR	       0x4400
#define VMCS_REASON	       0x4402
#define VMCS_LENGTH	       0x440c
#define VMCS_GUEST_LIMIT(n)    (0x4800u + 2 * (n))
#define VMCS_GUEST_GDTR_LIMIT  0x4810
#define VMCS_GUEST_IDTR_LIMIT  0x4812
#define VMCS_GUEST_ACCESS(n)   (0x4814u + 2 * (n))
#define VMCS_GUEST_BLOCKING    0x4824
#define VMCS_GUEST_ACTIVITY    0x4826
#define VMCS_GUEST_SYSENTER_CS 0x482a
#define VMCS_HOST_SYSENTER_CS  0x4c00
#define VMCS_CR0_MASK	       0x6000
#define VMCS_CR4_MASK	       0x6002
#define VMCS_CR0_SHADOW	       0x6004
#define VMCS_CR4_SHADOW	       0x6006
#define VMCS_GUEST_CR0	       0x6800
#define VMCS_GUEST_CR3	       0x6802
#define VMCS_GUEST_CR4	       0x6804
#define VMCS_GUEST_BASE(n)     (0x6806u + 2 * (n))
#define VMCS_GUEST_GDTR_BASE   0x6816
#define VMCS_GUEST_IDTR_BASE   0x6818
#define VMCS_GUEST_DR7	       0x681a
#define VMCS_GUEST_RSP	       0x681c
#define VMCS_GUEST_RIP	       0x681e
#define VMCS_GUEST_RFLAGS      0x6820
#define VMCS_GUEST_PENDING_DB  0x6822
#define VMCS_GUEST_SYSENTER_SP 0x6824
#define VMCS_GUEST_SYSENTER_IP 0x6826
#define VMCS_HOST_CR0	       0x6c00
#define VMCS_HOST_CR3	       0x6c02
#define VMCS_HOST_CR4	       0x6c04
#define VMCS_HOST_FS_BASE      0x6c06
#define VMCS_HOST_GS_BASE      0x6c08
#define VMCS_HOST_TR_BASE      0x6c0a
#define VMCS_HOST_GDTR_BASE    0x6c0c
#define VMCS_HOST_IDTR_BASE    0x6c0e
#define VMCS_HOST_SYSENTER_SP  0x6c10
#define VMCS_HOST_SYSENTER_IP  0x6c12
#define VMCS_HOST_RSP	       0x6c14
#define VMCS_HOST_RIP	       0x6c16

enum vmcs_segment { VMCS_ES, VMCS_CS, VMCS_SS, VMCS_DS, VMCS_FS, VMCS_GS, VMCS_LDTR, VMCS_TR };
#define VMCS_HOST_TR 6

/* Controls: SDM vol. 3C, 24.6 to 24.8. */
#define PIN_INTERRUPT  (1u << 0)
#define PIN_NMI	       (1u << 3)
#define CONTROL_HLT    (1u << 7)
#define CONTROL_SECOND (1u << 31)
#define SECOND_EPT     (1u << 1)
#define SECOND_VPID    (1u << 5)
#define EXIT_64_BIT    (1u << 9)
#define ENTRY_64_BIT   (1u << 9)

/* Each returns whether it succeeded (SDM vol. 3C, 30.2: CF or ZF says that it failed). */
#define VMX_INSTRUCTION(name, text)                                                                \
	static inline bool name(const void *region)                                                \
	{                                                                                          \
		uint64_t address = (uintptr_t)region;                                              \
		bool failed;                                                                       \
                                                                                                   \
		asm volatile(text " %1; setna %0"                                                  \
			     : "=qm"(failed)                                                       \
			     : "m"(address)                                                        \
			     : "cc", "memory");                                                    \
		return !failed;                                                                    \
	}

VMX_INSTRUCTION(vmxon, "vmxon")
VMX_INSTRUCTION(vmclear, "vmclear")
VMX_INSTRUCTION(vmptrld, "vmptrld")

static inline bool vmwrite(uint32_t field, uint64_t value)
{
	bool failed;

	asm volatile("vmwrite %2, %1; setna %0"
		     : "=qm"(failed)
		     : "r"((uint64_t)field), "r"(value)
		     : "cc", "memory");
	return !failed;
}

/* Return 0 if it fails. */
static inline uint64_t vmread(uint32_t field)
{
	uint64_t value = 0;

	asm volatile("vmread %1, %0" : "+r"(value) : "r"((uint64_t)field) : "cc", "memory");
	return value;
}

#endif

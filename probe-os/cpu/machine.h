/* SPDX-License-Identifier: GPL-2.0-only */
/* What this machine is, by CPUID. */
#ifndef CPU_MACHINE_H
#define CPU_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/signature.h"

struct machine {
	char vendor[13];     /* "AuthenticAMD" */
	char brand[49];	     /* "AMD EPYC Processor", empty if not told */
	char hypervisor[13]; /* signature, empty if none is announced */
	bool amd;	     /* VMMCALL's kind: AMD and Hygon */

	struct cpu_signature cpu;
	uint32_t microcode; /* the update's revision, 0 if it cannot be read */

	/* "KVM", or NULL: no hypervisor is announced, or none that is known. */
	const char *hypervisor_name;
	uint32_t hypervisor_leaf; /* its highest leaf, 0 without a hypervisor */

	/*
	 * KVM's leaves: 0x40000000, or above those of the Hyper-V that it
	 * imitates; 0 elsewhere.  Its features are EAX of the leaf after.
	 */
	uint32_t kvm_leaf;
	uint32_t kvm_features;
};

/* machine()->kvm_features: Documentation/virt/kvm/x86/cpuid.rst. */
#define KVM_FEATURE_CLOCKSOURCE2 (1u << 3)
#define KVM_FEATURE_STEAL_TIME	 (1u << 5)

/* Where a hypervisor's leaves begin; another set may follow 0x100 later. */
#define CPUID_HYPERVISOR 0x40000000

/* Read once, at the first call, which is to come after trap_init(). */
const struct machine *machine(void);

#endif

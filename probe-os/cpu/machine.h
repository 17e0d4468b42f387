/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine as CPUID describes it. */
#ifndef CPU_MACHINE_H
#define CPU_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/signature.h"

struct machine {
	char vendor[13];     /* "AuthenticAMD" */
	char brand[49];	     /* "AMD EPYC Processor", or empty */
	char hypervisor[13]; /* signature, empty if CPUID announces none */
	bool amd;	     /* AMD or Hygon, which have VMMCALL */

	struct cpu_signature cpu;
	uint32_t microcode; /* revision of the update, 0 if it cannot be read */

	/* "KVM", or NULL without a hypervisor or with an unknown one. */
	const char *hypervisor_name;
	uint32_t hypervisor_leaf; /* the hypervisor's highest leaf, 0 without one */

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
#define KVM_FEATURE_PV_EOI	 (1u << 6)
#define KVM_FEATURE_PV_UNHALT	 (1u << 7)
#define KVM_FEATURE_PV_TLB_FLUSH (1u << 9)
#define KVM_FEATURE_PV_SEND_IPI	 (1u << 11)
#define KVM_FEATURE_ASYNC_PF_INT (1u << 14)

/* The first leaf of a hypervisor. Another set may follow 0x100 leaves later. */
#define CPUID_HYPERVISOR 0x40000000

/* Return the machine. The first call reads it and must come after trap_init(). */
const struct machine *machine(void);

#endif

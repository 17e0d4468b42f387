/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM's hypercalls: Linux, Documentation/virt/kvm/x86/hypercalls.rst. */
#ifndef OPS_KVM_CALL_H
#define OPS_KVM_CALL_H

#include "cpu/machine.h"

#define KVM_HC_KICK_CPU 5
#define KVM_HC_SEND_IPI 10

/* Call KVM, which must have the feature. Return what it leaves in RAX. */
static inline long kvm_call(unsigned long number, unsigned long a0, unsigned long a1,
			    unsigned long a2, unsigned long a3)
{
	if (machine()->amd)
		asm volatile("vmmcall"
			     : "+a"(number)
			     : "b"(a0), "c"(a1), "d"(a2), "S"(a3)
			     : "memory");
	else
		asm volatile("vmcall"
			     : "+a"(number)
			     : "b"(a0), "c"(a1), "d"(a2), "S"(a3)
			     : "memory");
	return (long)number;
}

#endif

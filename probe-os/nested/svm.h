/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What only SVM has (APM vol. 2, ch. 15). svm_hypervisor of hypervisor.h does the rest.
 * An #VMEXIT clears GIF, and finish() sets it again.
 */
#ifndef NESTED_SVM_H
#define NESTED_SVM_H

#include "nested/hypervisor.h"
#include "nested/vmcb.h"

/* L2's, which begin() fills in. Its address is its physical address. */
extern struct vmcb svm_vmcb;

/* Why L1 cannot offer L2 the virtual VMLOAD and VMSAVE, or the virtual GIF; or NULL. */
const char *svm_skip_virtual_vmload(void);
const char *svm_skip_virtual_gif(void);

/* After begin(): let L2 execute them without an exit to L1. */
void svm_virtual_vmload(void);
void svm_virtual_gif(void);

/* The instructions themselves. They need begin(). */
static inline void svm_vmload(void)
{
	asm volatile("vmload" : : "a"(&svm_vmcb) : "memory");
}

static inline void svm_vmsave(void)
{
	asm volatile("vmsave" : : "a"(&svm_vmcb) : "memory");
}

static inline void svm_stgi(void)
{
	asm volatile("stgi" : : : "memory");
}

static inline void svm_clgi(void)
{
	asm volatile("clgi" : : : "memory");
}

#endif

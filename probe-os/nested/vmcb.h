/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMCB: APM vol. 2, appendix B. Names are the manual's. */
#ifndef NESTED_VMCB_H
#define NESTED_VMCB_H

#include <stddef.h>
#include <stdint.h>

struct vmcb_segment {
	uint16_t selector, attributes;
	uint32_t limit;
	uint64_t base;
};

struct vmcb {
	uint32_t intercept_cr, intercept_dr, intercept_exceptions;
	uint32_t intercept_misc[3];
	uint8_t reserved0[0x58 - 0x18];
	uint32_t asid;
	uint32_t tlb_control;
	uint64_t virtual_interrupt; /* V_TPR to V_INTR_VECTOR */
	uint64_t interrupt_shadow;
	uint64_t exitcode, exitinfo1, exitinfo2, exitintinfo;
	uint64_t np_enable;
	uint8_t reserved1[0xb0 - 0x98];
	uint64_t n_cr3;
	uint64_t virtualization; /* of last branches, of VMLOAD and VMSAVE */
	uint8_t reserved2[0x400 - 0xc0];

	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved3[0x4d0 - 0x4a0];
	uint64_t efer;
	uint8_t reserved4[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t reserved5[0x5d8 - 0x580];
	uint64_t rsp;
	uint8_t reserved6[0x5f8 - 0x5e0];
	uint64_t rax;
	uint8_t reserved7[0x668 - 0x600];
	uint64_t g_pat;
	uint8_t reserved8[0x1000 - 0x670];
};

_Static_assert(offsetof(struct vmcb, asid) == 0x58 && offsetof(struct vmcb, exitcode) == 0x70 &&
		       offsetof(struct vmcb, n_cr3) == 0xb0 &&
		       offsetof(struct vmcb, efer) == 0x4d0 &&
		       offsetof(struct vmcb, rip) == 0x578 && offsetof(struct vmcb, rax) == 0x5f8 &&
		       sizeof(struct vmcb) == 0x1000,
	       "the VMCB is as in appendix B");

/* intercept_misc[0] */
#define INTERCEPT_INTR	   (1u << 0)
#define INTERCEPT_NMI	   (1u << 1)
#define INTERCEPT_INIT	   (1u << 3)
#define INTERCEPT_CPUID	   (1u << 18)
#define INTERCEPT_HLT	   (1u << 24)
#define INTERCEPT_SHUTDOWN (1u << 31)

/* intercept_misc[1]; without the first VMRUN fails (APM 15.5.1) */
#define INTERCEPT_VMRUN	  (1u << 0)
#define INTERCEPT_VMMCALL (1u << 1)
#define INTERCEPT_VMLOAD  (1u << 2)
#define INTERCEPT_VMSAVE  (1u << 3)
#define INTERCEPT_STGI	  (1u << 4)
#define INTERCEPT_CLGI	  (1u << 5)
#define INTERCEPT_SKINIT  (1u << 6)

#define V_GIF		     (1ull << 9)
#define V_INTR_MASKING	     (1ull << 24)
#define V_GIF_ENABLE	     (1ull << 25)
#define VIRTUAL_VMLOADVMSAVE (1ull << 1)

/* No exit has this code, and VMRUN writes another one. */
#define EXITCODE_NONE	 0xdeadull
/* VMEXIT_INVALID is -1; of 32 bits on some processors. */
#define EXITCODE_INVALID 0xffffffffu

#endif

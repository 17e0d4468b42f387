/* SPDX-License-Identifier: GPL-2.0-only */
/* What this machine is, by CPUID. */
#ifndef CPU_MACHINE_H
#define CPU_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct machine {
	char vendor[13];     /* "AuthenticAMD" */
	char brand[49];	     /* "AMD EPYC Processor", empty if not told */
	char hypervisor[13]; /* signature, empty if none is announced */
	bool amd;	     /* VMMCALL's kind: AMD and Hygon */
};

/* Read once, at the first call. */
const struct machine *machine(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Decode CPUID's signatures: family and model of a processor, the name of a hypervisor. */
#ifndef CPU_SIGNATURE_H
#define CPU_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers as the manuals and lists of processors give them: "family 6, model 0x5e". */
struct cpu_signature {
	uint32_t family, model, stepping;
};

/* Decode @eax of CPUID 1 by AMD's rule or by Intel's. */
struct cpu_signature cpu_signature(uint32_t eax, bool amd);

/*
 * Return the name of the hypervisor that announces @signature, or NULL if it is
 * unknown. @signature is the twelve characters of CPUID 0x40000000 EBX, ECX, EDX
 * without the blanks and NULs around them.
 */
const char *hypervisor_name(const char *signature);

#endif

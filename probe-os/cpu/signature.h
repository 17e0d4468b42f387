/* SPDX-License-Identifier: GPL-2.0-only */
/* What CPUID's signatures mean: the processor's in numbers, a hypervisor's by name. */
#ifndef CPU_SIGNATURE_H
#define CPU_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

/* As the manuals and the processors' lists give them: "family 6, model 0x5e". */
struct cpu_signature {
	uint32_t family, model, stepping;
};

/* CPUID 1's @eax, by AMD's rule or by Intel's. */
struct cpu_signature cpu_signature(uint32_t eax, bool amd);

/*
 * Who announces @signature, the twelve characters of CPUID 0x40000000 EBX, ECX,
 * EDX without the blanks and NULs around them; NULL for one that is not known.
 */
const char *hypervisor_name(const char *signature);

#endif

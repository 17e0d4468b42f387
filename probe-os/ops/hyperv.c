// SPDX-License-Identifier: GPL-2.0-only
#include "ops/hyperv.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/machine.h"
#include "cpu/msr.h"
#include "platform/memory.h"

/* TLFS, "Hypervisor Discovery". */
#define LEAF_INTERFACE	 0x40000001
#define LEAF_FEATURES	 0x40000003
#define LEAF_RECOMMENDED 0x40000004
#define INTERFACE	 0x31237648 /* Hv#1 */

/* TLFS, "Guest OS Identity": bit 63, open source; 62:56, an OS without a number. */
#define GUEST_OS_ID (1ull << 63 | 0x7full << 56)

static uint8_t page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

const char *hyperv_skip(uint32_t eax, uint32_t edx, uint32_t use, const char *lacking)
{
	struct cpuid features;

	if (machine()->hypervisor_leaf < LEAF_RECOMMENDED ||
	    cpuid(LEAF_INTERFACE, 0).eax != INTERFACE)
		return "no interface of Hyper-V (exitprobe run --hyperv)";
	features = cpuid(LEAF_FEATURES, 0);
	if ((features.eax & eax) != eax || (features.edx & edx) != edx ||
	    (cpuid(LEAF_RECOMMENDED, 0).eax & use) != use)
		return lacking;
	return NULL;
}

void hyperv_begin(void)
{
	wrmsr(HV_MSR_GUEST_OS_ID, GUEST_OS_ID);
	wrmsr(HV_MSR_HYPERCALL, (uintptr_t)page | HV_ENABLE);
}

void hyperv_end(void)
{
	wrmsr(HV_MSR_HYPERCALL, 0);
	wrmsr(HV_MSR_GUEST_OS_ID, 0);
}

uint16_t hyperv_call(uint64_t control, uint64_t input, uint64_t output)
{
	register uint64_t r8 asm("r8") = output;
	uint64_t result;

	asm volatile("call *%[page]"
		     : "=a"(result), "+c"(control), "+d"(input), "+r"(r8)
		     : [page] "r"(page)
		     : "r9", "r10", "r11", "cc", "memory");
	return (uint16_t)result;
}

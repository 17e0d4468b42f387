// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/machine.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/msr.h"
#include "lib/text.h"

#define CPUID_1_ECX_HYPERVISOR (1u << 31)
#define CPUID_BRAND_FIRST      0x80000002
#define CPUID_BRAND_LAST       0x80000004

/* The sets of hypervisor leaves. QEMU provides at most three: Hyper-V, Xen, KVM. */
#define HYPERVISOR_STEP 0x100
#define HYPERVISOR_SETS 4

/* Append four characters, lowest byte first. */
static char *put_word(char *p, uint32_t word)
{
	for (int i = 0; i < 4; i++, word >>= 8)
		*p++ = (char)word;
	return p;
}

/* Drop the blanks with which processors pad their name. */
static void trim(char *text)
{
	char *from = text, *to = text, *end = text;

	while (*from == ' ')
		from++;
	for (; *from; from++) {
		*to++ = *from;
		if (*from != ' ')
			end = to;
	}
	*end = '\0';
}

/* Write registers @a, @b, @c as text to the 13 bytes at @to. */
static void put_text(char *to, uint32_t a, uint32_t b, uint32_t c)
{
	*put_word(put_word(put_word(to, a), b), c) = '\0';
}

/*
 * Read BIOS_SIGN_ID (SDM vol. 4, 2.1) or PATCH_LEVEL (AMD PPRs, MSR0000_008B). Return
 * 0 if it cannot be read; other vendors may use other registers.
 */
static uint32_t read_microcode(const struct machine *m)
{
	uint64_t revision = 0;

	if (m->amd)
		return rdmsr_try(MSR_MICROCODE, &revision) ? (uint32_t)revision : 0;
	if (!text_equal(m->vendor, "GenuineIntel"))
		return 0;
	/* After a write of zero CPUID updates the MSR (SDM vol. 3A, 9.11.7.1). */
	if (!wrmsr_try(MSR_MICROCODE, 0))
		return 0;
	cpuid(1, 0);
	return rdmsr_try(MSR_MICROCODE, &revision) ? (uint32_t)(revision >> 32) : 0;
}

/* A hypervisor that imitates Hyper-V has Hyper-V's leaves first and its own after them. */
static void find_hypervisor(struct machine *m)
{
	struct cpuid c = cpuid(CPUID_HYPERVISOR, 0);
	char signature[13];

	put_text(m->hypervisor, c.ebx, c.ecx, c.edx);
	trim(m->hypervisor);
	m->hypervisor_name = hypervisor_name(m->hypervisor);
	m->hypervisor_leaf = c.eax;

	for (uint32_t set = 0; set < HYPERVISOR_SETS; set++) {
		uint32_t leaf = CPUID_HYPERVISOR + set * HYPERVISOR_STEP;

		c = cpuid(leaf, 0);
		put_text(signature, c.ebx, c.ecx, c.edx);
		trim(signature);
		if (text_equal(signature, "XenVMMXenVMM") && set) {
			m->hypervisor_name = "Xen, as Hyper-V";
		} else if (text_equal(signature, "KVMKVMKVM")) {
			if (set)
				m->hypervisor_name = "KVM, as Hyper-V";
			m->kvm_leaf = leaf;
			m->kvm_features = cpuid(leaf + 1, 0).eax;
			break;
		}
	}
	/* Old versions of KVM report 0 and have one leaf (cpuid.rst). */
	if (!m->hypervisor_leaf && m->kvm_leaf)
		m->hypervisor_leaf = m->kvm_leaf + 1;
}

const struct machine *machine(void)
{
	static struct machine m;
	struct cpuid c;
	char *p;

	if (m.vendor[0])
		return &m;

	c = cpuid(0, 0);
	put_text(m.vendor, c.ebx, c.edx, c.ecx);
	m.amd = text_equal(m.vendor, "AuthenticAMD") || text_equal(m.vendor, "HygonGenuine");

	if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_BRAND_LAST) {
		p = m.brand;
		for (uint32_t leaf = CPUID_BRAND_FIRST; leaf <= CPUID_BRAND_LAST; leaf++) {
			c = cpuid(leaf, 0);
			p = put_word(put_word(put_word(put_word(p, c.eax), c.ebx), c.ecx), c.edx);
		}
		trim(m.brand);
	}

	c = cpuid(1, 0);
	m.cpu = cpu_signature(c.eax, m.amd);
	m.microcode = read_microcode(&m);
	if (c.ecx & CPUID_1_ECX_HYPERVISOR)
		find_hypervisor(&m);
	return &m;
}

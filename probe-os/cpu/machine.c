// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/machine.h"

#include "cpu/insn.h"

#define CPUID_1_ECX_HYPERVISOR (1u << 31)
#define CPUID_HYPERVISOR       0x40000000
#define CPUID_EXTENDED	       0x80000000
#define CPUID_BRAND_FIRST      0x80000002
#define CPUID_BRAND_LAST       0x80000004

/* Four characters, lowest byte first. */
static char *put_word(char *p, uint32_t word)
{
	for (int i = 0; i < 4; i++, word >>= 8)
		*p++ = (char)word;
	return p;
}

static bool equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* Drop the blanks that processors pad their name with. */
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

const struct machine *machine(void)
{
	static struct machine m;
	struct cpuid c;
	char *p;

	if (m.vendor[0])
		return &m;

	c = cpuid(0, 0);
	put_word(put_word(put_word(m.vendor, c.ebx), c.edx), c.ecx);
	m.amd = equal(m.vendor, "AuthenticAMD") || equal(m.vendor, "HygonGenuine");

	if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_BRAND_LAST) {
		p = m.brand;
		for (uint32_t leaf = CPUID_BRAND_FIRST; leaf <= CPUID_BRAND_LAST; leaf++) {
			c = cpuid(leaf, 0);
			p = put_word(put_word(put_word(put_word(p, c.eax), c.ebx), c.ecx), c.edx);
		}
		trim(m.brand);
	}
	if (cpuid(1, 0).ecx & CPUID_1_ECX_HYPERVISOR) {
		c = cpuid(CPUID_HYPERVISOR, 0);
		put_word(put_word(put_word(m.hypervisor, c.ebx), c.ecx), c.edx);
		trim(m.hypervisor);
	}
	return &m;
}

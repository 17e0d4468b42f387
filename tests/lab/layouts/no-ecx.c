// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client that does not set ECX before CPUID: what its compiler has left there is asked for,
 * and then what the answer before has left.
 */
#include "client.h"

int main(void)
{
	struct regs r = { .ecx = 0x7ffe1234 }; /* as half of an address would be */

	for (int i = 0; i < 2; i++) {
		r.eax = 0x4ffffffe;
		asm volatile("cpuid" : "+a"(r.eax), "=b"(r.ebx), "+c"(r.ecx), "=d"(r.edx));
		printf("eax=%" PRIu32 " ebx=%" PRIu32 " ecx=%" PRIu32 " edx=%" PRIu32 "\n", r.eax,
		       r.ebx, r.ecx, r.edx);
	}
	return 0;
}

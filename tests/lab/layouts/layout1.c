// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layout 1: leaf 0x4fffffff has exits in EAX and cycles in EBX:ECX, leaf 0x4ffffffe the exits
 * of the reason in ECX in EAX.
 */
#include "client.h"

int main(void)
{
	struct regs total = ask(0x4fffffff, 0);

	printf("total exits=%" PRIu32 " cycles=%" PRIu64 " edx=%" PRIu32 "\n", total.eax,
	       cycles(total), total.edx);
	print_reasons(0x4ffffffe, 0);
	return 0;
}

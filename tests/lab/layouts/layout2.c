// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layout 2: leaf 0x4fffffff has exits in EAX, 0x4ffffffe cycles in EBX:ECX, 0x4ffffffd the exits
 * of the reason in ECX in EAX, 0x4ffffffc its cycles in EBX:ECX.
 */
#include "client.h"

int main(void)
{
	struct regs exits = ask(0x4fffffff, 0), time = ask(0x4ffffffe, 0);

	fputs("total", stdout);
	print_exits(exits);
	print_cycles(time);
	putchar('\n');
	print_reasons(0x4ffffffd, 0x4ffffffc);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layout 3: leaf 0x4ffffffc has exits in EAX, 0x4ffffffd cycles in EBX:ECX, 0x4ffffffe the exits
 * of the reason in ECX in EAX, 0x4fffffff its cycles in EBX:ECX.
 */
#include "client.h"

int main(void)
{
	struct regs exits = ask(0x4ffffffc, 0), time = ask(0x4ffffffd, 0);

	fputs("total", stdout);
	print_exits(exits);
	print_cycles(time);
	putchar('\n');
	print_reasons(0x4ffffffe, 0x4fffffff);
	return 0;
}

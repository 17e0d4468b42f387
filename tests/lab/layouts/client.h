/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the clients of the course's layouts share: CPUID, the numbers that they ask for, and
 * how they print an answer.  They know the registers from the table in
 * abi/kvm_exit_stats.h and nothing else of exitprobe.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <cpuid.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

struct regs {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct regs ask(uint32_t leaf, uint32_t ecx)
{
	struct regs r;

	__cpuid_count(leaf, ecx, r.eax, r.ebx, r.ecx, r.edx);
	return r;
}

static inline uint64_t cycles(struct regs r)
{
	return (uint64_t)r.ebx << 32 | r.ecx;
}

/* The error value of the assignments. */
static inline int undefined(struct regs r)
{
	return !r.eax && !r.ebx && !r.ecx && r.edx == 0xffffffff;
}

/* The numbers of both vendors' manuals, and some more. */
static const struct {
	uint32_t first, last;
} asked[] = { { 0, 0xa8 }, { 0x3ff, 0x404 }, { 0xfffe, 0xfffe } };

/* A register that the leaf does not return anything in is to be 0. */
static inline void print_exits(struct regs r)
{
	if (r.ebx || r.ecx || r.edx)
		printf(" exits=wrong:%x:%x:%x:%x", r.eax, r.ebx, r.ecx, r.edx);
	else
		printf(" exits=%" PRIu32, r.eax);
}

static inline void print_cycles(struct regs r)
{
	if (r.eax || r.edx)
		printf(" cycles=wrong:%x:%x:%x:%x", r.eax, r.ebx, r.ecx, r.edx);
	else
		printf(" cycles=%" PRIu64, cycles(r));
}

/* A line for each number, of the leaves of exits and of cycles; the latter 0 if there is none. */
static inline void print_reasons(uint32_t exits_leaf, uint32_t cycles_leaf)
{
	for (unsigned int i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		for (uint32_t reason = asked[i].first; reason <= asked[i].last; reason++) {
			struct regs exits = ask(exits_leaf, reason);
			struct regs time = cycles_leaf ? ask(cycles_leaf, reason) : exits;

			printf("%" PRIu32, reason);
			if (undefined(exits) && undefined(time)) {
				puts(" undefined");
				continue;
			}
			print_exits(exits);
			if (cycles_leaf)
				print_cycles(time);
			putchar('\n');
		}
	}
}

#endif

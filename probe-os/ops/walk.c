// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sets are chains of pointers, so that each load waits for the one before it. Caches
 * describe themselves by CPUID: deterministic cache parameters, SDM vol. 2A, CPUID leaf 4,
 * and in the same form APM vol. 3, E.4.16, leaf 0x8000001d.
 */
#include "ops/walk.h"

#include "cpu/insn.h"
#include "platform/map.h"
#include "platform/memory.h"

#define LINE	     64
#define TLB_PAGES    64
#define JUMPS	     256
#define MEMORY_BYTES (1ul << 20)

/* Of a processor that does not describe its caches. */
#define L1_BYTES_UNKNOWN (32ul << 10)
#define L2_BYTES_UNKNOWN (256ul << 10)

#define CPUID_CACHES		0x4
#define CPUID_CACHES_AMD	0x8000001d
#define CPUID_80000001_ECX_TOPO (1u << 22)

#define CACHE_TYPE(eax)	 ((eax)&31) /* 0: no more caches */
#define CACHE_TYPE_CODE	 2
#define CACHE_LEVEL(eax) ((eax) >> 5 & 7)
#define CACHES_MAX	 8

typedef void *volatile link;

static uint8_t *memory;
static uint64_t tables[3][MAP_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static uint16_t order[MEMORY_BYTES / LINE];

static link *first;
static size_t steps; /* 0: jumps, and no loads */

bool walk_has_memory(void)
{
	if (!memory)
		memory = memory_take(MEMORY_BYTES, PAGE_SIZE);
	return memory;
}

static size_t cache_bytes(unsigned int level, size_t unknown)
{
	uint32_t leaf = CPUID_CACHES;

	if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_CACHES_AMD &&
	    cpuid(CPUID_EXTENDED + 1, 0).ecx & CPUID_80000001_ECX_TOPO)
		leaf = CPUID_CACHES_AMD;
	else if (cpuid(0, 0).eax < CPUID_CACHES)
		return unknown;
	for (uint32_t i = 0; i < CACHES_MAX; i++) {
		struct cpuid c = cpuid(leaf, i);

		if (!CACHE_TYPE(c.eax))
			break;
		if (CACHE_LEVEL(c.eax) != level || CACHE_TYPE(c.eax) == CACHE_TYPE_CODE)
			continue;
		/* Ways, partitions, size of a line, sets: each less one. */
		return (size_t)((c.ebx >> 22) + 1) * ((c.ebx >> 12 & 0x3ff) + 1) *
		       ((c.ebx & 0xfff) + 1) * (c.ecx + 1);
	}
	return unknown;
}

/*
 * Join @count places, @stride bytes apart from @base on, to one circle in an order that is
 * the same in every run (Sattolo's algorithm; multiplier and increment are those of C's
 * example of rand()).
 */
static void join(uintptr_t base, size_t count, size_t stride)
{
	uint32_t random = 1;

	for (size_t i = 0; i < count; i++)
		order[i] = (uint16_t)i;
	for (size_t i = count - 1; i > 0; i--) {
		uint16_t last = order[i];
		size_t other;

		random = random * 1103515245 + 12345;
		other = (random >> 8) % i;
		order[i] = order[other];
		order[other] = last;
	}
	for (size_t i = 0; i < count; i++)
		*(link *)(base + order[i] * stride) =
			(void *)(base + order[(i + 1) % count] * stride);
	first = (link *)base;
	steps = count;
}

static void join_lines(size_t bytes)
{
	join((uintptr_t)memory, (bytes > MEMORY_BYTES ? MEMORY_BYTES : bytes) / LINE, LINE);
}

/*
 * All pages are of the same memory, so that the caches hold it, and each has its own line
 * of it: only translations can be missing.
 */
static void join_pages(void)
{
	for (size_t i = 0; i < TLB_PAGES; i++)
		tables[2][i] = map_entry(memory);
	tables[1][0] = map_entry(tables[2]);
	tables[0][0] = map_entry(tables[1]);
	*map_top(MAP_SLOT_WALK) = map_entry(tables[0]);
	join(MAP_ADDRESS(MAP_SLOT_WALK), TLB_PAGES, PAGE_SIZE + LINE);
}

void walk_setup(enum walk_set set)
{
	switch (set) {
	case WALK_L1:
		join_lines(cache_bytes(1, L1_BYTES_UNKNOWN) / 4 * 3);
		break;
	case WALK_L2:
		join_lines(cache_bytes(2, L2_BYTES_UNKNOWN) / 4 * 3);
		break;
	case WALK_TLB:
		join_pages();
		break;
	case WALK_JUMPS:
		steps = 0;
		break;
	}
}

void walk_teardown(void)
{
	map_remove(MAP_SLOT_WALK);
}

/* Each jump has a place and a target of its own, which a branch predictor learns. */
static void jump(void)
{
	asm volatile(".rept %c0\n\t"
		     "lea 1f(%%rip), %%rax\n\t"
		     "jmp *%%rax\n\t"
		     "int3\n\t"
		     ".balign 16\n"
		     "1:\n\t"
		     ".endr"
		     :
		     : "i"(JUMPS)
		     : "rax");
}

/* Not inlined: all walks are the same instructions at the same addresses. */
__attribute__((noinline)) int64_t walk(uint64_t extra)
{
	uint64_t start = rdtsc_fenced();
	link *at = first;

	if (!steps)
		jump();
	for (size_t i = 0; i < steps; i++)
		at = *at;
	for (uint64_t i = 0; i < extra; i++)
		asm volatile("" : : "r"(at) : "memory");
	return (int64_t)(rdtsc_fenced() - start);
}

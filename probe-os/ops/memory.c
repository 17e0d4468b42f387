// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAM. Under nested paging (SDM 28.3, APM 15.25) only the first access to a page
 * that the host has not mapped yet exits; the guest's own page tables cause no exit.
 */
#include "ops/ops.h"

#include "platform/map.h"
#include "platform/memory.h"

/* The most exits of map-page with shadow paging, which write-protects new tables. */
#define SHADOW_MAX 8

static uint64_t table[3][MAP_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static volatile uint8_t page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static volatile uint64_t *top;

/* The page that the next run touches. prepare() takes a new one after it was touched. */
static volatile uint8_t *fresh;
static bool touched = true;

static void run_load(void)
{
	(void)page[0];
}

static void prepare_fresh(uint64_t size)
{
	if (!touched)
		return;
	fresh = memory_take(size, size);
	if (!fresh)
		fresh = page;
	touched = false;
}

static void prepare_4k(void)
{
	prepare_fresh(PAGE_SIZE);
}

static void prepare_2m(void)
{
	prepare_fresh(LARGE_PAGE_SIZE);
}

static void run_touch(void)
{
	*fresh = 1;
	touched = true;
}

/* The next operation cannot use the page of the previous one. */
static void setup_touch(void)
{
	touched = true;
}

/* Use two thirds of the memory that is left, so that later operations find some. */
static size_t limit_4k(void)
{
	return memory_left(PAGE_SIZE, PAGE_SIZE) * 2 / 3;
}

static size_t limit_2m(void)
{
	return memory_left(LARGE_PAGE_SIZE, LARGE_PAGE_SIZE) * 2 / 3;
}

static void setup_map(void)
{
	top = map_top(MAP_SLOT_PAGE);
}

static void run_map(void)
{
	((volatile uint64_t *)table[2])[0] = map_entry(page);
	((volatile uint64_t *)table[1])[0] = map_entry(table[2]);
	((volatile uint64_t *)table[0])[0] = map_entry(table[1]);
	*top = map_entry(table[0]);
	asm volatile("movb (%0), %%al" : : "r"(MAP_ADDRESS(MAP_SLOT_PAGE)) : "al", "memory");
}

static void finish_map(void)
{
	*top = 0;
	for (unsigned int level = 0; level < 3; level++)
		table[level][0] = 0;
	asm volatile("invlpg (%0)" : : "r"(MAP_ADDRESS(MAP_SLOT_PAGE)) : "memory");
}

static const struct op ops[] = {
	{
		.name = "load",
		.what = "load of a byte that is in the cache",
		.why = "The host has mapped the memory, so the processor needs no help.",
		.compare = "touch-4k,xapic-read",
		.svm = NO_EXIT,
		.vmx = NO_EXIT,
		.run = run_load,
	},
	{
		.name = "touch-2m",
		.what = "first write to a 2 MiB region",
		.why = "The nested page tables have no entry for the page yet (APM 15.25.6, SDM "
		       "28.3.3.2). KVM finds or allocates the page and maps 4 KiB or 2 MiB of it, "
		       "whichever the host's own mapping has.",
		.compare = "touch-4k,load",
		.svm = EXITS_EITHER(0, 1, SVM_EXIT_NPF, SVM_EXIT_PF,
				    "none if the VMM touched it or the host maps by 1 GiB"),
		.vmx = EXITS_EITHER(0, 1, EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EXCEPTION_NMI,
				    "none if the VMM touched it or the host maps by 1 GiB"),
		.limit = limit_2m,
		.setup = setup_touch,
		.prepare = prepare_2m,
		.run = run_touch,
	},
	{
		.name = "touch-4k",
		.what = "first write to a 4 KiB page",
		.why = "As touch-2m. Where the host backs the guest with 2 MiB pages, only the "
		       "first of 512 writes exits.",
		.compare = "touch-2m,load",
		.svm = EXITS_EITHER(0, 1, SVM_EXIT_NPF, SVM_EXIT_PF,
				    "one in 512 if the host maps by 2 MiB"),
		.vmx = EXITS_EITHER(0, 1, EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EXCEPTION_NMI,
				    "one in 512 if the host maps by 2 MiB"),
		.limit = limit_4k,
		.setup = setup_touch,
		.prepare = prepare_4k,
		.run = run_touch,
	},
	{
		.name = "map-page",
		.what = "four levels of page tables are built for a page, and a load uses them",
		.why = "With nested paging the guest owns its page tables and nothing exits (SDM "
		       "28.3.1, APM 15.25.5). With shadow paging KVM has to follow every entry.",
		.compare = "load,invlpg,mov-to-cr3-new",
		.svm = EXITS_VARY(0, SHADOW_MAX, SVM_EXIT_PF, "some with kvm_amd.npt=0"),
		.vmx = EXITS_VARY(0, SHADOW_MAX, EXIT_REASON_EXCEPTION_NMI,
				  "some with kvm_intel.ept=0"),
		.setup = setup_map,
		.run = run_map,
		.finish = finish_map,
	},
};

const struct op_family family_memory = OP_FAMILY(
	"memory",
	"RAM and the guest's own page tables. With nested paging an access exits only if the host "
	"has not mapped the memory yet.",
	ops);

// SPDX-License-Identifier: GPL-2.0-only
#include "nested/paging.h"

#define ENTRIES 512
#define LARGE	(1ul << 7)

/*
 * NPT has the format of ordinary page tables, and treats every access as a user's (APM
 * 15.25.5). Accessed and dirty are set, so that no processor has to write them.
 */
#define NPT_TABLE 0x67ul /* present, writable, user, accessed, dirty */
#define NPT_PAGE  (NPT_TABLE | LARGE)

#define EPT_TABLE 0x7ul				 /* read, write, execute: SDM vol. 3C, table 28-2 */
#define EPT_PAGE  (EPT_TABLE | 6ul << 3 | LARGE) /* write-back */

static uint64_t top[ENTRIES] __attribute__((aligned(4096)));
static uint64_t gigabytes[ENTRIES] __attribute__((aligned(4096)));
static uint64_t identity[ENTRIES] __attribute__((aligned(4096)));
static uint64_t window[ENTRIES] __attribute__((aligned(4096)));

static uint64_t build(uint64_t table, uint64_t page)
{
	uint64_t here = (uintptr_t)top & ~(PAGING_PLACE - 1);

	for (uint64_t i = 0; i < ENTRIES; i++) {
		identity[i] = i * PAGING_PLACE | page;
		window[i] = here | page;
	}
	gigabytes[0] = (uintptr_t)identity | table;
	gigabytes[1] = (uintptr_t)window | table;
	top[0] = (uintptr_t)gigabytes | table;
	return (uintptr_t)top;
}

uint64_t paging_npt(void)
{
	return build(NPT_TABLE, NPT_PAGE);
}

uint64_t paging_ept(void)
{
	return build(EPT_TABLE, EPT_PAGE);
}

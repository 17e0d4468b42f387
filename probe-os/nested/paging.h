/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1's nested page tables: NPT (APM 15.25) and EPT (SDM vol. 3C, 28.3). They map the
 * first GiB, which has the probe, to itself. In the second GiB they map every 2 MiB to
 * the same memory, so that L2 can touch 512 places that L0 has not seen yet. They do
 * not map the third GiB.
 */
#ifndef NESTED_PAGING_H
#define NESTED_PAGING_H

#include <stdint.h>

#define PAGING_WINDOW (1ul << 30)
#define PAGING_PLACES 512u
#define PAGING_PLACE  (2ul << 20)
#define PAGING_HOLE   (2ul << 30)

/* Build the tables for NPT or for EPT, and return the address of the first. */
uint64_t paging_npt(void);
uint64_t paging_ept(void);

#endif

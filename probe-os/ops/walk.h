/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Working sets to walk: what an exit may take away from a guest, which pays for it when it
 * goes on. A walk touches every part of its set once, in an order that no prefetcher guesses.
 */
#ifndef OPS_WALK_H
#define OPS_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum walk_set {
	WALK_L1,    /* three quarters of the L1 data cache, by a chain of loads */
	WALK_L2,    /* the same of the L2 cache, at most 1 MiB */
	WALK_TLB,   /* 64 pages of 4 KiB, all of the same memory */
	WALK_JUMPS, /* 256 indirect jumps, each always to the same place */
};

/*
 * Return whether there is memory for the sets but WALK_JUMPS, which needs none. The first call
 * takes 1 MiB of what the probe has never touched.
 */
bool walk_has_memory(void);

/* Build @set. Every walk is of this set until the next call. */
void walk_setup(enum walk_set set);

/* Take back what walk_setup() has mapped. */
void walk_teardown(void);

/* Walk the set and then go @extra steps more. Return the ticks that this took. */
int64_t walk(uint64_t extra);

#endif

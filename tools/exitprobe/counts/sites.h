/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an operation's exits are: the guest's RIP at each.  That is the instruction that
 * is intercepted or faults; of an interrupt or a trap-like exit it is the next one (SDM 27.3.3).
 */
#ifndef COUNTS_SITES_H
#define COUNTS_SITES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/probe_image.h"

struct exit_site {
	uint64_t rip, reason;
	uint64_t exits;
	uint64_t samples; /* in which it had some */
	uint64_t last;	  /* of them */
};

#define EXIT_SITES_MAX 64

/* Of one operation's samples. */
struct exit_sites {
	uint64_t samples;
	size_t count;
	bool overflowed; /* there were more sites */
	struct exit_site list[EXIT_SITES_MAX];
};

/* The next sample begins. */
void sites_sample(struct exit_sites *sites);

/* An exit in it. */
void sites_add(struct exit_sites *sites, uint64_t rip, uint64_t reason);

/*
 * The sites with an exit in at least half of the samples, as the member sites of @op, an operation's
 * record, has them.  The others are left out: most are the host's interrupts.  @image gives the
 * symbols, or is NULL.  Returns NULL if it is not known: nothing was sampled, or there were more
 * sites than are kept.
 */
json_t *sites_json(struct exit_sites *sites, const json_t *op, const struct mapped *image);

#endif

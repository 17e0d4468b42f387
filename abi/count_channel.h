/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the probe and exitprobe run agree when a batch begins and ends, where the host counts
 * exits and the guest cannot read them.  It is the end of the memory that they share
 * (QEMU's ivshmem-plain), so that nothing of it is an exit.
 *
 * The probe writes what it asks for, then adds one to asked, and waits until answered is
 * the same.  The host acts, and writes answered last.  On x86 stores become visible in
 * their order (SDM vol. 3A, 8.2.2; APM vol. 2, 7.1.1), so volatile accesses suffice.
 */
#ifndef COUNT_CHANNEL_H
#define COUNT_CHANNEL_H

#include <stdint.h>

/* Of the shared memory, for the channel; what comes before is for records. */
#define COUNT_CHANNEL_BYTES (1u << 20)

/* In gives: what the host can do. */
#define COUNT_GIVES_BATCHES (1u << 0)

enum count_request {
	COUNT_BATCH_BEGIN, /* the runs of part begin with the answer */
	COUNT_BATCH_END,   /* they have ended */
};

/* What a batch consists of. */
enum count_part {
	COUNT_PART_EMPTY,  /* runs of nothing: what the requests themselves cost */
	COUNT_PART_ALL,	   /* the operation, with what prepares and finishes it */
	COUNT_PART_AROUND, /* only what prepares and finishes it */
	COUNT_PARTS,
};

struct count_channel {
	/* The host's, before the VM begins to run. */
	uint32_t gives; /* 0: nobody answers */
	uint32_t isa;	/* KVM_EXIT_STATS_ISA_*; 0: not known */

	/* The probe's. */
	uint32_t asked;
	uint32_t request;
	uint32_t part;
	uint32_t runs;	     /* in the batch */
	uint32_t operations; /* in one run */
	uint32_t own_vcpu;   /* only the exits of the first vCPU count, not those of all */

	/* The host's. */
	uint32_t answered;
	uint32_t again; /* of COUNT_BATCH_END: something else came in between; repeat the batch */
};

_Static_assert(sizeof(struct count_channel) <= COUNT_CHANNEL_BYTES, "the channel has room");

#endif

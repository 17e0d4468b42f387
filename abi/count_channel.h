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

/*
 * Below the channel: memory that nobody uses but for what the host does to it. Both begin at
 * a multiple of 2 MiB less 1 MiB of the 8 MiB that are shared.
 */
#define COUNT_ARENA_BYTES (3u << 20)

/* In gives: what the host can do. */
#define COUNT_GIVES_BATCHES (1u << 0) /* count, and keep the result for itself */
#define COUNT_GIVES_SAMPLES (1u << 1) /* see each exit: counters by reason, and of each sample */

enum count_request {
	/* With COUNT_GIVES_BATCHES: */
	COUNT_BATCH_BEGIN, /* the runs of part begin with the answer */
	COUNT_BATCH_END,   /* they have ended */

	/* With COUNT_GIVES_SAMPLES: */
	COUNT_READ,    /* fill in reasons, kernel, user and halted, from the beginning on */
	COUNT_SAMPLES, /* fill in sample_count samples by their start and end */
	COUNT_EVENTS,  /* from now on watch only what the bits of events name */
	COUNT_COSTS,   /* costs is known; did any exit show? */

	/* With the bit of helps; refused says that it did not work: */
	COUNT_LOG_BEGIN, /* log which pages the guest writes, for COUNT_LOG_S seconds or more */
	COUNT_LOG_END,	 /* wait until that is over */
	COUNT_TAKE_BACK, /* take the arena's pages from the guest, which finds zeros there */
};

/* In helps: what the host can do to the guest's memory. */
#define COUNT_HELPS_LOG	      (1u << 0)
#define COUNT_HELPS_TAKE_BACK (1u << 1)

#define COUNT_LOG_S 1

/* What can be watched, in events. */
#define COUNT_EVENT_EXIT      (1u << 0)
#define COUNT_EVENT_ENTRY     (1u << 1)
#define COUNT_EVENT_OTHERS    (1u << 2) /* returns to userspace, halts, switches of threads */
#define COUNT_EVENT_FUNCTIONS (1u << 3) /* functions of KVM around the tracepoints */
#define COUNT_EVENTS_ALL      (COUNT_EVENT_EXIT | COUNT_EVENT_ENTRY | COUNT_EVENT_OTHERS)

#define COUNT_SAMPLES_MAX 10000
#define COUNT_REASONS_MAX 256

/* In ticks of the guest's TSC. */
struct counted_sample {
	uint64_t start, end; /* the probe's; the rest is the host's */
	uint64_t exit;	     /* of the last exit: the host gained control */
	uint64_t entry;	     /* and gave it back; 0: not seen */
	int64_t exits;
	int64_t kernel, user, halted, descheduled; /* sums over them */
	int64_t watching; /* what it costs to watch them, as far as it is in kernel */
};

/*
 * What it costs to watch exits, and how much of them the tracepoints do not see, in ticks: medians,
 * which the probe measures.
 */
struct watching_costs {
	int64_t exit, entry;	  /* of an exit: a part of each event's */
	int64_t userspace;	  /* the same of a return to userspace, all events of it */
	int64_t before_exit;	  /* the kernel's time between the guest and the exit's event */
	int64_t behind_entry;	  /* and between the entry's event and the guest */
	int64_t around_userspace; /* of a return, what lies between its events and is the kernel's */
	int64_t knows_outside;	  /* the last three are measured; else they are 0 */
};

struct counted_reason {
	uint64_t reason, exits;
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
	uint32_t helps; /* COUNT_HELPS_* */

	/* The probe's. */
	uint32_t asked;
	uint32_t request;
	uint32_t part;
	uint32_t runs;	     /* in the batch */
	uint32_t operations; /* in one run */
	uint32_t own_vcpu;   /* only the exits of the first vCPU count, not those of all */
	uint32_t events;
	uint32_t sample_count;
	struct watching_costs costs;

	/* The host's. */
	uint32_t answered;
	uint32_t again;	  /* of COUNT_BATCH_END: something else came in between; repeat the batch */
	uint32_t refused; /* of COUNT_LOG_* and COUNT_TAKE_BACK: not done */
	uint32_t lost;	  /* of COUNT_SAMPLES and COUNT_READ: not all exits have been seen */
	uint32_t reason_count;
	int64_t kernel, user, halted;
	struct counted_reason reasons[COUNT_REASONS_MAX];
	struct counted_sample samples[COUNT_SAMPLES_MAX];
};

_Static_assert(sizeof(struct count_channel) <= COUNT_CHANNEL_BYTES, "the channel has room");

#endif

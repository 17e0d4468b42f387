// SPDX-License-Identifier: GPL-2.0-only
#include "measure/reasons.h"

#include "measure/counters.h"

#define SLOTS_MAX 256
#define TRIES	  5

static unsigned int slot_count;
static uint32_t slot_reason[SLOTS_MAX];
static uint64_t before[SLOTS_MAX], after[SLOTS_MAX];
static uint64_t own[SLOTS_MAX]; /* exits of the reading itself */

static void read_all(uint64_t *exits)
{
	for (unsigned int i = 0; i < slot_count; i++)
		exits[i] = counters_reason_exits(slot_reason[i]);
}

static void run_between(const struct op *op)
{
	if (op->prepare)
		op->prepare();
	read_all(before);
	op->run();
	read_all(after);
	if (op->finish)
		op->finish();
}

void reasons_init(unsigned int slots)
{
	slot_count = slots < SLOTS_MAX ? slots : SLOTS_MAX;
	for (unsigned int i = 0; i < slot_count; i++) {
		slot_reason[i] = counters_slot_reason(i);
		own[i] = UINT64_MAX;
	}
	/* The least of several: what a foreign exit adds is not the reading's. */
	for (int try = 0; try < TRIES; try++) {
		run_between(&op_empty);
		for (unsigned int i = 0; i < slot_count; i++)
			if (after[i] - before[i] < own[i])
				own[i] = after[i] - before[i];
	}
}

unsigned int reasons_of(const struct op *op, int64_t exits, struct reason_count *reasons,
			unsigned int max)
{
	for (int try = 0; try < TRIES && exits > 0; try++) {
		unsigned int count = 0;
		int64_t sum = 0;

		run_between(op);
		for (unsigned int i = 0; i < slot_count; i++) {
			int64_t n = (int64_t)(after[i] - before[i] - own[i]);

			sum += n;
			if (n > 0 && count < max)
				reasons[count++] =
					(struct reason_count){ slot_reason[i], (unsigned int)n };
		}
		if (sum == exits)
			return count;
	}
	return 0;
}

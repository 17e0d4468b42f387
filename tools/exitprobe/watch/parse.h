/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a vCPU's file exit_stats in debugfs (docs/host-patch.md), as counters. */
#ifndef WATCH_PARSE_H
#define WATCH_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCH_REASONS_MAX 256
#define WATCH_NAME_SIZE	  32

/* Where a vCPU's time goes.  The first three are kept by reason too, in this order. */
enum watch_state {
	WATCH_KERNEL,
	WATCH_USER,
	WATCH_HALTED,
	WATCH_BY_REASON,
	WATCH_GUEST = WATCH_BY_REASON,
	WATCH_DESCHEDULED,
	WATCH_PAUSED,
	WATCH_STATES,
};

/* As the kernel's file, the JSON and the CSV call them. */
extern const char *const watch_state_names[WATCH_STATES];

struct watch_reason {
	char name[WATCH_NAME_SIZE];
	uint32_t code;
	uint64_t exits, cycles[WATCH_BY_REASON];
};

struct watch_counters {
	uint64_t exits, cycles[WATCH_STATES];
	size_t reason_count;
	struct watch_reason reasons[WATCH_REASONS_MAX];
};

enum watch_parsed { WATCH_OFF, WATCH_COUNTED, WATCH_BAD };

/*
 * @length bytes of @text.  WATCH_OFF: none, as of a vCPU that keeps no statistics.  WATCH_BAD:
 * @why says in words what is wrong in which line.
 */
enum watch_parsed watch_parse(const char *text, size_t length, struct watch_counters *counters,
			      char *why, size_t size);

/* One decimal number and nothing else but the end of its line, at most INT64_MAX. */
bool watch_parse_number(const char *text, uint64_t *number);

/*
 * Add to @sum what @now has more than @before.  False, and @sum is as it was: a counter went
 * back, so the statistics began anew in between.
 */
bool watch_add_difference(struct watch_counters *sum, const struct watch_counters *now,
			  const struct watch_counters *before);

/* The most frequent reason first. */
void watch_sort(struct watch_counters *counters);

#endif

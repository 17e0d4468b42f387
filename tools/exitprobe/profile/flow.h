/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the last instruction of a block leads, by its bytes.
 */
#ifndef PROFILE_FLOW_H
#define PROFILE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "profile/trace.h"

enum flow_kind {
	FLOW_ON,       /* to the next instruction, or to itself if it repeats */
	FLOW_JUMP,     /* to the target, or on */
	FLOW_INDIRECT, /* jumps to an address from a register or from memory */
	FLOW_CALL,     /* the target */
	FLOW_CALL_INDIRECT,
	FLOW_RETURN,
	FLOW_INTERRUPT_RETURN,
	FLOW_TO_USER, /* SYSRET, SYSEXIT */
	FLOW_CUT,     /* did not come to its last instruction */
};

struct flow {
	enum flow_kind kind;
	uint64_t begin;	 /* of the block */
	uint64_t last;	 /* of the last instruction begun */
	uint64_t end;	 /* the address behind it: what a call returns to */
	uint64_t target; /* of a direct jump or call */
};

/* Where @code leads, of which @insns instructions were begun. */
struct flow flow_of(const struct trace_code *code, uint32_t insns);

/* Whether an instruction of @size bytes is RDTSC. */
bool flow_is_rdtsc(const uint8_t *bytes, uint8_t size);

#endif

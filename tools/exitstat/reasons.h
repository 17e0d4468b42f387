/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of the host's exit reasons. */
#ifndef EXITSTAT_REASONS_H
#define EXITSTAT_REASONS_H

#include <stdint.h>

#include "exitstat/counters.h"

/* Room for a name or a number. */
#define NAME_BYTES 32

/* The manual's name of the reason in @slot, or its number. */
const char *name_of(char *text, const struct layout *layout, unsigned int slot);

/* A reason's number as the manuals write it: Intel's decimal, AMD's hexadecimal. */
const char *number_of(char *text, const struct layout *layout, uint32_t code);

/* The reasons of @delta that have exits, most first, into @slots; their number. */
unsigned int by_exits(const struct layout *layout, const struct delta *delta, unsigned int *slots);

/* Why the reason in @slot has no exits: "none so far", or "KVM never enables it". */
const char *why_none(const struct layout *layout, unsigned int slot);

/* "nested" or "shadow", by the exits so far that only one of them causes, or NULL without such. */
const char *paging(const struct layout *layout, const struct snapshot *now);

#endif

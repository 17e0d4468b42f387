/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the blocks of a path to a tree of calls.
 */
#ifndef PROFILE_STACK_H
#define PROFILE_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "profile/symbols.h"
#include "profile/trace.h"

/* A function called from another, all such calls together. */
struct call_node {
	uint32_t function;
	uint64_t own;	/* instructions, those of thunks that it goes through included */
	uint64_t calls; /* those that began in the window */
	bool before;	/* it was called before the window: another call than those within */
	struct call_node *parent, *children, *next;
};

/* What a path comes to, beside the calls. */
struct path_figures {
	uint64_t user;		   /* instructions in userspace */
	uint64_t before_first_tsc; /* instructions before the first RDTSC; of all without */
	uint64_t since_last_tsc;   /* from the last RDTSC on, that included */
	uint32_t entry;		   /* the function of the first interrupt that came, or 0 */
};

/* The function of userspace, where it is shown as one. */
#define USERSPACE_NAME "[userspace]"

/*
 * Add the calls of @path to the tree below @root, whose own function is nobody's.
 * A function that was called before the window is the parent of those that it
 * called, as it comes to light when they return.  It has a node apart from that of its
 * calls within the window: the function that leaves the guest and the one that enters
 * it are children of the same caller.  Children are in the order in which they came.
 */
void stack_walk(const struct trace *t, struct symbols *s, const struct trace_path *path,
		struct call_node *root, struct path_figures *figures);

/* Free what is below @root. */
void stack_free(struct call_node *root);

/* Instructions of @node and all below. */
uint64_t stack_total(const struct call_node *node);

#endif

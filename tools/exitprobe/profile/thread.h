/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frames of one thread, as far as they are known, and the tree of calls that
 * they have made.
 */
#ifndef PROFILE_THREAD_H
#define PROFILE_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/stack.h"

struct frame {
	struct call_node *node; /* NULL: called through a thunk, not yet there */
	uint64_t back;		/* where it returns to; 0 is not known */
	bool interrupt;
};

/* A thread's frames, the oldest known first, and its own tree. */
struct thread {
	struct frame *frames;
	size_t depth, room;
	size_t above;	      /* callers that it has returned to */
	struct call_node top; /* above all; its function is nobody's */
	bool switched;	      /* the processor may have another's stack by now */
	struct thread *next;
};

/* The child of @parent for calls of @function in the window, a new one if need be. */
struct call_node *node_child(struct call_node *parent, uint32_t function);

/* The same for a call of before the window. */
struct call_node *node_child_before(struct call_node *parent, uint32_t function);

/* Add @from's figures, and those of all below, to @to; @from has no children then. */
void node_merge(struct call_node *to, struct call_node *from);

void thread_push(struct thread *t, struct call_node *node, uint64_t back, bool interrupt);

/* The newest frame that has a function already; there always is one. */
struct call_node *thread_running(const struct thread *t);

/*
 * The newest frame goes on in another function, or is there at last: at @address of
 * @s.  Thunks are nobody's function.
 */
void thread_jump(struct thread *t, const struct symbol *s, uint64_t address);

/* How many frames of @t are left after a return to @address; 0: none returns there. */
size_t thread_returned(const struct thread *t, uint64_t address);

/*
 * Whether the oldest frame runs: no other has a function yet.  Those without are return
 * thunks' own calls, which lead to no function.
 */
bool thread_is_oldest_running(const struct thread *t);

/* The oldest frame has returned to a function, @s, that was called before the window. */
void thread_return_above(struct thread *t, const struct symbol *s);

#endif

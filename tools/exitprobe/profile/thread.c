// SPDX-License-Identifier: GPL-2.0-only
#include "profile/thread.h"

#include <stdlib.h>

#include "lib/message.h"

static struct call_node *child(struct call_node *parent, uint32_t function, bool before)
{
	struct call_node **at;

	for (at = &parent->children; *at; at = &(*at)->next)
		if ((*at)->function == function && (*at)->before == before)
			return *at;
	*at = xcalloc(1, sizeof(**at));
	(*at)->function = function;
	(*at)->before = before;
	(*at)->parent = parent;
	return *at;
}

struct call_node *node_child(struct call_node *parent, uint32_t function)
{
	return child(parent, function, false);
}

struct call_node *node_child_before(struct call_node *parent, uint32_t function)
{
	return child(parent, function, true);
}

void node_merge(struct call_node *to, struct call_node *from)
{
	struct call_node *next;

	to->own += from->own;
	to->calls += from->calls;
	for (struct call_node *c = from->children; c; c = next) {
		next = c->next;
		node_merge(child(to, c->function, c->before), c);
		free(c);
	}
	from->children = NULL;
}

/*
 * More than any thread's stack holds.  A damaged trace may call, or return to callers
 * that were not seen, without end; what goes beyond counts for the frame that it is in.
 */
#define FRAMES_MAX 1024

void thread_push(struct thread *t, struct call_node *node, uint64_t back, bool interrupt)
{
	if (t->depth == FRAMES_MAX)
		return;
	if (t->depth == t->room) {
		t->room = t->room ? 2 * t->room : 32;
		t->frames = xrealloc(t->frames, t->room * sizeof(*t->frames));
	}
	t->frames[t->depth++] = (struct frame){ node, back, interrupt };
}

struct call_node *thread_running(const struct thread *t)
{
	for (size_t i = t->depth; i; i--)
		if (t->frames[i - 1].node)
			return t->frames[i - 1].node;
	return NULL;
}

void thread_jump(struct thread *t, const struct symbol *s, uint64_t address)
{
	struct frame *f = &t->frames[t->depth - 1];

	if (s->thunk || (f->node && f->node->function == s->function))
		return;
	if (f->node)
		f->node = child(f->node->parent, s->function,
				f->node->before && address != s->address);
	else
		f->node = node_child(thread_running(t), s->function);
	if (address == s->address)
		f->node->calls++;
}

size_t thread_returned(const struct thread *t, uint64_t address)
{
	for (size_t i = t->depth; i > 1; i--)
		if (t->frames[i - 1].back == address && !t->frames[i - 1].interrupt)
			return i - 1;
	return 0;
}

bool thread_is_oldest_running(const struct thread *t)
{
	return thread_running(t) == t->frames[0].node;
}

void thread_return_above(struct thread *t, const struct symbol *s)
{
	struct call_node *below = t->top.children, *node;

	if (t->above == FRAMES_MAX) {
		thread_jump(t, s, 0);
		return;
	}
	t->above++;
	t->top.children = NULL;
	node = node_child_before(&t->top, s->function);
	/* All that ran at that level was called from there. */
	node->children = below;
	for (; below; below = below->next)
		below->parent = node;
	t->frames[0] = (struct frame){ node, 0, false };
	t->depth = 1;
}

void stack_free(struct call_node *root)
{
	struct call_node *next;

	for (struct call_node *c = root->children; c; c = next) {
		next = c->next;
		stack_free(c);
		free(c);
	}
	root->children = NULL;
}

uint64_t stack_total(const struct call_node *node)
{
	uint64_t total = node->own;

	for (const struct call_node *c = node->children; c; c = c->next)
		total += stack_total(c);
	return total;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A shadow stack.  What a call pushes, the matching return takes off, by the
 * address that it returns to.  Three things are special:
 *
 * - retpolines and return thunks: code that is jumped or called through.  A call
 *   into one pushes a frame without a function yet; its instructions are those of
 *   the function below.  Its return goes to the function that was meant, whose first
 *   instruction that is, or else from the function below to its caller.
 * - interrupts: a block begins where the one before does not lead.  They push a
 *   frame that an IRET takes off.
 * - another thread: __switch_to_asm changes the stack.  Where after it a return
 *   leads to no frame of ours, our frames are put aside, until one leads there.
 */
#include "profile/stack.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"
#include "profile/flow.h"
#include "profile/thread.h"

/* More than in a window of a real host; a damaged trace may say billions. */
#define AGAIN_MAX (1u << 14)

struct walk {
	const struct trace *trace;
	struct symbols *symbols;
	struct path_figures *figures;
	struct thread *threads, **end; /* all, as they came */
	struct thread *now;	       /* NULL after userspace */
	struct call_node *root;
	struct flow before; /* the block that ran last */
	uint64_t insns;	    /* so far */
	uint64_t again;	    /* how often a block came at once again that is no loop's */
	uint32_t switch_function;
};

static void begin_thread(struct walk *w, const struct symbol *s, uint64_t address)
{
	struct thread *t = xcalloc(1, sizeof(*t));

	*w->end = w->now = t;
	w->end = &t->next;
	if (address == s->address) {
		thread_push(t, node_child(&t->top, s->function), 0, false);
		t->frames[0].node->calls++;
	} else {
		thread_push(t, node_child_before(&t->top, s->function), 0, false);
	}
}

static void interrupt(struct walk *w, const struct symbol *s)
{
	struct call_node *node = node_child(thread_running(w->now), s->function);

	node->calls++;
	thread_push(w->now, node, w->before.end, true);
	if (!w->figures->entry)
		w->figures->entry = s->function;
}

static void call(struct walk *w, const struct symbol *s, uint64_t address)
{
	const struct symbol *from = symbols_find(w->symbols, w->before.last);

	/* Fills the return predictor, or is a retpoline's own. */
	if (from == s && address != s->address)
		return;
	if (s->thunk) {
		thread_push(w->now, NULL, w->before.end, false);
		return;
	}
	thread_push(w->now, node_child(thread_running(w->now), s->function), w->before.end, false);
	thread_running(w->now)->calls += address == s->address;
}

static void return_to(struct walk *w, const struct symbol *s, uint64_t address)
{
	size_t left = thread_returned(w->now, address);

	if (left) {
		w->now->depth = left;
		return;
	}
	if (w->now->switched) {
		for (struct thread *t = w->threads; t; t = t->next) {
			left = t == w->now ? 0 : thread_returned(t, address);
			if (left) {
				t->depth = left;
				t->switched = false;
				w->now = t;
				return;
			}
		}
		begin_thread(w, s, address);
		return;
	}
	if (address == s->address || !thread_is_oldest_running(w->now))
		thread_jump(w->now, s, address);
	else
		thread_return_above(w->now, s);
}

static void return_from_interrupt(struct walk *w, const struct symbol *s, uint64_t address)
{
	struct thread *t = w->now;

	for (size_t i = t->depth; i > 1; i--) {
		if (t->frames[i - 1].interrupt) {
			t->depth = i - 1;
			thread_jump(t, s, 0);
			return;
		}
	}
	begin_thread(w, s, address);
}

/* From the block before to one at @address. */
static void go_to(struct walk *w, uint64_t address)
{
	const struct symbol *s = symbols_find(w->symbols, address);
	const struct flow *f = &w->before;
	bool at_entry = s->entry &&
			(address == s->address ||
			 !strncmp(w->symbols->functions[s->function].name, "irq_entries", 11));

	if (!w->now) {
		begin_thread(w, s, address);
		return;
	}
	switch (f->kind) {
	case FLOW_CALL:
		if (address == f->target)
			call(w, s, address);
		else
			interrupt(w, s);
		break;
	case FLOW_CALL_INDIRECT:
		call(w, s, address);
		break;
	case FLOW_RETURN:
		if (at_entry)
			interrupt(w, s);
		else
			return_to(w, s, address);
		break;
	case FLOW_INTERRUPT_RETURN:
		return_from_interrupt(w, s, address);
		break;
	case FLOW_JUMP:
		if (address == f->target || address == f->end)
			thread_jump(w->now, s, address);
		else
			interrupt(w, s);
		break;
	case FLOW_INDIRECT:
		if (at_entry)
			interrupt(w, s);
		else
			thread_jump(w->now, s, address);
		break;
	case FLOW_ON:
	case FLOW_CUT:
	case FLOW_TO_USER:
		/* A repeated instruction begins a block of its own. */
		if (address == f->end || (address >= f->begin && address <= f->last))
			thread_jump(w->now, s, address);
		else
			interrupt(w, s);
		break;
	}
	if (s->function == w->switch_function && address == s->address)
		w->now->switched = true;
}

/* Book a block's instructions, @times in a row. */
static void book(struct walk *w, const struct trace_code *code, uint32_t insns, uint64_t times)
{
	uint64_t address = code->block->address;
	const uint8_t *bytes = code->bytes;

	for (uint32_t i = 0; i < insns; i++) {
		const struct symbol *s = symbols_find(w->symbols, address);

		thread_jump(w->now, s, 0);
		thread_running(w->now)->own += times;
		if (flow_is_rdtsc(bytes, code->sizes[i])) {
			if (w->figures->before_first_tsc == UINT64_MAX)
				w->figures->before_first_tsc = w->insns + i;
			/* Until the path's length is known: the count before it. */
			w->figures->since_last_tsc = w->insns + (times - 1) * insns + i;
		}
		address += code->sizes[i];
		bytes += code->sizes[i];
	}
	w->insns += insns * times;
}

/*
 * Userspace, all of it or a block of known code.  Its calls are not followed: what
 * it called before it came to the kernel is not known.
 */
static void walk_user(struct walk *w, const struct trace_step *step)
{
	struct call_node *node =
		node_child(w->root, symbols_function(w->symbols, USERSPACE_NAME, ""));
	uint64_t address = 0;

	w->now = NULL;
	w->figures->user += (uint64_t)step->insns * step->repeat;
	w->insns += (uint64_t)step->insns * step->repeat;
	if (step->block == TRACE_USER) {
		node->own += (uint64_t)step->insns * step->repeat;
		return;
	}
	for (uint32_t i = 0; i < step->insns; i++) {
		const struct trace_code *code = &w->trace->codes[step->block];
		const struct symbol *s;

		address = i ? address + code->sizes[i - 1] : code->block->address;
		s = symbols_find(w->symbols, address);
		node_child(node, s->function)->own += step->repeat;
		if (address == s->address)
			node_child(node, s->function)->calls += step->repeat;
	}
}

static void walk_step(struct walk *w, const struct trace_step *step)
{
	const struct trace_code *code;
	uint64_t times = step->repeat;

	if (step->block == TRACE_USER || !(w->trace->codes[step->block].block->address >> 63)) {
		walk_user(w, step);
		return;
	}
	code = &w->trace->codes[step->block];
	while (times) {
		uint64_t together = times;
		struct flow f = flow_of(code, step->insns);

		go_to(w, code->block->address);
		/* The same block again and again is a loop or a repeated instruction. */
		if (f.kind != FLOW_JUMP && f.kind != FLOW_ON && w->again < AGAIN_MAX)
			together = 1;
		w->again += times > together;
		book(w, code, step->insns, together);
		w->before = f;
		times -= together;
	}
}

void stack_walk(const struct trace *t, struct symbols *s, const struct trace_path *path,
		struct call_node *root, struct path_figures *figures)
{
	struct walk w = {
		.trace = t,
		.symbols = s,
		.figures = figures,
		.root = root,
		.switch_function = symbols_function(s, "__switch_to_asm", ""),
	};
	struct thread *next;

	w.end = &w.threads;
	*figures = (struct path_figures){ .before_first_tsc = UINT64_MAX };
	for (uint64_t i = 0; i < path->steps; i++)
		walk_step(&w, &trace_steps(path)[i]);
	if (figures->before_first_tsc == UINT64_MAX)
		figures->before_first_tsc = figures->since_last_tsc = w.insns;
	figures->since_last_tsc = w.insns - figures->since_last_tsc;

	for (struct thread *thread = w.threads; thread; thread = next) {
		next = thread->next;
		node_merge(root, &thread->top);
		free(thread->frames);
		free(thread);
	}
}

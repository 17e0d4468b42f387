// SPDX-License-Identifier: GPL-2.0-only
/*
 * The paths of a document.
 */
#define _GNU_SOURCE
#include "profile/paths.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"
#include "profile/stack.h"
#include "profile_fields.h"

/* Paths that are shown one by one; the others are counted. */
#define PATHS_MAX 16

struct figures {
	uint64_t own, total, calls;
};

/* What one group's windows come to. */
struct summary {
	struct call_node root;
	struct figures *functions; /* by number */
	size_t count;
	uint64_t user;
	uint32_t entry;
};

static bool same_windows(const struct trace_sample *a, const struct trace_sample *b)
{
	if (a->exits != b->exits)
		return false;
	for (uint64_t i = 0; i < a->exits; i++)
		if (trace_exits(a)[i].path != trace_exits(b)[i].path)
			return false;
	return true;
}

static uint64_t windows_of(const struct trace *t, const struct trace_sample *s, bool *whole)
{
	uint64_t insns = 0;

	*whole = true;
	for (uint64_t i = 0; i < s->exits; i++) {
		uint32_t path = trace_exits(s)[i].path;

		if (path == TRACE_NO_PATH)
			*whole = false;
		else
			insns += t->paths[path]->insns;
	}
	return insns;
}

/* Most samples first; of as many, what is whole; then what is shortest. */
static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->samples != y->samples)
		return x->samples > y->samples ? -1 : 1;
	if (x->whole != y->whole)
		return x->whole ? -1 : 1;
	return x->insns < y->insns ? -1 : x->insns > y->insns;
}

size_t paths_group(const struct trace *t, uint64_t taken, struct group **groups)
{
	const uint32_t *log = t->log + t->header->log_entries - taken;
	size_t count = 0;

	*groups = xcalloc(taken, sizeof(**groups));
	for (uint64_t i = 0; i < taken; i++) {
		const struct trace_sample *s = t->samples[log[i]];
		size_t g = 0;

		while (g < count && !same_windows((*groups)[g].sample, s))
			g++;
		if (g == count) {
			(*groups)[g].sample = s;
			(*groups)[g].insns = windows_of(t, s, &(*groups)[g].whole);
			count++;
		}
		(*groups)[g].samples++;
	}
	qsort(*groups, count, sizeof(**groups), compare_groups);
	return count;
}

/* Figures by function, of @node and all below; @above has who is already told. */
static void add_up(struct figures *f, unsigned char *above, const struct call_node *node)
{
	bool first = !above[node->function];

	f[node->function].own += node->own;
	f[node->function].calls += node->calls;
	if (first)
		f[node->function].total += stack_total(node);
	above[node->function] = 1;
	for (const struct call_node *c = node->children; c; c = c->next)
		add_up(f, above, c);
	if (first)
		above[node->function] = 0;
}

static void add_stacks(json_t *stacks, const struct symbols *s, const struct call_node *node,
		       const char *above)
{
	char *stack =
		xasprintf("%s%s%s", above, *above ? ";" : "", s->functions[node->function].name);

	if (node->own)
		json_array_append_new(stacks, json_pack("[s,I]", stack, (json_int_t)node->own));
	for (const struct call_node *c = node->children; c; c = c->next)
		add_stacks(stacks, s, c, stack);
	free(stack);
}

/* By the figures of all functions, @figures. */
static int compare_functions(const void *a, const void *b, void *figures)
{
	const struct figures *all = figures;
	const struct figures *x = &all[*(const uint32_t *)a], *y = &all[*(const uint32_t *)b];

	if (x->own != y->own)
		return x->own > y->own ? -1 : 1;
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

static json_t *functions_of(const struct symbols *s, const struct summary *summary)
{
	uint32_t *order = xcalloc(summary->count, sizeof(*order));
	json_t *list = json_array();
	size_t count = 0;

	for (uint32_t i = 0; i < summary->count; i++)
		if (summary->functions[i].own || summary->functions[i].total)
			order[count++] = i;
	qsort_r(order, count, sizeof(*order), compare_functions, summary->functions);
	for (size_t i = 0; i < count; i++) {
		const struct figures *f = &summary->functions[order[i]];

		json_array_append_new(
			list,
			json_pack("{s:s,s:s,s:I,s:I,s:I}", FIELD(function, name),
				  s->functions[order[i]].name, FIELD(function, module),
				  s->functions[order[i]].module, FIELD(function, own),
				  (json_int_t)f->own, FIELD(function, total), (json_int_t)f->total,
				  FIELD(function, calls), (json_int_t)f->calls));
	}
	free(order);
	return list;
}

/* Walk all windows of @g.  Appends what each is to @windows.  False after one line. */
static bool summarize(struct profile_boot *b, const struct group *g, struct summary *summary,
		      json_t *windows)
{
	const struct trace_exit *exits = trace_exits(g->sample);
	unsigned char *above;

	*summary = (struct summary){ 0 };
	for (uint64_t i = 0; i < g->sample->exits; i++) {
		const struct trace_path *p = b->trace.paths[exits[i].path];
		struct path_figures f;

		stack_walk(&b->trace, &b->symbols, p, &summary->root, &f);
		summary->user += f.user;
		if (!summary->entry)
			summary->entry = f.entry;
		json_array_append_new(
			windows,
			json_pack("{s:I,s:I,s:I,s:I,s:I}", FIELD(window, guest_before),
				  (json_int_t)exits[i].guest, FIELD(window, instructions),
				  (json_int_t)p->insns, FIELD(window, user), (json_int_t)f.user,
				  FIELD(window, before_exit_stamp), (json_int_t)f.before_first_tsc,
				  FIELD(window, since_entry_stamp), (json_int_t)f.since_last_tsc));
	}
	summary->count = b->symbols.function_count;
	summary->functions = xcalloc(summary->count, sizeof(*summary->functions));
	above = xcalloc(summary->count, 1);
	for (const struct call_node *c = summary->root.children; c; c = c->next)
		add_up(summary->functions, above, c);
	free(above);
	if (stack_total(&summary->root) == g->insns)
		return true;
	error("internal: functions have %llu instructions, windows %llu",
	      (unsigned long long)stack_total(&summary->root), (unsigned long long)g->insns);
	return false;
}

/* What distinguishes @summary from the commonest path: a function's name. */
static const char *difference(const struct symbols *s, const struct summary *first,
			      const struct summary *summary)
{
	uint32_t best = 0;

	if (summary->entry && summary->entry != first->entry)
		return s->functions[summary->entry].name;
	for (uint32_t i = 0; i < summary->count; i++)
		if (summary->functions[i].own && !(i < first->count && first->functions[i].own) &&
		    (!best || summary->functions[i].own > summary->functions[best].own))
			best = i;
	return best ? s->functions[best].name : NULL;
}

/* A, B, ... Z, AA, ... */
static json_t *path_name(size_t number)
{
	char name[4] = { 0 };

	if (number < 26) {
		name[0] = (char)('A' + number);
	} else {
		name[0] = (char)('A' + number / 26 - 1);
		name[1] = (char)('A' + number % 26);
	}
	return json_string(name);
}

/* Of the path that is called by @number; @first is what the commonest comes to, NULL for itself. */
static json_t *describe(struct profile_boot *b, const struct group *g, const struct summary *first,
			size_t number, struct summary *summary)
{
	json_t *windows = json_array(), *stacks = json_array(), *path = NULL;
	const char *what;

	if (summarize(b, g, summary, windows)) {
		for (const struct call_node *c = summary->root.children; c; c = c->next)
			add_stacks(stacks, &b->symbols, c, "");
		what = first ? difference(&b->symbols, first, summary) : NULL;
		path = json_pack("{s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:s?,s:O,s:o,s:O}",
				 FIELD(path, name), path_name(number), FIELD(path, samples),
				 (json_int_t)g->samples, FIELD(path, exits),
				 (json_int_t)g->sample->exits, FIELD(path, instructions),
				 (json_int_t)g->insns, FIELD(path, user), (json_int_t)summary->user,
				 FIELD(path, round_trip), (json_int_t)g->sample->insns,
				 FIELD(path, guest_after), (json_int_t)g->sample->guest_last,
				 FIELD(path, differs_by), what, FIELD(path, windows), windows,
				 FIELD(path, functions), functions_of(&b->symbols, summary),
				 FIELD(path, stacks), stacks);
		if (!path)
			error("internal: a function's name is no UTF-8");
	}
	json_decref(windows);
	json_decref(stacks);
	stack_free(&summary->root);
	return path;
}

json_t *paths_describe(struct profile_boot *b, const struct group *groups, size_t count)
{
	json_t *paths = json_array();
	struct summary first = { 0 };

	for (size_t i = 0; i < count && json_array_size(paths) < PATHS_MAX; i++) {
		const struct group *g = &groups[i];
		struct summary summary;
		json_t *path;

		/* The commonest is shown whole, or not at all. */
		if (!i && !g->whole)
			break;
		if (!g->whole)
			continue;
		path = describe(b, g, i ? &first : NULL, json_array_size(paths), &summary);
		if (i)
			free(summary.functions);
		else
			first = summary;
		if (!path) {
			json_decref(paths);
			paths = NULL;
			break;
		}
		json_array_append_new(paths, path);
	}
	free(first.functions);
	return paths;
}

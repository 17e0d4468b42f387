// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile/symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

/*
 * Code that the compiler or the kernel's patching puts between a function and the
 * one that it calls or returns to.
 */
static const char *const thunk_prefixes[] = {
	"__x86_indirect_", "__x86_return_",	  "srso_return_thunk", "srso_alias_return_thunk",
	"its_return_",	   "retbleed_return",	  "call_depth_return", "__SCT__",
	"srso_safe_ret",   "srso_alias_safe_ret",
};

/* Of the interrupt and exception entries, by arch/x86/include/asm/idtentry.h. */
static const char *const entry_prefixes[] = {
	"asm_sysvec_",
	"asm_exc_",
	"asm_common_",
	"asm_spurious_",
	"asm_int80",
	"irq_entries_start",
	"spurious_entries_start",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool has_prefix(const char *name, const char *const *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

static size_t hash_of(const char *name, const char *module)
{
	size_t hash = 5381;

	for (; *name; name++)
		hash = hash * 33 ^ (unsigned char)*name;
	for (; *module; module++)
		hash = hash * 33 ^ (unsigned char)*module;
	return hash;
}

static void grow_index(struct symbols *s)
{
	size_t size = s->index_size ? 2 * s->index_size : 1024;

	free(s->index);
	s->index = xcalloc(size, sizeof(*s->index));
	s->index_size = size;
	for (uint32_t i = 0; i < s->function_count; i++) {
		size_t at = hash_of(s->functions[i].name, s->functions[i].module) & (size - 1);

		while (s->index[at])
			at = (at + 1) & (size - 1);
		s->index[at] = i + 1;
	}
}

uint32_t symbols_function(struct symbols *s, const char *name, const char *module)
{
	size_t at;

	if (2 * s->function_count >= s->index_size)
		grow_index(s);
	for (at = hash_of(name, module) & (s->index_size - 1); s->index[at];
	     at = (at + 1) & (s->index_size - 1)) {
		const struct function *f = &s->functions[s->index[at] - 1];

		if (!strcmp(f->name, name) && !strcmp(f->module, module))
			return s->index[at] - 1;
	}
	if (s->function_count == s->function_room) {
		s->function_room = s->function_room ? 2 * s->function_room : 1024;
		s->functions = xrealloc(s->functions, s->function_room * sizeof(*s->functions));
	}
	s->functions[s->function_count] =
		(struct function){ .name = xstrdup(name), .module = xstrdup(module) };
	s->index[at] = (uint32_t)++s->function_count;
	return s->index[at] - 1;
}

void symbols_add(struct symbols *s, uint64_t address, const char *name, const char *module)
{
	char *own = xstrdup(name), *cold = strstr(own, ".cold");

	if (cold && cold != own) /* the compiler moved it out of its function */
		*cold = '\0';
	if (!(s->count & (s->count - 1)))
		s->list = xrealloc(s->list, (s->count ? 2 * s->count : 1) * sizeof(*s->list));
	s->list[s->count++] = (struct symbol){
		.address = address,
		.function = symbols_function(s, own, module),
		.thunk = has_prefix(own, thunk_prefixes, COUNT(thunk_prefixes)),
		.entry = has_prefix(own, entry_prefixes, COUNT(entry_prefixes)),
	};
	free(own);
}

static const struct symbols *sorted;

/*
 * By address; of several names for one, what is a thunk or an entry; then
 * names before offsets, which begin with a digit.
 */
static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->thunk != y->thunk)
		return x->thunk ? -1 : 1;
	if (x->entry != y->entry)
		return x->entry ? -1 : 1;
	return strcmp(sorted->functions[y->function].name, sorted->functions[x->function].name);
}

void symbols_sort(struct symbols *s)
{
	size_t kept = 0;

	sorted = s;
	if (s->count)
		qsort(s->list, s->count, sizeof(*s->list), compare);
	for (size_t i = 0; i < s->count; i++)
		if (!kept || s->list[kept - 1].address != s->list[i].address)
			s->list[kept++] = s->list[i];
	s->count = kept;
}

bool symbols_read(struct symbols *s, const char *path)
{
	FILE *from = fopen(path, "r");
	char *line = NULL;
	size_t room = 0, kvm = 0;

	*s = (struct symbols){ 0 };
	symbols_function(s, "[unknown]", "");
	if (!from) {
		error("%s: %s", path, strerror(errno));
		return false;
	}
	/* address type name [module] */
	while (getline(&line, &room, from) > 0) {
		char name[256], module[64] = "", type;
		uint64_t address;

		if (sscanf(line, "%" SCNx64 " %c %255s [%63[^]]", &address, &type, name, module) <
			    3 ||
		    !strchr("tTwW", type) || !strncmp(name, "__pfx_", 6))
			continue;
		kvm += !strcmp(module, "kvm") && address;
		symbols_add(s, address, name, module);
	}
	free(line);
	fclose(from);
	if (!kvm) {
		error("%s: has no symbols of kvm.ko with their addresses; is kallsyms built into "
		      "the lab's kernel? Remove the file and try again",
		      path);
		return false;
	}
	symbols_sort(s);
	return true;
}

void symbols_free(struct symbols *s)
{
	for (size_t i = 0; i < s->function_count; i++) {
		free(s->functions[i].name);
		free(s->functions[i].module);
	}
	free(s->functions);
	free(s->index);
	free(s->list);
	*s = (struct symbols){ 0 };
}

const struct symbol *symbols_find(const struct symbols *s, uint64_t address)
{
	static const struct symbol unknown;
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->list[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &s->list[low - 1] : &unknown;
}

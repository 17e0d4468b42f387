/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the lab host's code, from its own /proc/kallsyms.
 */
#ifndef PROFILE_SYMBOLS_H
#define PROFILE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What tables have a row for; the same name in the same module is one function. */
struct function {
	char *name;
	char *module; /* "" in the kernel itself */
};

struct symbol {
	uint64_t address;
	uint32_t function;
	bool thunk; /* a retpoline or a return thunk: its instructions are its caller's */
	bool entry; /* where an interrupt or an exception comes in */
};

struct symbols {
	struct symbol *list; /* by address */
	size_t count;
	struct function *functions;
	size_t function_count, function_room;
	uint32_t *index; /* hash of functions' names */
	size_t index_size;
};

/* False after one line that says why not. */
bool symbols_read(struct symbols *s, const char *path);
void symbols_free(struct symbols *s);

/* The one that @address lies in; an unnamed one where there is none. */
const struct symbol *symbols_find(const struct symbols *s, uint64_t address);

/* The number of a function, a new one if need be. */
uint32_t symbols_function(struct symbols *s, const char *name, const char *module);

/* Add @name at @address; symbols_sort() when all are there. */
void symbols_add(struct symbols *s, uint64_t address, const char *name, const char *module);
void symbols_sort(struct symbols *s);

#endif

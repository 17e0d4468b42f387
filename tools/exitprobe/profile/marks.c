// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe reads the TSC around an operation in sample_take(), by LFENCE; RDTSC;
 * LFENCE, which nothing else looks like.  The compiler decides where that is, and
 * how many pairs: with and without a host that counts.
 */
#define _GNU_SOURCE
#include "profile/marks.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"
#include "op_name.h"
#include "vm/probe_ask.h"
#include "vm/probe_image.h"

static const uint8_t bracket[] = { 0x0f, 0xae, 0xe8, 0x0f, 0x31, 0x0f, 0xae, 0xe8 };
#define RDTSC_IN_BRACKET 3

static char *marks_in(const struct mapped *i)
{
	uint64_t address, end, begin = 0;
	const Elf32_Sym *symbol;
	ptrdiff_t code;
	char *marks = xstrdup("");
	bool open = false;

	symbol = probe_image_symbol(i, "sample_take", &code);
	if (!symbol || symbol->st_size > i->size)
		return marks;
	address = symbol->st_value;
	end = address + symbol->st_size;
	for (; address < end; address++) {
		const uint8_t *bytes =
			mapped_at(i, (size_t)((ptrdiff_t)address + code), sizeof(bracket), 1);

		if (!bytes || memcmp(bytes, bracket, sizeof(bracket)))
			continue;
		if (open) {
			char *longer = xasprintf("%s,mark=%#llx:%#llx", marks,
						 (unsigned long long)begin,
						 (unsigned long long)address + RDTSC_IN_BRACKET);

			free(marks);
			marks = longer;
		}
		begin = address + RDTSC_IN_BRACKET;
		open = !open;
	}
	return marks;
}

char *profile_marks(const char *elf)
{
	struct mapped i;
	char *marks;

	if (!probe_image_map(&i, elf))
		return NULL;
	marks = marks_in(&i);
	mapped_close(&i);
	if (*marks)
		return marks;
	error("%s: no bracket around the operation found in sample_take(); is it stripped? run: "
	      "make probe",
	      elf);
	free(marks);
	return NULL;
}

bool profile_has_operation(const char *elf, const char *op)
{
	static const char option[] = "the probe: ops=";
	struct mapped i;
	char *objection;
	bool found;

	/* It goes through a shell in the lab. */
	if (!op_name_is_good(op)) {
		error("%s: not an operation's name; exitprobe list shows all", op);
		return false;
	}
	/* It knows the names that are near, too. */
	objection = probe_objection(elf, op, "");
	if (objection) {
		error("%s", strncmp(objection, option, sizeof(option) - 1)
				    ? objection
				    : objection + sizeof(option) - 1);
		free(objection);
		return false;
	}
	if (!probe_image_map(&i, elf))
		return false;
	found = memmem(i.bytes, i.size, op, strlen(op) + 1);
	mapped_close(&i);
	if (!found)
		error("%s: no such operation; exitprobe list shows all", op);
	return found;
}

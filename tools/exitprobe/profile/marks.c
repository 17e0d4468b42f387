// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probe reads the TSC around an operation in sample_take(), by LFENCE; RDTSC;
 * LFENCE, which nothing else looks like.  The compiler decides where that is, and
 * how many pairs: with and without a host that counts.
 */
#define _GNU_SOURCE
#include "profile/marks.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/message.h"
#include "op_name.h"
#include "vm/probe_ask.h"

static const uint8_t bracket[] = { 0x0f, 0xae, 0xe8, 0x0f, 0x31, 0x0f, 0xae, 0xe8 };
#define RDTSC_IN_BRACKET 3

struct image {
	const uint8_t *bytes;
	size_t size;
};

/* What the file has there; NULL if that is behind its end, or not where @align puts it. */
static const void *at(const struct image *i, size_t offset, size_t size, size_t align)
{
	if (offset % align || offset > i->size || size > i->size - offset)
		return NULL;
	return i->bytes + offset;
}

/* The symbol @name and, in *@code, where its section's byte at address 0 would be. */
static const Elf32_Sym *find_symbol(const struct image *i, const char *name, ptrdiff_t *code)
{
	const Elf32_Ehdr *head = at(i, 0, sizeof(*head), 1);
	const Elf32_Shdr *sections;

	if (!head || memcmp(head->e_ident, ELFMAG, SELFMAG) ||
	    head->e_ident[EI_CLASS] != ELFCLASS32)
		return NULL;
	sections = at(i, head->e_shoff, head->e_shnum * sizeof(*sections), _Alignof(Elf32_Shdr));
	for (size_t n = 0; sections && n < head->e_shnum; n++) {
		const Elf32_Shdr *s = &sections[n];
		const Elf32_Sym *symbols;

		if (s->sh_type != SHT_SYMTAB || s->sh_link >= head->e_shnum)
			continue;
		symbols = at(i, s->sh_offset, s->sh_size, _Alignof(Elf32_Sym));
		for (size_t k = 0; symbols && k < s->sh_size / sizeof(*symbols); k++) {
			const char *own = at(i, sections[s->sh_link].sh_offset + symbols[k].st_name,
					     strlen(name) + 1, 1);

			if (!own || memcmp(own, name, strlen(name) + 1) ||
			    symbols[k].st_shndx >= head->e_shnum)
				continue;
			*code = (ptrdiff_t)sections[symbols[k].st_shndx].sh_offset -
				(ptrdiff_t)sections[symbols[k].st_shndx].sh_addr;
			return &symbols[k];
		}
	}
	return NULL;
}

static char *marks_in(const struct image *i)
{
	uint64_t address, end, begin = 0;
	const Elf32_Sym *symbol;
	ptrdiff_t code;
	char *marks = xstrdup("");
	bool open = false;

	symbol = find_symbol(i, "sample_take", &code);
	if (!symbol || symbol->st_size > i->size)
		return marks;
	address = symbol->st_value;
	end = address + symbol->st_size;
	for (; address < end; address++) {
		const uint8_t *bytes =
			at(i, (size_t)((ptrdiff_t)address + code), sizeof(bracket), 1);

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

/* All of the probe; false after one line. */
static bool map_probe(struct image *i, const char *elf)
{
	int fd = open(elf, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *file;

	if (fd < 0 || fstat(fd, &status)) {
		error("%s: %s; run: make probe", elf, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	i->size = (size_t)status.st_size;
	file = mmap(NULL, i->size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (file == MAP_FAILED) {
		error("%s: cannot be mapped: %s", elf, strerror(errno));
		return false;
	}
	i->bytes = file;
	return true;
}

char *profile_marks(const char *elf)
{
	struct image i;
	char *marks;

	if (!map_probe(&i, elf))
		return NULL;
	marks = marks_in(&i);
	munmap((void *)i.bytes, i.size);
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
	struct image i;
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
	if (!map_probe(&i, elf))
		return false;
	found = memmem(i.bytes, i.size, op, strlen(op) + 1);
	munmap((void *)i.bytes, i.size);
	if (!found)
		error("%s: no such operation; exitprobe list shows all", op);
	return found;
}

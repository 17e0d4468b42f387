// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile/user.h"

#include <elf.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mapped.h"
#include "lib/message.h"

#define USER_MODULE "user"

/*
 * .eh_frame_hdr (Linux Standard Base, 10.6.2): four bytes, of which the last three
 * say how the rest is encoded; all linkers write it so.  Then the address of
 * .eh_frame, the count, and pairs of function and description, relative to the
 * header itself.
 */
static const uint8_t frame_header[] = { 1, 0x1b, 0x03, 0x3b };
struct frame_table {
	uint8_t header[4];
	int32_t frames;
	uint32_t count;
	struct {
		int32_t function, description;
	} entries[];
};

struct image {
	struct mapped file;
	const char *name; /* without directories */
	uint64_t bias;	  /* what is added to its addresses */
};

static void add(struct symbols *s, const struct image *i, const char *name, uint64_t address)
{
	char *full = *name ? xasprintf("%s@%s", name, i->name)
			   : xasprintf("0x%" PRIx64 "@%s", address, i->name);

	symbols_add(s, address + i->bias, full, USER_MODULE);
	free(full);
}

static void add_exported(struct symbols *s, const struct image *i, const Elf64_Shdr *sections,
			 const Elf64_Shdr *section)
{
	const Elf64_Sym *symbols =
		mapped_at(&i->file, section->sh_offset, section->sh_size, _Alignof(Elf64_Sym));
	const Elf64_Shdr *strings = &sections[section->sh_link];
	const char *names = mapped_at(&i->file, strings->sh_offset, strings->sh_size, 1);

	/* The last name ends with the section. */
	if (!symbols || !names || !strings->sh_size || names[strings->sh_size - 1])
		return;
	for (size_t k = 0; k < section->sh_size / sizeof(*symbols); k++) {
		const Elf64_Sym *symbol = &symbols[k];
		unsigned char type = ELF64_ST_TYPE(symbol->st_info);

		if ((type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_value &&
		    symbol->st_name < strings->sh_size)
			add(s, i, names + symbol->st_name, symbol->st_value);
	}
}

/* Functions whose address has a name already are sorted out by symbols_sort(). */
static void add_frames(struct symbols *s, const struct image *i, const Elf64_Phdr *segment)
{
	const struct frame_table *table = mapped_at(&i->file, segment->p_offset, sizeof(*table),
						    _Alignof(struct frame_table));

	if (!table || memcmp(table->header, frame_header, sizeof(frame_header)) ||
	    !mapped_at(&i->file, segment->p_offset,
		       sizeof(*table) + table->count * sizeof(table->entries[0]), 1))
		return;
	for (uint32_t k = 0; k < table->count; k++)
		add(s, i, "", segment->p_vaddr + (uint64_t)(int64_t)table->entries[k].function);
}

static void add_image(struct symbols *s, struct image *i, uint64_t start, uint64_t offset)
{
	const Elf64_Ehdr *head = mapped_at(&i->file, 0, sizeof(*head), 1);
	const Elf64_Phdr *segments;
	const Elf64_Shdr *sections;

	if (!head || memcmp(head->e_ident, ELFMAG, SELFMAG) ||
	    head->e_ident[EI_CLASS] != ELFCLASS64)
		return;
	segments = mapped_at(&i->file, head->e_phoff, head->e_phnum * sizeof(*segments),
			     _Alignof(Elf64_Phdr));
	sections = mapped_at(&i->file, head->e_shoff, head->e_shnum * sizeof(*sections),
			     _Alignof(Elf64_Shdr));
	for (size_t n = 0; segments && n < head->e_phnum; n++)
		if (segments[n].p_type == PT_LOAD && segments[n].p_flags & PF_X &&
		    offset <= segments[n].p_offset)
			i->bias = start - offset + segments[n].p_offset - segments[n].p_vaddr;
	for (size_t n = 0; sections && n < head->e_shnum; n++)
		if (sections[n].sh_type == SHT_DYNSYM && sections[n].sh_link < head->e_shnum)
			add_exported(s, i, sections, &sections[n]);
	for (size_t n = 0; segments && n < head->e_phnum; n++)
		if (segments[n].p_type == PT_GNU_EH_FRAME)
			add_frames(s, i, &segments[n]);
}

bool user_symbols_add(struct symbols *s, const char *line)
{
	uint64_t start, end, offset;
	char path[256], rights[5];
	struct image i = { 0 };

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %255s", &start, &end,
		   rights, &offset, path) != 5 ||
	    rights[2] != 'x')
		return false;
	i.name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	/* What lies before the first function: the PLT. */
	symbols_add(s, start, i.name, USER_MODULE);
	if (mapped_open(&i.file, path)) {
		add_image(s, &i, start, offset);
		mapped_close(&i.file);
	}
	return true;
}

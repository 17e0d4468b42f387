// SPDX-License-Identifier: GPL-2.0-only
#include "vm/probe_image.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "lib/message.h"

bool probe_image_map(struct mapped *image, const char *elf)
{
	if (mapped_open(image, elf))
		return true;
	error("%s: %s; run: make probe", elf, strerror(errno));
	return false;
}

/* The sections, *@count of them; NULL: the file is not such an ELF file. */
static const Elf32_Shdr *sections_of(const struct mapped *image, size_t *count)
{
	const Elf32_Ehdr *head = mapped_at(image, 0, sizeof(*head), 1);

	if (!head || memcmp(head->e_ident, ELFMAG, SELFMAG) ||
	    head->e_ident[EI_CLASS] != ELFCLASS32)
		return NULL;
	*count = head->e_shnum;
	return mapped_at(image, head->e_shoff, *count * sizeof(Elf32_Shdr), _Alignof(Elf32_Shdr));
}

/* The symbols of section @s, *@count of them, and in *@names where the file has their names. */
static const Elf32_Sym *symbols_of(const struct mapped *image, const Elf32_Shdr *s, size_t *count,
				   size_t *names)
{
	size_t section_count;
	const Elf32_Shdr *sections = sections_of(image, &section_count);

	if (s->sh_type != SHT_SYMTAB || s->sh_link >= section_count)
		return NULL;
	*count = s->sh_size / sizeof(Elf32_Sym);
	*names = sections[s->sh_link].sh_offset;
	return mapped_at(image, s->sh_offset, s->sh_size, _Alignof(Elf32_Sym));
}

const Elf32_Sym *probe_image_symbol(const struct mapped *image, const char *name, ptrdiff_t *code)
{
	size_t section_count = 0, count, names;
	const Elf32_Shdr *sections = sections_of(image, &section_count);

	for (size_t n = 0; sections && n < section_count; n++) {
		const Elf32_Sym *symbols = symbols_of(image, &sections[n], &count, &names);

		for (size_t k = 0; symbols && k < count; k++) {
			const char *own =
				mapped_at(image, names + symbols[k].st_name, strlen(name) + 1, 1);

			if (!own || memcmp(own, name, strlen(name) + 1) ||
			    symbols[k].st_shndx >= section_count)
				continue;
			*code = (ptrdiff_t)sections[symbols[k].st_shndx].sh_offset -
				(ptrdiff_t)sections[symbols[k].st_shndx].sh_addr;
			return &symbols[k];
		}
	}
	return NULL;
}

/* The number of the section of code that @address lies in; 0: in none. */
static size_t code_at(const struct mapped *image, uint64_t address)
{
	size_t count = 0;
	const Elf32_Shdr *sections = sections_of(image, &count);

	for (size_t n = 1; sections && n < count; n++)
		if (sections[n].sh_flags & SHF_EXECINSTR && address >= sections[n].sh_addr &&
		    address - sections[n].sh_addr < sections[n].sh_size)
			return n;
	return 0;
}

/* A name of a compiler's or an assembler's, which can be shown and be in JSON; else NULL. */
static const char *plain_name(const struct mapped *image, size_t offset)
{
	const char *name = mapped_at(image, offset, 1, 1);
	size_t length = name ? strnlen(name, image->size - offset) : 0;

	if (!length || length > NAME_MAX || length == image->size - offset)
		return NULL;
	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return NULL;
	return name;
}

char *probe_image_place(const struct mapped *image, uint64_t address)
{
	size_t section_count = 0, count, names, code = code_at(image, address);
	const Elf32_Shdr *sections = sections_of(image, &section_count);
	const Elf32_Sym *nearest = NULL;
	const char *name = NULL;

	for (size_t n = 0; code && n < section_count; n++) {
		const Elf32_Sym *symbols = symbols_of(image, &sections[n], &count, &names);

		for (size_t k = 0; symbols && k < count; k++) {
			const Elf32_Sym *s = &symbols[k];
			unsigned int type = ELF32_ST_TYPE(s->st_info);
			const char *own = plain_name(image, names + s->st_name);

			/* nasm's have no type; those of sections and files name no code. */
			if (s->st_shndx != code || s->st_value > address ||
			    (type != STT_FUNC && type != STT_NOTYPE) ||
			    (nearest && s->st_value < nearest->st_value) || !own)
				continue;
			nearest = s;
			name = own;
		}
	}
	if (!nearest)
		return NULL;
	return xasprintf("%s+0x%llx", name, (unsigned long long)(address - nearest->st_value));
}

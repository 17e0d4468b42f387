// SPDX-License-Identifier: GPL-2.0-only
/* The symbol of an address in an ELF file, whole and cut off anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vm/probe_image.h"

enum { NONE, TEXT, DATA, SYMBOLS, NAMES, SECTIONS };

#define NAME_CPUID 1
#define NAME_LOCAL 11
#define NAME_ODD   24
#define NAME_DATA  28

#define SYMBOL(name, value, type, section)                                                         \
	{                                                                                          \
		.st_name = (name), .st_value = (value),                                            \
		.st_info = ELF32_ST_INFO(STB_GLOBAL, type), .st_shndx = (section)                  \
	}

/* As the probe's: code at 0x1000, data at 0x2000. */
static const struct elf {
	Elf32_Ehdr head;
	Elf32_Shdr sections[SECTIONS];
	Elf32_Sym symbols[6];
	char names[40];
} elf = {
	.head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32 },
		  .e_shoff = offsetof(struct elf, sections),
		  .e_shnum = SECTIONS },
	.sections = {
		[TEXT] = { .sh_type = SHT_PROGBITS,
			   .sh_flags = SHF_EXECINSTR,
			   .sh_addr = 0x1000,
			   .sh_size = 0x100 },
		[DATA] = { .sh_type = SHT_PROGBITS, .sh_addr = 0x2000, .sh_size = 0x100 },
		[SYMBOLS] = { .sh_type = SHT_SYMTAB,
			      .sh_offset = offsetof(struct elf, symbols),
			      .sh_size = sizeof(elf.symbols),
			      .sh_link = NAMES },
		[NAMES] = { .sh_type = SHT_STRTAB,
			    .sh_offset = offsetof(struct elf, names),
			    .sh_size = sizeof(elf.names) },
	},
	.symbols = {
		SYMBOL(0, 0x1000, STT_SECTION, TEXT),
		/* Not in order, as a linker leaves them. */
		SYMBOL(NAME_LOCAL, 0x1020, STT_NOTYPE, TEXT),
		SYMBOL(NAME_CPUID, 0x1010, STT_FUNC, TEXT),
		SYMBOL(NAME_ODD, 0x1022, STT_FUNC, TEXT),
		SYMBOL(NAME_DATA, 0x1024, STT_OBJECT, TEXT),
		SYMBOL(NAME_DATA, 0x2000, STT_FUNC, DATA),
	},
	.names = "\0run_cpuid\0run_cpuid.in\0o\nd\0data",
};

/* @size: of what the file has. */
static void place_is(size_t size, uint64_t address, const char *wanted)
{
	struct mapped image = { (const uint8_t *)&elf, size };
	char *place = probe_image_place(&image, address);

	if (wanted)
		assert_string_equal(place, wanted);
	else
		assert_null(place);
	free(place);
}

static void test_nearest_symbol(void **state)
{
	(void)state;
	place_is(sizeof(elf), 0x1010, "run_cpuid+0x0");
	place_is(sizeof(elf), 0x1012, "run_cpuid+0x2");
	place_is(sizeof(elf), 0x1021, "run_cpuid.in+0x1");
	/* A name that would begin a line, and an object, are passed over. */
	place_is(sizeof(elf), 0x10ff, "run_cpuid.in+0xdf");
}

static void test_no_symbol(void **state)
{
	(void)state;
	place_is(sizeof(elf), 0x0fff, NULL);
	place_is(sizeof(elf), 0x1000, NULL);
	place_is(sizeof(elf), 0x1100, NULL);
	place_is(sizeof(elf), 0x2004, NULL);
	place_is(sizeof(elf), UINT64_MAX, NULL);
}

/* In memory of its own, so that a read behind the end is found. */
static void test_cut_off(void **state)
{
	(void)state;
	for (size_t size = 1; size < sizeof(elf); size++) {
		struct mapped image = { NULL, size };
		uint8_t *bytes = malloc(size);
		char *place;

		assert_non_null(bytes);
		memcpy(bytes, &elf, size);
		image.bytes = bytes;
		place = probe_image_place(&image, 0x1012);
		if (place)
			assert_string_equal(place, "run_cpuid+0x2");
		else
			assert_true(size < offsetof(struct elf, names) + NAME_LOCAL);
		free(place);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest_symbol),
		cmocka_unit_test(test_no_symbol),
		cmocka_unit_test(test_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The information that the loader passes by one of three boot protocols. */
#ifndef BOOT_HANDOVER_H
#define BOOT_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_LINE_SIZE 4096
#define RANGES_MAX	  64

/* Usable memory from @from up to @to, without @to itself. */
struct memory_range {
	uint64_t from, to;
};

enum screen_kind { SCREEN_NONE, SCREEN_TEXT, SCREEN_PIXELS };

struct screen {
	enum screen_kind kind;
	uint64_t address;
	uint32_t pitch, width, height; /* bytes; characters or pixels */
	unsigned int bits_per_pixel;
};

struct handover {
	const char *protocol; /* "multiboot", "multiboot2", "PVH" */
	char command_line[COMMAND_LINE_SIZE];
	bool has_path; /* whether the command line begins with the kernel's file name */
	struct memory_range ranges[RANGES_MAX];
	size_t range_count;
	uint64_t rsdp; /* address of ACPI's root pointer, 0 if the loader does not pass it */
	uint8_t rsdp_copy[36];
	struct screen screen;
	const void *module; /* the first one, or NULL; valid until memory_take() */
	size_t module_size;
};

/*
 * Read the information at physical address @info, whose format @magic names. Copy
 * everything but the module to @h. Return NULL, or one line that says what is wrong.
 */
const char *handover_read(uint32_t magic, uint32_t info, struct handover *h);

#endif

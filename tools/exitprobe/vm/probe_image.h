/* SPDX-License-Identifier: GPL-2.0-only */
/* The probe's ELF file, and its symbols.  The file may hold any bytes. */
#ifndef VM_PROBE_IMAGE_H
#define VM_PROBE_IMAGE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mapped.h"

/* Map the file @elf.  False after one line. */
bool probe_image_map(struct mapped *image, const char *elf);

/* The symbol @name and, in *@code, where its section's byte at address 0 would be; or NULL. */
const Elf32_Sym *probe_image_symbol(const struct mapped *image, const char *name, ptrdiff_t *code);

/*
 * "run_cpuid+0x2", for the caller to free: the last symbol at or before @address in the section
 * of code that it lies in.  NULL: there is none.
 */
char *probe_image_place(const struct mapped *image, uint64_t address);

#endif

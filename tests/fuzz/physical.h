/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first 4 GiB as the probe has them: physical memory, all of it readable, zeros but
 * for what a fuzzer puts there.  A fuzzer of such a reader is built without the sanitizer
 * of addresses, which needs a part of them itself.
 */
#ifndef FUZZ_PHYSICAL_H
#define FUZZ_PHYSICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a fuzzer's input is put, and what seeds' addresses count from. */
#define PHYSICAL_INPUT	   0x100000u
#define PHYSICAL_INPUT_MAX 0x100000u

/* The input in its place, zeros behind it. */
void physical_put(const void *bytes, size_t size);

/*
 * Call @function.  False: it read below the lowest address that a process may have, which
 * ended it.  What it reads behind 4 GiB, or writes, ends the fuzzer.
 */
bool physical_call(void (*function)(void));

#endif

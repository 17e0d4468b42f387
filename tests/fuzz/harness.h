/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzzers share: files that are only in memory, what the code under test
 * says and shows, and what must hold of it.
 */
#ifndef FUZZ_HARNESS_H
#define FUZZ_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* libFuzzer calls this for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the fuzzer where @condition does not hold; unlike assert() in every build. */
#define REQUIRE(condition) ((condition) ? (void)0 : require_failed(#condition, __FILE__, __LINE__))
_Noreturn void require_failed(const char *condition, const char *file, int line);

/* No byte of it steers a terminal; new lines and tabs may be there. */
void require_plain(const char *text, size_t length);

/* That, and something, and all on one line. */
void require_one_line(const char *text);

/* A path that has these bytes, until the next call. */
const char *file_of(const void *bytes, size_t size);

/*
 * Standard error from the one to the other is kept in memory.  The second requires
 * that every line is plain and returns how many there are: 0 where all was well and 1
 * where not, of most functions.
 */
void messages_begin(void);
unsigned int messages_end(void);

/* What goes to @to is plain text at the end, and lies in @text. */
struct shown {
	FILE *to;
	char *text;
	size_t length;
};

void shown_begin(struct shown *shown);
void shown_end(struct shown *shown);
void shown_free(struct shown *shown);

/* The input's next bytes as a number; zeros behind its end. */
struct input {
	const uint8_t *at;
	size_t left;
};

uint64_t input_number(struct input *input, size_t bytes);

/* Up to the next 0 byte, or all that is left, as a string: to be freed. */
char *input_string(struct input *input);

#endif

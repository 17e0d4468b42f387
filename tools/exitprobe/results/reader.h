/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Members of a JSON document that anyone may have written: each read is checked,
 * and the first thing wrong is kept as one line with its place in the document.
 */
#ifndef RESULTS_READER_H
#define RESULTS_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const char *file;
	bool failed;
	char path[256]; /* "boots[2].records[17].cycles" */
	char *message;	/* the caller's, @size bytes */
	size_t size;
};

/* @message gets the first error as "FILE: PLACE: what is wrong". */
void reader_init(struct reader *r, const char *file, char *message, size_t size);

/* Only the first is kept.  @member may be NULL: the place is where the reader is. */
void reader_fail(struct reader *r, const char *member, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Into a member or an element; the result is for reader_leave(). */
size_t reader_enter(struct reader *r, const char *member);
size_t reader_enter_index(struct reader *r, size_t index);
void reader_leave(struct reader *r, size_t mark);

/*
 * A member of @object.  Absent or of another type is an error, and gives NULL, 0
 * or false; the reader_optional_ ones are NULL or false, with @value as it was, and
 * no error where it is absent or null.
 */
json_t *reader_object(struct reader *r, const json_t *object, const char *member);
json_t *reader_array(struct reader *r, const json_t *object, const char *member, size_t most);
json_t *reader_optional_object(struct reader *r, const json_t *object, const char *member);
json_t *reader_optional_array(struct reader *r, const json_t *object, const char *member,
			      size_t most);
bool reader_bool(struct reader *r, const json_t *object, const char *member);

/* @low to @high, both included. */
int64_t reader_integer(struct reader *r, const json_t *object, const char *member, int64_t low,
		       int64_t high);
bool reader_optional_integer(struct reader *r, const json_t *object, const char *member,
			     int64_t low, int64_t high, int64_t *value);

/* A number of 0 to @high in thousandths, rounded. */
int64_t reader_milli(struct reader *r, const json_t *object, const char *member, int64_t high);

/* Allocated, of at most @most bytes; NULL on error. */
char *reader_string(struct reader *r, const json_t *object, const char *member, size_t most);
char *reader_optional_string(struct reader *r, const json_t *object, const char *member,
			     size_t most);

/* Index into @names, of @count; 0 on error. */
unsigned int reader_choice(struct reader *r, const json_t *object, const char *member,
			   const char *const *names, unsigned int count);

/*
 * All strings and keys of @value are free of what a terminal or a browser would
 * take for more than text: control characters, and those that turn the direction
 * of writing; and no longer than @most bytes.
 */
void reader_check_text(struct reader *r, const json_t *value, size_t most);

/*
 * @text as that function takes it, allocated: a blank for each character that it
 * refuses, and cut at @most bytes.
 */
char *reader_fit_text(const char *text, size_t most);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line to the user, on standard error: "exitprobe run: error: ...".
 */
#ifndef LIB_MESSAGE_H
#define LIB_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* @name begins every line from now on; it is not copied. */
void message_program(const char *name);

/* A progress line may be there that messages must wipe out. */
void message_clears_line(bool clears);

/*
 * A line that names the thing, the value and the way out; no newline at its end.  What
 * would steer a terminal is shown as '?': part of it may be what others wrote.
 */
void error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same of what is as it should be. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The same as error(), and the end, with the status that argp ends with too
 * (argp_err_exit_status).  For commands alone: what they call says what is wrong by
 * error() and returns it (tests/source/die.t).
 */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* @text as these show it, in its place. */
void message_make_plain(char *text);

/*
 * Bytes of the character that @text begins with, if a terminal or a browser would take it
 * for more than text: control characters and those that turn the direction of writing;
 * else 0.
 */
size_t message_hostile_length(const char *text);

/* No memory is the one error that nobody goes on after, wherever it comes up. */
_Noreturn void out_of_memory(const char *what);
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The probe's command line: what qemu's -append or GRUB hands over. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/shutdown.h"

enum output_format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_TAP,
	FORMAT_SAMPLES,
	FORMAT_NONE, /* nothing but errors */
};

struct options {
	const char *ops;  /* globs, comma-separated: what to measure */
	const char *skip; /* likewise: what to leave out, "" for nothing */
	const char *host; /* the host's kernel, as the caller says; or NULL */
	const char *unit; /* what a TSC tick is */
	size_t samples;	  /* per operation, 0: as many as it takes */
	size_t budget_ms; /* for the samples of an operation, 0: not said */
	size_t settle_ms; /* to idle before the first operation */
	size_t smp;	  /* most vCPUs to use */
	enum output_format format;
	int serial;  /* port for text, 0 for none, -1 for the first there is */
	bool screen; /* text to the screen as well */
	enum shutdown_way end;
	bool list, list_markdown, help;
};

/*
 * Read @line, words of the form key or key=value, into @options; @line is cut
 * into strings that @options points at.  @has_path: the first word is the
 * kernel's file name, as QEMU's loader makes it.  False, and one line in @error
 * of @size bytes, for what is not known or not a value.
 */
bool options_parse(char *line, bool has_path, struct options *options, char *error, size_t size);

/* The keys, a line each. */
extern const char *const options_help;

/* Whether @name matches @glob, in which '*' is any text and '?' any character. */
bool glob_match(const char *glob, const char *name);

/* How plainly an operation must be asked for. */
enum asked {
	ASKED_BY_ANY_GLOB,
	ASKED_NOT_BY_STAR, /* by one other than "*", which asks for nothing in particular */
	ASKED_BY_NAME,	   /* in full */
};

/* Whether one of the comma-separated @globs asks for @name so. */
bool globs_match(const char *globs, const char *name, enum asked asked);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The probe's command line, which qemu's -append or GRUB passes. */
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
	FORMAT_NONE, /* only errors */
};

/* Who counts exits. */
enum counts {
	COUNTS_LEAF, /* the host's KVM, which the probe reads by CPUID, if it has the leaf */
	COUNTS_HOST, /* a program on the host, which the probe tells when a batch begins and ends */
	COUNTS_NONE,
};

struct options {
	const char *ops;  /* comma-separated globs of the operations to measure */
	const char *skip; /* comma-separated globs of the operations to skip, or "" */
	const char *host; /* the host's kernel, or NULL */
	const char *unit; /* what a TSC tick is */
	size_t samples;	  /* per operation, 0 to stop when the median is settled */
	size_t budget_ms; /* for the samples of an operation, 0 for the default */
	size_t settle_ms; /* how long to idle before the first operation */
	size_t plant;	  /* steps by which the walk after an exit is longer */
	size_t smp;	  /* the most vCPUs to use */
	enum counts counts;
	enum output_format format;
	int serial;  /* port for text, 0 for none, -1 for the first that is found */
	bool hosted; /* exitprobe run has started this VM and does what rows ask for */
	bool screen; /* print text to the screen too */
	enum shutdown_way end;
	bool list, list_markdown, list_families, help;
};

/*
 * Read @line, words of the form key or key=value, into @options, which then points into
 * @line. With @has_path the first word is the kernel's file name, which QEMU's loader
 * adds. For an unknown key or a wrong value return false and write one line to the
 * @size bytes at @error.
 */
bool options_parse(char *line, bool has_path, struct options *options, char *error, size_t size);

/* The help: one line per key. */
extern const char *const options_help;

/* How explicitly the options must select an operation. */
enum asked {
	ASKED_BY_ANY_GLOB,
	ASKED_NOT_BY_STAR, /* by a glob other than "*" and "*:*", which select everything */
	ASKED_BY_NAME,	   /* by its full name */
};

/*
 * Return whether one of the comma-separated @globs selects @name of @family as @asked
 * requires. In a glob '*' is any text and '?' any character. FAMILY:NAME are two globs, of
 * which both must match; without a colon the family does not matter.
 */
bool globs_match(const char *globs, const char *family, const char *name, enum asked asked);

#endif

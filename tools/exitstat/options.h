/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_OPTIONS_H
#define EXITSTAT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_OPENMETRICS };
enum who { WHO_VM, WHO_VCPU, WHO_ALL_VCPUS };

struct options {
	bool verbose;
	bool all; /* also the reasons without exits */
	bool cpl0;
	enum format format;
	enum who who;
	unsigned int vcpu;	  /* with WHO_VCPU */
	unsigned int interval_ms; /* 0: none */
	unsigned int count;	  /* of intervals or raw readings; 0: not given */
	unsigned int repeat;	  /* 0: not given */
	bool raw;
	uint32_t leaf, subleaf;
	const char *output; /* NULL: standard output, or error beside a command */
	char **command;	    /* NULL: none */
};

/* The command line.  Ends the program with STATUS_USAGE if it makes no sense. */
void options_parse(struct options *options, int argc, char **argv);

/* @text as a whole number from @min to @max, decimal or with 0x; false if it is none. */
bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

#endif

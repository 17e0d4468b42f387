/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What QEMU says on standard error, and the probe on its console: read so that nobody
 * waits for us to read it, and kept as far as it is a reason.
 */
#ifndef VM_BOOT_WORDS_H
#define VM_BOOT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/lines.h"
#include "lib/process.h"

/* More than that before there is anything to measure is no message. */
#define WORDS_FLOOD (1u << 20)

struct words {
	struct lines err, out;
	size_t bytes;	    /* of both, so far */
	char last[256];	    /* QEMU's last line: the reason, should it end */
	char fatal[256];    /* the probe's word, why it cannot go on; "" without */
	long long fatal_ms; /* when that was, by process_now_ms() */
	char *kept;	    /* of the console all else, with keep; or NULL */
	size_t kept_size;
	bool keep;    /* the console */
	bool verbose; /* show all of it, on standard error */
};

/* Take what is there, of a flood a piece; what is at its end is closed. */
void words_take(struct words *words, struct process *process);

/* The probe's word or else QEMU's, or "no message". */
const char *words_reason(const struct words *words);

void words_free(struct words *words);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The results of a run as they grow: the JSON document that report and compare
 * read (abi/results.schema.json).
 *
 * In the lab a second exitprobe runs on the emulated host; it hands over each of
 * the calls below as a line of JSON (an event), which the outer one applies to its
 * own document: so both hold the same at any time, and a run that is interrupted
 * loses nothing.
 */
#ifndef RESULTS_RESULTS_WRITER_H
#define RESULTS_RESULTS_WRITER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "record_fields.h"

struct results_writer {
	json_t *root;
	json_t *boot;	 /* the present one, in root's "boots" */
	json_t *current; /* name of the operation that has begun and not ended, or NULL */
	FILE *stream;	 /* events go here too, or NULL */
	/* Called for each record, and with NULL for each boot; for progress.  May be NULL. */
	void (*watch)(void *data, const json_t *record);
	void *watch_data;
};

/*
 * @accel: "kvm", "tcg" or "lab"; @unit of all ticks; @command: the arguments, of which
 * is kept what report reads.
 */
void results_writer_begin(struct results_writer *writer, const char *accel, const char *unit,
			  char **command);

/* @machine: an object, taken over. */
void results_writer_machine(struct results_writer *writer, json_t *machine);

/* @fingerprint: an object as of fingerprint.h, taken over, or NULL: not known. */
void results_writer_fingerprint(struct results_writer *writer, json_t *fingerprint);

/* Who counts the exits of the boots. */
void results_writer_counts(struct results_writer *writer, enum way way);
void results_writer_begin_boot(struct results_writer *writer);

/* @record: an object, taken over.  After a resumption a second meta is dropped. */
void results_writer_record(struct results_writer *writer, json_t *record);

/* The present boot's records are not to be relied on: none is kept. */
void results_writer_drop_records(struct results_writer *writer);

/* The operation that has begun did not end: @how, "hangs" or "ends the VM". */
void results_writer_lost(struct results_writer *writer, const char *how);

/*
 * @status: 0, or QEMU's when it died; @kvm_exits: what KVM's own statistics say of
 * the whole boot, or -1.
 */
void results_writer_end_boot(struct results_writer *writer, bool complete, int status,
			     double seconds, json_int_t kvm_exits);

/* One event's line from another exitprobe's stream; false: it is none. */
bool results_writer_event(struct results_writer *writer, const char *line);

/* Whether all boots are complete is what makes the document so. */
void results_writer_end(struct results_writer *writer);

/* Whether every operation that the present boot began with is measured or lost. */
bool results_writer_all_done(const struct results_writer *writer);

/* Names of the operations that the present boot has records of, or has lost. */
char *results_writer_done(const struct results_writer *writer);

#endif

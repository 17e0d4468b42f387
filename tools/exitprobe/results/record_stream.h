/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe's records as they arrive, a line of JSON each, whatever they come through.
 * The last, "end", has the count of those before it and their CRC-32.
 */
#ifndef RESULTS_RECORD_STREAM_H
#define RESULTS_RECORD_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* All zeros before the first line. */
struct record_stream {
	unsigned int lines; /* before the end */
	uint32_t crc;	    /* of these */
	bool ended;	    /* the end record is there */
	bool bad;	    /* a line was no JSON object */
	bool whole;	    /* there is no such line, and the end agrees with those above it */
};

/*
 * Count a line, which has its newline.  Returns the new record, or NULL: it is no JSON.
 * Lines behind the end are none of the stream's.
 */
json_t *record_stream_line(struct record_stream *stream, const char *line);

#endif

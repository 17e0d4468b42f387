// SPDX-License-Identifier: GPL-2.0-only
#include "results/record_stream.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "results/records.h"

static bool agrees(const struct record_stream *stream, const json_t *end)
{
	json_int_t lines = json_integer_value(json_object_get(end, FIELD(end, records)));
	const char *crc = json_string_value(json_object_get(end, FIELD(end, crc32)));

	return lines == stream->lines && crc && strtoul(crc, NULL, 16) == stream->crc;
}

json_t *record_stream_line(struct record_stream *stream, const char *line)
{
	json_t *record = json_loads(line, 0, NULL);

	if (record_is(record, RECORD_END)) {
		stream->ended = true;
		stream->whole = !stream->bad && agrees(stream, record);
	} else {
		stream->lines++;
		/* That of no bytes is 0 (zlib.h). */
		stream->crc = (uint32_t)crc32(stream->crc, (const Bytef *)line, (uInt)strlen(line));
	}
	stream->bad |= !json_is_object(record);
	return record;
}

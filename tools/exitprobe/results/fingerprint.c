// SPDX-License-Identifier: GPL-2.0-only
#include "results/fingerprint.h"

#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#define PARTS_MAX   100
#define HASH_LENGTH 64
#define VALUE_MAX   128

void fingerprint_read(struct reader *r, const json_t *document, struct results *results)
{
	json_t *fingerprint = reader_optional_object(r, document, "fingerprint"), *parts, *value;
	size_t mark = reader_enter(r, "fingerprint"), inner;
	const char *name;

	if (fingerprint) {
		char *all = reader_string(r, fingerprint, "all", HASH_LENGTH);

		results->fingerprint = all;
		if (all && (strlen(all) != HASH_LENGTH || all[strspn(all, "0123456789abcdef")]))
			reader_fail(r, "all", "must be %d hexadecimal digits", HASH_LENGTH);
		parts = reader_object(r, fingerprint, "parts");
		inner = reader_enter(r, "parts");
		if (json_object_size(parts) > PARTS_MAX)
			reader_fail(r, NULL, "has %zu members, at most %d are read",
				    json_object_size(parts), PARTS_MAX);
		results->parts = xcalloc(json_object_size(parts), sizeof(*results->parts));
		json_object_foreach(parts, name, value) {
			char *text = r->failed ? NULL : reader_string(r, parts, name, VALUE_MAX);

			if (!text)
				break;
			results->parts[results->part_count].name = xstrdup(name);
			results->parts[results->part_count++].value = text;
		}
		reader_leave(r, inner);
	}
	reader_leave(r, mark);
}

void fingerprint_free(struct results *results)
{
	for (size_t i = 0; i < results->part_count; i++) {
		free(results->parts[i].name);
		free(results->parts[i].value);
	}
	free(results->parts);
	free(results->fingerprint);
}

const char *results_part(const struct results *results, const char *name)
{
	for (size_t i = 0; i < results->part_count; i++)
		if (!strcmp(results->parts[i].name, name))
			return results->parts[i].value;
	return NULL;
}

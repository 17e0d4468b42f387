// SPDX-License-Identifier: GPL-2.0-only
#include "results/results.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/input.h"
#include "lib/output.h"

#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

bool results_are_too_large(const json_t *document)
{
	/* And its new line. */
	return json_dumpb(document, NULL, 0, DUMP_FLAGS) + 1 > INPUT_MAX_BYTES;
}

bool results_save(const json_t *document, const char *path, char *message, size_t size)
{
	struct output output;

	if (!output_open(&output, path, message, size))
		return false;
	errno = 0;
	if (json_dumpf(document, output.file, DUMP_FLAGS) || putc('\n', output.file) == EOF) {
		snprintf(message, size, "%s: cannot be written: %s", path,
			 strerror(errno ? errno : EIO));
		output_abandon(&output);
		return false;
	}
	return output_commit(&output, message, size);
}

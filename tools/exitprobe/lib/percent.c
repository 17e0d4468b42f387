// SPDX-License-Identifier: GPL-2.0-only
#include "lib/percent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool percent_read(const char *option, const char *text, double *share, char *message, size_t size)
{
	char *end;
	double percent;

	errno = 0;
	percent = strtod(text, &end);
	/* Not "percent < 0 || percent > 100", which NaN passes. */
	if (end == text || (*end && strcmp(end, "%")) || errno ||
	    !(percent >= 0 && percent <= 100)) {
		snprintf(message, size, "%s %s: must be 0 to 100 per cent, as 1%% or 0.5", option,
			 text);
		return false;
	}
	*share = percent / 100;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* A share in per cent, as an option takes it. */
#ifndef LIB_PERCENT_H
#define LIB_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Read @text, "1%" or "0.5", into @share, 0 to 1.  False: @message says what @option
 * ("--threshold") takes, in one line of at most @size bytes.
 */
bool percent_read(const char *option, const char *text, double *share, char *message, size_t size);

#endif

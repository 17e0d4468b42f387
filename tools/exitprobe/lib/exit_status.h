/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_EXIT_STATUS_H
#define LIB_EXIT_STATUS_H

/* What exitprobe exits with; its man page has the same list. */
enum exit_status {
	STATUS_OK = 0,
	STATUS_FINDING = 1, /* it worked, and what it found is not good: see each command */
	STATUS_ERROR = 2,   /* wrong usage or input, or something is missing */
	STATUS_INTERRUPTED = 130,
};

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_STATUS_H
#define EXITSTAT_STATUS_H

/*
 * exitstat's own exit statuses.  Between 110 and 125, as env's and timeout's: few
 * commands end so, and a shell's are 126 and more.
 */
enum exitstat_status {
	STATUS_OK = 0,
	STATUS_NOT_VM = 110,
	STATUS_NOT_KVM = 111,
	STATUS_ABSENT = 112,
	STATUS_REFUSED = 113,
	STATUS_RESTARTED = 114,
	STATUS_WRAPPED = 115,
	STATUS_VERSION = 116,
	STATUS_CPU = 117,
	STATUS_SYSTEM = 118,
	STATUS_LAYOUT = 119,
	STATUS_USAGE = 125,
	STATUS_CANNOT_RUN = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL = 128, /* and the signal's number */
};

/* What --help says of them, a line each. */
extern const char status_help[];

/* "exitstat: " and the text as one line on standard error; ends with @status. */
_Noreturn void die(enum exitstat_status status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char status_help[] =
	"Exit status: that of COMMAND if there is one (126 cannot be run, 127 not found, 128 + "
	"signal number), else 0. If there are no figures, instead:\n"
	"  110  not in a virtual machine\n"
	"  111  the hypervisor is not KVM\n"
	"  112  KVM without exit statistics for this VM\n"
	"  113  the host answers only the guest's kernel, not programs\n"
	"  114  the counters restarted during the measurement\n"
	"  115  a counter wrapped at 32 bits\n"
	"  116  another version of the interface\n"
	"  117  no such CPU, or exitstat may not run on it\n"
	"  118  a system call failed\n"
	"  119  the host gave this VM another layout during the measurement\n"
	"  125  wrong usage\n";

void die(enum exitstat_status status, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("exitstat: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

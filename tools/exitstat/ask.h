/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EXITSTAT_ASK_H
#define EXITSTAT_ASK_H

#include <stdbool.h>

#include "exitstat/measure.h"

/*
 * What the host has, into @session->host and, with @layout, @session->layout.  Asked
 * where the first scope counts.  Ends the program where there are no statistics.
 */
void ask_host(struct session *session, bool layout);

#endif

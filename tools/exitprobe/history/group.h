/* SPDX-License-Identifier: GPL-2.0-only */
/* Which runs can be compared: what must be alike, beside what a history is there to watch. */
#ifndef HISTORY_GROUP_H
#define HISTORY_GROUP_H

#include "history/record.h"

/* What the runs of a group have alike, in lines "name=value"; allocated.  @host: "" is not known. */
char *group_key(const struct summary *summary, const char *host, bool is_same_build);

/* "lab, AMD EPYC Processor, exits by leaf, instructions, on web1": allocated. */
char *group_title(const struct summary *summary, const char *host);

/* Whether the value may differ between the runs of a group, and is worth telling if it does. */
bool group_watches(const struct fact *fact);

#endif

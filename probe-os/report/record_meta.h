/* SPDX-License-Identifier: GPL-2.0-only */
/* The first record: what the probe is, and where it runs. */
#ifndef REPORT_RECORD_META_H
#define REPORT_RECORD_META_H

#include "report/json.h"
#include "report/report.h"

/* Write its members, but for the record's kind. */
void record_meta_members(struct json *out, const struct run *run);

#endif

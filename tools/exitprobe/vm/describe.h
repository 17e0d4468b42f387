/* SPDX-License-Identifier: GPL-2.0-only */
/* This host, for the results. */
#ifndef VM_DESCRIBE_H
#define VM_DESCRIBE_H

#include <jansson.h>

/* All that bears on a measurement (host.h): a flat object. */
json_t *describe_host(void);

#endif

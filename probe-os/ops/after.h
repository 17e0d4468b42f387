/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OPS_AFTER_H
#define OPS_AFTER_H

#include <stdint.h>

/* Make every walk that follows an exit @steps longer: a cost that the rows must then show. */
void after_plant(uint64_t steps);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REPORT_REASON_NAMES_H
#define REPORT_REASON_NAMES_H

#include <stdint.h>

/*
 * What the manual calls exit @reason of @isa (KVM_EXIT_STATS_ISA_*): APM vol. 2,
 * appendix C, without VMEXIT_; SDM vol. 3D, appendix C, shortened.  NULL for a
 * number that has no name there.
 */
const char *reason_name(unsigned int isa, uint32_t reason);

#endif

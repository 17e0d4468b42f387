/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations themselves, told instead of measured. */
#ifndef REPORT_LIST_H
#define REPORT_LIST_H

/* Name and what it does, a line each. */
void list_print(void);

/* All that the rows say, as docs/operations.md. */
void list_print_markdown(void);

#endif

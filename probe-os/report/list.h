/* SPDX-License-Identifier: GPL-2.0-only */
/* List the operations instead of measuring them. */
#ifndef REPORT_LIST_H
#define REPORT_LIST_H

/* Print a line for each operation: its name and what it does. */
void list_print(void);

/* Print everything that the rows say, in the form of docs/operations.md. */
void list_print_markdown(void);

/* Print the families: name, number of operations, what they have in common. */
void list_print_families(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the host shares with the guest: QEMU's ivshmem-plain (its
 * docs/specs/ivshmem-spec).  What is written there costs no exit, where a serial
 * port costs one for each character.
 */
#ifndef CONSOLE_IVSHMEM_H
#define CONSOLE_IVSHMEM_H

#include <stdbool.h>

/* False if there is none, or none below 4 GiB. */
bool shared_init(void);

/* Append a character; what does not fit is dropped. */
void shared_put(char c);

#endif

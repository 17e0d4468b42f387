/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the host shares with the guest: QEMU's ivshmem-plain (its
 * docs/specs/ivshmem-spec). Writing there causes no exit, while a serial port causes
 * one for each character.
 */
#ifndef CONSOLE_IVSHMEM_H
#define CONSOLE_IVSHMEM_H

#include <stdbool.h>
#include <stdint.h>

/* Find the memory. Return false if there is none below 4 GiB. */
bool shared_init(void);

/*
 * Take @bytes from the end of the memory, where no character goes from then on. Return
 * their address, or NULL if there is no memory or too little of it.
 */
volatile void *shared_reserve(uint32_t bytes);

/* Append a character. Drop it if the memory is full. */
void shared_put(char c);

#endif

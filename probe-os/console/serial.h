/* SPDX-License-Identifier: GPL-2.0-only */
/* A 16550 serial port that is polled (National Semiconductor PC16550D, 8). */
#ifndef CONSOLE_SERIAL_H
#define CONSOLE_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#define COM1 0x3f8
#define COM2 0x2f8
#define COM3 0x3e8
#define COM4 0x2e8

struct serial {
	uint16_t port;
	unsigned int room; /* characters that the FIFO takes without a look at its state */
	bool stuck;
};

/* Set up the UART at @port for 115200 8N1. Return false if there is none. */
bool serial_init(struct serial *s, uint16_t port);

void serial_put(struct serial *s, char c);

#endif

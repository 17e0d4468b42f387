// SPDX-License-Identifier: GPL-2.0-only
#include "console/serial.h"

#include "cpu/insn.h"

/* Registers, as offsets from the port. */
#define UART_DATA    0
#define UART_IER     1
#define UART_DLL     0 /* with LCR_DLAB */
#define UART_DLM     1 /* with LCR_DLAB */
#define UART_FCR     2
#define UART_LCR     3
#define UART_MCR     4
#define UART_LSR     5
#define UART_SCRATCH 7

#define LCR_8N1	    0x03
#define LCR_DLAB    0x80
#define FCR_ENABLE  0x07 /* FIFOs on and cleared */
#define MCR_DTR_RTS 0x03
#define LSR_THRE    0x20 /* FIFO empty: room for FIFO_SIZE characters */
#define FIFO_SIZE   16

/*
 * The FIFO empties in 1.4 ms at 115200 baud. Reading a port takes 1 us or more on a
 * real machine, but as little as one instruction in an emulator.
 */
#define SEND_TRIES 2000000

bool serial_init(struct serial *s, uint16_t port)
{
	*s = (struct serial){ .port = port };
	outb(port + UART_SCRATCH, 0x5a);
	if (inb(port + UART_SCRATCH) != 0x5a)
		return false;
	outb(port + UART_IER, 0);
	outb(port + UART_LCR, LCR_DLAB | LCR_8N1);
	outb(port + UART_DLL, 1);
	outb(port + UART_DLM, 0);
	outb(port + UART_LCR, LCR_8N1);
	outb(port + UART_FCR, FCR_ENABLE);
	outb(port + UART_MCR, MCR_DTR_RTS);
	return true;
}

static bool empties(const struct serial *s)
{
	for (int i = 0; i < SEND_TRIES; i++)
		if (inb(s->port + UART_LSR) & LSR_THRE)
			return true;
	return false;
}

void serial_put(struct serial *s, char c)
{
	if (s->stuck)
		return;
	if (!s->room) {
		/* Do not wait again for a port that never empties. */
		s->stuck = !empties(s);
		s->room = FIFO_SIZE;
	}
	s->room--;
	outb(s->port + UART_DATA, (uint8_t)c);
}

// SPDX-License-Identifier: GPL-2.0-only
/* 16550 UART: National Semiconductor PC16550D data sheet, 8. */
#include "report/console.h"

#include <stdbool.h>

#include "cpu/insn.h"
#include "report/format.h"

#define COM1	     0x3f8
#define UART_DATA    (COM1 + 0)
#define UART_IER     (COM1 + 1)
#define UART_DLL     (COM1 + 0) /* with LCR_DLAB */
#define UART_DLM     (COM1 + 1) /* with LCR_DLAB */
#define UART_FCR     (COM1 + 2)
#define UART_LCR     (COM1 + 3)
#define UART_MCR     (COM1 + 4)
#define UART_LSR     (COM1 + 5)
#define UART_SCRATCH (COM1 + 7)

#define LCR_8N1	    0x03
#define LCR_DLAB    0x80
#define FCR_ENABLE  0x07 /* FIFOs on and cleared */
#define MCR_DTR_RTS 0x03
#define LSR_THRE    0x20 /* FIFO empty: room for FIFO_SIZE characters */
#define FIFO_SIZE   16

/* The FIFO empties in 1.4 ms at 115200 baud; a read of a port takes 1 us or more. */
#define SEND_TRIES 10000

static bool present;
static unsigned int room; /* characters that the FIFO takes unasked */

void console_init(void)
{
	outb(UART_SCRATCH, 0x5a);
	present = inb(UART_SCRATCH) == 0x5a;
	if (!present)
		return;
	outb(UART_IER, 0);
	outb(UART_LCR, LCR_DLAB | LCR_8N1);
	outb(UART_DLL, 1);
	outb(UART_DLM, 0);
	outb(UART_LCR, LCR_8N1);
	outb(UART_FCR, FCR_ENABLE);
	outb(UART_MCR, MCR_DTR_RTS);
}

static void send(void *context, char c)
{
	(void)context;
	if (!present)
		return;
	if (!room) {
		for (int i = 0; i < SEND_TRIES && !(inb(UART_LSR) & LSR_THRE); i++)
			;
		room = FIFO_SIZE;
	}
	room--;
	outb(UART_DATA, (uint8_t)c);
}

int printf(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = format_to(send, NULL, format, args);
	va_end(args);
	return length;
}

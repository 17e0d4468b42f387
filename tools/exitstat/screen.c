// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/screen.h"

#include <string.h>
#include <sys/ioctl.h>

/* Where the terminal does not say, as a serial console does not (POSIX, LINES and COLUMNS). */
#define ROWS	24
#define COLUMNS 80

/* ECMA-48: to the upper left corner, and erase from here to the end of the line or the screen. */
#define HOME	  "\033[H"
#define END_LINE  "\033[K"
#define END_BELOW "\033[J"

void screen_show(FILE *to, const char *text, int first)
{
	struct winsize size = { 0 };
	int rows, columns;

	ioctl(fileno(to), TIOCGWINSZ, &size);
	rows = size.ws_row ? size.ws_row : ROWS;
	columns = size.ws_col ? size.ws_col : COLUMNS;
	fputs(first ? HOME END_BELOW : HOME, to);
	/* The cursor's line stays free, or the terminal would scroll. */
	for (int row = 1; row < rows && *text; row++) {
		int length = (int)strcspn(text, "\n");

		fprintf(to, "%.*s" END_LINE "\r\n", length < columns ? length : columns, text);
		text += length + (text[length] == '\n');
	}
	fputs(END_BELOW, to);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: screen-text FONT PICTURE
 *
 * The text that a screen shows: PICTURE, a PPM as QEMU's screendump writes it (P6, 255),
 * is cut into cells of FONT (PSF, 8 pixels wide), and every cell that is exactly a
 * glyph of printable ASCII, white on black, becomes its character.  A line says first
 * how many pixels wide and high the picture is.  Exit status 2 on anything else.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define PSF1_MAGIC  0x0436
#define PSF1_HEADER 4
#define WIDTH	    8
#define HEIGHT_MAX  64
#define FIRST	    ' '
#define LAST	    '~'

static uint8_t font[(LAST + 1) * HEIGHT_MAX];
static unsigned int height;

static void fail(const char *path, const char *text)
{
	fprintf(stderr, "screen-text: %s: %s\n", path, text);
	exit(2);
}

static void read_font(const char *path)
{
	FILE *from = fopen(path, "rb");
	uint8_t header[PSF1_HEADER];

	if (!from || fread(header, 1, sizeof(header), from) != sizeof(header))
		fail(path, "cannot be read");
	if ((header[0] | header[1] << 8) != PSF1_MAGIC)
		fail(path, "not a PSF 1 font");
	height = header[3];
	if (!height || height > HEIGHT_MAX || fread(font, height, LAST + 1, from) != LAST + 1)
		fail(path, "does not have the glyphs of ASCII");
	fclose(from);
}

/* A row of a cell as the font has it, or -1 for a pixel neither black nor white. */
static int row_of(const uint8_t *pixels)
{
	int bits = 0;

	for (int x = 0; x < WIDTH; x++, pixels += 3) {
		if (pixels[0] != pixels[1] || pixels[1] != pixels[2] ||
		    (pixels[0] != 0 && pixels[0] != 255))
			return -1;
		bits = bits << 1 | (pixels[0] == 255);
	}
	return bits;
}

static char character_at(const uint8_t *cell, size_t pitch)
{
	for (int c = FIRST; c <= LAST; c++) {
		unsigned int y = 0;

		while (y < height && row_of(cell + y * pitch) == font[(unsigned int)c * height + y])
			y++;
		if (y == height)
			return (char)c;
	}
	return '\x7f';
}

int main(int argc, char **argv)
{
	unsigned int columns, rows, most;
	uint8_t *pixels;
	size_t pitch;
	FILE *from;

	if (argc != 3)
		fail("usage", "screen-text FONT PICTURE");
	read_font(argv[1]);
	from = fopen(argv[2], "rb");
	if (!from || fscanf(from, "P6 %u %u %u", &columns, &rows, &most) != 3 || most != 255 ||
	    columns > 8192 || rows > 8192 || fgetc(from) == EOF)
		fail(argv[2], "not a PPM (P6, 255)");
	pitch = 3ul * columns;
	pixels = malloc(pitch * rows);
	if (!pixels || fread(pixels, pitch, rows, from) != rows)
		fail(argv[2], "cut off");
	fclose(from);
	printf("%u x %u\n", columns, rows);
	for (unsigned int y = 0; y + height <= rows; y += height) {
		for (unsigned int x = 0; x + WIDTH <= columns; x += WIDTH)
			putchar(character_at(pixels + y * pitch + 3ul * x, pitch));
		putchar('\n');
	}
	free(pixels);
	return 0;
}

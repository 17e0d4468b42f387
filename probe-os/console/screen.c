// SPDX-License-Identifier: GPL-2.0-only
#include "console/screen.h"

#define VGA_TEXT    0xb8000
#define VGA_COLUMNS 80
#define VGA_ROWS    25
#define VGA_GREY    0x07 /* on black */

#define PSF1_MAGIC  0x0436
#define PSF1_512    0x01 /* mode: 512 glyphs, else 256 */
#define PSF2_MAGIC  0x864ab572
#define GLYPHS_SIZE (16 << 10)

#define COLUMNS_MAX 256
#define ROWS_MAX    128

struct psf1 {
	uint16_t magic;
	uint8_t mode, height;
};

struct psf2 {
	uint32_t magic, version, header_size, flags;
	uint32_t glyphs, glyph_size, height, width;
};

static struct screen screen;
static unsigned int columns, rows, column, row;
static char cells[ROWS_MAX][COLUMNS_MAX]; /* the characters on the screen */

/* In all fonts of this format that are in use the first glyphs are those of ASCII. */
static uint8_t glyphs[GLYPHS_SIZE];
static unsigned int glyph_count, glyph_size, glyph_width, glyph_height;

static bool load_font(const uint8_t *data, size_t size)
{
	const struct psf1 *one = (const void *)data;
	const struct psf2 *two = (const void *)data;
	size_t from;

	if (size > sizeof(*two) && two->magic == PSF2_MAGIC) {
		from = two->header_size;
		glyph_count = two->glyphs;
		glyph_size = two->glyph_size;
		glyph_width = two->width;
		glyph_height = two->height;
	} else if (size > sizeof(*one) && one->magic == PSF1_MAGIC) {
		from = sizeof(*one);
		glyph_count = one->mode & PSF1_512 ? 512 : 256;
		glyph_size = one->height;
		glyph_width = 8;
		glyph_height = one->height;
	} else {
		return false;
	}
	if (glyph_count > 128)
		glyph_count = 128;
	if (!glyph_width || !glyph_height || glyph_width > 32 || glyph_height > 64 ||
	    glyph_size != (glyph_width + 7) / 8 * glyph_height ||
	    glyph_count * glyph_size > GLYPHS_SIZE || from > size ||
	    size - from < (size_t)glyph_count * glyph_size)
		return false;
	for (size_t i = 0; i < (size_t)glyph_count * glyph_size; i++)
		glyphs[i] = data[from + i];
	return true;
}

static volatile uint8_t *memory(uint64_t offset)
{
	return (volatile uint8_t *)(uintptr_t)(screen.address + offset);
}

/* All bits of a pixel are on or off, which is white or black in every RGB format. */
static void draw_pixels(unsigned int r, unsigned int c, char character)
{
	unsigned int index = (uint8_t)character < glyph_count ? (uint8_t)character : '?';
	const uint8_t *glyph = &glyphs[index * glyph_size];
	unsigned int bytes = screen.bits_per_pixel / 8;

	for (unsigned int y = 0; y < glyph_height; y++) {
		volatile uint8_t *to = memory((uint64_t)(r * glyph_height + y) * screen.pitch +
					      (uint64_t)c * glyph_width * bytes);

		for (unsigned int x = 0; x < glyph_width; x++) {
			uint8_t line = glyph[y * ((glyph_width + 7) / 8) + x / 8];
			uint8_t value = line & 0x80 >> x % 8 ? 0xff : 0;

			for (unsigned int b = 0; b < bytes; b++)
				*to++ = value;
		}
	}
}

static void draw(unsigned int r, unsigned int c, char character)
{
	if (cells[r][c] == character)
		return;
	cells[r][c] = character;
	if (screen.kind == SCREEN_PIXELS) {
		draw_pixels(r, c, character);
	} else {
		volatile uint8_t *to = memory((uint64_t)r * screen.pitch + 2ul * c);

		to[0] = (uint8_t)character;
		to[1] = VGA_GREY;
	}
}

static bool vga_answers(void)
{
	volatile uint16_t *cell = (volatile uint16_t *)VGA_TEXT;
	uint16_t was = *cell;
	bool answers;

	*cell = 0x0755;
	answers = *cell == 0x0755;
	*cell = 0x07aa;
	answers &= *cell == 0x07aa;
	*cell = was;
	return answers;
}

bool screen_init(const struct handover *h)
{
	screen = h->screen;
	if (screen.kind == SCREEN_PIXELS) {
		if (!h->module || !load_font(h->module, h->module_size) ||
		    screen.bits_per_pixel < 15)
			return false;
		columns = screen.width / glyph_width;
		rows = screen.height / glyph_height;
	} else {
		if (screen.kind == SCREEN_NONE) {
			if (!vga_answers())
				return false;
			screen = (struct screen){
				.kind = SCREEN_TEXT,
				.address = VGA_TEXT,
				.pitch = 2 * VGA_COLUMNS,
				.width = VGA_COLUMNS,
				.height = VGA_ROWS,
			};
		}
		columns = screen.width;
		rows = screen.height;
	}
	if (columns > COLUMNS_MAX)
		columns = COLUMNS_MAX;
	if (rows > ROWS_MAX)
		rows = ROWS_MAX;
	if (!columns || !rows)
		return false;
	column = row = 0;
	/* Clear what the firmware left there. */
	for (unsigned int r = 0; r < rows; r++) {
		for (unsigned int c = 0; c < columns; c++) {
			cells[r][c] = '\0';
			draw(r, c, ' ');
		}
	}
	return true;
}

static void scroll(void)
{
	for (unsigned int r = 0; r + 1 < rows; r++)
		for (unsigned int c = 0; c < columns; c++)
			draw(r, c, cells[r + 1][c]);
	for (unsigned int c = 0; c < columns; c++)
		draw(rows - 1, c, ' ');
}

static void new_line(void)
{
	column = 0;
	if (row + 1 < rows)
		row++;
	else
		scroll();
}

void screen_put(char c)
{
	if (c == '\n') {
		new_line();
		return;
	}
	if (c == '\r') {
		column = 0;
		return;
	}
	if (column == columns)
		new_line();
	draw(row, column++, c);
}

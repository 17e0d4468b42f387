// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flame graph: a row for each level of calls, a box for each function there, as
 * wide as its instructions with those of its callees.  Boxes have titles, which
 * browsers show on hover; nothing else is needed, neither scripts nor fonts, so that
 * the same text stands alone or in a page.
 */
#define _GNU_SOURCE
#include "profile.h"

#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "message.h"

#define WIDTH	   1200.0
#define MARGIN	   10.0
#define ROW	   18
#define HEAD	   46
#define LETTER	   6.6 /* average width in the font below */
#define LEAST_TEXT 3   /* letters */
#define LEAST	   0.1 /* width of a box that is drawn */

struct box {
	char *name;
	json_int_t own, total;
	struct box *children, *next;
};

static struct box *box_of(struct box *parent, const char *name, size_t length)
{
	struct box **at;

	for (at = &parent->children; *at; at = &(*at)->next)
		if (strlen((*at)->name) == length && !memcmp((*at)->name, name, length))
			return *at;
	*at = xcalloc(1, sizeof(**at));
	(*at)->name = xasprintf("%.*s", (int)length, name);
	return *at;
}

static struct box *make_boxes(const json_t *stacks)
{
	struct box *root = xcalloc(1, sizeof(*root));
	const json_t *stack;
	size_t i;

	root->name = xstrdup("exit");
	json_array_foreach(stacks, i, stack) {
		const char *at = json_string_value(json_array_get(stack, 0));
		json_int_t own = json_integer_value(json_array_get(stack, 1));
		struct box *b = root;

		b->total += own;
		while (at && *at) {
			size_t length = strcspn(at, ";");

			b = box_of(b, at, length);
			b->total += own;
			at += length + (at[length] == ';');
		}
		b->own += own;
	}
	return root;
}

static void free_boxes(struct box *b)
{
	struct box *next;

	for (struct box *c = b->children; c; c = next) {
		next = c->next;
		free_boxes(c);
	}
	free(b->name);
	free(b);
}

static unsigned int depth_of(const struct box *b)
{
	unsigned int deepest = 0;

	for (const struct box *c = b->children; c; c = c->next) {
		unsigned int depth = depth_of(c);

		if (depth > deepest)
			deepest = depth;
	}
	return deepest + 1;
}

/* At most @length bytes of @text, no character cut through (RFC 3629, section 3). */
static void put_cut(FILE *to, const char *text, size_t length)
{
	char *cut;

	if (length >= strlen(text)) {
		escape_xml(to, text);
		return;
	}
	while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	cut = xasprintf("%.*s", (int)length, text);
	escape_xml(to, cut);
	free(cut);
}

/* The same function has the same colour in every graph. */
static void put_colour(FILE *to, const char *name)
{
	unsigned int hash = 0;

	for (; *name; name++)
		hash = hash * 31 + (unsigned char)*name;
	fprintf(to, "hsl(%u,%u%%,%u%%)", 15 + hash % 40, 75 + hash / 40 % 20, 62 + hash / 800 % 14);
}

/* Children stand on their parent, side by side. */
static void draw(FILE *to, const struct box *b, double x, int y, json_int_t whole)
{
	double width = (WIDTH - 2 * MARGIN) * (double)b->total / (double)whole;
	size_t letters = width > LETTER ? (size_t)((width - LETTER) / LETTER) : 0;
	double at = x;

	if (width < LEAST)
		return;
	fputs("<g><title>", to);
	escape_xml(to, b->name);
	fprintf(to, ": %lld instructions with callees (%.1f %%), %lld own</title>", b->total,
		100 * (double)b->total / (double)whole, b->own);
	fprintf(to, "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" rx=\"1\" fill=\"", x, y,
		width, ROW - 1);
	put_colour(to, b->name);
	fputs("\"/>", to);
	if (letters >= LEAST_TEXT) {
		fprintf(to, "<text x=\"%.2f\" y=\"%d\">", x + 3, y + ROW - 5);
		put_cut(to, b->name, letters);
		fputs(letters < strlen(b->name) ? "..</text>" : "</text>", to);
	}
	fputs("</g>\n", to);
	for (const struct box *c = b->children; c; c = c->next) {
		draw(to, c, at, y - ROW, whole);
		at += (WIDTH - 2 * MARGIN) * (double)c->total / (double)whole;
	}
}

int profile_svg(FILE *to, const json_t *profile)
{
	const json_t *path = json_array_get(json_object_get(profile, "paths"), 0);
	struct box *root = make_boxes(json_object_get(path, "stacks"));
	unsigned int height = HEAD + ROW * depth_of(root) + (unsigned int)MARGIN;
	const char *op = json_string_value(json_object_get(profile, "op"));
	const char *kernel = json_string_value(json_object_get(profile, "kernel"));

	/* No XML declaration: it may stand in a page. */
	fprintf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %u\" "
		"style=\"max-width:100%%;height:auto\" width=\"%.0f\" role=\"img\" "
		"font-family=\"monospace\" font-size=\"11\" fill=\"#111\">\n",
		WIDTH, height, WIDTH);
	fprintf(to, "<rect width=\"100%%\" height=\"100%%\" fill=\"#fdf9f0\"/>\n");
	fprintf(to, "<text x=\"%.0f\" y=\"20\" font-size=\"14\">", MARGIN);
	escape_xml(to, op);
	fprintf(to, ": %lld instructions from exit to entry, Linux ", root->total);
	escape_xml(to, kernel);
	fprintf(to, "</text>\n<text x=\"%.0f\" y=\"36\" fill=\"#555\">", MARGIN);
	fputs("path ", to);
	escape_xml(to, json_string_value(json_object_get(path, "name")));
	fprintf(to,
		", %lld of %lld samples; emulated AMD-V: no next-RIP, no decode "
		"assists; instructions, not cycles</text>\n",
		json_integer_value(json_object_get(path, "samples")),
		json_integer_value(json_object_get(profile, "samples")));
	if (root->total)
		draw(to, root, MARGIN, (int)height - (int)MARGIN - ROW, root->total);
	fputs("</svg>\n", to);
	free_boxes(root);
	return ferror(to) ? -1 : 0;
}

int profile_html(FILE *to, const json_t *profile)
{
	const char *op = json_string_value(json_object_get(profile, "op"));

	fputs("<figure class=\"profile\"><figcaption>", to);
	escape_xml(to, op);
	fputs(": where its exit's instructions go</figcaption>\n", to);
	profile_svg(to, profile);
	fputs("</figure>\n", to);
	return ferror(to) ? -1 : 0;
}

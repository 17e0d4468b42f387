// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flame graph: a row for each level of calls, a box for each function there, as
 * wide as its instructions with those of its callees.
 *
 * Widths are shares of the graph's own, heights are pixels: it is as wide as the window,
 * its text as large as ever.  Each box is an SVG element of its own, which cuts off the
 * name that does not fit.  Boxes have titles, which browsers show on hover; zoom, search
 * and what a finger points at are flame.js's.
 */
#define _GNU_SOURCE
#include "profile/profile.h"

#include <stdlib.h>
#include <string.h>

#include "lib/escape.h"
#include "lib/message.h"
#include "profile/kind.h"
#include "profile_fields.h"

#define WIDTH	   1200 /* where nothing else says how wide */
#define ROW	   20
#define LINE	   15
#define HEAD_LINES 4
#define KEY_WIDTH  155	/* two of them on a phone */
#define LAST_TEXT  2.0	/* per cent: a narrower box has no name, unless the script gives it one */
#define LAST	   0.01 /* per cent: width of a box that is drawn */

/* Lines as C strings: the Makefile makes them of flame.css and flame.js. */
static const char *const style[] = {
#include "profile/flame.css.inc"
};
static const char *const script[] = {
#include "profile/flame.js.inc"
};

struct box {
	char *name;
	json_int_t own, total;
	struct box *children, *last, *next;
};

/*
 * Stacks come in order: one function's are together.  Where others of its caller's lie
 * between it is another call of it, and another box: the one that leaves the guest, the
 * one that enters it.
 */
static struct box *box_of(struct box *parent, const char *name, size_t length)
{
	struct box *box = parent->last;

	if (box && strlen(box->name) == length && !memcmp(box->name, name, length))
		return box;
	box = xcalloc(1, sizeof(*box));
	box->name = xasprintf("%.*s", (int)length, name);
	*(parent->last ? &parent->last->next : &parent->children) = box;
	parent->last = box;
	return box;
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

static unsigned int shade_of(const char *name)
{
	unsigned int hash = 0;

	for (; *name; name++)
		hash = hash * 31 + (unsigned char)*name;
	return hash % 3;
}

/* What all boxes of a graph share. */
struct drawing {
	FILE *to;
	const struct profile_kinds *kinds;
	json_int_t whole;
	unsigned int height; /* of the boxes together */
};

/* Children stand on their parent, side by side; @x is a share of the width. */
static void draw(const struct drawing *d, const struct box *b, double x, unsigned int level)
{
	double width = 100 * (double)b->total / (double)d->whole, at = x;
	const char *module = profile_module(d->kinds, b->name);

	if (width < LAST)
		return;
	fprintf(d->to,
		"<svg class=\"b\" x=\"%.3f%%\" y=\"%u\" width=\"%.3f%%\" height=\"%d\"><title>", x,
		d->height - ROW * (level + 1), width, ROW);
	escape_xml(d->to, b->name);
	if (*module) {
		fputs(" [", d->to);
		escape_xml(d->to, module);
		putc(']', d->to);
	}
	fprintf(d->to,
		": %lld with callees (%.1f %%), %lld own</title><rect class=\"%s s%u\" "
		"width=\"100%%\" height=\"%d\"/>",
		b->total, width, b->own,
		level ? profile_kind_classes[profile_kind(d->kinds, b->name)] : "whole",
		shade_of(b->name), ROW - 1);
	if (width >= LAST_TEXT) {
		fputs("<text x=\"3\" y=\"14\">", d->to);
		escape_xml(d->to, b->name);
		fputs("</text>", d->to);
	}
	fputs("</svg>\n", d->to);
	for (const struct box *c = b->children; c; c = c->next) {
		draw(d, c, at, level + 1);
		at += 100 * (double)c->total / (double)d->whole;
	}
}

/* Instructions by kind, of @b and all that it called. */
static void add_kinds(const struct profile_kinds *kinds, const struct box *b, json_int_t *sums)
{
	sums[profile_kind(kinds, b->name)] += b->own;
	for (const struct box *c = b->children; c; c = c->next)
		add_kinds(kinds, c, sums);
}

static void legend(const struct drawing *d, const struct box *root, unsigned int y)
{
	json_int_t sums[KIND_COUNT] = { 0 };

	add_kinds(d->kinds, root, sums);
	for (unsigned int k = 0; k < KIND_COUNT; k++) {
		unsigned int x = 4 + KEY_WIDTH * (k % 2), line = y + LINE * (k / 2);

		fprintf(d->to,
			"<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"10\" height=\"10\"/>"
			"<text x=\"%u\" y=\"%u\">%s %.1f %%</text>\n",
			profile_kind_classes[k], x, line - 9, x + 14, line, profile_kind_names[k],
			d->whole ? 100 * (double)sums[k] / (double)d->whole : 0);
	}
}

/* Lines so short that a phone has room for them. */
static void heading(FILE *to, const json_t *profile, const json_t *path, json_int_t total)
{
	unsigned int y = LINE + 2;

	fprintf(to, "<text class=\"head\" x=\"4\" y=\"%u\">", y);
	escape_xml(to, json_string_value(json_object_get(profile, FIELD(profile, op))));
	fprintf(to,
		": %lld instructions</text>\n<text class=\"quiet\" x=\"4\" y=\"%u\">exit to entry, Linux ",
		total, y + LINE);
	escape_xml(to, json_string_value(json_object_get(profile, FIELD(profile, kernel))));
	fprintf(to, "</text>\n<text class=\"quiet\" x=\"4\" y=\"%u\">path ", y + 2 * LINE);
	escape_xml(to, json_string_value(json_object_get(path, FIELD(path, name))));
	fprintf(to,
		": %lld of %lld samples; not cycles</text>\n<text class=\"quiet\" x=\"4\" y=\"%u\">AMD-V "
		"without next-RIP and decode assists</text>\n",
		json_integer_value(json_object_get(path, FIELD(path, samples))),
		json_integer_value(json_object_get(profile, FIELD(profile, samples))),
		y + 3 * LINE);
}

static void lines(FILE *to, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fputs(list[i], to);
}

/* @alone: it brings its ground, style and script along; else the page has them. */
static void put_svg(FILE *to, const json_t *profile, bool alone)
{
	const json_t *path = json_array_get(json_object_get(profile, FIELD(profile, paths)), 0);
	struct box *root = make_boxes(json_object_get(path, FIELD(path, stacks)));
	struct profile_kinds kinds;
	struct drawing d = { to, &kinds, root->total, ROW * depth_of(root) };
	unsigned int keys = LINE * (HEAD_LINES + 1) + 6, top = keys + LINE * (KIND_COUNT / 2) + 10;

	profile_kinds_init(&kinds, path);
	/* No XML declaration: it may stand in a page. */
	fprintf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flame\" width=\"%d\" height=\"%u\" "
		"style=\"max-width:100%%\" role=\"img\" aria-label=\"Flame graph of ",
		WIDTH, top + d.height + 1);
	escape_xml(to, json_string_value(json_object_get(profile, FIELD(profile, op))));
	fputs("\">\n", to);
	if (alone) {
		/* Else a phone lays it out for a desktop's window. */
		fputs("<meta xmlns=\"http://www.w3.org/1999/xhtml\" name=\"viewport\" "
		      "content=\"width=device-width\"/>\n<style><![CDATA[\n",
		      to);
		lines(to, style, sizeof(style) / sizeof(style[0]));
		fputs("]]></style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n", to);
	}
	heading(to, profile, path, root->total);
	legend(&d, root, keys);
	fprintf(to, "<svg class=\"boxes\" y=\"%u\" width=\"100%%\" height=\"%u\">\n", top,
		d.height + 1);
	if (root->total)
		draw(&d, root, 0, 0);
	fputs("</svg>\n", to);
	if (alone) {
		fputs("<script><![CDATA[\n", to);
		lines(to, script, sizeof(script) / sizeof(script[0]));
		fputs("]]></script>\n", to);
	}
	fputs("</svg>\n", to);
	profile_kinds_free(&kinds);
	free_boxes(root);
}

int profile_svg(FILE *to, const json_t *profile)
{
	put_svg(to, profile, true);
	return ferror(to) ? -1 : 0;
}

int profile_html(FILE *to, const json_t *profile)
{
	const char *op = json_string_value(json_object_get(profile, FIELD(profile, op)));

	fputs("<figure class=\"profile\"><figcaption>", to);
	escape_xml(to, op);
	fputs(": where its exit's instructions go</figcaption>\n", to);
	put_svg(to, profile, false);
	fputs("</figure>\n", to);
	return ferror(to) ? -1 : 0;
}

void profile_html_end(FILE *to)
{
	fputs("<style>\n", to);
	lines(to, style, sizeof(style) / sizeof(style[0]));
	fputs("</style>\n<script>\n", to);
	lines(to, script, sizeof(script) / sizeof(script[0]));
	fputs("</script>\n", to);
}

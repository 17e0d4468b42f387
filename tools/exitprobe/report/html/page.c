// SPDX-License-Identifier: GPL-2.0-only
#include "report/html/page.h"

#include "lib/escape.h"
#include "results/tick.h"

/* Lines as C strings: the Makefile makes them of page.css and page.js. */
static const char *const style[] = {
#include "report/html/page.css.inc"
};
static const char *const script[] = {
#include "report/html/page.js.inc"
};

static void lines(FILE *to, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fputs(list[i], to);
}

void page_begin(FILE *to, const char *title)
{
	/* Nothing but what is in this file: should text ever become markup, it is inert. */
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>",
	      to);
	escape_xml(to, title);
	fputs("</title>\n<style>\n", to);
	lines(to, style, sizeof(style) / sizeof(style[0]));
	fputs("</style>\n</head>\n<body>\n", to);
}

void page_end(FILE *to, const char *version)
{
	fputs("<footer>Made by exitprobe ", to);
	escape_xml(to, version);
	fputs(". This page is one file and loads nothing.</footer>\n<script>\n", to);
	lines(to, script, sizeof(script) / sizeof(script[0]));
	fputs("</script>\n</body>\n</html>\n", to);
}

void page_ticks(FILE *to, double ns)
{
	if (ns > 0)
		fprintf(to, " data-ns=\"%.9g\"", ns);
}

void page_unit(FILE *to, const struct results *results)
{
	fputs("<span class=\"unit\">", to);
	escape_xml(to, results->unit);
	fputs("</span>", to);
}

void page_ns_cell(FILE *to, const char *label, int64_t ticks, double ns)
{
	char text[TICK_TEXT_SIZE];

	if (ns > 0)
		fprintf(to, "<td data-l=\"%s\">%s</td>", label,
			tick_text(ns * (double)ticks, text, sizeof(text)));
}

void page_tools(FILE *to, bool bars, bool ns)
{
	fputs("<div class=\"tools\" hidden><label>Filter <input type=\"search\" "
	      "placeholder=\"operation or reason\"></label> ",
	      to);
	if (bars)
		fputs("<label>Bars <select name=\"scale\"><option value=\"auto\">as fits</option>"
		      "<option value=\"linear\">linear</option><option value=\"log\">logarithmic"
		      "</option><option value=\"share\">of equal length</option></select></label> ",
		      to);
	if (ns)
		fputs("<label><input type=\"checkbox\" name=\"ns\"> all figures in "
		      "nanoseconds</label> ",
		      to);
	fputs("<output aria-live=\"polite\"></output></div>\n", to);
}

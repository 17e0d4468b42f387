// SPDX-License-Identifier: GPL-2.0-only
#include "lib/escape.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

void escape_xml(FILE *to, const char *text)
{
	for (const char *c = text; *c; c++) {
		switch (*c) {
		case '&':
			fputs("&amp;", to);
			break;
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		case '\'':
			fputs("&#39;", to);
			break;
		default:
			/* U+FFFE and U+FFFF are no characters of XML 1.0 (section 2.2). */
			if (!strncmp(c, "\xef\xbf\xbe", 3) || !strncmp(c, "\xef\xbf\xbf", 3)) {
				putc('?', to);
				c += 2;
			} else {
				putc(*c, to);
			}
		}
	}
}

void escape_xml_printf(FILE *to, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	text = xmalloc((size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	escape_xml(to, text);
	free(text);
}

void escape_csv(FILE *to, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, to);
		return;
	}
	putc('"', to);
	for (const char *c = text; *c; c++) {
		if (*c == '"')
			putc('"', to);
		putc(*c, to);
	}
	putc('"', to);
}

void escape_markdown(FILE *to, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '<')
			fputs("&lt;", to);
		else if (*c == '&')
			fputs("&amp;", to);
		else if (strchr("\\`*_{}[]|#~!", *c))
			fprintf(to, "\\%c", *c);
		else
			putc(*c, to);
	}
}

void escape_label(FILE *to, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\n')
			fputs("\\n", to);
		else if (*c == '\\' || *c == '"')
			fprintf(to, "\\%c", *c);
		else
			putc(*c, to);
	}
}

/* Section 4.1.2.2 of PostgreSQL's manual. */
void escape_sql(FILE *to, const char *text)
{
	fputs(strchr(text, '\\') ? "E'" : "'", to);
	for (const char *c = text; *c; c++) {
		if (*c == '\'' || *c == '\\')
			putc(*c, to);
		putc(*c, to);
	}
	putc('\'', to);
}

void escape_tap(FILE *to, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '#' || *c == '\\')
			putc('\\', to);
		putc(*c, to);
	}
}

// SPDX-License-Identifier: GPL-2.0-only
#include "boot/options.h"

#include "measure/sample.h"
#include "report/format.h"

#define SAMPLES_DEFAULT 200

const char *const options_help =
	"  ops=GLOB,...    measure these operations only (names from list; * and ?)\n"
	"  skip=GLOB,...   leave these out\n"
	"  samples=N       samples per operation, 1 to 10000 (200)\n"
	"  format=F        table, or samples: every sample on a line\n"
	"  unit=TEXT       what a TSC tick is, for the heading (cycles)\n"
	"  host=TEXT       the host's kernel, for the heading\n"
	"  list            the operations, a line each\n"
	"  help            this text\n";

#define KNOWN_KEYS "ops= skip= samples= format= unit= host= list help"

static bool equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* The value when @word is @key=value, else NULL. */
static const char *value_of(const char *word, const char *key)
{
	while (*key && *key == *word)
		key++, word++;
	return !*key && *word == '=' ? word + 1 : NULL;
}

static bool parse_number(const char *text, size_t min, size_t max, size_t *number)
{
	size_t n = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || n > max)
			return false;
		n = n * 10 + (size_t)(*text - '0');
	}
	*number = n;
	return n >= min && n <= max;
}

static bool parse_word(const char *word, struct options *o, char *error, size_t size)
{
	const char *value;

	if (equal(word, "list")) {
		o->list = true;
	} else if (equal(word, "help")) {
		o->help = true;
	} else if ((value = value_of(word, "ops"))) {
		o->ops = value;
	} else if ((value = value_of(word, "skip"))) {
		o->skip = value;
	} else if ((value = value_of(word, "unit"))) {
		o->unit = value;
	} else if ((value = value_of(word, "host"))) {
		o->host = value;
	} else if ((value = value_of(word, "samples"))) {
		if (!parse_number(value, 1, SAMPLES_MAX, &o->samples)) {
			format_text(error, size, "samples=%s: must be a number from 1 to %u", value,
				    SAMPLES_MAX);
			return false;
		}
	} else if ((value = value_of(word, "format"))) {
		if (equal(value, "table")) {
			o->format = FORMAT_TABLE;
		} else if (equal(value, "samples")) {
			o->format = FORMAT_SAMPLES;
		} else {
			format_text(error, size, "format=%s: must be table or samples", value);
			return false;
		}
	} else {
		format_text(error, size, "%s: unknown key; known are " KNOWN_KEYS, word);
		return false;
	}
	return true;
}

/* Cut the next word off *@line, or NULL at its end. */
static char *next_word(char **line)
{
	char *word = *line, *p;

	while (*word == ' ')
		word++;
	if (!*word)
		return NULL;
	for (p = word; *p && *p != ' '; p++)
		;
	*line = *p ? p + 1 : p;
	*p = '\0';
	return word;
}

/*
 * QEMU joins file name and arguments by a blank.  The name may hold blanks
 * itself: it ends with the first word in .elf, else it is the first word.
 */
static char *skip_path(char *line)
{
	char *first = line;

	while (*first && *first != ' ')
		first++;
	for (char *p = line; *p; p++)
		if (p[0] == '.' && p[1] == 'e' && p[2] == 'l' && p[3] == 'f' &&
		    (p[4] == ' ' || !p[4]))
			return p + 4;
	return first;
}

bool options_parse(char *line, bool has_path, struct options *o, char *error, size_t size)
{
	char *word;

	*o = (struct options){
		.ops = "*",
		.skip = "",
		.unit = "cycles",
		.samples = SAMPLES_DEFAULT,
	};
	if (has_path)
		line = skip_path(line);
	while ((word = next_word(&line)))
		if (!parse_word(word, o, error, size))
			return false;
	return true;
}

/* @glob ends at @end. */
static bool match(const char *glob, const char *end, const char *name)
{
	const char *star = NULL, *retry = NULL;

	for (;;) {
		if (glob < end && *glob == '*') {
			star = ++glob;
			retry = name;
		} else if (glob == end && !*name) {
			return true;
		} else if (*name && glob < end && (*glob == '?' || *glob == *name)) {
			glob++, name++;
		} else if (star && *retry) {
			glob = star;
			name = ++retry;
		} else {
			return false;
		}
	}
}

static const char *end_of(const char *glob, char mark)
{
	while (*glob && *glob != mark)
		glob++;
	return glob;
}

bool glob_match(const char *glob, const char *name)
{
	return match(glob, end_of(glob, '\0'), name);
}

bool globs_match(const char *globs, const char *name, bool by_name)
{
	for (;;) {
		const char *end = end_of(globs, ',');
		bool any = end - globs == 1 && *globs == '*';

		if (!(any && by_name) && match(globs, end, name))
			return true;
		if (!*end)
			return false;
		globs = end + 1;
	}
}

// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include "console/serial.h"
#include "lib/format.h"
#include "lib/text.h"
#include "measure/measure.h"
#include "platform/smp.h"

#define BUDGET_MS_MAX 60000
#define SETTLE_MS_MAX 60000
#define PLANT_MAX     1000000

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

const char *const options_help =
	"  ops=GLOB,...    measure these operations only (names from list; * and ?); with a\n"
	"                  family in front: idle:*, m*:*write* (list=families)\n"
	"  skip=GLOB,...   leave these out\n"
	"  samples=N       exactly N samples per operation, 1 to 10000; without it until\n"
	"                  the 95 % interval of the median reaches +-0.5 %\n"
	"  budget_ms=N     time limit for the samples of an operation (250; with samples=\n"
	"                  no limit)\n"
	"  settle_ms=N     idle time before the first operation (0): KVM does more work in\n"
	"                  each exit for a second after the local APIC is enabled\n"
	"  smp=N           use at most N vCPUs\n"
	"  plant=N         a walk after an exit takes N steps more (0): the rows after-* must\n"
	"                  show them\n"
	"  counts=WHO      who counts exits: leaf, KVM by CPUID, if it can; host, exitprobe run\n"
	"                  on the host; none\n"
	"  hosted          exitprobe run, which has started this VM, does to its memory what\n"
	"                  some operations need\n"
	"  format=F        table; json, one record per line; tap; samples, each sample; or\n"
	"                  none, errors only, beside the records\n"
	"  serial=PORT     com1 to com4, a port as 0x3f8, or none: for text (the first\n"
	"                  one found; records go to the next)\n"
	"  screen          text to the screen too, also if there is a serial port\n"
	"  end=HOW         off, reset or halt at the end of the run; auto: switch a VM\n"
	"                  off, halt a real machine\n"
	"  unit=TEXT       what a TSC tick is, for the heading (cycles)\n"
	"  host=TEXT       the host's kernel, for the heading\n"
	"  list            the operations, one per line; list=markdown: in full;\n"
	"                  list=families: their families\n"
	"  help            this text\n";

#define KNOWN_KEYS                                                                                                      \
	"ops= skip= samples= budget_ms= settle_ms= smp= plant= counts= hosted format= serial= screen end= unit= host= " \
	"list help"

/* Return the value if @word is @key=value, else NULL. */
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

/* Read a number from @min to @max, or write one line to @error. */
static bool parse_range(const char *key, const char *value, size_t min, size_t max, size_t *number,
			char *error, size_t size)
{
	if (parse_number(value, min, max, number))
		return true;
	format_text(error, size, "%s=%s: must be a number from %zu to %zu", key, value, min, max);
	return false;
}

/* "a", ", b" and " or c" behind the @used bytes that are in @text. */
static void list_names(const char *const *names, int count, size_t used, char *text, size_t size)
{
	for (int i = 0; i < count && used < size; i++)
		used += (size_t)format_text(text + used, size - used, "%s%s",
					    !i		     ? ""
					    : i == count - 1 ? " or "
							     : ", ",
					    names[i]);
}

/* Return the index of @value among the @count @names, or -1 and write one line to @error. */
static int parse_name(const char *key, const char *value, const char *const *names, int count,
		      char *error, size_t size)
{
	for (int i = 0; i < count; i++)
		if (text_equal(value, names[i]))
			return i;
	list_names(names, count, (size_t)format_text(error, size, "%s=%s: must be ", key, value),
		   error, size);
	return -1;
}

static bool parse_format(const char *value, enum output_format *format, char *error, size_t size)
{
	static const char *const names[] = {
		[FORMAT_TABLE] = "table",     [FORMAT_JSON] = "json", [FORMAT_TAP] = "tap",
		[FORMAT_SAMPLES] = "samples", [FORMAT_NONE] = "none",
	};
	int found = parse_name("format", value, names, COUNT(names), error, size);

	if (found >= 0)
		*format = (enum output_format)found;
	return found >= 0;
}

static bool parse_counts(const char *value, enum counts *counts, char *error, size_t size)
{
	static const char *const names[] = {
		[COUNTS_LEAF] = "leaf",
		[COUNTS_HOST] = "host",
		[COUNTS_NONE] = "none",
	};
	int found = parse_name("counts", value, names, COUNT(names), error, size);

	if (found >= 0)
		*counts = (enum counts)found;
	return found >= 0;
}

static bool parse_end(const char *value, enum shutdown_way *way, char *error, size_t size)
{
	static const char *const names[] = {
		[SHUTDOWN_AUTO] = "auto",
		[SHUTDOWN_OFF] = "off",
		[SHUTDOWN_RESET] = "reset",
		[SHUTDOWN_HALT] = "halt",
	};
	int found = parse_name("end", value, names, COUNT(names), error, size);

	if (found >= 0)
		*way = (enum shutdown_way)found;
	return found >= 0;
}

/* Read "0x" and one to four hexadecimal digits. */
static bool parse_port(const char *text, int *port)
{
	int value = 0, digits = 0;

	if (text[0] != '0' || text[1] != 'x')
		return false;
	for (text += 2; *text; text++) {
		int digit = *text >= '0' && *text <= '9'   ? *text - '0'
			    : *text >= 'a' && *text <= 'f' ? *text - 'a' + 10
							   : -1;

		if (digit < 0 || ++digits > 4)
			return false;
		value = value * 16 + digit;
	}
	*port = value;
	return value;
}

static bool parse_serial(const char *value, int *port, char *error, size_t size)
{
	static const struct {
		const char *name;
		int port;
	} known[] = { { "none", 0 },
		      { "com1", COM1 },
		      { "com2", COM2 },
		      { "com3", COM3 },
		      { "com4", COM4 } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (text_equal(value, known[i].name)) {
			*port = known[i].port;
			return true;
		}
	}
	if (parse_port(value, port))
		return true;
	format_text(error, size, "serial=%s: must be com1 to com4, a port as 0x3f8, or none",
		    value);
	return false;
}

static bool parse_ops(const char *value, const char **ops, char *error, size_t size)
{
	if (!*value) {
		format_text(error, size,
			    "ops=: must be names or globs, as ops=cpuid,in*; try list");
		return false;
	}
	*ops = value;
	return true;
}

static bool parse_word(const char *word, struct options *o, char *error, size_t size)
{
	const char *value;

	if (text_equal(word, "list"))
		o->list = true;
	else if (text_equal(word, "list=markdown"))
		o->list_markdown = true;
	else if (text_equal(word, "list=families"))
		o->list_families = true;
	else if (text_equal(word, "screen"))
		o->screen = true;
	else if (text_equal(word, "hosted"))
		o->hosted = true;
	else if (text_equal(word, "help"))
		o->help = true;
	else if ((value = value_of(word, "ops")))
		return parse_ops(value, &o->ops, error, size);
	else if ((value = value_of(word, "skip")))
		o->skip = value;
	else if ((value = value_of(word, "unit")))
		o->unit = value;
	else if ((value = value_of(word, "host")))
		o->host = value;
	else if ((value = value_of(word, "samples")))
		return parse_range("samples", value, 1, SAMPLES_MAX, &o->samples, error, size);
	else if ((value = value_of(word, "budget_ms")))
		return parse_range("budget_ms", value, 1, BUDGET_MS_MAX, &o->budget_ms, error,
				   size);
	else if ((value = value_of(word, "settle_ms")))
		return parse_range("settle_ms", value, 0, SETTLE_MS_MAX, &o->settle_ms, error,
				   size);
	else if ((value = value_of(word, "smp")))
		return parse_range("smp", value, 1, SMP_MAX, &o->smp, error, size);
	else if ((value = value_of(word, "plant")))
		return parse_range("plant", value, 0, PLANT_MAX, &o->plant, error, size);
	else if ((value = value_of(word, "serial")))
		return parse_serial(value, &o->serial, error, size);
	else if ((value = value_of(word, "end")))
		return parse_end(value, &o->end, error, size);
	else if ((value = value_of(word, "counts")))
		return parse_counts(value, &o->counts, error, size);
	else if ((value = value_of(word, "format")))
		return parse_format(value, &o->format, error, size);
	else {
		format_text(error, size, "%s: unknown key; known are " KNOWN_KEYS, word);
		return false;
	}
	return true;
}

/* The text goes to a terminal and into records, unlike the file's name. */
static bool is_plain(const char *word, char *error, size_t size)
{
	for (; *word; word++) {
		unsigned int byte = (unsigned char)*word;

		if (byte >= ' ' && byte <= '~')
			continue;
		format_text(error, size,
			    "the command line has a byte 0x%x, which is not printable ASCII", byte);
		return false;
	}
	return true;
}

/* Cut the next word off *@line and return it, or NULL at the end of the line. */
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
 * QEMU joins file name and arguments with a blank. The name may contain blanks itself.
 * It ends with the first word that ends in .elf, or else it is the first word.
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
		.smp = SMP_MAX,
		.serial = -1,
	};
	if (has_path)
		line = skip_path(line);
	while ((word = next_word(&line)))
		if (!is_plain(word, error, size) || !parse_word(word, o, error, size))
			return false;
	return true;
}

/* Match @name with @glob, which ends at @end. */
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

/* Return whether the glob is a star alone, so that it selects everything. */
static bool is_star(const char *glob, const char *end)
{
	return end - glob == 1 && *glob == '*';
}

/*
 * Return whether the glob that ends at @end selects @name of @family as explicitly as @asked
 * requires. In front of a colon it is a glob of families.
 */
static bool asks(const char *glob, const char *end, const char *family, const char *name,
		 enum asked asked)
{
	const char *colon = glob, *p;
	bool any_family = true;

	while (colon < end && *colon != ':')
		colon++;
	if (colon < end) {
		if (!match(glob, colon, family))
			return false;
		any_family = is_star(glob, colon);
		glob = colon + 1;
	}
	if (asked == ASKED_NOT_BY_STAR && any_family && is_star(glob, end))
		return false;
	if (asked != ASKED_BY_NAME)
		return match(glob, end, name);
	for (p = glob; p < end && *p == *name; p++)
		name++;
	return p == end && !*name;
}

bool globs_match(const char *globs, const char *family, const char *name, enum asked asked)
{
	for (;;) {
		const char *end = end_of(globs, ',');

		if (asks(globs, end, family, name, asked))
			return true;
		if (!*end)
			return false;
		globs = end + 1;
	}
}

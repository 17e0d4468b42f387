// SPDX-License-Identifier: GPL-2.0-only
#include "expectation.h"

#include "record_fields.h"

#define DIGITS_MAX 20

/* A text that grows, as far as there is room. */
struct words {
	char *text;
	size_t used, size;
};

static void add(struct words *words, const char *more)
{
	while (*more && words->used + 1 < words->size)
		words->text[words->used++] = *more++;
	words->text[words->used] = '\0';
}

/* There is no snprintf() in the probe.  @number is not negative. */
static void add_number(struct words *words, int64_t number)
{
	char digits[DIGITS_MAX + 1], *first = digits + DIGITS_MAX;

	*first = '\0';
	do {
		*--first = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	add(words, first);
}

static void add_range(struct words *words, int64_t min, int64_t max)
{
	add_number(words, min);
	if (min == max)
		return;
	if (max == EXITS_UNBOUNDED) {
		add(words, " or more");
		return;
	}
	add(words, " to ");
	add_number(words, max);
}

const char *expectation_text(int64_t min, int64_t max, const char *const *reasons, size_t count,
			     char *text, size_t size)
{
	struct words words = { text, 0, size };

	text[0] = '\0';
	if (!max) {
		add(&words, "none");
		return text;
	}
	add_range(&words, min, max);
	for (size_t i = 0; i < count; i++) {
		add(&words, i ? " or " : " ");
		add(&words, reasons[i]);
	}
	return text;
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "watch/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 256
#define WORDS_MAX 6

/* A line's words: name, code, exits, and the states that are kept by reason. */
enum word { WORD_NAME, WORD_CODE, WORD_EXITS, WORD_CYCLES };

const char *const watch_state_names[WATCH_STATES] = {
	[WATCH_KERNEL] = "kernel", [WATCH_USER] = "user",     [WATCH_HALTED] = "halted",
	[WATCH_GUEST] = "guest",   [WATCH_PAUSED] = "paused", [WATCH_DESCHEDULED] = "descheduled",
};

/* Of @base digits alone, at most @most.  strtoull() would take signs and blanks too. */
static bool digits(const char *text, unsigned int base, uint64_t most, uint64_t *number)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		const char *all = "0123456789abcdef", *at = strchr(all, *text);
		unsigned int digit = at ? (unsigned int)(at - all) : base;

		if (digit >= base || value > (most - digit) / base)
			return false;
		value = value * base + digit;
	}
	*number = value;
	return true;
}

/* More than that is no count that any host has reached, and JSON's integers end there. */
static bool decimal(const char *text, uint64_t *number)
{
	return digits(text, 10, INT64_MAX, number);
}

bool watch_parse_number(const char *text, uint64_t *number)
{
	char word[32];
	size_t length = strcspn(text, "\n");

	if (length >= sizeof(word) || (text[length] && text[length + 1]))
		return false;
	memcpy(word, text, length);
	word[length] = '\0';
	return decimal(word, number);
}

/* The kernel's "%#x": 0 has no 0x. */
static bool code_of(const char *text, uint32_t *code)
{
	uint64_t number;

	if (!digits(strncmp(text, "0x", 2) ? text : text + 2, 16, UINT32_MAX, &number))
		return false;
	*code = (uint32_t)number;
	return true;
}

static bool is_name(const char *text)
{
	return strlen(text) < WATCH_NAME_SIZE &&
	       text[strspn(text,
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")] ==
		       '\0';
}

/* Exits and the states by reason, of a line that has as many words. */
static bool numbers(char *const *words, size_t count, uint64_t *exits, uint64_t *cycles)
{
	if (count != WORD_CYCLES + WATCH_BY_REASON || !decimal(words[WORD_EXITS], exits))
		return false;
	for (size_t i = 0; i < WATCH_BY_REASON; i++)
		if (!decimal(words[WORD_CYCLES + i], &cycles[i]))
			return false;
	return true;
}

static const char *add_reason(struct watch_counters *counters, char *const *words, size_t count)
{
	struct watch_reason *r = &counters->reasons[counters->reason_count];

	if (counters->reason_count == WATCH_REASONS_MAX)
		return "more reasons than any processor has";
	if (!is_name(words[WORD_NAME]))
		return "this is no reason's name";
	if (!code_of(words[WORD_CODE], &r->code))
		return "this is no reason's code";
	if (!numbers(words, count, &r->exits, r->cycles))
		return "these are not four numbers below 2^63";
	for (size_t i = 0; i < counters->reason_count; i++)
		if (counters->reasons[i].code == r->code)
			return "a reason a second time";
	strcpy(r->name, words[WORD_NAME]);
	counters->reason_count++;
	return NULL;
}

/* Lines that have no code.  @seen: a bit for each state, and one more for the total. */
static const char *add_other(struct watch_counters *counters, char *const *words, size_t count,
			     unsigned int *seen)
{
	unsigned int bit = WATCH_STATES;

	if (strcmp(words[WORD_NAME], "total")) {
		for (bit = WATCH_BY_REASON; bit < WATCH_STATES; bit++)
			if (!strcmp(words[WORD_NAME], watch_state_names[bit]))
				break;
		/* Other counts, and those of versions to come. */
		if (bit == WATCH_STATES)
			return NULL;
		if (count != WORD_EXITS + 1 || !decimal(words[WORD_EXITS], &counters->cycles[bit]))
			return "this is not one number below 2^63";
	} else if (!numbers(words, count, &counters->exits, counters->cycles)) {
		return "these are not four numbers below 2^63";
	}
	if (*seen & 1u << bit)
		return "a line a second time";
	*seen |= 1u << bit;
	return NULL;
}

static const char *parse_line(struct watch_counters *counters, char *line, bool head,
			      unsigned int *seen)
{
	char *words[WORDS_MAX + 1], *rest = line, *word;
	size_t count = 0;

	while (count <= WORDS_MAX && (word = strsep(&rest, " ")))
		if (*word)
			words[count++] = word;
	if (head)
		return count == WORDS_MAX && !strcmp(words[WORD_NAME], "reason") &&
				       !strcmp(words[WORD_EXITS], "exits") &&
				       !strcmp(words[WORD_CYCLES + WATCH_KERNEL], "kernel") &&
				       !strcmp(words[WORD_CYCLES + WATCH_USER], "user") &&
				       !strcmp(words[WORD_CYCLES + WATCH_HALTED], "halted")
			       ? NULL
			       : "this is no head of exit statistics";
	if (count <= WORD_EXITS)
		return "too few words";
	if (strcmp(words[WORD_CODE], "-"))
		return add_reason(counters, words, count);
	return add_other(counters, words, count, seen);
}

enum watch_parsed watch_parse(const char *text, size_t length, struct watch_counters *counters,
			      char *why, size_t size)
{
	const char *end = text + length, *fault = NULL;
	unsigned int number = 0, seen = 0;
	char line[LINE_SIZE];

	*counters = (struct watch_counters){ 0 };
	if (!length)
		return WATCH_OFF;
	while (!fault && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t bytes = newline ? (size_t)(newline - text) : 0;

		number++;
		if (!newline) {
			fault = "it is cut";
		} else if (bytes >= sizeof(line) || memchr(text, '\0', bytes)) {
			fault = "it is no line of text";
		} else {
			memcpy(line, text, bytes);
			line[bytes] = '\0';
			fault = parse_line(counters, line, number == 1, &seen);
			text = newline + 1;
		}
	}
	/* The total and the states that have a line of their own. */
	if (!fault && seen != (1u << (WATCH_STATES + 1)) - (1u << WATCH_BY_REASON))
		fault = "it is the last, and lines are missing";
	if (!fault)
		return WATCH_COUNTED;
	snprintf(why, size, "line %u: %s", number, fault);
	return WATCH_BAD;
}

static const struct watch_reason no_reason;

static struct watch_reason *find(const struct watch_counters *counters,
				 const struct watch_reason *like)
{
	for (size_t i = 0; i < counters->reason_count; i++) {
		const struct watch_reason *r = &counters->reasons[i];

		if (r->code == like->code && !strcmp(r->name, like->name))
			return (struct watch_reason *)r;
	}
	return NULL;
}

static bool reason_went_back(const struct watch_reason *now, const struct watch_reason *before)
{
	bool back = now->exits < before->exits;

	for (size_t i = 0; i < WATCH_BY_REASON; i++)
		back |= now->cycles[i] < before->cycles[i];
	return back;
}

static bool went_back(const struct watch_counters *now, const struct watch_counters *before)
{
	bool back = now->exits < before->exits;

	for (size_t i = 0; i < WATCH_STATES; i++)
		back |= now->cycles[i] < before->cycles[i];
	for (size_t i = 0; !back && i < before->reason_count; i++) {
		const struct watch_reason *r = find(now, &before->reasons[i]);

		back = reason_went_back(r ? r : &no_reason, &before->reasons[i]);
	}
	return back;
}

/* Sums of many vCPUs stay what a signed integer holds. */
static void add(uint64_t *sum, uint64_t more)
{
	*sum = *sum > INT64_MAX - more ? INT64_MAX : *sum + more;
}

bool watch_add_difference(struct watch_counters *sum, const struct watch_counters *now,
			  const struct watch_counters *before)
{
	if (went_back(now, before))
		return false;
	add(&sum->exits, now->exits - before->exits);
	for (size_t i = 0; i < WATCH_STATES; i++)
		add(&sum->cycles[i], now->cycles[i] - before->cycles[i]);
	for (size_t i = 0; i < now->reason_count; i++) {
		const struct watch_reason *r = &now->reasons[i], *old = find(before, r);
		struct watch_reason *to = find(sum, r);

		old = old ? old : &no_reason;
		if (!to) {
			/* All vCPUs of a host have the same reasons. */
			if (sum->reason_count == WATCH_REASONS_MAX)
				continue;
			to = &sum->reasons[sum->reason_count++];
			*to = (struct watch_reason){ .code = r->code };
			memcpy(to->name, r->name, sizeof(to->name));
		}
		add(&to->exits, r->exits - old->exits);
		for (size_t j = 0; j < WATCH_BY_REASON; j++)
			add(&to->cycles[j], r->cycles[j] - old->cycles[j]);
	}
	return true;
}

static int by_exits(const void *a, const void *b)
{
	const struct watch_reason *x = a, *y = b;

	if (x->exits != y->exits)
		return x->exits < y->exits ? 1 : -1;
	return strcmp(x->name, y->name);
}

void watch_sort(struct watch_counters *counters)
{
	qsort(counters->reasons, counters->reason_count, sizeof(counters->reasons[0]), by_exits);
}

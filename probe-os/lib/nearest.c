// SPDX-License-Identifier: GPL-2.0-only
#include "lib/nearest.h"

#include <stdbool.h>

#define LENGTH_MAX 32 /* of a name; a longer word is near to none */

void nearest_begin(struct nearest *n, const char *word, size_t length)
{
	*n = (struct nearest){ .word = word, .length = length };
}

static bool begins_with(const char *text, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] != word[i])
			return false;
	return true;
}

/*
 * Return how many characters to insert, delete or replace (Levenshtein, 1966). The
 * wildcards of a glob count like any other character.
 */
static unsigned int distance(const struct nearest *n, const char *name)
{
	unsigned int row[LENGTH_MAX + 1];

	for (unsigned int j = 0; j <= n->length; j++)
		row[j] = j;
	for (unsigned int i = 1; name[i - 1]; i++) {
		unsigned int diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n->length; j++) {
			unsigned int best = diagonal + (name[i - 1] != n->word[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[n->length];
}

void nearest_offer(struct nearest *n, const char *name)
{
	unsigned int d, at;

	if (!n->length || n->length > LENGTH_MAX)
		return;
	/* The beginning of a family's names was meant as a glob with a star. */
	d = begins_with(name, n->word, n->length) ? 1 : distance(n, name);
	if (d > n->length / 3 + 1)
		return;
	for (at = n->count; at && n->distances[at - 1] > d; at--)
		;
	if (at == NEAREST_NAMES)
		return;
	if (n->count < NEAREST_NAMES)
		n->count++;
	for (unsigned int i = n->count - 1; i > at; i--) {
		n->names[i] = n->names[i - 1];
		n->distances[i] = n->distances[i - 1];
	}
	n->names[at] = name;
	n->distances[at] = d;
}

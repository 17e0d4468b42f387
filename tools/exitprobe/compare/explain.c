// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "compare/explain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#include "default_kernel.h" /* made by the Makefile from lab/default-kernel */

/* Characters that no shell does anything with. */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:+,=@%-"

/* @word as a shell takes it: each quote ends the quoting, and begins it again. */
static char *quoted(const char *word)
{
	char *text, *at;

	if (*word && *word != '-' && !word[strspn(word, PLAIN)])
		return xstrdup(word);
	at = text = xcalloc(4 * strlen(word) + 5, 1);
	/* Else it would be an option. */
	at = stpcpy(at, *word == '-' ? "./'" : "'");
	for (; *word; word++) {
		if (*word == '\'')
			at = stpcpy(at, "'\\''");
		else
			*at++ = *word;
	}
	strcpy(at, "'");
	return text;
}

/* "6.12" of the lab's host, or "" where it is not told. */
static const char *version_of(const struct results *results, char *text, size_t size)
{
	const struct property *kernel = results_property(results, "kernel");
	unsigned int major, minor;

	text[0] = '\0';
	if (kernel && kernel->value && sscanf(kernel->value, "Linux %u.%u", &major, &minor) == 2)
		snprintf(text, size, "%u.%u", major, minor);
	return text;
}

/* What a run was of, as profile --diff takes it: a directory of modules, or a version. */
static char *side_of(const struct results *results, const char *version)
{
	return results->modules ? quoted(results->modules) : xstrdup(version);
}

static char *command(const struct results *base, const struct results *now, const char *op)
{
	char versions[2][32], *sides[2], *text;
	const char *kernel;
	bool known;

	version_of(base, versions[0], sizeof(versions[0]));
	version_of(now, versions[1], sizeof(versions[1]));
	sides[0] = side_of(base, versions[0]);
	sides[1] = side_of(now, versions[1]);
	/* Both directories are run under the one --kernel. */
	kernel = base->modules ? versions[0] : versions[1];
	known = *versions[0] && *versions[1] && strcmp(sides[0], sides[1]) &&
		!(base->modules && now->modules && strcmp(versions[0], versions[1]));
	if (base->accel != ACCEL_LAB || now->accel != ACCEL_LAB || !known)
		text = xasprintf("exitprobe profile --diff BASE_MODULES NEW_MODULES %s", op);
	else if ((base->modules || now->modules) && strcmp(kernel, DEFAULT_KERNEL))
		text = xasprintf("exitprobe profile --kernel %s --diff %s %s %s", kernel, sides[0],
				 sides[1], op);
	else
		text = xasprintf("exitprobe profile --diff %s %s %s", sides[0], sides[1], op);
	free(sides[0]);
	free(sides[1]);
	return text;
}

static bool is_svm(const struct results *results)
{
	const struct meta *meta = results_meta(results);

	return meta && meta->isa && !strcmp(meta->isa, "SVM");
}

char *compare_explain(const struct comparison *c, const struct change *change)
{
	const struct results *base = c->base->results, *now = c->now->results;

	if (change->verdict != VERDICT_SLOWER && change->verdict != VERDICT_FASTER)
		return NULL;
	if (!is_svm(base) || !is_svm(now))
		return NULL;
	return command(base, now, change->base->as_one.op);
}

char *compare_explain_largest(const struct comparison *c)
{
	const struct change *largest = NULL;
	double most = -1;

	for (size_t i = 0; i < c->count; i++) {
		const struct change *change = &c->changes[i];
		double ticks = fabs((double)change->now_value - (double)change->base_value);
		double share = ticks / fmax(1, fabs((double)change->base_value));

		if (change->verdict != VERDICT_SLOWER && change->verdict != VERDICT_FASTER)
			continue;
		if (share > most) {
			most = share;
			largest = change;
		}
	}
	return largest ? compare_explain(c, largest) : NULL;
}

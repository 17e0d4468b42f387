/* SPDX-License-Identifier: GPL-2.0-only */
/* Of many names those that a mistyped word was probably meant to be. */
#ifndef LIB_NEAREST_H
#define LIB_NEAREST_H

#include <stddef.h>

#define NEAREST_NAMES 4

struct nearest {
	const char *word;
	size_t length; /* of word */
	unsigned int count;
	const char *names[NEAREST_NAMES]; /* the nearest first */
	unsigned int distances[NEAREST_NAMES];
};

/* Look for what is near to the @length characters of @word. */
void nearest_begin(struct nearest *nearest, const char *word, size_t length);

/* @name is one of those that there are; it must live as long as @nearest. */
void nearest_offer(struct nearest *nearest, const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Find the names that a mistyped word was probably meant to be. */
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

/* Start to look for names near to the @length characters of @word. */
void nearest_begin(struct nearest *nearest, const char *word, size_t length);

/* Consider @name, which must live as long as @nearest. */
void nearest_offer(struct nearest *nearest, const char *name);

#endif

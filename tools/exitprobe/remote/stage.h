/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is said to a machine by ssh: a script, the same for all of them, and on its standard input
 * exitprobe, the probe and the options, so that no shell ever reads one of these.
 */
#ifndef REMOTE_STAGE_H
#define REMOTE_STAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Of time without a sign of life after which either side gives the other up. */
#define STAGE_BEAT_S 5
#define STAGE_BEATS  4

/* Of the options: how many they are, and how many bytes one is with its end. */
#define STAGE_WORDS_MAX 1000
#define STAGE_WORD_MAX	65536

struct stage {
	char *script;
	char *input; /* all of it; what comes behind it are beats, a newline each */
	size_t input_size;
};

/*
 * @words are the options of exitprobe run, NULL behind them.  False: @message says which file
 * cannot be read, or what of the options is too much.
 */
bool stage_make(struct stage *stage, const char *probe, char *const *words, char *message,
		size_t size);
void stage_free(struct stage *stage);

/*
 * The line before the results: STAGE_RESULTS, run's exit status and the results' size, 0 if
 * there are none.
 */
#define STAGE_RESULTS "exitprobe-results-1"

#endif

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/probe_ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"
#include "lib/process.h"
#include "vm/boot.h"
#include "vm/boot_words.h"

#define TIMEOUT_MS 30000
#define POLL_MS	   20

/* Until its end; false: there is none in time, or it prints without end. */
static bool listen_to(struct process *process, struct words *words)
{
	long long end = process_now_ms() + TIMEOUT_MS;
	bool ended = false;
	size_t before;

	while (!ended) {
		struct pollfd fds[] = { { .fd = process->out, .events = POLLIN },
					{ .fd = process->err, .events = POLLIN } };

		if (process_now_ms() > end || words->bytes > WORDS_FLOOD || process_interrupted)
			return false;
		/* Its end is no event of its outputs if it has closed them. */
		poll(fds, 2, POLL_MS);
		ended = process_wait(process, 0);
		words_take(words, process);
	}
	/* What is still in the pipes. */
	do {
		before = words->bytes;
		words_take(words, process);
	} while (words->bytes > before && words->bytes <= WORDS_FLOOD);
	return true;
}

char *probe_ask(const char *qemu, const char *probe, const char *keys, bool *refused, char *message,
		size_t size)
{
	const char *const arguments[] = {
		qemu,	    "-accel",
		"tcg",	    "-nodefaults",
		"-display", "none",
		"-serial",  "stdio",
		"-device",  "isa-debug-exit,iobase=0xf4,iosize=4",
		"-kernel",  probe,
		"-append",  keys,
		NULL,
	};
	struct words words = { .keep = true };
	struct process process;
	bool whole;
	int status;

	*refused = false;
	if (!process_start(&process, arguments, SIGKILL)) {
		snprintf(message, size, "%s: %s", qemu, strerror(errno));
		return NULL;
	}
	whole = listen_to(&process, &words);
	status = process_end(&process, 0);
	*refused = *words.fatal;
	if (whole && status == PROBE_SUCCESS && words.kept) {
		char *kept = words.kept;

		words.kept = NULL;
		words_free(&words);
		return kept;
	}
	if (*words.fatal)
		snprintf(message, size, "the probe: %s", words.fatal);
	else if (words.bytes > WORDS_FLOOD)
		snprintf(message, size, "%s: endless output: %s", qemu, words_reason(&words));
	else
		snprintf(message, size, "the probe does not answer (QEMU's status %d: %s)", status,
			 words_reason(&words));
	words_free(&words);
	return NULL;
}

char *probe_objection(const char *probe, const char *ops, const char *skip)
{
	char *keys = xasprintf("list ops=%s%s%s", ops, *skip ? " skip=" : "", skip);
	char message[512], *text;
	bool refused;

	text = probe_ask("qemu-system-x86_64", probe, keys, &refused, message, sizeof(message));
	free(text);
	free(keys);
	return refused ? xstrdup(message) : NULL;
}

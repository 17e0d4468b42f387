// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "report/html/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/escape.h"
#include "lib/message.h"
#include "lib/process.h"

#define TIME_LIMIT_MS 20000
#define OUTPUT_MAX    (64 << 20)
#define READ_AT_ONCE  (64 << 10)

extern char **environ;

/* -d: none of the user's own settings. */
static pid_t start(FILE *script, int out)
{
	static char name[] = "gnuplot", plain[] = "-d", input[] = "-";
	char *const arguments[] = { name, plain, input, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fileno(script), STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, name, &actions, NULL, arguments, environ))
		pid = 0;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* Until its end, the limit, or more than any plot needs; false for the last two. */
static int read_all(int in, char **text, size_t *length)
{
	long long end = process_now_ms() + TIME_LIMIT_MS;
	struct pollfd poll_in = { .fd = in, .events = POLLIN };
	size_t room = READ_AT_ONCE;

	*text = xmalloc(room);
	*length = 0;
	for (;;) {
		long long left = end - process_now_ms();
		ssize_t got;

		if (left <= 0 || (poll(&poll_in, 1, (int)left) < 0 && errno != EINTR))
			return 0;
		if (!poll_in.revents)
			continue;
		if (*length + READ_AT_ONCE > room) {
			room *= 2;
			*text = xrealloc(*text, room);
		}
		got = read(in, *text + *length, READ_AT_ONCE);
		if (got == 0)
			return 1;
		if (got < 0 && errno != EINTR)
			return 0;
		*length += got > 0 ? (size_t)got : 0;
		if (*length > OUTPUT_MAX)
			return 0;
	}
}

char *gnuplot_run(FILE *script, size_t *length)
{
	char *text = NULL;
	int status, whole, fds[2];
	pid_t pid;

	if (fflush(script) || fseek(script, 0, SEEK_SET) || pipe2(fds, O_CLOEXEC))
		return NULL;
	pid = start(script, fds[1]);
	close(fds[1]);
	if (!pid) {
		close(fds[0]);
		return NULL;
	}
	whole = read_all(fds[0], &text, length);
	close(fds[0]);
	if (!whole)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (whole && WIFEXITED(status) && !WEXITSTATUS(status))
		return text;
	free(text);
	return NULL;
}

static const char *find(const char *at, const char *end, const char *what)
{
	return at ? memmem(at, (size_t)(end - at), what, strlen(what)) : NULL;
}

static int starts(const char *at, const char *end, const char *what)
{
	size_t size = strlen(what);

	return (size_t)(end - at) > size && !memcmp(at, what, size);
}

/*
 * Without identifiers, of which a page may have each but once, and without names of
 * fonts: the page has its own.
 */
static void copy_elements(FILE *to, const char *at, const char *end)
{
	static const char *const dropped[] = { " id=\"", " font-family=\"" };

	while (at < end) {
		const char *next = at + 1;

		/* A plot's own is its script's text. */
		if (starts(at, end, "<title>") && find(at, end, "</title>")) {
			at = find(at, end, "</title>") + strlen("</title>");
			continue;
		}
		for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
			size_t size = strlen(dropped[i]);
			const char *quote;

			if (!starts(at, end, dropped[i]))
				continue;
			quote = memchr(at + size, '"', (size_t)(end - at) - size);
			next = quote ? quote + 1 : end;
			at = NULL;
			break;
		}
		if (at)
			putc(*at, to);
		at = next;
	}
}

int gnuplot_embed(FILE *to, const char **at, const char *end, const char *title,
		  const char *description)
{
	const char *svg = find(*at, end, "<svg"), *last = find(svg, end, "</svg>");
	const char *box = find(svg, end, "viewBox=\""), *body = find(svg, end, "</defs>");
	const char *box_end;

	if (!last || !box || !body || box > last || body > last)
		return 0;
	*at = last + strlen("</svg>");
	box += strlen("viewBox=\"");
	box_end = memchr(box, '"', (size_t)(last - box));
	fprintf(to, "<svg class=\"plot\" role=\"img\" viewBox=\"%.*s\"><title>",
		box_end ? (int)(box_end - box) : 0, box);
	escape_xml(to, title);
	fputs("</title><desc>", to);
	escape_xml(to, description);
	/* The canvas is one group that opens above the definitions. */
	fputs("</desc><g>", to);
	body += strlen("</defs>");
	copy_elements(to, body, last);
	fputs("</svg>", to);
	return 1;
}

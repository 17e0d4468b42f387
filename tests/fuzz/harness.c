// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static FILE *real_stderr; /* while standard error is kept in memory */
static char *said;
static size_t said_length;

void require_failed(const char *condition, const char *file, int line)
{
	if (real_stderr) {
		fclose(stderr);
		stderr = real_stderr;
		fprintf(stderr, "it said: %s\n", said);
	}
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

/* A character's bytes by Unicode 15, table 23-3 and section 23.2, as reader.h has it. */
static bool steers(const unsigned char *at, size_t left)
{
	if (at[0] == '\n' || at[0] == '\t')
		return false;
	if (at[0] < ' ' || at[0] == 0x7f)
		return true;
	if (at[0] == 0xc2 && left > 1)
		return at[1] >= 0x80 && at[1] < 0xa0;
	if (at[0] != 0xe2 || left < 3)
		return false;
	return (at[1] == 0x80 &&
		(at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae))) ||
	       (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9);
}

void require_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		REQUIRE(!steers((const unsigned char *)text + i, length - i));
}

void require_one_line(const char *text)
{
	REQUIRE(*text && !strchr(text, '\n'));
	require_plain(text, strlen(text));
}

const char *file_of(const void *bytes, size_t size)
{
	static char path[40];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		REQUIRE(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	REQUIRE(!ftruncate(fd, 0) && pwrite(fd, bytes, size, 0) == (ssize_t)size);
	return path;
}

void messages_begin(void)
{
	real_stderr = stderr;
	stderr = open_memstream(&said, &said_length);
	REQUIRE(stderr);
}

unsigned int messages_end(void)
{
	unsigned int lines = 0;

	fflush(stderr);
	require_plain(said, said_length);
	for (size_t i = 0; i < said_length; i++)
		lines += said[i] == '\n';
	REQUIRE(!said_length || said[said_length - 1] == '\n');
	fclose(stderr);
	stderr = real_stderr;
	real_stderr = NULL;
	free(said);
	said = NULL;
	return lines;
}

void shown_begin(struct shown *shown)
{
	shown->to = open_memstream(&shown->text, &shown->length);
	REQUIRE(shown->to);
}

void shown_end(struct shown *shown)
{
	REQUIRE(!fclose(shown->to));
	require_plain(shown->text, shown->length);
}

void shown_free(struct shown *shown)
{
	free(shown->text);
}

uint64_t input_number(struct input *input, size_t bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes && input->left; i++, input->left--)
		number |= (uint64_t)*input->at++ << 8 * i;
	return number;
}

char *input_string(struct input *input)
{
	size_t length = strnlen((const char *)input->at, input->left);
	char *text = strndup((const char *)input->at, length);

	REQUIRE(text);
	length += length < input->left;
	input->at += length;
	input->left -= length;
	return text;
}

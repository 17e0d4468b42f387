// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records are read while the probe writes them: the reader is another process, which executes
 * some instructions between any two bytes that are written.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "vm/ivshmem.h"

#define LINES 20

/* No JSON, which is refused sooner than a record is read. */
static const char line[] = "abcdefghijk\n";

struct seen {
	volatile bool all_written;
	volatile unsigned int lines;
	volatile size_t bytes;
};

static void read_all(struct ivshmem *ivshmem, struct seen *seen)
{
	struct results_writer writer = { 0 };
	bool last;

	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	do {
		last = seen->all_written;
		ivshmem_take(ivshmem, &writer);
	} while (!last);
	seen->lines = ivshmem->stream.lines;
	seen->bytes = ivshmem->taken;
	_exit(0);
}

/* False: it has ended, or it cannot be stepped. */
static bool step(pid_t reader, unsigned int times)
{
	int status;

	while (times--)
		if (ptrace(PTRACE_SINGLESTEP, reader, NULL, NULL) ||
		    waitpid(reader, &status, 0) != reader || !WIFSTOPPED(status))
			return false;
	return true;
}

static void test_no_line_is_broken(void **state)
{
	struct seen *seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct ivshmem ivshmem;
	size_t at = 0;
	pid_t reader;
	int status;

	(void)state;
	assert_ptr_not_equal(seen, MAP_FAILED);
	assert_true(ivshmem_open(&ivshmem));
	reader = fork();
	assert_true(reader >= 0);
	if (!reader)
		read_all(&ivshmem, seen);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	assert_true(WIFSTOPPED(status));
	for (int i = 0; i < LINES; i++) {
		for (const char *c = line; *c; c++, at++) {
			ivshmem.memory[at] = *c;
			/* Numbers that have nothing to do with the length of its loops. */
			assert_true(step(reader, 101 + (unsigned int)(at * 7919 % 211)));
		}
	}
	seen->all_written = true;
	assert_int_equal(ptrace(PTRACE_DETACH, reader, NULL, NULL), 0);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	assert_int_equal(status, 0);
	assert_int_equal(seen->lines, LINES);
	assert_int_equal(seen->bytes, at);
	ivshmem_close(&ivshmem);
	munmap(seen, sizeof(*seen));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_no_line_is_broken) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

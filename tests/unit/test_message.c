// SPDX-License-Identifier: GPL-2.0-only
/* Messages: one line each, whatever others wrote is in it. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>

#include "lib/message.h"

/* What error() makes of @text is @wanted. */
static void says(const char *text, const char *wanted)
{
	FILE *real = stderr;
	char *got = NULL;
	size_t length;

	stderr = open_memstream(&got, &length);
	message_program("exitprobe run");
	error("it says \"%s\"", text);
	fclose(stderr);
	stderr = real;
	assert_string_equal(got, wanted);
	free(got);
}

static void test_plain(void **state)
{
	(void)state;
	says("no", "exitprobe run: error: it says \"no\"\n");
	says("\303\244 \342\202\254", "exitprobe run: error: it says \"\303\244 \342\202\254\"\n");
}

static void test_nothing_steers_a_terminal(void **state)
{
	(void)state;
	says("\033[31mred", "exitprobe run: error: it says \"?[31mred\"\n");
	says("a\nb\r\177\007", "exitprobe run: error: it says \"a?b???\"\n");
	says("\302\2331m", "exitprobe run: error: it says \"?1m\"\n");
	says("\342\200\256txt", "exitprobe run: error: it says \"?txt\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_nothing_steers_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* exitstat -- COMMAND: which of its runs are in the means, and its status. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exitstat/measure.h"
#include "kvm_exit_stats.h"
#include "shared/streams.h"

/* measure_command() ends with its program, which frees its memory. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static uint32_t codes[] = { 0x72 };
static uint64_t cpuids;

/* A host on which nothing exits but CPUID. */
static void answer(void *context, uint32_t leaf, uint32_t index, struct cpuid_regs *regs)
{
	bool is_exits = (leaf == KVM_EXIT_STATS_VM_REASON ? index >> 16 : index) ==
			KVM_EXIT_STATS_EXITS;

	(void)context;
	*regs = (struct cpuid_regs){ 0 };
	cpuids++;
	if (leaf == KVM_EXIT_STATS_TOTAL)
		regs->eax = (uint32_t)cpuids;
	else if ((leaf == KVM_EXIT_STATS_VM_REASON || leaf == KVM_EXIT_STATS_VM) && is_exits)
		regs->ecx = (uint32_t)cpuids;
}

/* What is written of nine runs of @script, whose number is $n, allocated. */
static char *measured(const char *script, enum format format, int *status)
{
	char next[] = "/tmp/exitstat-next.XXXXXX", *text = NULL, *words;
	struct scope scope = { .source.read = answer };
	size_t size;
	int fd = mkstemp(next);
	struct session session = {
		.options = { .repeat = 9, .format = format },
		.host = { .isa = KVM_EXIT_STATS_ISA_SVM, .tsc_khz = 2000000 },
		.layout = { .isa = KVM_EXIT_STATS_ISA_SVM, .nr = 1, .codes = codes },
		.nr_scopes = 1,
		.scopes = &scope,
		.file = open_memstream(&text, &size)
	};

	assert_int_equal(write(fd, "1\n", 2), 2);
	close(fd);
	assert_true(asprintf(&words, "n=$(cat %s); echo $((n + 1)) >%s; %s", next, next, script) >
		    0);
	session.options.command = (char *[]){ "sh", "-c", words, NULL };
	*status = measure_command(&session);
	fclose(session.file);
	free(words);
	unlink(next);
	return text;
}

static void all_runs(void **state)
{
	int status;
	char *text = measured("[ $n -ne 4 ] || exit 7", FORMAT_TEXT, &status);

	(void)state;
	assert_int_equal(status, 7);
	assert_non_null(strstr(text, "Means of 9 runs of "));
	free(text);
}

static void interrupted(void **state)
{
	int status;
	char *text = measured("[ $n -lt 3 ] || kill -INT $$", FORMAT_TEXT, &status);

	(void)state;
	assert_int_equal(status, 130);
	assert_non_null(strstr(text, "Means of 2 runs of "));
	free(text);
	text = measured("[ $n -lt 3 ] || kill -INT $$", FORMAT_JSON, &status);
	assert_int_equal(status, 130);
	assert_non_null(strstr(text, "{\"n\":2,"));
	assert_null(strstr(text, "{\"n\":3,"));
	free(text);
}

/* There is no other. */
static void interrupted_at_once(void **state)
{
	int status;
	char *text = measured("kill -INT $$", FORMAT_TEXT, &status);

	(void)state;
	assert_int_equal(status, 130);
	assert_non_null(strstr(text, "Exits of the whole VM"));
	assert_null(strstr(text, "Means of"));
	free(text);
}

/* As the program that has started exitstat may leave it. */
static void sigchld_is_ignored(void **state)
{
	int status;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	streams_open();
	free(measured("exit 7", FORMAT_TEXT, &status));
	assert_int_equal(status, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_runs),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(interrupted_at_once),
		cmocka_unit_test(sigchld_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What exitstat --openmetrics writes, of a host whose clock is known and of one where it is not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "exitstat/openmetrics.h"
#include "kvm_exit_stats.h"
#include "version.h"

static uint32_t codes[] = { 0x72, 0x7b, 0x7ff };
static struct counters reasons[] = { { { 3, 30, 0, 0 } },
				     { { 0, 0, 0, 0 } },
				     { { 5, 50, 6, 7000 } } };
static const struct layout layout = { .isa = KVM_EXIT_STATS_ISA_SVM, .nr = 3, .codes = codes };
static const struct delta delta = { .val = { 8, 80, 6, 7000, 9, 1000, 0, 2, 0, 4 },
				    .reasons = reasons };

static char *written(const struct report *reports, unsigned int nr)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	openmetrics_write(file, reports, nr);
	fclose(file);
	return text;
}

static void test_seconds(void **state)
{
	const struct host host = { .tsc_khz = 1 };
	const struct scope vm = { 0 };
	const struct report report = {
		.host = &host, .layout = &layout, .scope = &vm, .delta = &delta
	};
	char *text = written(&report, 1);

	(void)state;
	assert_string_equal(
		text,
		"# TYPE exitstat_run_info gauge\n# HELP exitstat_run_info Who counts.\n"
		"exitstat_run_info{version=\"" VERSION "\",isa=\"SVM\"} 1\n"
		"# TYPE exitstat_exits counter\n# HELP exitstat_exits VM exits by reason.\n"
		"exitstat_exits_total{reason=\"CPUID\"} 3\n"
		"exitstat_exits_total{reason=\"0x7ff\"} 5\n"
		"# TYPE exitstat_exit_seconds counter\n"
		"# HELP exitstat_exit_seconds What the exits of a reason took, by who spent it.\n"
		"exitstat_exit_seconds_total{reason=\"CPUID\",state=\"kernel\"} 0.030000\n"
		"exitstat_exit_seconds_total{reason=\"CPUID\",state=\"user\"} 0.000000\n"
		"exitstat_exit_seconds_total{reason=\"CPUID\",state=\"halted\"} 0.000000\n"
		"exitstat_exit_seconds_total{reason=\"0x7ff\",state=\"kernel\"} 0.050000\n"
		"exitstat_exit_seconds_total{reason=\"0x7ff\",state=\"user\"} 0.006000\n"
		"exitstat_exit_seconds_total{reason=\"0x7ff\",state=\"halted\"} 7.000000\n"
		"# TYPE exitstat_state_seconds counter\n"
		"# HELP exitstat_state_seconds Where the time of the vCPUs went.\n"
		"exitstat_state_seconds_total{state=\"kernel\"} 0.080000\n"
		"exitstat_state_seconds_total{state=\"user\"} 0.006000\n"
		"exitstat_state_seconds_total{state=\"halted\"} 7.000000\n"
		"exitstat_state_seconds_total{state=\"guest\"} 1.000000\n"
		"exitstat_state_seconds_total{state=\"descheduled\"} 0.009000\n"
		"exitstat_state_seconds_total{state=\"paused\"} 0.004000\n"
		"# TYPE exitstat_user_returns counter\n"
		"# HELP exitstat_user_returns Exits that the VMM handled.\n"
		"exitstat_user_returns_total 2\n"
		"# TYPE exitstat_l2_exits counter\n"
		"# HELP exitstat_l2_exits Exits of nested guests.\n"
		"exitstat_l2_exits_total 0\n"
		"# EOF\n");
	free(text);
}

static void test_cycles_of_two_vcpus(void **state)
{
	const struct host host = { 0 };
	const struct scope vcpus[] = { { .vcpu = true, .cpu = 0 }, { .vcpu = true, .cpu = 3 } };
	const struct report reports[] = {
		{ .host = &host, .layout = &layout, .scope = &vcpus[0], .delta = &delta },
		{ .host = &host, .layout = &layout, .scope = &vcpus[1], .delta = &delta },
	};
	char *text = written(reports, 2);

	(void)state;
	assert_null(strstr(text, "seconds"));
	assert_non_null(strstr(
		text, "# TYPE exitstat_exits counter\n# HELP exitstat_exits VM exits by reason.\n"
		      "exitstat_exits_total{vcpu=\"0\",reason=\"CPUID\"} 3\n"
		      "exitstat_exits_total{vcpu=\"0\",reason=\"0x7ff\"} 5\n"
		      "exitstat_exits_total{vcpu=\"3\",reason=\"CPUID\"} 3\n"));
	assert_non_null(strstr(
		text,
		"exitstat_exit_cycles_total{vcpu=\"3\",reason=\"0x7ff\",state=\"halted\"} 7000\n"));
	assert_non_null(
		strstr(text, "exitstat_state_cycles_total{vcpu=\"3\",state=\"paused\"} 4\n"));
	assert_non_null(strstr(text, "exitstat_user_returns_total{vcpu=\"3\"} 2\n"));
	free(text);
}

/* In the place of libc's: the file system's answer, and what had the name then. */
static int sync_errno;
static long renamed_size;
static const char *watched;

static long size_of(const char *path)
{
	FILE *file = fopen(path, "re");
	long size = -1;

	if (file) {
		fseek(file, 0, SEEK_END);
		size = ftell(file);
		fclose(file);
	}
	return size;
}

int fsync(int fd)
{
	(void)fd;
	renamed_size = size_of(watched);
	errno = sync_errno;
	return sync_errno ? -1 : 0;
}

/* Write @text to @path as exitstat does; return errno, or 0. */
static int replace(const char *path, const char *text)
{
	FILE *file = openmetrics_open(path);

	assert_non_null(file);
	fputs(text, file);
	return openmetrics_close(file) ? 0 : errno;
}

/* What is written is on the disk before it has the name, and has it only then. */
static void test_file(void **state)
{
	char directory[] = "/tmp/openmetrics.XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/a.prom", directory);
	watched = path;
	renamed_size = 99;
	assert_int_equal(replace(path, "one"), 0);
	assert_int_equal(renamed_size, -1);
	sync_errno = EINVAL;
	assert_int_equal(replace(path, "three"), 0);
	assert_int_equal(renamed_size, 3);
	assert_int_equal(size_of(path), 5);
	sync_errno = EIO;
	assert_int_equal(replace(path, "not that"), EIO);
	assert_int_equal(size_of(path), 5);
	assert_int_equal(unlink(path), 0);
	/* Nothing else is left. */
	assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_cycles_of_two_vcpus),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe watch: the text of exit_stats as counters, also where it is cut or anything else; two
 * readings as a difference; a VM's name in a command line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "watch/change.h"
#include "watch/choose.h"
#include "watch/parse.h"

#define HEAD                                                                                       \
	"reason                      code               exits              kernel  user  halted\n"
#define CPUID                                                                                      \
	"CPUID                       0x72                  30                 300     0       0\n"
#define READ0                                                                                      \
	"CR0_READ                       0                  12                 120     7       9\n"
#define TOTAL                                                                                      \
	"total                          -                  42                 420     7       9\n"
#define REST                                                                                       \
	"guest                          -                1000\n"                                   \
	"descheduled                    -                  50\n"                                   \
	"paused                         -                   3\n"                                   \
	"l2_exits                       -                   0\n"                                   \
	"user_returns                   -                   5\n"                                   \
	"clamped                        -                   0\n"
#define WHOLE HEAD READ0 CPUID TOTAL REST

static char why[128];

static enum watch_parsed parse(struct watch_counters *c, const char *text)
{
	/* On the heap without a NUL behind it, so that the sanitizer sees a byte too many. */
	size_t length = strlen(text);
	char *copy = malloc(length + 1);
	enum watch_parsed parsed;

	assert_non_null(copy);
	copy = realloc(copy, length ? length : 1);
	memcpy(copy, text, length);
	parsed = watch_parse(copy, length, c, why, sizeof(why));
	free(copy);
	return parsed;
}

static void refused(const char *text, const char *fault)
{
	struct watch_counters c;

	assert_int_equal(parse(&c, text), WATCH_BAD);
	assert_string_equal(why, fault);
}

static void whole_file(void **state)
{
	struct watch_counters c;

	(void)state;
	assert_int_equal(parse(&c, WHOLE), WATCH_COUNTED);
	assert_int_equal(c.exits, 42);
	assert_int_equal(c.cycles[WATCH_KERNEL], 420);
	assert_int_equal(c.cycles[WATCH_USER], 7);
	assert_int_equal(c.cycles[WATCH_HALTED], 9);
	assert_int_equal(c.cycles[WATCH_GUEST], 1000);
	assert_int_equal(c.cycles[WATCH_DESCHEDULED], 50);
	assert_int_equal(c.cycles[WATCH_PAUSED], 3);
	assert_int_equal(c.reason_count, 2);
	assert_string_equal(c.reasons[0].name, "CR0_READ");
	assert_int_equal(c.reasons[0].code, 0);
	assert_int_equal(c.reasons[0].cycles[WATCH_HALTED], 9);
	assert_int_equal(c.reasons[1].code, 0x72);
	assert_int_equal(c.reasons[1].exits, 30);
	assert_int_equal(parse(&c, HEAD TOTAL REST "what_comes - 1\n"), WATCH_COUNTED);
	assert_int_equal(c.reason_count, 0);
	assert_int_equal(parse(&c, ""), WATCH_OFF);
}

/* A file that ends anywhere else than at its end. */
static void cut_anywhere(void **state)
{
	static const char text[] = WHOLE;
	struct watch_counters c;
	/* After "paused" there are only lines that are not needed. */
	size_t needed = (size_t)(strstr(text, "l2_exits") - text);

	(void)state;
	for (size_t length = 1; length < sizeof(text) - 1; length++) {
		bool at_line = text[length - 1] == '\n';
		char *part = strndup(text, length);

		assert_int_equal(parse(&c, part),
				 at_line && length >= needed ? WATCH_COUNTED : WATCH_BAD);
		free(part);
	}
}

static void hostile(void **state)
{
	char many[64 * 300], *to = many;
	struct watch_counters c;

	(void)state;
	refused("Permission denied\n", "line 1: this is no head of exit statistics");
	refused("\n", "line 1: this is no head of exit statistics");
	refused(HEAD CPUID, "line 2: it is the last, and lines are missing");
	refused(HEAD CPUID CPUID TOTAL REST, "line 3: a reason a second time");
	refused(HEAD TOTAL TOTAL REST, "line 3: a line a second time");
	refused(HEAD "CPUID\n", "line 2: too few words");
	refused(HEAD "CPUID 0x72 1 2 3\n", "line 2: these are not four numbers below 2^63");
	refused(HEAD "CPUID 0x72 1 2 3 4 5\n", "line 2: these are not four numbers below 2^63");
	refused(HEAD "CPUID 0x72 -1 2 3 4\n", "line 2: these are not four numbers below 2^63");
	refused(HEAD "CPUID 0x72 1 2 3 9223372036854775808\n",
		"line 2: these are not four numbers below 2^63");
	refused(HEAD "CPUID 0x72 1 2 3 99999999999999999999999999\n",
		"line 2: these are not four numbers below 2^63");
	refused(HEAD "CPUID 0x123456789 1 2 3 4\n", "line 2: this is no reason's code");
	refused(HEAD "CPUID 0x 1 2 3 4\n", "line 2: this is no reason's code");
	refused(HEAD "CPU\033[2J 0x72 1 2 3 4\n", "line 2: this is no reason's name");
	refused(HEAD "AN_EXIT_WITH_A_NAME_OF_32_LETTERS 0x72 1 2 3 4\n",
		"line 2: this is no reason's name");
	refused(HEAD "guest - 1 2\n", "line 2: this is not one number below 2^63");
	assert_int_equal(watch_parse(HEAD "a\0b - 1\n", sizeof(HEAD) + 7, &c, why, sizeof(why)),
			 WATCH_BAD);
	memset(many, 'x', sizeof(many));
	many[sizeof(many) - 2] = '\n';
	many[sizeof(many) - 1] = '\0';
	refused(many, "line 1: it is no line of text");
	to += sprintf(to, HEAD);
	for (int i = 0; i < 257; i++)
		to += sprintf(to, "R%d %#x 1 2 3 4\n", i, i);
	refused(many, "line 258: more reasons than any processor has");
	assert_int_equal(parse(&c, HEAD "CPUID 0x72 9223372036854775807 2 3 4\n" TOTAL REST),
			 WATCH_COUNTED);
	assert_true(c.reasons[0].exits == INT64_MAX);
}

static void one_number(void **state)
{
	uint64_t n;

	(void)state;
	assert_true(watch_parse_number("0\n", &n) && n == 0);
	assert_true(watch_parse_number("9223372036854775807", &n) && n == INT64_MAX);
	assert_false(watch_parse_number("9223372036854775808\n", &n));
	assert_false(watch_parse_number("", &n));
	assert_false(watch_parse_number("\n", &n));
	assert_false(watch_parse_number("1\n2\n", &n));
	assert_false(watch_parse_number("-1\n", &n));
	assert_false(watch_parse_number(" 1\n", &n));
	assert_false(watch_parse_number("1 \n", &n));
}

static void differences(void **state)
{
	struct watch_counters before, now, sum = { 0 };

	(void)state;
	parse(&before, HEAD CPUID TOTAL REST);
	parse(&now, WHOLE);
	now.exits += 100;
	now.cycles[WATCH_GUEST] += 11;
	assert_true(watch_add_difference(&sum, &now, &before));
	assert_true(watch_add_difference(&sum, &now, &before));
	assert_int_equal(sum.exits, 200);
	assert_int_equal(sum.cycles[WATCH_GUEST], 22);
	assert_int_equal(sum.cycles[WATCH_PAUSED], 0);
	assert_int_equal(sum.reason_count, 2);
	watch_sort(&sum);
	assert_string_equal(sum.reasons[0].name, "CR0_READ");
	assert_int_equal(sum.reasons[0].exits, 24);
	assert_int_equal(sum.reasons[0].cycles[WATCH_USER], 14);
	assert_int_equal(sum.reasons[1].exits, 0);
	/* Sums stay within what they are shown as. */
	before = (struct watch_counters){ 0 };
	now = (struct watch_counters){ .exits = INT64_MAX };
	assert_true(watch_add_difference(&sum, &now, &before));
	assert_true(sum.exits == INT64_MAX);
}

/* Any counter that goes back: the statistics, or the VM, began anew. */
static void begun_anew(void **state)
{
	struct watch_counters before, now, sum = { .exits = 7 };

	(void)state;
	parse(&before, WHOLE);
	now = before;
	now.exits--;
	assert_false(watch_add_difference(&sum, &now, &before));
	now = before;
	now.cycles[WATCH_PAUSED]--;
	assert_false(watch_add_difference(&sum, &now, &before));
	now = before;
	now.reasons[1].exits--;
	assert_false(watch_add_difference(&sum, &now, &before));
	now = before;
	now.reason_count--;
	assert_false(watch_add_difference(&sum, &now, &before));
	assert_int_equal(sum.exits, 7);
	assert_int_equal(sum.reason_count, 0);
}

static struct watch_vm vm_with(struct watch_vcpu *vcpus, size_t count, uint64_t at_ns)
{
	return (struct watch_vm){
		.id = "4711-12", .pid = 4711, .at_ns = at_ns, .vcpu_count = count, .vcpus = vcpus
	};
}

static void intervals(void **state)
{
	struct watch_vcpu old[1] = { { .number = 1 } },
			  new[2] = { { .number = 0 }, { .number = 1 } };
	struct watch_vm vm_before = vm_with(old, 1, 1000000000),
			vm_now = vm_with(new, 2, 3000000000);
	struct watch_list before = { 1, &vm_before }, now = { 1, &vm_now }, none = { 0, NULL };
	struct watch_interval i;
	double percent;

	(void)state;
	parse(&old[0].counters, WHOLE);
	parse(&new[1].counters, WHOLE);
	/* A vCPU that began in between, and one that goes on. */
	new[0].counters.exits = 20;
	new[0].counters.cycles[WATCH_GUEST] = 300;
	new[1].counters.exits += 80;
	new[1].counters.cycles[WATCH_HALTED] += 100;
	watch_interval_make(&i, &now, &before);
	assert_int_equal(i.ended_count, 0);
	assert_int_equal(i.changes[0].begin, WATCH_GOES_ON);
	assert_int_equal(i.changes[0].counters.exits, 100);
	assert_true(watch_per_second(&i.changes[0], 100) == 50);
	assert_true(
		watch_percent(&i.changes[0], i.changes[0].counters.cycles[WATCH_GUEST], &percent));
	assert_true(percent == 75);
	watch_interval_free(&i);

	new[1].counters.exits = 1;
	watch_interval_make(&i, &now, &before);
	assert_int_equal(i.changes[0].begin, WATCH_ANEW);
	assert_int_equal(i.changes[0].counters.exits, 0);
	assert_false(watch_percent(&i.changes[0], 0, &percent));
	watch_interval_free(&i);

	vm_now.way = WATCH_BY_STATS;
	watch_interval_make(&i, &now, &before);
	assert_int_equal(i.changes[0].begin, WATCH_NEW);
	watch_interval_free(&i);

	watch_interval_make(&i, &none, &before);
	assert_int_equal(i.count, 0);
	assert_int_equal(i.ended_count, 1);
	assert_ptr_equal(i.ended[0], &vm_before);
	watch_interval_free(&i);
}

#define NAME_OF(words) watch_name_of(words, sizeof(words))

static void named(const char *name, char *is)
{
	if (name)
		assert_string_equal(is, name);
	else
		assert_null(is);
	free(is);
}

static void names(void **state)
{
	(void)state;
	named("web", NAME_OF("qemu\0-name\0web"));
	named("web", NAME_OF("qemu\0-name\0guest=web,debug-threads=on\0-m\0"
			     "64"));
	named("web", NAME_OF("qemu\0--name\0debug-threads=on,guest=web"));
	named("a,b", NAME_OF("qemu\0-name\0a,,b,process=p"));
	named("last", NAME_OF("qemu\0-name\0first\0-name\0last"));
	named("-name", NAME_OF("qemu\0-name\0-name"));
	named(NULL, NAME_OF("qemu\0-name\0process=p"));
	named(NULL, NAME_OF("qemu\0-name\0"));
	named(NULL, NAME_OF("qemu\0-name"));
	named(NULL, NAME_OF("qemu\0-names\0web"));
	named(NULL, watch_name_of("", 0));
	/* Cut within the name. */
	named("we", watch_name_of("-name\0web", 8));
}

static void chosen(void **state)
{
	pid_t pid;

	(void)state;
	assert_true(watch_directory_pid("4711-12", &pid) && pid == 4711);
	assert_false(watch_directory_pid("4711", &pid));
	assert_false(watch_directory_pid("4711-", &pid));
	assert_false(watch_directory_pid("4711-1x", &pid));
	assert_false(watch_directory_pid("-1-2", &pid));
	assert_false(watch_directory_pid("0-2", &pid));
	assert_false(watch_directory_pid("99999999999999999999-2", &pid));
	assert_false(watch_directory_pid("1-22222222222222222222222222222222222222", &pid));
	assert_false(watch_directory_pid("status", &pid));
	assert_true(watch_is_meant(NULL, 5, NULL));
	assert_true(watch_is_meant("5", 5, NULL));
	assert_false(watch_is_meant("5x", 5, "5"));
	assert_false(watch_is_meant("6", 5, NULL));
	assert_true(watch_is_meant("6", 5, "6"));
	assert_true(watch_is_meant("web", 5, "web"));
	assert_false(watch_is_meant("web", 5, "web2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_file),  cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(hostile),     cmocka_unit_test(one_number),
		cmocka_unit_test(differences), cmocka_unit_test(begun_anew),
		cmocka_unit_test(intervals),   cmocka_unit_test(names),
		cmocka_unit_test(chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

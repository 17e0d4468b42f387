// SPDX-License-Identifier: GPL-2.0-only
/* What exitstat reads from its command line and files, and what it writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exitstat/cpuid.h"
#include "exitstat/export.h"
#include "exitstat/options.h"
#include "exitstat/reasons.h"
#include "exitstat/report.h"
#include "exitstat/spread.h"
#include "kvm_exit_stats.h"

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 },
		{ "4294967295", UINT32_MAX },
		{ "0x4fffffff", 0x4fffffff },
		{ "0X72", 0x72 },
	};
	static const char *const bad[] = { "",	   " 1",	 "-1",	"+1",
					   "x",	   "1x",	 "0x",	"1 ",
					   "2^32", "4294967296", "1e3", "99999999999999999999999" };
	uint64_t number;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(parse_number(good[i].text, 0, UINT32_MAX, &number));
		assert_int_equal(number, good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(parse_number(bad[i], 0, UINT32_MAX, &number));
	assert_false(parse_number("4", 5, 9, &number));
	assert_true(parse_number("5", 5, 9, &number));
	assert_false(parse_number("10", 5, 9, &number));
}

static void test_cpu_lists(void **state)
{
	static const char *const bad[] = { "",	  "\n",	   "a",	 "-1",	"1-",	     "3-1",
					   "1,1", "0-3,2", "1,", "0-4", "0,1,2,3,4", "1;2" };
	unsigned int cpus[4];

	(void)state;
	assert_int_equal(parse_cpu_list("0\n", cpus, 4), 1);
	assert_int_equal(cpus[0], 0);
	assert_int_equal(parse_cpu_list("0-1,5,7\n", cpus, 4), 4);
	assert_int_equal(cpus[1], 1);
	assert_int_equal(cpus[2], 5);
	assert_int_equal(cpus[3], 7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse_cpu_list(bad[i], cpus, 4), -1);
}

static void test_seconds(void **state)
{
	char text[SECONDS_BYTES];

	(void)state;
	assert_string_equal(seconds(text, 0, 1000), "0.000000");
	assert_string_equal(seconds(text, 13436425563, 2876000), "4.671914");
	assert_string_equal(seconds(text, 999999, 1000), "0.999999");
	assert_string_equal(seconds(text, 1000000, 1000), "1.000000");
	/* The largest there are. */
	assert_string_equal(seconds(text, UINT64_MAX, 1), "18446744073709551.615000");
	assert_string_equal(seconds(text, UINT64_MAX, UINT32_MAX), "4294967.297000");
	assert_string_equal(seconds(text, 5, 0), "-");
}

static void test_spread(void **state)
{
	static const uint64_t values[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	struct spread spread = { 0 };

	(void)state;
	assert_true(spread_percent(&spread) == 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		spread_add(&spread, values[i]);
	/* Squares of the distances from 5 add up to 32, over 7: 2.138 of 5. */
	assert_true(spread.mean == 5);
	assert_true(spread_percent(&spread) > 42.76 && spread_percent(&spread) < 42.77);
}

/* Three reasons of an SVM host, one that no manual names. */
static uint32_t codes[] = { 0x72, 0x400, 0x7ff };
static const struct layout layout = { .isa = KVM_EXIT_STATS_ISA_SVM, .nr = 3, .codes = codes };
static const struct host host = { .isa = KVM_EXIT_STATS_ISA_SVM, .epoch = 9, .tsc_khz = 2876000 };
static struct counters reasons[] = { { { 3, 30, 0, 0 } }, { { 0 } }, { { 5, 50, 6, 7 } } };
/* 20 s old, booted 15 s ago. */
static const struct snapshot now = {
	.age = { .cycles = 20ull * 2876000 * 1000, .up_ns = 15000000000 }, .reasons = reasons
};
static const struct delta delta = {
	.time_ns = 500000000, .val = { 8, 80, 6, 7 }, .reasons = reasons, .own = 11
};

static void test_names(void **state)
{
	struct layout vmx = layout;
	char text[NAME_BYTES];

	(void)state;
	assert_string_equal(name_of(text, &layout, 0), "CPUID");
	assert_string_equal(name_of(text, &layout, 1), "NPF");
	assert_string_equal(name_of(text, &layout, 2), "0x7ff");
	vmx.isa = KVM_EXIT_STATS_ISA_VMX;
	vmx.codes = (uint32_t[]){ 10, 35, KVM_EXIT_STATS_REASON_OTHER };
	assert_string_equal(name_of(text, &vmx, 0), "CPUID");
	assert_string_equal(name_of(text, &vmx, 1), "0x23");
	assert_string_equal(name_of(text, &vmx, 2), "OTHER");
}

static void test_order(void **state)
{
	unsigned int slots[3];

	(void)state;
	assert_int_equal(by_exits(&layout, &delta, slots), 2);
	assert_int_equal(slots[0], 2);
	assert_int_equal(slots[1], 0);
}

/* What @write makes of @report; to be freed. */
static char *written(void (*write)(FILE *file, const struct report *report),
		     const struct report *report)
{
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	write(file, report);
	fclose(file);
	return text;
}

static void assert_writes(void (*write)(FILE *file, const struct report *report),
			  const struct report *report, const char *wanted)
{
	char *text = written(write, report);

	assert_string_equal(text, wanted);
	free(text);
}

static void test_line(void **state)
{
	const struct scope vm = { 0 }, vcpu = { .vcpu = true, .cpu = 3 };
	const struct scope two_leaves = { .two_leaves = true };
	const struct delta so_far = { .val = { 583999, 13436425563 } };
	const struct delta large = { .val = { 0x100000005, UINT64_MAX } };
	struct report report = { .scope = &vm, .delta = &so_far };

	(void)state;
	assert_writes(report_line, &report,
		      "CPUID(0x4FFFFFFF), exits=583999, cycles spent in exit=13436425563\n");
	report.delta = &large;
	assert_writes(
		report_line, &report,
		"CPUID(0x4FFFFFFF), exits=4294967301, cycles spent in exit=18446744073709551615\n");
	report.scope = &two_leaves;
	assert_writes(
		report_line, &report,
		"CPUID(0x4FFFFF02), exits=4294967301, cycles spent in exit=18446744073709551615\n");
	report.scope = &vcpu;
	assert_writes(report_line, &report,
		      "vCPU 3, exits=4294967301, cycles spent in exit=18446744073709551615\n");
}

static void test_command(void **state)
{
	const struct scope vm = { 0 };
	char *command[] = { (char[]){ "dd" }, (char[]){ "if=/dev/vda" }, NULL };
	struct report report = {
		.host = &host, .layout = &layout, .scope = &vm, .delta = &delta, .command = command
	};

	(void)state;
	assert_writes(
		report_command, &report,
		"\nExits of the whole VM while this ran: dd if=/dev/vda\n\n"
		"  reason               number       exits       per s   share          kernel            user          halted kernel/exit\n"
		"  0x7ff                 0x7ff           5        10.0  62.50%              50               6               7        10.0\n"
		"  CPUID                  0x72           3         6.0  37.50%              30               0               0        10.0\n"
		"  total                     -           8        16.0 100.00%              80               6               7        10.0\n"
		"\n  0.500000 s; exits of exitstat's own readings, subtracted: 11\n\n");
}

/* Who keeps the statistics is said where it is not KVM itself. */
static void test_keeper(void **state)
{
	const struct scope vm = { 0 };
	struct host kept = host;
	struct report report = { .host = &kept,
				 .layout = &layout,
				 .scope = &vm,
				 .delta = &delta,
				 .now = &now,
				 .at_ns = 1500000000 };
	char *text = written(report_details, &report);

	(void)state;
	assert_null(strstr(text, "module"));
	free(text);
	kept.features = KVM_EXIT_STATS_FEATURE_MODULE;
	text = written(report_details, &report);
	assert_non_null(strstr(text, "A module beside KVM keeps them"));
	assert_null(strstr(text, "comes late"));
	free(text);
	kept.features |= KVM_EXIT_STATS_FEATURE_LATE;
	text = written(report_details, &report);
	assert_non_null(strstr(text, "comes late"));
	assert_null(strstr(text, "cannot tell"));
	free(text);
	kept.features |= KVM_EXIT_STATS_FEATURE_NO_HALTED | KVM_EXIT_STATS_FEATURE_NO_PAUSED;
	text = written(report_details, &report);
	assert_non_null(strstr(text, "cannot tell that a vCPU halts"));
	assert_non_null(strstr(text, "cannot tell that a vCPU is paused"));
	free(text);
	text = written(export_json, &report);
	assert_non_null(strstr(text, "\"keeper\":\"late\""));
	assert_non_null(strstr(text, "\"halted_known\":false,\"paused_known\":false"));
	free(text);
}

static void test_export(void **state)
{
	const struct scope vcpu = { .vcpu = true, .cpu = 3 };
	char *command[] = { (char[]){ "a \"b\\\n" }, NULL };
	struct report report = { .host = &host,
				 .layout = &layout,
				 .scope = &vcpu,
				 .delta = &delta,
				 .now = &now,
				 .number = 2,
				 .at_ns = 1500000000 };

	(void)state;
	assert_writes(export_csv, &report,
		      "2,1.500000,0.500000,3,total,,8,80,6,7\n"
		      "2,1.500000,0.500000,3,CPUID,0x72,3,30,0,0\n"
		      "2,1.500000,0.500000,3,0x7ff,0x7ff,5,50,6,7\n");
	report.command = command;
	report.status = 4;
	assert_writes(
		export_json, &report,
		"{\"n\":2,\"uptime_s\":1.500000,\"duration_s\":0.500000,\"isa\":\"SVM\",\"tsc_khz\":2876000,"
		"\"epoch\":9,\"keeper\":\"patch\",\"layout\":\"merged\",\"age_s\":20.000000,\"booted_s\":15.000000,"
		"\"before_boot_s\":5.000000,\"rebooted\":false,\"paging\":null,\"vcpu\":3,\"exits\":8,\"kernel_cycles\":80,\"user_cycles\":6,"
		"\"halted_cycles\":7,\"descheduled_cycles\":0,\"guest_cycles\":0,\"l2_exits\":0,"
		"\"user_returns\":0,\"clamped\":0,\"paused_cycles\":0,\"own_exits\":11,"
		"\"foreign_exits\":0,\"status\":4,\"command\":[\"a \\\"b\\\\\\u000a\"],\"reasons\":["
		"{\"reason\":\"CPUID\",\"code\":114,\"exits\":3,\"kernel_cycles\":30,\"user_cycles\":0,"
		"\"halted_cycles\":0,\"kernel_cycles_per_exit\":10.0},"
		"{\"reason\":\"0x7ff\",\"code\":2047,\"exits\":5,\"kernel_cycles\":50,\"user_cycles\":6,"
		"\"halted_cycles\":7,\"kernel_cycles_per_exit\":10.0}]}\n");
}

/* An argument is any bytes; JSON is UTF-8. */
static void test_export_utf8(void **state)
{
	static const char *const texts[][2] = {
		{ "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf",
		  "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf" },
		/* Latin-1, a lone byte of several, one that is cut off at the end and before another. */
		{ "caf\xe9", "caf\\ufffd" },
		{ "\x80!", "\\ufffd!" },
		{ "\xe2\x82", "\\ufffd\\ufffd" },
		{ "\xc3\xc3\xa9\"", "\\ufffd\xc3\xa9\\\"" },
		/* Longer than need be, a surrogate, beyond the last one, no UTF-8 at all. */
		{ "\xc0\x80", "\\ufffd\\ufffd" },
		{ "\xe0\x9f\xbf", "\\ufffd\\ufffd\\ufffd" },
		{ "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },
		{ "\xf0\x8f\xbf\xbf", "\\ufffd\\ufffd\\ufffd\\ufffd" },
		{ "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },
		{ "\xf5\xff", "\\ufffd\\ufffd" },
	};
	const struct scope vm = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char argument[32], wanted[128], *command[] = { argument, NULL }, *text;
		struct report report = { .host = &host,
					 .layout = &layout,
					 .scope = &vm,
					 .delta = &delta,
					 .now = &now,
					 .command = command };

		snprintf(argument, sizeof(argument), "%s", texts[i][0]);
		snprintf(wanted, sizeof(wanted), "\"command\":[\"%s\"]", texts[i][1]);
		text = written(export_json, &report);
		assert_non_null(strstr(text, wanted));
		free(text);
	}
}

/* By the VM's age: the guest's clock, 15 s, began with its last boot. */
static void test_details(void **state)
{
	const struct scope vm = { 0 };
	struct snapshot later = now;
	struct report report = {
		.host = &host, .layout = &layout, .scope = &vm, .delta = &delta, .now = &later
	};
	char *text = written(report_details, &report);

	(void)state;
	assert_non_null(strstr(text,
			       "the VM is 20.000 s old: 0.4 exits/s\n"
			       "booted 15.000 s ago, 5.000 s after the VM had begun to run\n"
			       "paging: no exit so far shows whether it is nested or shadow\n"));
	free(text);
	later.age.cycles *= 3;
	text = written(report_details, &report);
	assert_non_null(strstr(text, "the VM is 60.000 s old: 0.1 exits/s\n"
				     "booted 15.000 s ago, 45.000 s after the VM had begun to run: "
				     "it has been rebooted, or was that long in its firmware"));
	free(text);
	text = written(export_json, &report);
	assert_non_null(strstr(text, "\"before_boot_s\":45.000000,\"rebooted\":true"));
	free(text);
}

/* Nothing is said of the time before the statistics, which began while the guest ran. */
static void test_late_statistics(void **state)
{
	const struct scope vm = { 0 };
	struct snapshot late = now;
	struct report report = {
		.host = &host, .layout = &layout, .scope = &vm, .delta = &delta, .now = &late
	};
	char *text;

	(void)state;
	late.age.up_ns = 90000000000;
	text = written(report_details, &report);
	assert_non_null(strstr(text, "; the statistics are 20.000 s old, and began after the guest "
				     "had booted: 0.4 exits/s\nbooted 90.000 s ago\npaging: "));
	assert_null(strstr(text, "the VM is"));
	free(text);
	text = written(export_json, &report);
	assert_non_null(strstr(text, ",\"age_s\":20.000000,\"booted_s\":90.000000,"
				     "\"before_boot_s\":null,\"rebooted\":null,\"paging\":"));
	free(text);
}

static void test_paging(void **state)
{
	static const struct {
		unsigned int isa;
		uint32_t code;
		const char *paging;
	} cases[] = {
		{ KVM_EXIT_STATS_ISA_SVM, 0x400, "nested" },
		{ KVM_EXIT_STATS_ISA_SVM, 0x4e, "shadow" },
		{ KVM_EXIT_STATS_ISA_SVM, 0x79, "shadow" },
		{ KVM_EXIT_STATS_ISA_SVM, 48, NULL },
		{ KVM_EXIT_STATS_ISA_VMX, 48, "nested" },
		{ KVM_EXIT_STATS_ISA_VMX, 49, "nested" },
		{ KVM_EXIT_STATS_ISA_VMX, 14, "shadow" },
		{ KVM_EXIT_STATS_ISA_VMX, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t code[] = { cases[i].code, 1 };
		struct counters counts[] = { { { 1 } }, { { 1 } } };
		struct layout of = { .isa = cases[i].isa, .nr = 2, .codes = code };
		struct snapshot seen = { .reasons = counts };
		const char *got = paging(&of, &seen);

		assert_true(got ? cases[i].paging && !strcmp(got, cases[i].paging)
				: !cases[i].paging);
		/* Not by a reason without exits. */
		counts[0].val[KVM_EXIT_STATS_EXITS] = 0;
		assert_null(paging(&of, &seen));
	}
}

/* -a: NPF has none so far, RSM is enabled, RDTSC is not, 0xa7 is no reason. */
static void test_all(void **state)
{
	const struct scope vm = { 0 };
	uint32_t more[] = { 0x72, 0x400, 0x6e }, undefined[] = { 0xa7 };
	struct counters counts[] = { { { 3, 30, 0, 0 } }, { { 0 } }, { { 0 } } };
	struct layout of = { .isa = KVM_EXIT_STATS_ISA_SVM,
			     .nr = 3,
			     .codes = more,
			     .nr_undefined = 1,
			     .undefined = undefined };
	struct delta few = delta;
	struct snapshot seen = now;
	struct report report = {
		.host = &host, .layout = &of, .scope = &vm, .delta = &few, .now = &seen, .all = true
	};
	char *text;

	(void)state;
	few.reasons = seen.reasons = counts;
	text = written(report_details, &report);
	assert_non_null(strstr(
		text,
		"\n  NPF                   0x400           0  none so far\n"
		"  RDTSC                  0x6e           0  KVM never enables it\n"
		"  -                      0xa7           -  the processor does not define it\n"
		"  total "));
	free(text);
	text = written(export_json, &report);
	assert_non_null(strstr(text, "\"kernel_cycles_per_exit\":10.0,\"state\":\"taken\"}"));
	assert_non_null(strstr(text, "\"state\":\"none\"}"));
	assert_non_null(strstr(text, "\"state\":\"never_enabled\"}],\"undefined\":[167]}\n"));
	free(text);
	text = written(export_csv, &report);
	assert_non_null(strstr(text, ",RDTSC,0x6e,0,0,0,0\n"));
	free(text);
	report.all = false;
	text = written(report_details, &report);
	assert_null(strstr(text, "NPF"));
	free(text);
}

/* Most exits first, and the share of each state in the vCPUs' time. */
static void test_screen(void **state)
{
	const struct scope vm = { 0 };
	struct delta busy = delta;
	struct report report = {
		.host = &host, .layout = &layout, .scope = &vm, .delta = &busy, .now = &now
	};
	char *text;

	(void)state;
	busy.val[KVM_EXIT_STATS_GUEST] = 107;
	text = written(report_screen, &report);
	assert_non_null(
		strstr(text, "all vCPUs, 0.500 s: 16.0 exits/s; guest 53.5% kernel 40.0% user 3.0% "
			     "halted 3.5% desched 0.0% paused 0.0%\n"));
	assert_true(strstr(text, "  0x7ff ") < strstr(text, "  CPUID "));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_cpu_lists),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_keeper),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_export_utf8),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_late_statistics),
		cmocka_unit_test(test_paging),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

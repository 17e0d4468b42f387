// SPDX-License-Identifier: GPL-2.0-only
/* Which differences the probe prints, of what, and when it says that it cannot tell. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "cpu/emulated.h"
#include "measure/derived.h"
#include "platform/tsc.h"

/* What the two say of a machine, in the probe's place. */
static struct tsc tsc;
static bool emulated;

const struct tsc *tsc_check(void)
{
	return &tsc;
}

bool instructions_emulated(void)
{
	return emulated;
}

static int set_steady(void **state)
{
	(void)state;
	tsc = (struct tsc){ .present = true, .monotonic = true };
	emulated = false;
	return 0;
}

/* A median of @p50 from @p50 - 1 to @p50 + 2. */
static struct measurement measured(int64_t p50, int64_t exits)
{
	return (struct measurement){
		.outcome = OUTCOME_MEASURED,
		.kept = 10,
		.operations = 1,
		.cycles = { .count = 10, .p50 = p50, .ci_low = p50 - 1, .ci_high = p50 + 2 },
		.exits = exits,
	};
}

static void note(const char *name, const struct measurement *m)
{
	const struct op op = { .name = name };

	derived_note(&op, m);
}

static void note_p50(const char *name, int64_t p50, int64_t exits)
{
	const struct measurement m = measured(p50, exits);

	note(name, &m);
}

/* Return the difference @name, or one without a row if the probe would print none. */
static struct derived find(const char *name)
{
	struct derived d;

	for (size_t i = 0; derived_next(&i, &d);)
		if (!strcmp(d.row->name, name))
			return d;
	return (struct derived){ 0 };
}

/* Every difference that no run in the lab prints, since ipi-halted is descheduled there. */
static void test_between_vcpus(void **state)
{
	static const struct {
		const char *name, *minuend, *subtrahend;
	} rows[] = {
		{ "wake-up", "ipi-halted", "ipi-spin" },
		{ "pv-kick-saves", "ipi-halted", "pv-kick" },
		{ "pv-tlb-saves", "ipi-halted", "pv-tlb-flush" },
		{ "pv-ipi-saves", "ipi-spin", "pv-ipi-spin" },
		{ "hv-tlb-saves", "ipi-halted", "hv-tlb-halted" },
		{ "hv-ipi-saves", "ipi-spin", "hv-ipi-spin" },
	};

	(void)state;
	note_p50("ipi-halted", 20000, 2);
	note_p50("ipi-spin", 9000, 1);
	assert_null(find("hv-tlb-saves").row);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const bool halted = !strcmp(rows[i].minuend, "ipi-halted");
		struct derived d;

		if (strcmp(rows[i].subtrahend, "ipi-spin"))
			note_p50(rows[i].subtrahend, 4000, 1);
		d = find(rows[i].name);
		assert_non_null(d.row);
		assert_string_equal(d.row->minuend, rows[i].minuend);
		assert_string_equal(d.row->subtrahend, rows[i].subtrahend);
		assert_false(d.control);
		assert_int_equal(d.says, DIFFERENCE_MORE);
		assert_int_equal(d.milli_exits, halted ? 1000 : 0);
		if (strcmp(rows[i].subtrahend, "ipi-spin"))
			assert_int_equal(d.cycles, (halted ? 20000 : 9000) - 4000);
		assert_int_equal(d.ci_low, d.cycles - 3);
		assert_int_equal(d.ci_high, d.cycles + 3);
	}
}

/* A median over other threads' time, one of no sample and an outcome without figures. */
static void test_not_noted(void **state)
{
	struct measurement m = measured(3000, 1);

	(void)state;
	note_p50("inb-kernel", 1800, 1);
	m.descheduled = true;
	note("inl-user", &m);
	m.descheduled = false;
	m.kept = 0;
	note("inl-user", &m);
	m.kept = 10;
	m.outcome = OUTCOME_FAULTED;
	note("inl-user", &m);
	assert_null(find("userspace-read").row);
	note_p50("inl-user", 5600, 1);
	assert_int_equal(find("userspace-read").cycles, 3800);
}

/* The control is noted with @control; what a CPUID leaves behind is 300 more. */
static enum difference_kind left_behind(int64_t control)
{
	struct derived d;

	note_p50("after-none-l1", control, 0);
	note_p50("after-cpuid-l1", control + 300, 1);
	d = find("left-cpuid-l1");
	assert_non_null(d.row);
	assert_true(d.control);
	assert_int_equal(d.cycles, 300);
	return d.says;
}

static void test_steady(void **state)
{
	(void)state;
	assert_int_equal(left_behind(0), DIFFERENCE_MORE);
	assert_int_equal(left_behind(7), DIFFERENCE_UNKNOWN);
}

static void test_unsteady(void **state)
{
	(void)state;
	tsc.monotonic = false;
	assert_int_equal(left_behind(0), DIFFERENCE_UNKNOWN);
	tsc.monotonic = true;
	tsc.read_exits = true;
	assert_int_equal(left_behind(0), DIFFERENCE_UNKNOWN);
	tsc.read_exits = false;
	emulated = true;
	assert_int_equal(left_behind(0), DIFFERENCE_UNKNOWN);
	/* Of two operations that both exit such a machine can tell which takes longer. */
	note_p50("inb-kernel", 1800, 1);
	note_p50("inl-user", 5600, 1);
	assert_int_equal(find("userspace-read").says, DIFFERENCE_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_between_vcpus, set_steady),
		cmocka_unit_test_setup(test_not_noted, set_steady),
		cmocka_unit_test_setup(test_steady, set_steady),
		cmocka_unit_test_setup(test_unsteady, set_steady),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

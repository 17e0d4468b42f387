// SPDX-License-Identifier: GPL-2.0-only
/* The clocks' arithmetic, against the definitions in the other direction. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "platform/frequency.h"

static void test_crystal(void **state)
{
	(void)state;
	assert_int_equal(khz_from_crystal(2, 216, 24000000), 2592000); /* Skylake */
	assert_int_equal(khz_from_crystal(2, 176, 25000000), 2200000); /* Denverton */
	assert_int_equal(khz_from_crystal(3, 171, 19200000), 1094400); /* Goldmont */
	assert_int_equal(khz_from_crystal(1, UINT32_MAX, UINT32_MAX),
			 (uint64_t)UINT32_MAX * UINT32_MAX / 1000);
}

static void test_crystal_not_told(void **state)
{
	(void)state;
	assert_int_equal(khz_from_crystal(0, 216, 24000000), 0);
	assert_int_equal(khz_from_crystal(2, 0, 24000000), 0);
	assert_int_equal(khz_from_crystal(2, 216, 0), 0);
}

static void test_pvclock_known(void **state)
{
	(void)state;
	/* A factor of one half and twice that. */
	assert_int_equal(khz_from_pvclock(0x80000000, 1), 1000000);
	assert_int_equal(khz_from_pvclock(0x80000000, 0), 2000000);
	assert_int_equal(khz_from_pvclock(0x80000000, -1), 4000000);
	assert_int_equal(khz_from_pvclock(0x80000000, 5), 62500);
}

/* What KVM would tell for each rate gives the rate again. */
static void test_pvclock_round_trip(void **state)
{
	(void)state;
	for (uint64_t khz = 1000; khz < 10000000; khz += 7919) {
		/* ns in a tick as 0.5 to 1 times a power of two. */
		double factor = 1000000.0 / (double)khz;
		int shift = 0;

		for (; factor >= 1; factor /= 2)
			shift++;
		for (; factor < 0.5; factor *= 2)
			shift--;
		uint64_t back = khz_from_pvclock((uint32_t)(factor * 4294967296.0), (int8_t)shift);

		assert_in_range(back, khz - 1, khz + 1);
	}
}

static void test_pvclock_of_no_clock(void **state)
{
	(void)state;
	assert_int_equal(khz_from_pvclock(0, 0), 0);
	assert_int_equal(khz_from_pvclock(0x80000000, 32), 0);
	assert_int_equal(khz_from_pvclock(0x80000000, -13), 0);
	assert_int_equal(khz_from_pvclock(0x80000000, -128), 0);
	assert_int_equal(khz_from_pvclock(1, -12), 1000000ull << 44); /* of 64 bits all used */
	assert_int_equal(khz_from_pvclock(UINT32_MAX, 31), 0);
}

static void test_wrap(void **state)
{
	(void)state;
	assert_int_equal(ticks_between(5, 5, 0xffffff), 0);
	assert_int_equal(ticks_between(0x000010, 0x000020, 0xffffff), 0x10);
	assert_int_equal(ticks_between(0xfffff0, 0x000010, 0xffffff), 0x20);
	/* Of 32 bits read as 24, across both ends. */
	assert_int_equal(ticks_between(0x12fffff0, 0x13000010, 0xffffff), 0x20);
	assert_int_equal(ticks_between(0xfffffff0, 0x00000010, 0xffffff), 0x20);
	assert_int_equal(ticks_between(0xfff0, 0x0010, 0xffff), 0x20);
	assert_int_equal(ticks_between(0xffffff, 0, 0xffffff), 1);
}

static void test_measured(void **state)
{
	(void)state;
	assert_int_equal(khz_from_clock(25000000, 35795, 3579545), 2500031); /* 10 ms */
	assert_int_equal(khz_from_clock(30000000, 35795, 3579545), 3000037);
	assert_int_equal(khz_from_clock(1000000000, 1193182, 1193182), 1000000);
	assert_int_equal(khz_from_clock(1ull << 40, 3579545, 3579545), (1ull << 40) / 1000);
	assert_int_equal(khz_from_clock(25000000, 0, 3579545), 0);
	assert_int_equal(khz_from_clock(0, 35795, 3579545), 0);
}

static void test_agree(void **state)
{
	(void)state;
	assert_true(khz_agree(2600000, 2600000, 1));
	assert_true(khz_agree(2626000, 2600000, 1));
	assert_true(khz_agree(2574000, 2600000, 1));
	assert_false(khz_agree(2626001, 2600000, 1));
	assert_false(khz_agree(2573999, 2600000, 1));
	assert_false(khz_agree(0, 0, 1));
	assert_false(khz_agree(2600000, 0, 1));
	assert_false(khz_agree(0, 2600000, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crystal),
		cmocka_unit_test(test_crystal_not_told),
		cmocka_unit_test(test_pvclock_known),
		cmocka_unit_test(test_pvclock_round_trip),
		cmocka_unit_test(test_pvclock_of_no_clock),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_measured),
		cmocka_unit_test(test_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

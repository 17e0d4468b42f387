// SPDX-License-Identifier: GPL-2.0-only
/* Signatures of processors and hypervisors that exist. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "cpu/signature.h"

static void test_processors(void **state)
{
	static const struct {
		uint32_t eax;
		bool amd;
		uint32_t family, model, stepping;
	} known[] = {
		/* Intel: the extended model in families 6 and 15. */
		{ 0x00000543, false, 5, 0x04, 3 },  /* Pentium MMX */
		{ 0x00000619, false, 6, 0x01, 9 },  /* Pentium Pro */
		{ 0x000006fb, false, 6, 0x0f, 11 }, /* Core 2 */
		{ 0x000306a9, false, 6, 0x3a, 9 },  /* Ivy Bridge */
		{ 0x000306d4, false, 6, 0x3d, 4 },  /* Broadwell */
		{ 0x000506e3, false, 6, 0x5e, 3 },  /* Skylake */
		{ 0x000806f8, false, 6, 0x8f, 8 },  /* Sapphire Rapids */
		{ 0x00000f41, false, 15, 0x04, 1 }, /* Pentium 4 */
		{ 0x00400f10, false, 19, 0x01, 0 }, /* Diamond Rapids */
		{ 0x000307b0, false, 7, 0x3b, 0 },  /* Zhaoxin KX-6000 */
		/* AMD: in family 15 and later only. */
		{ 0x00000662, true, 6, 0x06, 2 },    /* Athlon XP */
		{ 0x00010662, true, 6, 0x06, 2 },    /* none: the rule */
		{ 0x00020f12, true, 0xf, 0x21, 2 },  /* K8, revision E */
		{ 0x00060fb1, true, 0xf, 0x6b, 1 },  /* QEMU's qemu64 */
		{ 0x00100f43, true, 0x10, 0x04, 3 }, /* Phenom II */
		{ 0x00800f12, true, 0x17, 0x01, 2 }, /* Naples */
		{ 0x00830f10, true, 0x17, 0x31, 0 }, /* Rome */
		{ 0x00a20f10, true, 0x19, 0x21, 0 }, /* Vermeer */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct cpu_signature s = cpu_signature(known[i].eax, known[i].amd);

		assert_int_equal(s.family, known[i].family);
		assert_int_equal(s.model, known[i].model);
		assert_int_equal(s.stepping, known[i].stepping);
	}
}

static void test_hypervisors(void **state)
{
	(void)state;
	assert_string_equal(hypervisor_name("KVMKVMKVM"), "KVM");
	assert_string_equal(hypervisor_name("TCGTCGTCGTCG"), "QEMU TCG");
	assert_string_equal(hypervisor_name("Microsoft Hv"), "Hyper-V");
	assert_string_equal(hypervisor_name("bhyve bhyve"), "bhyve");
	assert_string_equal(hypervisor_name("lrpepyh  vr"), "Parallels");
	assert_string_equal(hypervisor_name("OpenBSDVMM58"), "OpenBSD vmm");
}

static void test_unknown_hypervisor(void **state)
{
	(void)state;
	assert_null(hypervisor_name(""));
	assert_null(hypervisor_name("KVMKVMKVMK"));
	assert_null(hypervisor_name("KVM"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_processors),
		cmocka_unit_test(test_hypervisors),
		cmocka_unit_test(test_unknown_hypervisor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

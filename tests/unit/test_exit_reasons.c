// SPDX-License-Identifier: GPL-2.0-only
/* Reason names against the kernel's own tables of the same numbers. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
// clang-format on

/* Before the kernel's headers, whose macros have the names of our enumerators. */
#include "exit_reasons.h"

#include <asm/svm.h>
#include <asm/vmx.h>

#include "kvm_exit_stats.h"

/* As the kernel has them. */
typedef uint8_t u8;
typedef uint32_t u32;
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#include "../../host-patch/core/exit_stats_names.h"

static void test_anchors(void **state)
{
	static const struct {
		unsigned int isa;
		uint32_t reason;
		const char *name;
	} anchors[] = {
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_CPUID, "CPUID" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_HLT, "HLT" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_IOIO, "IOIO" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_MSR, "MSR" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_VMMCALL, "VMMCALL" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_INTR, "INTR" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_XSETBV, "XSETBV" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_INVPCID, "INVPCID" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_NPF, "NPF" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_AVIC_INCOMPLETE_IPI, "AVIC_INCOMPLETE_IPI" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_VMGEXIT, "VMGEXIT" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_READ_CR3, "CR3_READ" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_WRITE_CR8, "CR8_WRITE" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_WRITE_DR7, "DR7_WRITE" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_READ_CR0 + 15, "CR15_READ" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_READ_DR0, "DR0_READ" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_EXCP_BASE, "EXCP0" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_EXCP_BASE + 9, "EXCP9" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_EXCP_BASE + 14, "EXCP14" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_EXCP_BASE + 31, "EXCP31" },
		{ KVM_EXIT_STATS_ISA_SVM, SVM_EXIT_CR0_WRITE_TRAP, "CR0_WRITE_TRAP" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_CPUID, "CPUID" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_HLT, "HLT" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_VMCALL, "VMCALL" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_IO_INSTRUCTION, "IO_INSTRUCTION" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_MSR_READ, "RDMSR" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_EXTERNAL_INTERRUPT, "EXTERNAL_INTERRUPT" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_EPT_VIOLATION, "EPT_VIOLATION" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_PREEMPTION_TIMER, "PREEMPTION_TIMER" },
		{ KVM_EXIT_STATS_ISA_VMX, EXIT_REASON_TPAUSE, "TPAUSE" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(anchors) / sizeof(anchors[0]); i++)
		assert_string_equal(exit_reason_name(anchors[i].isa, anchors[i].reason),
				    anchors[i].name);
}

/* Every code with a slot of its own has a name. */
static void test_all_reasons_have_names(void **state)
{
	static const struct {
		uint32_t reason;
		const char *name;
	} vmx[] = { VMX_EXIT_REASONS };

	(void)state;
	for (uint32_t reason = 0; reason <= 0xa6; reason++)
		assert_non_null(exit_reason_name(KVM_EXIT_STATS_ISA_SVM, reason));
	for (uint32_t reason = SVM_EXIT_NPF; reason <= SVM_EXIT_VMGEXIT; reason++)
		assert_non_null(exit_reason_name(KVM_EXIT_STATS_ISA_SVM, reason));
	for (size_t i = 0; i < sizeof(vmx) / sizeof(vmx[0]); i++)
		assert_non_null(exit_reason_name(KVM_EXIT_STATS_ISA_VMX, vmx[i].reason));
}

/* The names that the host's files have, host-patch/core/, are the same. */
static void test_names_of_the_host(void **state)
{
	char text[24];

	(void)state;
	for (unsigned int isa = KVM_EXIT_STATS_ISA_VMX; isa <= KVM_EXIT_STATS_ISA_SVM; isa++)
		for (uint32_t reason = 0; reason < 0x1000; reason++) {
			const char *ours = exit_reason_name(isa, reason);
			const char *host = exit_stats_name(isa == KVM_EXIT_STATS_ISA_SVM, reason,
							   text, sizeof(text));

			if (!ours)
				assert_null(host);
			else
				assert_string_equal(host, ours);
		}
}

static void test_no_name(void **state)
{
	(void)state;
	assert_null(exit_reason_name(KVM_EXIT_STATS_ISA_VMX, 35));
	assert_null(exit_reason_name(KVM_EXIT_STATS_ISA_VMX, 1000));
	assert_null(exit_reason_name(KVM_EXIT_STATS_ISA_SVM, 0xa7));
	assert_null(exit_reason_name(KVM_EXIT_STATS_ISA_SVM, 0x404));
	assert_null(exit_reason_name(KVM_EXIT_STATS_ISA_SVM, UINT32_MAX));
	assert_string_equal(exit_reason_name(KVM_EXIT_STATS_ISA_SVM, KVM_EXIT_STATS_REASON_OTHER),
			    "OTHER");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_all_reasons_have_names),
		cmocka_unit_test(test_names_of_the_host),
		cmocka_unit_test(test_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

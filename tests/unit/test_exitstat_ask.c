// SPDX-License-Identifier: GPL-2.0-only
/* Where exitstat asks the host what it has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "exitstat/ask.h"
#include "exitstat/cpuid.h"
#include "kvm_exit_stats.h"

#define SVM_CPUID 0x72

/* Where each CPUID was executed. */
struct fake {
	unsigned int cpu, there, elsewhere;
	unsigned int layout; /* of the course's leaves */
};

/* A host with one reason; it counts nothing. */
static void fake_read(void *context, uint32_t leaf, uint32_t index, struct cpuid_regs *regs)
{
	struct fake *fake = context;

	*(some_cpu() == fake->cpu ? &fake->there : &fake->elsewhere) += 1;
	*regs = (struct cpuid_regs){ 0 };
	if (leaf == KVM_EXIT_STATS_SIGNATURE)
		*regs = (struct cpuid_regs){ KVM_EXIT_STATS_TOTAL, KVM_EXIT_STATS_SIGNATURE_EBX,
					     KVM_EXIT_STATS_SIGNATURE_ECX,
					     KVM_EXIT_STATS_SIGNATURE_EDX };
	else if (leaf == KVM_EXIT_STATS_INFO)
		*regs = (struct cpuid_regs){ KVM_EXIT_STATS_VERSION |
						     fake->layout << KVM_EXIT_STATS_LAYOUT_SHIFT,
					     1 << 16 | KVM_EXIT_STATS_ISA_SVM, 7, 2000000 };
	else if (leaf == KVM_EXIT_STATS_TOTAL && fake->layout == KVM_EXIT_STATS_LAYOUT_3)
		regs->edx = KVM_EXIT_STATS_UNDEFINED;
	else if (leaf == KVM_EXIT_STATS_SLOT)
		regs->eax = index ? KVM_EXIT_STATS_SLOT_NONE : SVM_CPUID;
}

/* The lowest CPU that the process may run on, and the highest. */
static void ends_of(const cpu_set_t *set, unsigned int *lowest, unsigned int *highest)
{
	*lowest = MAX_CPUS;
	for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (!CPU_ISSET_S(cpu, CPU_ALLOC_SIZE(MAX_CPUS), set))
			continue;
		*lowest = *lowest < cpu ? *lowest : cpu;
		*highest = cpu;
	}
}

/* All CPUIDs on the vCPU whose exits they are taken off; then where it was before. */
static void test_asked_on_the_first_vcpu(void **state)
{
	cpu_set_t *everywhere = affinity(), *after;
	unsigned int first = 0, last = 0, now_first, now_last = 0;
	struct fake fake = { 0 };
	struct scope scope = { .source = { .read = fake_read, .context = &fake }, .vcpu = true };
	struct session session = { .nr_scopes = 1, .scopes = &scope };

	(void)state;
	ends_of(everywhere, &first, &last);
	pin(first);
	scope.cpu = fake.cpu = last;
	ask_host(&session, true);
	assert_int_equal(fake.elsewhere, 0);
	assert_int_equal(fake.there, scope.source.reads);
	assert_int_equal(session.layout.nr, 1);
	after = affinity();
	ends_of(after, &now_first, &now_last);
	assert_int_equal(now_first, first);
	assert_int_equal(now_last, first);
	free(session.layout.codes);
	CPU_FREE(after);
	unpin(everywhere);
}

/* The VM's sums are the same wherever they are read. */
static void test_asked_anywhere(void **state)
{
	struct fake fake = { .cpu = some_cpu() };
	struct scope scope = { .source = { .read = fake_read, .context = &fake } };
	struct session session = { .nr_scopes = 1, .scopes = &scope };

	(void)state;
	ask_host(&session, false);
	assert_int_equal(fake.there + fake.elsewhere, scope.source.reads);
	assert_null(session.layout.codes);
}

/* A layout of course work is no flag, and its leaf 0x4fffffff is not asked for the totals. */
static void test_asked_in_layout_3(void **state)
{
	struct fake fake = { .cpu = some_cpu(), .layout = KVM_EXIT_STATS_LAYOUT_3 };
	struct scope scope = { .source = { .read = fake_read, .context = &fake } };
	struct session session = { .nr_scopes = 1, .scopes = &scope };

	(void)state;
	ask_host(&session, false);
	assert_int_equal(session.host.course, KVM_EXIT_STATS_LAYOUT_3);
	assert_int_equal(session.host.features, 0);
	assert_true(scope.two_leaves);
	fake.layout = KVM_EXIT_STATS_LAYOUT_MERGED;
	ask_host(&session, false);
	assert_false(scope.two_leaves);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked_on_the_first_vcpu),
		cmocka_unit_test(test_asked_anywhere),
		cmocka_unit_test(test_asked_in_layout_3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

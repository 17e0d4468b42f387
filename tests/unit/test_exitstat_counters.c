// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitstat against a host of our own: which signature it takes, what it counts,
 * and that its own readings are not in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exitstat/counters.h"
#include "exitstat/cpuid.h"
#include "exitstat/host.h"
#include "kvm_exit_stats.h"

enum { HLT, CPUID, GAP, NPF, NR_SLOTS }; /* the order of the slots */
static const uint32_t codes[NR_SLOTS] = { 0x78, 0x72, 0xa7, 0x400 };

/* What the host below answers and how it counts. */
struct fake {
	uint32_t features_ecx;	   /* leaf 1 */
	const char *hypervisor[2]; /* at 0x40000000 and 0x40000100 */
	bool patched, garbage;
	uint32_t version, epoch;
	bool narrow;	/* keeps 32 bits of the exits in the total's leaf */
	bool no_totals; /* in that leaf: the course's layout 3 */
	uint64_t exits[NR_SLOTS], kernel[NR_SLOTS], user[NR_SLOTS];
	uint64_t cost;	    /* kernel cycles of a CPUID */
	unsigned int noise; /* of HLT, every so many CPUIDs; 0: never */
	unsigned int calls;
};

static uint64_t sum(const uint64_t *values)
{
	uint64_t total = 0;

	for (int slot = 0; slot < NR_SLOTS; slot++)
		total += values[slot];
	return total;
}

static int slot_of(uint32_t code)
{
	for (int slot = 0; slot < NR_SLOTS; slot++)
		if (codes[slot] == code && slot != GAP)
			return slot;
	return -1;
}

static void answer_pair(struct cpuid_regs *regs, uint64_t value)
{
	regs->ebx = (uint32_t)(value >> 32);
	regs->ecx = (uint32_t)value;
}

static void answer(struct fake *fake, uint32_t leaf, uint32_t index, struct cpuid_regs *regs)
{
	uint64_t exits = sum(fake->exits);
	int slot = slot_of(index & 0xffff);
	uint32_t selector = index;

	switch (leaf) {
	case KVM_EXIT_STATS_SIGNATURE:
		*regs = (struct cpuid_regs){ KVM_EXIT_STATS_TOTAL, KVM_EXIT_STATS_SIGNATURE_EBX,
					     KVM_EXIT_STATS_SIGNATURE_ECX,
					     KVM_EXIT_STATS_SIGNATURE_EDX };
		break;
	case KVM_EXIT_STATS_INFO:
		*regs = (struct cpuid_regs){ fake->version, NR_SLOTS << 16 | KVM_EXIT_STATS_ISA_SVM,
					     fake->epoch, 2000000 };
		break;
	case KVM_EXIT_STATS_SLOT:
		regs->eax = index < NR_SLOTS ? codes[index] : KVM_EXIT_STATS_SLOT_NONE;
		break;
	case KVM_EXIT_STATS_TOTAL:
		if (fake->no_totals) {
			regs->edx = KVM_EXIT_STATS_UNDEFINED;
			break;
		}
		regs->eax = (uint32_t)exits;
		regs->edx = fake->narrow ? 0 : (uint32_t)(exits >> 32);
		answer_pair(regs, sum(fake->kernel));
		break;
	case KVM_EXIT_STATS_VM_REASON:
	case KVM_EXIT_STATS_VCPU_REASON:
		selector = index >> 16;
		if (slot < 0)
			regs->edx = KVM_EXIT_STATS_UNDEFINED;
		else if (selector <= KVM_EXIT_STATS_USER)
			answer_pair(regs, selector == KVM_EXIT_STATS_EXITS    ? fake->exits[slot]
					  : selector == KVM_EXIT_STATS_KERNEL ? fake->kernel[slot]
									      : fake->user[slot]);
		break;
	case KVM_EXIT_STATS_VM:
	case KVM_EXIT_STATS_VCPU:
		if (selector <= KVM_EXIT_STATS_USER)
			answer_pair(regs, selector == KVM_EXIT_STATS_EXITS    ? exits
					  : selector == KVM_EXIT_STATS_KERNEL ? sum(fake->kernel)
									      : sum(fake->user));
		break;
	}
}

/* An exit is counted when it begins, its cycles when it is over. */
static void fake_read(void *context, uint32_t leaf, uint32_t index, struct cpuid_regs *regs)
{
	struct fake *fake = context;

	*regs = (struct cpuid_regs){ 0 };
	fake->calls++;
	fake->exits[CPUID]++;
	if (fake->noise && fake->calls % fake->noise == 0) {
		fake->exits[HLT]++;
		fake->kernel[HLT] += 5000;
	}
	if (leaf == 1)
		regs->ecx = fake->features_ecx;
	for (uint32_t i = 0; i < 2; i++)
		if (leaf == 0x40000000 + i * 0x100 && fake->hypervisor[i])
			memcpy(&regs->ebx, fake->hypervisor[i], 12);
	if (fake->patched)
		answer(fake, leaf, index, regs);
	else if (fake->garbage && leaf >= KVM_EXIT_STATS_SIGNATURE)
		*regs = (struct cpuid_regs){ 0x07280202, 0x4d, 0x01, 0x2c307f };
	fake->kernel[CPUID] += fake->cost;
}

static struct fake patched_host(void)
{
	return (struct fake){
		.features_ecx = 1u << 31,
		.hypervisor = { "KVMKVMKVM\0\0\0" },
		.patched = true,
		.version = KVM_EXIT_STATS_VERSION,
		.epoch = 7,
		.exits = { [HLT] = 10, [CPUID] = 20, [NPF] = 30 },
		.kernel = { [HLT] = 1000, [CPUID] = 2000, [NPF] = 3000 },
		.cost = 3100,
	};
}

static struct scope scope_of(struct fake *fake)
{
	return (struct scope){ .source = { .read = fake_read, .context = fake } };
}

static enum exitstat_status find(struct fake *fake, char *name)
{
	struct scope scope = scope_of(fake);
	struct host host;

	return host_find(&scope.source, &host, name);
}

static void test_presence(void **state)
{
	struct fake fake = patched_host();
	char name[13];

	(void)state;
	assert_int_equal(find(&fake, name), STATUS_OK);
	/* Even if all that shows a hypervisor is hidden. */
	fake.features_ecx = 0;
	fake.hypervisor[0] = NULL;
	assert_int_equal(find(&fake, name), STATUS_OK);
	fake.version = 2;
	assert_int_equal(find(&fake, name), STATUS_VERSION);
}

static void test_absence(void **state)
{
	struct fake fake = patched_host();
	char name[13];

	(void)state;
	fake.patched = false;
	assert_int_equal(find(&fake, name), STATUS_ABSENT);
	/* Intel's answer without the patch: not zero, and not the signature. */
	fake.garbage = true;
	assert_int_equal(find(&fake, name), STATUS_ABSENT);
	/* KVM beside Hyper-V's leaves. */
	fake.hypervisor[0] = "Microsoft Hv";
	fake.hypervisor[1] = "KVMKVMKVM\0\0\0";
	assert_int_equal(find(&fake, name), STATUS_ABSENT);
	fake.hypervisor[1] = NULL;
	assert_int_equal(find(&fake, name), STATUS_NOT_KVM);
	assert_string_equal(name, "Microsoft Hv");
	fake.features_ecx = 0;
	assert_int_equal(find(&fake, name), STATUS_NOT_VM);
}

static void test_layout(void **state)
{
	struct fake fake = patched_host();
	struct scope scope = scope_of(&fake);
	struct layout layout;
	struct host host;
	char name[13];

	(void)state;
	assert_int_equal(host_find(&scope.source, &host, name), STATUS_OK);
	assert_int_equal(host.epoch, 7);
	assert_int_equal(host.tsc_khz, 2000000);
	layout_read(&scope.source, &host, &layout);
	/* The slot that cannot be asked for is not there. */
	assert_int_equal(layout.nr, 3);
	assert_int_equal(layout.codes[layout.cpuid], 0x72);
	assert_int_equal(layout.codes[2], 0x400);
	assert_int_equal(scope.source.reads, fake.calls);
	free(layout.codes);
}

/* A host and what exitstat makes of it between two snapshots. */
struct bench {
	struct fake fake;
	struct scope scope;
	struct host host;
	struct layout layout;
	struct snapshot before, after;
	struct delta delta;
};

static void set_up(struct bench *bench)
{
	char name[13];

	bench->fake = patched_host();
	bench->scope = scope_of(&bench->fake);
	assert_int_equal(host_find(&bench->scope.source, &bench->host, name), STATUS_OK);
	layout_read(&bench->scope.source, &bench->host, &bench->layout);
	snapshot_init(&bench->before, &bench->layout);
	snapshot_init(&bench->after, &bench->layout);
	delta_init(&bench->delta, &bench->layout);
}

static void tear_down(struct bench *bench)
{
	free(bench->layout.codes);
	free(bench->before.reasons);
	free(bench->after.reasons);
	free(bench->delta.reasons);
}

static enum exitstat_status compare(struct bench *bench)
{
	return delta_between(&bench->delta, &bench->layout, &bench->before, &bench->after);
}

/* Layout: 0 HLT, 1 CPUID, 2 NPF. */
static void test_own_readings_are_taken_off(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	snapshot_take(&b.before, &b.scope, &b.layout, 3);
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	assert_int_equal(compare(&b), STATUS_OK);
	assert_true(b.delta.own > 10);
	for (int sel = 0; sel < SELECTORS_PER_REASON; sel++) {
		assert_int_equal(b.delta.val[sel], 0);
		for (unsigned int i = 0; i < b.layout.nr; i++)
			assert_int_equal(b.delta.reasons[i].val[sel], 0);
	}
	tear_down(&b);
}

static void test_what_others_did_is_exact(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	snapshot_take(&b.before, &b.scope, &b.layout, 3);
	b.fake.exits[CPUID] += 17;
	b.fake.kernel[CPUID] += 17 * 3300;
	b.fake.exits[NPF] += 5;
	b.fake.kernel[NPF] += 50000;
	b.fake.user[NPF] += 123;
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	assert_int_equal(compare(&b), STATUS_OK);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_EXITS], 22);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_KERNEL], 17 * 3300 + 50000);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_USER], 123);
	assert_int_equal(b.delta.reasons[1].val[KVM_EXIT_STATS_EXITS], 17);
	assert_int_equal(b.delta.reasons[1].val[KVM_EXIT_STATS_KERNEL], 17 * 3300);
	assert_int_equal(b.delta.reasons[2].val[KVM_EXIT_STATS_EXITS], 5);
	assert_int_equal(b.delta.reasons[2].val[KVM_EXIT_STATS_KERNEL], 50000);
	assert_int_equal(b.delta.reasons[2].val[KVM_EXIT_STATS_USER], 123);
	assert_int_equal(b.delta.foreign, 0);
	tear_down(&b);
}

/* The same where the totals are in two leaves. */
static void test_layout_without_totals(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	b.fake.no_totals = b.scope.two_leaves = true;
	snapshot_take(&b.before, &b.scope, &b.layout, 3);
	b.fake.exits[NPF] += 5;
	b.fake.kernel[NPF] += 50000;
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	assert_int_equal(compare(&b), STATUS_OK);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_EXITS], 5);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_KERNEL], 50000);
	assert_int_equal(b.delta.reasons[1].val[KVM_EXIT_STATS_EXITS], 0);
	assert_int_equal(b.delta.foreign, 0);
	total_take(&b.delta, &b.scope);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_EXITS], sum(b.fake.exits) - 1);
	tear_down(&b);
}

/* Exits while the counters are read are neither lost nor unmentioned. */
static void test_noise_within_a_reading(void **state)
{
	struct bench b;
	uint64_t before, all;

	(void)state;
	set_up(&b);
	b.fake.noise = 5;
	snapshot_take(&b.before, &b.scope, &b.layout, 3);
	before = b.before.open.exits.value - b.before.open.exits.own;
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	all = b.after.open.exits.value - b.after.open.exits.own - before;
	assert_int_equal(compare(&b), STATUS_OK);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_EXITS], all);
	assert_true(all > 0);
	assert_true(b.delta.foreign > 0);
	assert_int_equal(b.delta.reasons[1].val[KVM_EXIT_STATS_EXITS], 0);
	tear_down(&b);
}

static void test_sum_since_creation(void **state)
{
	struct bench b;
	uint64_t exits = 0, kernel = 0;

	(void)state;
	set_up(&b);
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	assert_int_equal(delta_since_creation(&b.delta, &b.layout, &b.after), STATUS_OK);
	for (unsigned int i = 0; i < b.layout.nr; i++) {
		exits += b.delta.reasons[i].val[KVM_EXIT_STATS_EXITS];
		kernel += b.delta.reasons[i].val[KVM_EXIT_STATS_KERNEL];
	}
	assert_int_equal(exits, b.delta.val[KVM_EXIT_STATS_EXITS]);
	/* Nobody else executed CPUID; the host had counted 60 exits before. */
	assert_int_equal(exits, b.delta.own + 60);
	assert_int_equal(kernel, b.delta.val[KVM_EXIT_STATS_KERNEL]);
	tear_down(&b);
}

static void test_beyond_32_bits(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	/* From just below 2^32 to above, by EDX:EAX. */
	b.fake.exits[NPF] = UINT32_MAX - 200;
	b.fake.kernel[NPF] = UINT32_MAX - 200;
	assert_int_equal(host_total_is_whole(&b.scope.source), STATUS_OK);
	snapshot_take(&b.before, &b.scope, &b.layout, 3);
	b.fake.exits[NPF] += 1000000;
	b.fake.kernel[NPF] += 7000000;
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	assert_int_equal(compare(&b), STATUS_OK);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_EXITS], 1000000);
	assert_int_equal(b.delta.val[KVM_EXIT_STATS_KERNEL], 7000000);
	assert_int_equal(b.delta.reasons[2].val[KVM_EXIT_STATS_EXITS], 1000000);
	assert_int_equal(host_total_is_whole(&b.scope.source), STATUS_OK);
	tear_down(&b);
}

static void test_wrap(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	b.fake.narrow = true;
	b.fake.exits[NPF] = UINT32_MAX - 200;
	snapshot_take(&b.before, &b.scope, &b.layout, 3);
	b.fake.exits[NPF] += 100000;
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	assert_int_equal(compare(&b), STATUS_WRAPPED);
	assert_int_equal(host_total_is_whole(&b.scope.source), STATUS_WRAPPED);
	tear_down(&b);
}

static void test_restart(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	snapshot_take(&b.before, &b.scope, &b.layout, 3);
	b.fake.epoch++;
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	assert_int_equal(compare(&b), STATUS_RESTARTED);
	/* The same epoch by chance, but fewer exits. */
	b.fake.epoch--;
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	b.before.close.exits.value = 1ull << 33;
	assert_int_equal(compare(&b), STATUS_RESTARTED);
	/* Within one reading. */
	b.after.close.epoch++;
	assert_int_equal(delta_since_creation(&b.delta, &b.layout, &b.after), STATUS_RESTARTED);
	tear_down(&b);
}

/* Layout 3 has no total in the leaf: what is read there then is less than before. */
static void test_layout_changes(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	snapshot_take(&b.before, &b.scope, &b.layout, 3);
	b.fake.no_totals = true;
	b.fake.version |= KVM_EXIT_STATS_LAYOUT_3 << KVM_EXIT_STATS_LAYOUT_SHIFT;
	snapshot_take(&b.after, &b.scope, &b.layout, 3);
	assert_int_equal(compare(&b), STATUS_LAYOUT);
	/* Within one reading, before or after. */
	b.before.close = b.after.open;
	assert_int_equal(compare(&b), STATUS_LAYOUT);
	assert_int_equal(delta_since_creation(&b.delta, &b.layout, &b.before), STATUS_LAYOUT);
	b.before.open = b.after.open;
	b.after.close.course = 0;
	assert_int_equal(compare(&b), STATUS_LAYOUT);
	tear_down(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_presence),
		cmocka_unit_test(test_absence),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_own_readings_are_taken_off),
		cmocka_unit_test(test_what_others_did_is_exact),
		cmocka_unit_test(test_layout_without_totals),
		cmocka_unit_test(test_noise_within_a_reading),
		cmocka_unit_test(test_sum_since_creation),
		cmocka_unit_test(test_beyond_32_bits),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_layout_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

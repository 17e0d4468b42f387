// SPDX-License-Identifier: GPL-2.0-only
#include "measure/reasons.h"

#include "exit_reasons.h"
#include "platform/smp.h"

static unsigned int isa, slot_count;
static bool by_leaf;
static uint32_t slot_reason[SLOTS_MAX];

void reasons_init(const struct counters_info *info, unsigned int of_isa)
{
	isa = of_isa;
	by_leaf = info;
	slot_count = 0;
	if (!info)
		return;
	slot_count = info->slots < SLOTS_MAX ? info->slots : SLOTS_MAX;
	for (unsigned int i = 0; i < slot_count; i++)
		slot_reason[i] = counters_slot_reason(i);
}

unsigned int reasons_slots(void)
{
	return slot_count;
}

uint32_t reasons_cpuid(void)
{
	return isa == KVM_EXIT_STATS_ISA_SVM ? SVM_EXIT_CPUID : EXIT_REASON_CPUID;
}

bool reasons_of_vm(const struct op *op)
{
	return smp_count() > 1 && !op->own_vcpu;
}

uint32_t reasons_number(unsigned int slot)
{
	return slot_reason[slot];
}

/* The slot of @reason is the one that has it, or a new one. Beyond SLOTS_MAX it is left out. */
static void note_reason(void *context, uint32_t reason, uint64_t exits)
{
	struct reading *r = context;
	unsigned int slot = 0;

	while (slot < slot_count && slot_reason[slot] != reason)
		slot++;
	if (slot == SLOTS_MAX)
		return;
	if (slot == slot_count)
		slot_reason[slot_count++] = reason;
	r->exits[slot] = exits;
}

void reasons_read(struct reading *r, bool vm)
{
	if (!by_leaf) {
		/* A reason that has not come has no slot, and none of its exits so far. */
		*r = (struct reading){ 0 };
		host_counts_read(vm, note_reason, r, &r->times);
		return;
	}
	for (unsigned int i = 0; i < slot_count; i++)
		r->exits[i] = counters_reason_exits(slot_reason[i], vm);
}

int64_t reasons_between(const struct reading *before, const struct reading *after,
			unsigned int slot)
{
	int64_t exits = (int64_t)(after->exits[slot] - before->exits[slot]);

	return by_leaf && slot_reason[slot] == reasons_cpuid() ? exits - slot_count : exits;
}

bool reason_is_hosts(uint32_t reason)
{
	if (isa == KVM_EXIT_STATS_ISA_SVM)
		return reason == SVM_EXIT_INTR || reason == SVM_EXIT_NMI || reason == SVM_EXIT_SMI;
	return reason == EXIT_REASON_EXTERNAL_INTERRUPT || reason == EXIT_REASON_PREEMPTION_TIMER;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "platform/counters.h"

#include <stddef.h>

#include "cpu/insn.h"

static struct counters_info info;
static bool present;
static unsigned int layout = KVM_EXIT_STATS_LAYOUT_MERGED;

bool counters_init(void)
{
	struct cpuid c = cpuid(KVM_EXIT_STATS_SIGNATURE, 0);

	if (c.ebx != KVM_EXIT_STATS_SIGNATURE_EBX || c.ecx != KVM_EXIT_STATS_SIGNATURE_ECX ||
	    c.edx != KVM_EXIT_STATS_SIGNATURE_EDX)
		return false;

	c = cpuid(KVM_EXIT_STATS_INFO, 0);
	layout = (c.eax & KVM_EXIT_STATS_LAYOUT_MASK) >> KVM_EXIT_STATS_LAYOUT_SHIFT;
	if (layout != KVM_EXIT_STATS_LAYOUT_MERGED)
		return false;
	info = (struct counters_info){
		.version = c.eax & 0xffff,
		.isa = c.ebx & 0xffff,
		.features = c.eax & 0xffff0000,
		.slots = c.ebx >> 16,
		.epoch = c.ecx,
		.tsc_khz = c.edx,
	};
	present = true;
	return true;
}

const struct counters_info *counters_info(void)
{
	return present ? &info : NULL;
}

unsigned int counters_layout(void)
{
	return layout;
}

static uint64_t value(uint32_t leaf, uint32_t index)
{
	struct cpuid c = cpuid(leaf, index);

	return (uint64_t)c.ebx << 32 | c.ecx;
}

uint64_t counters_vcpu(enum kvm_exit_stats_selector selector)
{
	return value(KVM_EXIT_STATS_VCPU, selector);
}

uint64_t counters_vm(enum kvm_exit_stats_selector selector)
{
	return value(KVM_EXIT_STATS_VM, selector);
}

uint32_t counters_slot_reason(unsigned int slot)
{
	return cpuid(KVM_EXIT_STATS_SLOT, slot).eax;
}

uint64_t counters_reason_exits(uint32_t reason, bool vm)
{
	return value(vm ? KVM_EXIT_STATS_VM_REASON : KVM_EXIT_STATS_VCPU_REASON,
		     reason | KVM_EXIT_STATS_EXITS << 16);
}

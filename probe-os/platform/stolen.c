// SPDX-License-Identifier: GPL-2.0-only
#include "platform/stolen.h"

#include "cpu/machine.h"
#include "cpu/msr.h"
#include "lib/text.h"

/* SDM vol. 4, from Nehalem on. */
#define MSR_SMI_COUNT 0x34

/* An odd or changing version means that KVM is writing the structure. */
#define RETRIES 100

struct steal_time {
	uint64_t steal_ns;
	uint32_t version;
	uint32_t flags;
	uint8_t preempted;
	uint8_t pad[47];
} __attribute__((aligned(64)));

static volatile struct steal_time steal;

/* Read KVM's time so far while registered. The structure keeps what KVM last wrote. */
static bool read_steal(uint64_t *ns)
{
	for (int i = 0; i < RETRIES; i++) {
		uint32_t version = steal.version;

		*ns = steal.steal_ns;
		/* x86 keeps loads in order, and volatile makes the compiler keep them too. */
		if (!(version & 1) && version == steal.version)
			return true;
	}
	return false;
}

bool steal_ns(uint64_t *ns)
{
	bool read;

	if (!(machine()->kvm_features & KVM_FEATURE_STEAL_TIME) ||
	    !wrmsr_try(MSR_KVM_STEAL_TIME, (uintptr_t)&steal | MSR_KVM_ENABLED))
		return false;
	read = read_steal(ns);
	wrmsr_try(MSR_KVM_STEAL_TIME, 0);
	return read;
}

void steal_report(bool on)
{
	wrmsr_guarded(MSR_KVM_STEAL_TIME, on ? (uintptr_t)&steal | MSR_KVM_ENABLED : 0);
}

bool smi_count(uint32_t *count)
{
	uint64_t value;

	if (!text_equal(machine()->vendor, "GenuineIntel") || !rdmsr_try(MSR_SMI_COUNT, &value))
		return false;
	*count = (uint32_t)value;
	return true;
}

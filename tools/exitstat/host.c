// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/host.h"

#include <stdbool.h>
#include <string.h>

#include "kvm_exit_stats.h"

/* SDM vol. 2A, CPUID leaf 1; APM vol. 3, Fn0000_0001: set by hypervisors. */
#define LEAF_FEATURES  1
#define ECX_HYPERVISOR (1u << 31)

/* Hypervisors' leaves; beside Hyper-V's, KVM's begin 0x100 or more behind. */
#define LEAF_HYPERVISOR	      0x40000000
#define LEAF_HYPERVISOR_STEP  0x100
#define LEAF_HYPERVISOR_COUNT 0x100

static bool signature_is_there(struct cpuid_source *source)
{
	struct cpuid_regs regs = cpuid(source, KVM_EXIT_STATS_SIGNATURE, 0);

	return regs.ebx == KVM_EXIT_STATS_SIGNATURE_EBX &&
	       regs.ecx == KVM_EXIT_STATS_SIGNATURE_ECX && regs.edx == KVM_EXIT_STATS_SIGNATURE_EDX;
}

/* It goes to a terminal: what is no printable character of ASCII is shown as '?'. */
static void hypervisor_name(struct cpuid_source *source, uint32_t leaf, char *name)
{
	struct cpuid_regs regs = cpuid(source, leaf, 0);

	memcpy(name, &regs.ebx, 4);
	memcpy(name + 4, &regs.ecx, 4);
	memcpy(name + 8, &regs.edx, 4);
	name[HYPERVISOR_BYTES - 1] = '\0';
	for (; *name; name++)
		if (*name < ' ' || *name > '~')
			*name = '?';
}

/* Why the signature is not there. */
static enum exitstat_status absent(struct cpuid_source *source, char *hypervisor)
{
	char name[HYPERVISOR_BYTES];

	if (!(cpuid(source, LEAF_FEATURES, 0).ecx & ECX_HYPERVISOR))
		return STATUS_NOT_VM;
	hypervisor_name(source, LEAF_HYPERVISOR, hypervisor);
	for (uint32_t i = 0; i < LEAF_HYPERVISOR_COUNT; i++) {
		hypervisor_name(source, LEAF_HYPERVISOR + i * LEAF_HYPERVISOR_STEP, name);
		if (!strcmp(name, "KVMKVMKVM"))
			return STATUS_ABSENT;
	}
	return STATUS_NOT_KVM;
}

enum exitstat_status host_find(struct cpuid_source *source, struct host *host, char *hypervisor)
{
	struct cpuid_regs regs;

	if (!signature_is_there(source))
		return absent(source, hypervisor);

	regs = cpuid(source, KVM_EXIT_STATS_INFO, 0);
	*host = (struct host){
		.version = regs.eax & 0xffff,
		.isa = regs.ebx & 0xffff,
		.slots = regs.ebx >> 16,
		.features = regs.eax & 0xffff0000 & ~KVM_EXIT_STATS_LAYOUT_MASK,
		.course = (regs.eax & KVM_EXIT_STATS_LAYOUT_MASK) >> KVM_EXIT_STATS_LAYOUT_SHIFT,
		.epoch = regs.ecx,
		.tsc_khz = regs.edx,
	};
	return host->version == KVM_EXIT_STATS_VERSION ? STATUS_OK : STATUS_VERSION;
}

enum exitstat_status host_total_is_whole(struct cpuid_source *source)
{
	struct cpuid_regs total = cpuid(source, KVM_EXIT_STATS_TOTAL, 0);
	struct cpuid_regs whole = cpuid(source, KVM_EXIT_STATS_VM, KVM_EXIT_STATS_EXITS);
	uint64_t later = pair(whole.ebx, whole.ecx) - pair(total.edx, total.eax);

	/* Between the two there was one exit, and some of other vCPUs. */
	return later >> 32 ? STATUS_WRAPPED : STATUS_OK;
}

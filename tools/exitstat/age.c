// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/age.h"

#include <time.h>

#include "kvm_exit_stats.h"

#define NS_PER_S 1000000000.0

/* A boot loader's menu waits for up to 10 s, and UEFI with many disks takes as long. */
#define BOOT_AT_MOST_S 30

/* The guest's clock is adjusted by NTP, by up to 500 ppm (adjtimex(2)), and the TSC is not. */
#define CLOCKS_DIFFER_S 1
#define CLOCKS_DIFFER	0.0005

static const enum kvm_exit_stats_selector states[] = {
	KVM_EXIT_STATS_KERNEL, KVM_EXIT_STATS_USER,  KVM_EXIT_STATS_HALTED,
	KVM_EXIT_STATS_SCHED,  KVM_EXIT_STATS_GUEST, KVM_EXIT_STATS_PAUSED,
};

void age_read(struct age *age, struct cpuid_source *source, bool pinned)
{
	cpu_set_t *everywhere = pinned ? NULL : affinity();
	struct timespec up;

	if (everywhere)
		pin(some_cpu());
	*age = (struct age){ 0 };
	for (unsigned int i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct cpuid_regs regs = cpuid(source, KVM_EXIT_STATS_VCPU, states[i]);
		uint64_t cycles = (uint64_t)regs.ebx << 32 | regs.ecx;

		age->cycles += cycles;
		if (states[i] == KVM_EXIT_STATS_PAUSED)
			age->paused_cycles = cycles;
	}
	clock_gettime(CLOCK_BOOTTIME, &up);
	age->up_ns = (uint64_t)up.tv_sec * 1000000000 + (uint64_t)up.tv_nsec;
	if (everywhere)
		unpin(everywhere);
}

double age_seconds(const struct age *age, uint32_t tsc_khz)
{
	return tsc_khz ? (double)age->cycles / tsc_khz / 1000 : 0;
}

bool age_is_younger(const struct age *age, uint32_t tsc_khz)
{
	double up_s = (double)age->up_ns / NS_PER_S;

	return tsc_khz && age_seconds(age, tsc_khz) + CLOCKS_DIFFER_S + up_s * CLOCKS_DIFFER < up_s;
}

double age_before_boot(const struct age *age, uint32_t tsc_khz)
{
	double paused_s = tsc_khz ? (double)age->paused_cycles / tsc_khz / 1000 : 0;
	double before_s = age_seconds(age, tsc_khz) - paused_s - (double)age->up_ns / NS_PER_S;

	return before_s > 0 ? before_s : 0;
}

bool age_rebooted(const struct age *age, uint32_t tsc_khz)
{
	return age_before_boot(age, tsc_khz) > BOOT_AT_MOST_S;
}

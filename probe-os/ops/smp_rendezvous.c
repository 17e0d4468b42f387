// SPDX-License-Identifier: GPL-2.0-only
#include "ops/smp_rendezvous.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "lib/format.h"
#include "ops/skip.h"
#include "platform/smp.h"

#define WAIT_TSC 1000000000

static struct line stop, entered;
static const char *failure;

const char *rendezvous_skip(unsigned int needed)
{
	static char text[64];
	unsigned int count = smp_count();

	if (count >= needed)
		return NULL;
	if (!lapic_present())
		return SKIP_NO_LAPIC;
	if (smp_present() >= needed)
		format_text(text, sizeof(text), "%u of %u vCPUs run the probe, needs %u", count,
			    smp_present(), needed);
	else
		format_text(text, sizeof(text), "%u vCPU%s, needs %u (QEMU: -smp %u)", count,
			    count == 1 ? "" : "s", needed, needed);
	return text;
}

void rendezvous_add_one(struct line *value)
{
	__atomic_fetch_add(&value->value, 1, __ATOMIC_SEQ_CST);
}

void rendezvous_await(const struct line *value, uint32_t wanted, const char *what)
{
	uint64_t start = rdtsc_fenced();

	while (value->value != wanted) {
		if (rdtsc_fenced() - start >= WAIT_TSC) {
			failure = what;
			return;
		}
		asm volatile("pause");
	}
}

const char *rendezvous_failed(void)
{
	const char *text = failure;

	failure = NULL;
	return text;
}

void rendezvous_delay(uint64_t tsc)
{
	uint64_t from = rdtsc_fenced();

	while (rdtsc_fenced() - from < tsc)
		;
}

void rendezvous_enter(void)
{
	rendezvous_add_one(&entered);
}

bool rendezvous_over(void)
{
	return stop.value;
}

void rendezvous_start(unsigned int others, void (*work)(unsigned int index))
{
	failure = NULL;
	for (unsigned int i = 1; i <= others; i++) {
		if (!smp_wait(i)) {
			failure = "another vCPU is still busy with its previous work";
			return;
		}
	}
	stop.value = entered.value = 0;
	for (unsigned int i = 1; i <= others; i++)
		smp_start(i, work);
	rendezvous_await(&entered, others, "another vCPU does not wake up");
}

void rendezvous_end(unsigned int others, bool halted)
{
	stop.value = 1;
	for (unsigned int i = 1; i <= others; i++) {
		if (halted)
			lapic_ipi(smp_apic_id(i), LAPIC_ICR_ASSERT | VECTOR_WAKE);
		smp_wait(i);
	}
	rendezvous_delay(RENDEZVOUS_HALT_TSC);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "ops/delivery.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"

/* A VMM that shares its processor has been seen to be half a second late. */
#define WAIT_TSC 3000000000

static volatile uint32_t count;
static const char *failure;

/* finish() signals the end of the interrupt after the run. */
static void take_interrupt(void)
{
	count = count + 1;
}

static void begin(int vector)
{
	failure = NULL;
	trap_handle(vector, take_interrupt);
}

void delivery_setup_timer(void)
{
	begin(VECTOR_TIMER);
}

void delivery_teardown_timer(void)
{
	trap_handle(VECTOR_TIMER, NULL);
}

void delivery_setup_self(void)
{
	begin(VECTOR_IPI);
}

void delivery_teardown_self(void)
{
	trap_handle(VECTOR_IPI, NULL);
}

uint32_t delivery_count(void)
{
	return count;
}

void delivery_await(uint32_t before)
{
	uint64_t start;

	if (count != before)
		return;
	start = rdtsc_fenced();
	while (count == before) {
		if (rdtsc_fenced() - start >= WAIT_TSC) {
			failure = "the interrupt was not delivered";
			return;
		}
	}
}

void delivery_fail(const char *text)
{
	failure = text;
}

const char *delivery_failed(void)
{
	const char *text = failure;

	failure = NULL;
	return text;
}

void delivery_send_self(void)
{
	lapic_write(LAPIC_ICR, LAPIC_ICR_SELF | LAPIC_ICR_ASSERT | VECTOR_IPI);
}

void delivery_finish_self(void)
{
	lapic_write(LAPIC_EOI, 0);
}

/* An interrupt that is still pending would wake the next run. */
void delivery_finish_timer(void)
{
	uint32_t before;

	lapic_timer_stop();
	before = count;
	asm volatile("sti; nop; cli" : : : "memory");
	if (count != before)
		lapic_write(LAPIC_EOI, 0);
}

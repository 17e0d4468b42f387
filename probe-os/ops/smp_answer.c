// SPDX-License-Identifier: GPL-2.0-only
#include "ops/smp_answer.h"

#include <stddef.h>

#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "ops/smp_rendezvous.h"

static struct line sent, acknowledged, ended;

/* The sender continues at the first mark and sends the next IPI after the second. */
static void acknowledge(void)
{
	rendezvous_add_one(&acknowledged);
	lapic_write(LAPIC_EOI, 0);
	rendezvous_add_one(&ended);
}

void answer_spin(unsigned int index)
{
	(void)index;
	rendezvous_enter();
	asm volatile("sti" : : : "memory");
	while (!rendezvous_over())
		asm volatile("pause");
}

static void stay_halted(unsigned int index)
{
	(void)index;
	rendezvous_enter();
	while (!rendezvous_over())
		asm volatile("sti; hlt; cli" : : : "memory");
}

void answer_start(unsigned int others, bool halted)
{
	sent.value = acknowledged.value = ended.value = 0;
	trap_handle(VECTOR_IPI, acknowledge);
	rendezvous_start(others, halted ? stay_halted : answer_spin);
}

void answer_end(unsigned int others, bool halted)
{
	rendezvous_end(others, halted);
	trap_handle(VECTOR_IPI, NULL);
}

void answer_get(uint32_t answers, void (*send)(void))
{
	sent.value = sent.value + answers;
	send();
	rendezvous_await(&acknowledged, sent.value, "an IPI was not acknowledged");
}

void answer_finish(void)
{
	rendezvous_await(&ended, sent.value, "an interrupt handler did not end");
}

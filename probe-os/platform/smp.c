// SPDX-License-Identifier: GPL-2.0-only
#include "platform/smp.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "cpu/lapic.h"
#include "cpu/msr.h"
#include "cpu/trap.h"
#include "platform/acpi.h"
#include "platform/memory.h"

#define STACK_SIZE 8192u
#define XAPIC_IDS  0xffu /* in xAPIC mode the ICR's destination has 8 bits */

#define EFER_LMA (1ull << 10) /* the processor sets it */

/* SDM vol. 3A, 8.4.4: 10 ms from INIT to the first SIPI, 200 us to the second. */
#define INIT_US	  10000
#define SIPI_US	  200
#define ANSWER_US 1000000

/*
 * No TSC is known to be faster. Without ACPI's timer, waits use only the TSC and may be
 * five times as long as they should be.
 */
#define TSC_PER_US 5000

#define WORK_TSC 2000000000ull

/* ap.asm reads this structure and repeats its offsets. */
struct ap_parameters {
	uint32_t cr0, cr3, cr4, efer;
	uint16_t cs, ss;
	uint32_t limit; /* how many vCPUs may take a stack */
	uint32_t next;	/* how many have taken one */
	uint32_t reserved;
	uint64_t stacks;
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) gdt, idt;
};

/* A vCPU that has taken a stack. */
struct processor {
	uint32_t apic_id;
	unsigned int index;
	bool ready;
	void (*work)(unsigned int index);
};

extern struct ap_parameters ap_parameters;
extern const char ap_start[], ap_end[], ap_page[];
void ap_main(uint32_t slot) __attribute__((noreturn));

static struct processor slots[SMP_MAX - 1];
static struct processor *processors[SMP_MAX]; /* [0], this vCPU, is unused */
static unsigned int count = 1, present;
static uint32_t own_id;
static uint64_t stacks_size;

unsigned int smp_count(void)
{
	return count;
}

unsigned int smp_present(void)
{
	return present;
}

uint32_t smp_apic_id(unsigned int index)
{
	return index ? processors[index]->apic_id : own_id;
}

/* VECTOR_WAKE only ends HLT. */
static void wake(void)
{
	lapic_write(LAPIC_EOI, 0);
}

/* ap.asm calls this on the vCPU's own stack with interrupts off. */
void ap_main(uint32_t slot)
{
	struct processor *self = &slots[slot];
	void (*work)(unsigned int index);

	if (!lapic_enable())
		for (;;)
			asm volatile("cli; hlt");
	self->apic_id = lapic_read(LAPIC_ID) >> LAPIC_ID_SHIFT;
	__atomic_store_n(&self->ready, true, __ATOMIC_RELEASE);
	for (;;) {
		work = __atomic_load_n(&self->work, __ATOMIC_ACQUIRE);
		if (work) {
			work(self->index);
			asm volatile("cli" : : : "memory");
			__atomic_store_n(&self->work, NULL, __ATOMIC_RELEASE);
		} else {
			/* STI blocks interrupts until HLT has begun. */
			asm volatile("sti; hlt; cli" : : : "memory");
		}
	}
}

/* Return whether @frame is on another vCPU's stack. */
static bool is_others(const void *frame)
{
	return (uintptr_t)frame - ap_parameters.stacks < stacks_size;
}

/* Return whether @us have passed since @start by ACPI's timer or by the TSC. */
struct stopwatch {
	uint16_t port;
	uint32_t last;
	uint64_t ticks, tsc;
};

static struct stopwatch stopwatch_start(void)
{
	struct stopwatch w = { .port = acpi_pm_timer_port(), .tsc = rdtsc_fenced() };

	w.last = w.port ? inl(w.port) & PM_TIMER_MASK : 0;
	return w;
}

static bool has_passed(struct stopwatch *w, uint64_t us)
{
	if (w->port) {
		uint32_t now = inl(w->port) & PM_TIMER_MASK;

		w->ticks += (now - w->last) & PM_TIMER_MASK;
		w->last = now;
		if (w->ticks >= us * PM_TIMER_HZ / 1000000)
			return true;
	}
	return rdtsc_fenced() - w->tsc >= us * TSC_PER_US;
}

static void wait_us(uint64_t us)
{
	struct stopwatch w = stopwatch_start();

	while (!has_passed(&w, us))
		asm volatile("pause");
}

static unsigned int ready_count(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < SMP_MAX - 1; i++)
		n += __atomic_load_n(&slots[i].ready, __ATOMIC_ACQUIRE);
	return n;
}

/* Wait until @n vCPUs are ready. Return false after @us. */
static bool wait_ready(unsigned int n, uint64_t us)
{
	struct stopwatch w = stopwatch_start();

	while (ready_count() < n) {
		if (has_passed(&w, us))
			return false;
		asm volatile("pause");
	}
	return true;
}

static void set_parameters(void *stacks, uint32_t limit)
{
	struct ap_parameters *p = &ap_parameters;
	uint64_t cr0, cr3, cr4;

	asm volatile("mov %%cr0, %0" : "=r"(cr0));
	asm volatile("mov %%cr3, %0" : "=r"(cr3));
	asm volatile("mov %%cr4, %0" : "=r"(cr4));
	asm volatile("mov %%cs, %0" : "=r"(p->cs));
	asm volatile("mov %%ss, %0" : "=r"(p->ss));
	asm volatile("sgdt %0" : "=m"(p->gdt));
	asm volatile("sidt %0" : "=m"(p->idt));
	p->cr0 = (uint32_t)cr0;
	p->cr3 = (uint32_t)cr3;
	p->cr4 = (uint32_t)cr4;
	p->efer = (uint32_t)(rdmsr(MSR_EFER) & ~EFER_LMA);
	p->stacks = (uintptr_t)stacks;
	p->next = 0;
	p->limit = limit;
	for (char *to = (char *)(uintptr_t)ap_page, *from = (char *)ap_start; from < ap_end;)
		*to++ = *from++;
}

static void send_all(const uint32_t *ids, unsigned int n, uint32_t command)
{
	for (unsigned int i = 0; i < n; i++)
		lapic_ipi(ids[i], command);
}

/* Keep the vCPUs that answered, in the order of the MADT. */
static void enlist(const uint32_t *ids, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		for (size_t s = 0; s < SMP_MAX - 1; s++) {
			if (!__atomic_load_n(&slots[s].ready, __ATOMIC_ACQUIRE) ||
			    slots[s].apic_id != ids[i])
				continue;
			slots[s].index = count;
			processors[count++] = &slots[s];
			break;
		}
	}
}

void smp_init(unsigned int max)
{
	static uint32_t ids[SMP_MAX];
	unsigned int others = 0;
	uint32_t command;
	void *stacks;

	if (!lapic_present())
		return;
	own_id = lapic_read(LAPIC_ID) >> LAPIC_ID_SHIFT;
	present = acpi_processors(ids, SMP_MAX);
	for (unsigned int i = 0; i < present && others + 1 < max && others < SMP_MAX - 1; i++)
		if (ids[i] != own_id && ids[i] < XAPIC_IDS)
			ids[others++] = ids[i];
	if (!others)
		return;
	stacks = memory_take((uint64_t)others * STACK_SIZE, STACK_SIZE);
	if (!stacks)
		return;
	stacks_size = (uint64_t)others * STACK_SIZE;

	trap_handle(VECTOR_WAKE, wake);
	trap_handle_other_vcpus(is_others);
	set_parameters(stacks, others);
	send_all(ids, others, LAPIC_ICR_INIT | LAPIC_ICR_ASSERT);
	wait_us(INIT_US);
	command = LAPIC_ICR_STARTUP | LAPIC_ICR_ASSERT | (uint32_t)((uintptr_t)ap_page / PAGE_SIZE);
	send_all(ids, others, command);
	/* A vCPU that already runs ignores the second SIPI. */
	if (!wait_ready(others, SIPI_US)) {
		send_all(ids, others, command);
		wait_ready(others, ANSWER_US);
	}
	/* A vCPU that starts later finds no stack and halts. */
	__atomic_store_n(&ap_parameters.limit, 0, __ATOMIC_SEQ_CST);
	enlist(ids, others);
}

bool smp_start(unsigned int index, void (*work)(unsigned int index))
{
	if (__atomic_load_n(&processors[index]->work, __ATOMIC_ACQUIRE))
		return false;
	__atomic_store_n(&processors[index]->work, work, __ATOMIC_RELEASE);
	lapic_ipi(processors[index]->apic_id, LAPIC_ICR_ASSERT | VECTOR_WAKE);
	return true;
}

bool smp_wait(unsigned int index)
{
	uint64_t start = rdtsc_fenced();

	while (__atomic_load_n(&processors[index]->work, __ATOMIC_ACQUIRE)) {
		if (rdtsc_fenced() - start >= WORK_TSC)
			return false;
		asm volatile("pause");
	}
	return true;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The IDT and the handling of vectors. APM vol. 2, 8.2 (vectors), 4.8.4 (gates). */
#include "cpu/trap.h"

#include <stddef.h>

#define STUB_SIZE      16
#define GATE_INTERRUPT 0x8e00 /* present, ring 0, type 14 */

#define VECTOR_DB  1
#define VECTOR_NMI 2
#define VECTOR_BP  3
#define VECTOR_MC  18

#define RFLAGS_TF (1u << 8)

struct gate {
	uint16_t offset_low;
	uint16_t selector;
	uint16_t type;
	uint16_t offset_mid;
	uint32_t offset_high;
	uint32_t reserved;
};

struct frame {
	uint64_t registers[15];
	uint64_t vector;
	uint64_t error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* An entry of FAULT_RESUMES(), or of TRAP_RESUMES() if both addresses are equal. */
struct fixup {
	uint64_t rip; /* the address that the processor pushes */
	uint64_t resume;
};

extern const char isr_stubs[];
extern const struct fixup ex_table_start[], ex_table_end[];
void recover_jump(int value) __attribute__((noreturn));
void trap(struct frame *f);

static struct gate idt[256];
static volatile bool armed, watchdog;
static volatile int taken = -1;
static void (*volatile handlers[256])(void);
static bool (*volatile ends_vcpu)(const void *frame);
static void (*volatile fatal)(const struct trap_fault *fault);

void trap_init(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) pointer = { sizeof(idt) - 1, (uintptr_t)idt };
	uint16_t cs;

	asm("mov %%cs, %0" : "=r"(cs));
	for (size_t i = 0; i < 256; i++) {
		uint64_t stub = (uintptr_t)isr_stubs + i * STUB_SIZE;

		idt[i] = (struct gate){
			.offset_low = (uint16_t)stub,
			.selector = cs,
			.type = GATE_INTERRUPT,
			.offset_mid = (uint16_t)(stub >> 16),
			.offset_high = (uint32_t)(stub >> 32),
		};
	}
	asm volatile("lidt %0" : : "m"(pointer));
}

void trap_arm(bool on)
{
	armed = on;
}

void trap_watchdog(bool on)
{
	watchdog = on;
}

void trap_handle(int vector, void (*handler)(void))
{
	handlers[vector] = handler;
}

void trap_handle_other_vcpus(bool (*handler)(const void *frame))
{
	ends_vcpu = handler;
}

void trap_handle_fatal(void (*handler)(const struct trap_fault *fault))
{
	fatal = handler;
}

int trap_taken(void)
{
	int vector = taken;

	taken = -1;
	return vector;
}

const char *trap_name(int vector)
{
	static const char *const names[] = {
		"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", NULL,  "#TS",
		"#NP", "#SS", "#GP", "#PF", NULL,  "#MF", "#AC", "#MC", "#XF", "#VE", "#CP",
	};
	const int count = sizeof(names) / sizeof(names[0]);

	return vector >= 0 && vector < count && names[vector] ? names[vector] : "vector";
}

static bool fixup_matches(const struct fixup *x, const struct frame *f)
{
	bool is_trap = f->vector == VECTOR_DB || f->vector == VECTOR_BP;

	return x->rip == f->rip && (x->resume == x->rip) == is_trap;
}

/* Return the entry for @f, or NULL. */
static const struct fixup *find_fixup(const struct frame *f)
{
	/* Only the first vCPU uses this. An exception ends any other (trap_handle_other_vcpus()). */
	static const struct fixup *volatile last;
	const struct fixup *found = last;

	if (f->vector == VECTOR_NMI || f->vector == VECTOR_MC)
		return NULL;
	if (found && fixup_matches(found, f))
		return found;
	/* The linker defines both symbols, which are the ends of one array. */
	/* cppcheck-suppress comparePointers */
	for (const struct fixup *x = ex_table_start; x < ex_table_end; x++) {
		if (fixup_matches(x, f)) {
			last = x;
			return x;
		}
	}
	return NULL;
}

static void halt(void) __attribute__((noreturn));

static void halt(void)
{
	for (;;)
		asm volatile("cli; hlt");
}

/*
 * This is separate from trap(), which would otherwise save registers for it at every
 * interrupt that an operation measures.
 */
static void end(const struct frame *f) __attribute__((noreturn, noinline));

static void end(const struct frame *f)
{
	if (fatal)
		fatal(&(struct trap_fault){
			.vector = (int)f->vector, .error = f->error, .rip = f->rip });
	halt();
}

/* isr_common calls this with interrupts off. */
void trap(struct frame *f)
{
	const struct fixup *fixup;

	/* An interrupt wakes HLT. The code that requested it signals its end (lapic.h). */
	if (f->vector >= 32) {
		if (handlers[f->vector])
			handlers[f->vector]();
		if (f->vector == VECTOR_TIMER && watchdog && armed) {
			armed = false;
			recover_jump(VECTOR_TIMER + 1);
		}
		return;
	}

	if (ends_vcpu && ends_vcpu(f))
		halt();

	fixup = find_fixup(f);
	if (fixup) {
		taken = (int)f->vector;
		f->rip = fixup->resume;
		if (f->vector == VECTOR_DB)
			f->rflags &= ~(uint64_t)RFLAGS_TF;
		return;
	}
	if (armed) {
		armed = false;
		recover_jump((int)f->vector + 1);
	}
	end(f);
}

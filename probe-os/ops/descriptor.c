// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptor tables. Both processors can intercept their registers (descriptor-
 * table exiting, SDM 25.1.3; APM 15.9), but KVM hardly ever uses this.
 */
#include "ops/ops.h"

#define GDT_BOOT_SLOTS	     3 /* null, code and data: boot/entry.asm */
#define GDT_SLOTS	     (GDT_BOOT_SLOTS + 2)
#define TSS_SELECTOR	     (GDT_BOOT_SLOTS * 8)
#define TSS_SIZE	     104	      /* APM vol. 2, 12.2.5 */
#define DESCRIPTOR_TSS	     0x890000000000ul /* present, available 64-bit TSS */
#define DESCRIPTOR_TSS_BUSY  (1ul << 41)
#define DESCRIPTOR_BASE_LOW  0xfffffful
#define DESCRIPTOR_BASE_HIGH 0xff000000ul

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static struct table_register gdtr, idtr;

/* A copy of the boot's GDT and a TSS. Nothing uses the TSS, because there is only ring 0. */
static uint64_t gdt[GDT_SLOTS];
static uint8_t tss[TSS_SIZE] __attribute__((aligned(8)));

static void store_gdtr(struct table_register *r)
{
	asm volatile("sgdt %0" : "=m"(*r));
}

static void load_gdtr(const struct table_register *r)
{
	asm volatile("lgdt %0" : : "m"(*r) : "memory");
}

static void run_sgdt(void)
{
	struct table_register r;

	store_gdtr(&r);
}

static void run_sidt(void)
{
	struct table_register r;

	asm volatile("sidt %0" : "=m"(r));
}

static void run_str(void)
{
	uint64_t selector;

	asm volatile("str %0" : "=r"(selector));
}

static void run_sldt(void)
{
	uint64_t selector;

	asm volatile("sldt %0" : "=r"(selector));
}

static void prepare_lgdt(void)
{
	store_gdtr(&gdtr);
}

static void run_lgdt(void)
{
	load_gdtr(&gdtr);
}

static void prepare_lidt(void)
{
	asm volatile("sidt %0" : "=m"(idtr));
}

static void run_lidt(void)
{
	asm volatile("lidt %0" : : "m"(idtr) : "memory");
}

/* The selector is null, because there is no LDT. */
static void run_lldt(void)
{
	asm volatile("lldt %w0" : : "r"(0) : "memory");
}

/* The selectors keep their meaning, so the loaded segments stay valid. */
static void setup_ltr(void)
{
	const struct table_register own = { sizeof(gdt) - 1, (uintptr_t)gdt };
	const uint64_t base = (uintptr_t)tss;

	store_gdtr(&gdtr);
	for (unsigned int i = 0; i < GDT_BOOT_SLOTS; i++)
		gdt[i] = ((const uint64_t *)gdtr.base)[i];
	gdt[GDT_BOOT_SLOTS] = DESCRIPTOR_TSS | (TSS_SIZE - 1) | (base & DESCRIPTOR_BASE_LOW) << 16 |
			      (base & DESCRIPTOR_BASE_HIGH) << 32;
	gdt[GDT_BOOT_SLOTS + 1] = base >> 32;
	load_gdtr(&own);
}

/* LTR makes a TSS busy, and LTR of a busy TSS faults. */
static void prepare_ltr(void)
{
	*(volatile uint64_t *)&gdt[GDT_BOOT_SLOTS] &= ~DESCRIPTOR_TSS_BUSY;
}

static void run_ltr(void)
{
	asm volatile("ltr %w0" : : "r"(TSS_SELECTOR) : "memory");
}

/* TR keeps the new TSS, because the loader's value cannot be loaded again. */
static void teardown_ltr(void)
{
	load_gdtr(&gdtr);
}

#define WHY_STORE                                                                                  \
	"It would exit with descriptor-table exiting (SDM 25.1.3) or its intercept (APM 15.9). "   \
	"KVM uses that only on VMX, to emulate UMIP for a guest that sets CR4.UMIP on a "          \
	"processor without it. The probe does not set it."
#define WHY_LOAD                                                                                   \
	"VMX can intercept it only together with the stores (descriptor-table exiting, SDM "       \
	"25.1.3). SVM can intercept it alone (APM 15.9). KVM leaves the tables to the guest."

#define ROW(op, text, reason, other)                                                               \
	.name = (op), .what = (text), .why = (reason), .compare = (other), .svm = NO_EXIT,         \
	.vmx = NO_EXIT

static const struct op ops[] = {
	{ ROW("sgdt", "SGDT", WHY_STORE, "lgdt,sidt"), .run = run_sgdt },
	{ ROW("sidt", "SIDT", WHY_STORE, "lidt,sgdt"), .run = run_sidt },
	{ ROW("str", "STR to a register", WHY_STORE, "ltr,sldt"), .run = run_str },
	{ ROW("sldt", "SLDT to a register", WHY_STORE, "lldt,str"), .run = run_sldt },
	{
		ROW("lgdt", "LGDT of the current table", WHY_LOAD, "sgdt,lidt"),
		.prepare = prepare_lgdt,
		.run = run_lgdt,
	},
	{
		ROW("lidt", "LIDT of the current table", WHY_LOAD, "sidt,lgdt"),
		.prepare = prepare_lidt,
		.run = run_lidt,
	},
	{ ROW("lldt", "LLDT of a null selector", WHY_LOAD, "sldt,ltr"), .run = run_lldt },
	{
		ROW("ltr", "LTR of a TSS", WHY_LOAD, "str,lldt"),
		.setup = setup_ltr,
		.teardown = teardown_ltr,
		.prepare = prepare_ltr,
		.run = run_ltr,
	},
};

const struct op_family family_descriptor = OP_FAMILY(
	"descriptor",
	"Descriptor-table registers. Both processors could intercept them, but KVM leaves them to "
	"the guest.",
	ops);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * String instructions to and from ports (SDM 25.1.3, 24.6.4; APM vol. 2, 15.10). They
 * read and write memory, so KVM emulates them. IN and OUT differ widely in their exits.
 */
#include "ops/ops.h"

#include "cpu/insn.h"
#include "ops/ports.h"
#include "ops/skip.h"
#include "platform/memory.h"

/* The length of a string, which lies in one page or half in the next one. */
#define STRING_SIZE 64

static uint8_t pages[2 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
/* Return the start of @size bytes of which each page has one half. */
static uint8_t *crossing(size_t size)
{
	return pages + PAGE_SIZE - size / 2;
}

static void outsb(uint16_t port, const uint8_t *from, size_t count)
{
	asm volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

static void outsl(uint16_t port, const uint8_t *from, size_t count)
{
	asm volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

static void insb(uint16_t port, uint8_t *to, size_t count)
{
	asm volatile("rep insb" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static void insl(uint16_t port, uint8_t *to, size_t count)
{
	asm volatile("rep insl" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static void run_outsb_0(void)
{
	outsb(PORT_UNMAPPED, pages, 0);
}

static void run_outsb_1(void)
{
	outsb(PORT_UNMAPPED, pages, 1);
}

static void run_outsb_64(void)
{
	outsb(PORT_UNMAPPED, pages, STRING_SIZE);
}

static void setup_outsb_kernel(void)
{
	uint8_t elcr = inb(PORT_ELCR1);

	for (size_t i = 0; i < STRING_SIZE; i++)
		pages[i] = elcr;
}

static void run_outsb_64_kernel(void)
{
	outsb(PORT_ELCR1, pages, STRING_SIZE);
}

static void run_outs_1_cross(void)
{
	outsl(PORT_UNMAPPED, crossing(sizeof(uint32_t)), 1);
}

static void run_outs_64_cross(void)
{
	outsb(PORT_UNMAPPED, crossing(STRING_SIZE), STRING_SIZE);
}

static void run_insb_1(void)
{
	insb(PORT_UNMAPPED, pages, 1);
}

static void run_insb_64(void)
{
	insb(PORT_UNMAPPED, pages, STRING_SIZE);
}

static void run_insb_64_kernel(void)
{
	insb(PORT_ELCR1, pages, STRING_SIZE);
}

static void run_ins_1_cross(void)
{
	insl(PORT_UNMAPPED, crossing(sizeof(uint32_t)), 1);
}

static void run_ins_64_cross(void)
{
	insb(PORT_UNMAPPED, crossing(STRING_SIZE), STRING_SIZE);
}

/* The exits of outsb-0 may be added to these. */
#define REP_EXITS(count)                                                                           \
	.svm = EXITS_VARY((count), (count) + 1, SVM_EXIT_IOIO, REP_VARIES),                        \
	.vmx = EXITS_VARY((count), (count) + 1, EXIT_REASON_IO_INSTRUCTION, REP_VARIES)
#define REP_VARIES "one more where outsb-0 exits"

#define ROW(op, text, reason, others, ...)                                                         \
	{                                                                                          \
		.name = (op), .what = (text), .why = (reason), .compare = (others), __VA_ARGS__,   \
	}

static const struct op ops[] = {
	ROW("outsb-0", "REP OUTSB of 0 bytes to 0x1234",
	    "By the manuals there is no iteration and so no access that could exit (SDM vol. 2B, "
	    "REP). QEMU and Bochs as processors check the port all the same. This matters for the "
	    "rows below: KVM's emulator counts RCX down to 0 and leaves it to the processor to "
	    "find the instruction finished.",
	    "outsb-1",
	    .svm = EXITS_VARY(0, 1, SVM_EXIT_IOIO, "whether REP with RCX = 0 checks the port"),
	    .vmx = EXITS_VARY(0, 1, EXIT_REASON_IO_INSTRUCTION,
			      "whether REP with RCX = 0 checks the port"),
	    .skip = skip_no_hypervisor, .run = run_outsb_0),
	ROW("outsb-1", "REP OUTSB of 1 byte to 0x1234 (no device)",
	    "As outl-user, but KVM has to decode and emulate the instruction, because it reads "
	    "memory.",
	    "outl-user,insb-1", REP_EXITS(1), .skip = skip_no_hypervisor, .run = run_outsb_1),
	ROW("outsb-64", "REP OUTSB of 64 bytes to 0x1234 (no device)",
	    "KVM's emulator hands each byte to the VMM separately and enters the guest at the "
	    "same instruction with RCX one less. There are 64 exits (and outsb-0's).",
	    "outsb-1,outsb-64-kernel,insb-64", REP_EXITS(STRING_SIZE), .skip = skip_no_hypervisor,
	    .run = run_outsb_64),
	ROW("outsb-64-kernel", "REP OUTSB of 64 bytes to 0x4d0 (PIC's ELCR) of its current value",
	    "A port in the kernel does not end the emulator's loop. All 64 bytes take one exit "
	    "(and outsb-0's).",
	    "outsb-64,outb-kernel", REP_EXITS(1), .setup = setup_outsb_kernel,
	    .run = run_outsb_64_kernel),
	ROW("outs-1-cross", "REP OUTSL of 4 bytes to 0x1234, two of them in the next page",
	    "The emulator reads both pages before it hands the value to the VMM, so there is "
	    "still one exit.",
	    "outsb-1,ins-1-cross", REP_EXITS(1), .skip = skip_no_hypervisor,
	    .run = run_outs_1_cross),
	ROW("outs-64-cross", "REP OUTSB of 64 bytes to 0x1234, half of them in the next page",
	    "Every byte exits, wherever it is. The page boundary adds no exit.",
	    "outsb-64,ins-64-cross", REP_EXITS(STRING_SIZE), .skip = skip_no_hypervisor,
	    .run = run_outs_64_cross),
	ROW("insb-1", "REP INSB of 1 byte from 0x1234 (no device)",
	    "As inl-user, but emulated. When the VMM has answered, the emulator runs the "
	    "instruction a second time and writes the answer to memory, in the same exit.",
	    "inl-user,outsb-1", REP_EXITS(1), .skip = skip_no_hypervisor, .run = run_insb_1),
	ROW("insb-64", "REP INSB of 64 bytes from 0x1234 (no device)",
	    "The emulator reads ahead, up to 1024 bytes or the end of the page. There is one exit "
	    "and one KVM_EXIT_IO with a count of 64.",
	    "insb-1,outsb-64", REP_EXITS(1), .skip = skip_no_hypervisor, .run = run_insb_64),
	ROW("insb-64-kernel", "REP INSB of 64 bytes from 0x4d0 (PIC's ELCR)",
	    "The emulator reads ahead in the same way, and the kernel answers.",
	    "insb-64,inb-kernel", REP_EXITS(1), .run = run_insb_64_kernel),
	ROW("ins-1-cross", "REP INSL of 4 bytes from 0x1234, two of them to the next page",
	    "The emulator reads a single unit at once and writes it to both pages, so there is "
	    "still one exit.",
	    "insb-1,outs-1-cross", REP_EXITS(1), .skip = skip_no_hypervisor,
	    .run = run_ins_1_cross),
	ROW("ins-64-cross", "REP INSB of 64 bytes from 0x1234, half of them to the next page",
	    "Reading ahead ends with the page. KVM delivers 32 bytes, enters the guest at the "
	    "same instruction, and delivers 32 more in a second exit.",
	    "insb-64,outs-64-cross", REP_EXITS(2), .skip = skip_no_hypervisor,
	    .run = run_ins_64_cross),
};

const struct op_family family_string = OP_FAMILY(
	"string",
	"String instructions to and from ports. KVM emulates them, and IN and OUT differ widely "
	"in their exits.",
	ops);

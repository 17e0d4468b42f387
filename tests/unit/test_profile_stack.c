// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls out of blocks: a kernel of a few functions, made here, and paths in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "profile/stack.h"

/* Each function has 256 bytes. */
#define KERNEL 0xffffffff81000000
#define SIZE   0x100
#define BLOCKS 32
#define NOP    0x90

enum { MAIN, F, G, THUNK, RETURN, IRQ, FAULT, SCHEDULE, SWITCH, IDLE, FUNCTIONS };
static const char *const names[FUNCTIONS] = {
	"main",
	"f",
	"g",
	"__x86_indirect_thunk_rax",
	"srso_safe_ret",
	"asm_sysvec_x",
	"asm_exc_page_fault",
	"__schedule",
	"__switch_to_asm",
	"idle",
};

static struct symbols symbols;
static struct trace_header header;
static struct trace_block blocks[BLOCKS];
static struct trace_code codes[BLOCKS];
static uint8_t bytes[BLOCKS][64], sizes[BLOCKS][16];
static struct trace trace = { .header = &header, .codes = codes };

static struct {
	struct trace_path path;
	struct trace_step steps[64];
} walked;
static struct call_node root;
static struct path_figures figures;

static uint64_t address_of(int function)
{
	return KERNEL + (uint64_t)function * SIZE;
}

static void add_insn(struct trace_block *b, const void *insn, size_t size)
{
	size_t number = (size_t)(b - blocks);

	memcpy(bytes[number] + b->bytes, insn, size);
	sizes[number][b->insns++] = (uint8_t)size;
	b->bytes += (uint32_t)size;
}

/* The next step: @nops NOPs at @offset of @function, and what ends the block. */
static struct trace_block *step(int function, unsigned int offset, unsigned int nops)
{
	uint32_t number = header.blocks++;
	struct trace_block *b = &blocks[number];

	*b = (struct trace_block){ .address = address_of(function) + offset };
	codes[number] = (struct trace_code){ b, sizes[number], bytes[number] };
	walked.steps[walked.path.steps++] = (struct trace_step){ number, 0, 1 };
	for (unsigned int i = 0; i < nops; i++)
		add_insn(b, &(uint8_t){ NOP }, 1);
	walked.steps[walked.path.steps - 1].insns = b->insns;
	return b;
}

static void end_with(struct trace_block *b, const void *insn, size_t size)
{
	add_insn(b, insn, size);
	walked.steps[walked.path.steps - 1].insns = b->insns;
}

/* Ends a block; returns the offset, in its function, of what comes after. */
static unsigned int near_branch(struct trace_block *b, uint8_t opcode, uint64_t target)
{
	uint8_t insn[5] = { opcode };
	int32_t distance = (int32_t)(target - (b->address + b->bytes + sizeof(insn)));

	memcpy(insn + 1, &distance, sizeof(distance));
	end_with(b, insn, sizeof(insn));
	return (unsigned int)((b->address + b->bytes) % SIZE);
}

static unsigned int call(struct trace_block *b, uint64_t target)
{
	return near_branch(b, 0xe8, target);
}

static void jump(struct trace_block *b, uint64_t target)
{
	near_branch(b, 0xe9, target);
}

static void ret(struct trace_block *b)
{
	end_with(b, &(uint8_t){ 0xc3 }, 1);
}

static void iret(struct trace_block *b)
{
	end_with(b, (uint8_t[]){ 0x48, 0xcf }, 2);
}

static int prepare(void **state)
{
	(void)state;
	symbols = (struct symbols){ 0 };
	symbols_function(&symbols, "[unknown]", "");
	for (int i = 0; i < FUNCTIONS; i++)
		symbols_add(&symbols, address_of(i), names[i], "");
	symbols_sort(&symbols);
	header.blocks = 0;
	walked.path = (struct trace_path){ 0 };
	root = (struct call_node){ 0 };
	return 0;
}

static int clean(void **state)
{
	(void)state;
	stack_free(&root);
	symbols_free(&symbols);
	return 0;
}

/* Walk the steps.  Whatever they are, no instruction is lost. */
static void walk(void)
{
	uint64_t insns = 0;

	for (uint64_t i = 0; i < walked.path.steps; i++)
		insns += (uint64_t)walked.steps[i].insns * walked.steps[i].repeat;
	stack_walk(&trace, &symbols, &walked.path, &root, &figures);
	assert_int_equal(stack_total(&root), insns);
}

/* The node at @names, separated by ";", or NULL. */
static const struct call_node *node(const char *path)
{
	const struct call_node *at = &root;

	while (at && *path) {
		size_t length = strcspn(path, ";");
		const struct call_node *c = at->children;

		while (c && (strlen(symbols.functions[c->function].name) != length ||
			     memcmp(symbols.functions[c->function].name, path, length)))
			c = c->next;
		at = c;
		path += length + (path[length] == ';');
	}
	return at;
}

static void assert_node(const char *path, uint64_t own, uint64_t calls)
{
	const struct call_node *n = node(path);

	assert_non_null(n);
	assert_int_equal(n->own, own);
	assert_int_equal(n->calls, calls);
}

static void call_and_return(void **state)
{
	unsigned int back;

	(void)state;
	back = call(step(MAIN, 8, 2), address_of(F));
	ret(step(F, 0, 4));
	back = call(step(MAIN, back, 1), address_of(F));
	ret(step(F, 0, 4));
	step(MAIN, back, 1);
	walk();
	assert_node("main", 6, 0); /* it was entered before the window */
	assert_node("main;f", 10, 2);
}

static void return_above_the_window(void **state)
{
	(void)state;
	ret(step(G, 32, 1));
	ret(step(F, 32, 2));
	call(step(MAIN, 32, 3), address_of(F));
	call(step(F, 0, 1), address_of(G));
	step(G, 0, 1);
	walk();
	assert_node("main", 4, 0);
	assert_node("main;f", 3, 0);
	assert_node("main;f;g", 2, 0);
	assert_int_equal(stack_total(node("main")), 12);
}

/* A return thunk of Zen's calls its own RET: that is no frame of the function's. */
static void return_above_through_a_thunk(void **state)
{
	(void)state;
	jump(step(G, 32, 1), address_of(THUNK));
	call(step(THUNK, 0, 0), address_of(RETURN));
	ret(step(RETURN, 0, 1));
	jump(step(F, 32, 2), address_of(THUNK));
	call(step(THUNK, 0, 0), address_of(RETURN));
	ret(step(RETURN, 0, 1));
	step(MAIN, 32, 3);
	walk();
	assert_node("main", 3, 0);
	assert_node("main;f", 6, 0);
	assert_node("main;f;g", 5, 0);
}

/* What was called before the window and what it calls again are two calls. */
static void left_and_entered(void **state)
{
	const struct call_node *caller, *left, *between, *entered;
	unsigned int back;

	(void)state;
	ret(step(F, 32, 2));
	back = call(step(MAIN, 32, 1), address_of(G));
	ret(step(G, 0, 4));
	call(step(MAIN, back, 1), address_of(F));
	step(F, 0, 7);
	walk();
	caller = node("main");
	left = caller->children;
	between = left->next;
	entered = between->next;
	assert_null(entered->next);
	assert_string_equal(symbols.functions[left->function].name, "f");
	assert_string_equal(symbols.functions[between->function].name, "g");
	assert_string_equal(symbols.functions[entered->function].name, "f");
	assert_int_equal(left->own, 3);
	assert_int_equal(left->calls, 0);
	assert_int_equal(entered->own, 7);
	assert_int_equal(entered->calls, 1);
}

static void retpoline(void **state)
{
	unsigned int back;
	struct trace_block *b;

	(void)state;
	back = call(step(MAIN, 0, 1), address_of(THUNK));
	b = step(THUNK, 0, 0);
	call(b, address_of(THUNK) + 16);
	ret(step(THUNK, 16, 1));
	ret(step(G, 0, 5));
	step(MAIN, back, 1);
	walk();
	assert_node("main", 6, 1); /* 3 own, 3 of the thunk */
	assert_node("main;g", 6, 1);
	assert_null(node("main;__x86_indirect_thunk_rax"));
}

static void return_predictor_is_filled(void **state)
{
	unsigned int next;

	(void)state;
	next = call(step(F, 0, 0), address_of(F) + 32);
	(void)next;
	ret(step(F, 32, 1));
	step(MAIN, 64, 1);
	walk();
	assert_node("main;f", 3, 1);
}

static void tail_jump(void **state)
{
	unsigned int back;

	(void)state;
	back = call(step(MAIN, 0, 0), address_of(F));
	jump(step(F, 0, 2), address_of(G));
	ret(step(G, 0, 3));
	step(MAIN, back, 1);
	walk();
	assert_node("main", 2, 1);
	assert_node("main;f", 3, 1);
	assert_node("main;g", 4, 1);
}

static void interrupted(void **state)
{
	(void)state;
	step(MAIN, 0, 2);
	call(step(IRQ, 0, 1), address_of(F));
	ret(step(F, 0, 1));
	iret(step(IRQ, 6, 0));
	step(MAIN, 2, 2);
	walk();
	assert_node("main", 4, 1);
	assert_node("main;asm_sysvec_x", 3, 1);
	assert_node("main;asm_sysvec_x;f", 2, 1);
	assert_string_equal(symbols.functions[figures.entry].name, "asm_sysvec_x");
}

/* The instruction that faults is begun twice. */
static void faulted(void **state)
{
	(void)state;
	step(MAIN, 0, 4);
	walked.steps[0].insns = 3;
	iret(step(FAULT, 0, 7));
	step(MAIN, 2, 2);
	walk();
	assert_node("main", 5, 1);
	assert_node("main;asm_exc_page_fault", 8, 1);
}

static void repeated(void **state)
{
	(void)state;
	end_with(step(MAIN, 0, 1), (uint8_t[]){ 0xf3, 0xaa }, 2); /* REP STOSB */
	end_with(step(MAIN, 1, 0), (uint8_t[]){ 0xf3, 0xaa }, 2);
	walked.steps[1].repeat = 1000;
	step(MAIN, 3, 1);
	walk();
	assert_node("main", 2 + 1000 + 1, 1);
}

static void other_thread(void **state)
{
	unsigned int back, inner;

	(void)state;
	back = call(step(MAIN, 0, 0), address_of(SCHEDULE));
	inner = call(step(SCHEDULE, 0, 1), address_of(SWITCH));
	ret(step(SWITCH, 0, 1));
	ret(step(SCHEDULE, inner, 0)); /* on the other's stack already */
	call(step(IDLE, 64, 5), address_of(SCHEDULE));
	inner = call(step(SCHEDULE, 0, 1), address_of(SWITCH));
	ret(step(SWITCH, 0, 1));
	ret(step(SCHEDULE, inner, 0));
	step(MAIN, back, 1);
	walk();
	assert_node("main", 2, 1);
	assert_node("idle", 6, 0);
	assert_node("idle;__schedule;__switch_to_asm", 2, 1);
	assert_int_equal(node("main;__schedule")->calls, 1);
}

static void userspace(void **state)
{
	(void)state;
	end_with(step(MAIN, 0, 1), (uint8_t[]){ 0x48, 0x0f, 0x07 }, 3); /* SYSRET */
	walked.steps[walked.path.steps++] = (struct trace_step){ TRACE_USER, 500, 2 };
	step(F, 0, 1);
	walk();
	assert_node("main", 2, 1);
	assert_node(USERSPACE_NAME, 1000, 0);
	assert_node("f", 1, 1);
	assert_int_equal(figures.user, 1000);
}

static void stamps(void **state)
{
	static const uint8_t rdtsc[] = { 0x0f, 0x31 };

	(void)state;
	end_with(step(MAIN, 0, 3), rdtsc, 2);
	end_with(step(MAIN, 5, 10), rdtsc, 2);
	step(MAIN, 17, 4);
	walk();
	assert_int_equal(figures.before_first_tsc, 3);
	assert_int_equal(figures.since_last_tsc, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(call_and_return, prepare, clean),
		cmocka_unit_test_setup_teardown(return_above_the_window, prepare, clean),
		cmocka_unit_test_setup_teardown(return_above_through_a_thunk, prepare, clean),
		cmocka_unit_test_setup_teardown(left_and_entered, prepare, clean),
		cmocka_unit_test_setup_teardown(retpoline, prepare, clean),
		cmocka_unit_test_setup_teardown(return_predictor_is_filled, prepare, clean),
		cmocka_unit_test_setup_teardown(tail_jump, prepare, clean),
		cmocka_unit_test_setup_teardown(interrupted, prepare, clean),
		cmocka_unit_test_setup_teardown(faulted, prepare, clean),
		cmocka_unit_test_setup_teardown(repeated, prepare, clean),
		cmocka_unit_test_setup_teardown(other_thread, prepare, clean),
		cmocka_unit_test_setup_teardown(userspace, prepare, clean),
		cmocka_unit_test_setup_teardown(stamps, prepare, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

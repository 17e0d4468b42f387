// SPDX-License-Identifier: GPL-2.0-only
#include "profile/flow.h"

#include <string.h>

/* Opcodes by APM vol. 3, appendix A; kernel code is 64-bit. */
enum opcode {
	OP_TWO_BYTES = 0x0f,
	OP_JCC = 0x70, /* to 0x7f; of two bytes 0x80 to 0x8f */
	OP_JCC_NEAR = 0x80,
	OP_RET_N = 0xc2,
	OP_RET = 0xc3,
	OP_IRET = 0xcf,
	OP_LOOP = 0xe0, /* to 0xe3, JRCXZ */
	OP_CALL = 0xe8,
	OP_JMP = 0xe9,
	OP_JMP_SHORT = 0xeb,
	OP_GROUP5 = 0xff,
	OP2_SYSRET = 0x07,
	OP2_RDTSC = 0x31,
	OP2_SYSEXIT = 0x35,
};

enum { GROUP5_CALL = 2, GROUP5_JMP = 4 };

static bool is_prefix(uint8_t byte)
{
	switch (byte) {
	case 0x26: /* segments */
	case 0x2e:
	case 0x36:
	case 0x3e:
	case 0x64:
	case 0x65:
	case 0x66: /* operand and address size */
	case 0x67:
	case 0xf0: /* LOCK */
	case 0xf2: /* REPNE, BND */
	case 0xf3:
		return true;
	default:
		return (byte & 0xf0) == 0x40; /* REX */
	}
}

/* The signed displacement in the last @size bytes before @end. */
static uint64_t displacement(const uint8_t *end, size_t size)
{
	int32_t near;

	if (size == 1)
		return (uint64_t)(int64_t)(int8_t)end[-1];
	memcpy(&near, end - sizeof(near), sizeof(near));
	return (uint64_t)(int64_t)near;
}

static void decode(struct flow *f, const uint8_t *at, const uint8_t *end)
{
	size_t reach = 0;

	f->kind = FLOW_ON;
	while (at < end && is_prefix(*at))
		at++;
	if (at == end)
		return;
	if (*at == OP_TWO_BYTES && at + 1 < end) {
		if ((at[1] & 0xf0) == OP_JCC_NEAR) {
			f->kind = FLOW_JUMP;
			reach = 4;
		} else if (at[1] == OP2_SYSRET || at[1] == OP2_SYSEXIT) {
			f->kind = FLOW_TO_USER;
		}
	} else if ((*at & 0xf0) == OP_JCC || (*at & 0xfc) == OP_LOOP || *at == OP_JMP_SHORT) {
		f->kind = FLOW_JUMP;
		reach = 1;
	} else if (*at == OP_JMP || *at == OP_CALL) {
		f->kind = *at == OP_CALL ? FLOW_CALL : FLOW_JUMP;
		reach = 4;
	} else if (*at == OP_RET || *at == OP_RET_N) {
		f->kind = FLOW_RETURN;
	} else if (*at == OP_IRET) {
		f->kind = FLOW_INTERRUPT_RETURN;
	} else if (*at == OP_GROUP5 && at + 1 < end) {
		unsigned int which = at[1] >> 3 & 7;

		if (which == GROUP5_CALL)
			f->kind = FLOW_CALL_INDIRECT;
		else if (which == GROUP5_JMP)
			f->kind = FLOW_INDIRECT;
	}
	if (reach)
		f->target = f->end + displacement(end, reach);
}

struct flow flow_of(const struct trace_code *code, uint32_t insns)
{
	struct flow f = { .begin = code->block->address };
	uint64_t offset = 0, size = 0;

	for (uint32_t i = 0; i < insns; i++) {
		offset += size;
		size = code->sizes[i];
	}
	f.last = f.begin + offset;
	f.end = f.last + size;
	if (insns < code->block->insns || !insns)
		f.kind = FLOW_CUT;
	else
		decode(&f, code->bytes + offset, code->bytes + offset + size);
	return f;
}

bool flow_is_rdtsc(const uint8_t *bytes, uint8_t size)
{
	return size == 2 && bytes[0] == OP_TWO_BYTES && bytes[1] == OP2_RDTSC;
}

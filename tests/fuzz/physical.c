// SPDX-License-Identifier: GPL-2.0-only
#include "physical.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness.h"

#define LOWEST 0x10000ull /* vm.mmap_min_addr, 65536 at most */
#define END    (1ull << 32)

static sigjmp_buf out_of_call;
static volatile sig_atomic_t in_call;

static void fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (in_call && (uintptr_t)info->si_addr < LOWEST)
		siglongjmp(out_of_call, 1);
	/* libFuzzer keeps the input that it dies on. */
	signal(number, SIG_DFL);
	abort();
}

static void map_memory(void)
{
	struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER };

	REQUIRE(mmap((void *)LOWEST, END - LOWEST, PROT_READ,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1,
		     0) == (void *)LOWEST);
	REQUIRE(!sigaction(SIGSEGV, &action, NULL));
}

void physical_put(const void *bytes, size_t size)
{
	static size_t before;
	uint8_t *input = (uint8_t *)(uintptr_t)PHYSICAL_INPUT;

	if (!before)
		map_memory();
	REQUIRE(size <= PHYSICAL_INPUT_MAX);
	REQUIRE(!mprotect(input, PHYSICAL_INPUT_MAX, PROT_READ | PROT_WRITE));
	if (before > size)
		memset(input + size, 0, before - size);
	memcpy(input, bytes, size);
	/* Readers only read. */
	REQUIRE(!mprotect(input, PHYSICAL_INPUT_MAX, PROT_READ));
	before = size ? size : 1;
}

bool physical_call(void (*function)(void))
{
	volatile bool whole = false;

	if (!sigsetjmp(out_of_call, 0)) {
		in_call = 1;
		function();
		whole = true;
	}
	in_call = 0;
	return whole;
}

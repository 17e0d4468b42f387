// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as the lab kernel's /proc/kallsyms, and as what the lab's job printed, with
 * such symbols in it.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "profile/output.h"
#include "profile/symbols.h"

static const char *symbols_path;

static void remove_symbols(void)
{
	unlink(symbols_path);
}

/* In address order, each found by its address and the last byte before the next. */
static void require_order(const struct symbols *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct symbol *at = &s->list[i];
		bool last = i + 1 == s->count;

		REQUIRE(at->function < s->function_count);
		REQUIRE(last || at->address < at[1].address);
		REQUIRE(symbols_find(s, at->address) == at);
		REQUIRE(symbols_find(s, last ? UINT64_MAX : at[1].address - 1) == at);
	}
}

/* Each name has one number, whatever its place. */
static void require_functions(struct symbols *s)
{
	size_t count = s->function_count;

	for (uint32_t i = 0; i < count; i++)
		REQUIRE(symbols_function(s, s->functions[i].name, s->functions[i].module) == i);
	REQUIRE(s->function_count == count);
}

static void require_same(const struct symbols *a, const struct symbols *b)
{
	REQUIRE(a->count == b->count && a->function_count == b->function_count);
	for (size_t i = 0; i < a->count; i++)
		REQUIRE(a->list[i].address == b->list[i].address &&
			a->list[i].function == b->list[i].function);
}

static bool read_symbols(struct symbols *s, const char *path)
{
	bool done;

	messages_begin();
	done = symbols_read(s, path);
	REQUIRE(messages_end() == !done);
	if (done) {
		require_order(s);
		require_functions(s);
	}
	return done;
}

static bool as_kallsyms(const uint8_t *data, size_t size)
{
	const char *path = file_of(data, size);
	struct symbols s, again;
	bool done = read_symbols(&s, path);

	REQUIRE(read_symbols(&again, path) == done);
	require_same(&s, &again);
	symbols_free(&s);
	symbols_free(&again);
	return done;
}

/* Symbols of the output are those of its lines. */
static void as_output(const uint8_t *data, size_t size)
{
	struct profile_boot b = { 0 };
	struct symbols s;
	bool done;

	unlink(symbols_path);
	messages_begin();
	done = output_read(&b, file_of(data, size), symbols_path) == PROFILE_TAKEN;
	REQUIRE(messages_end() == !done);
	REQUIRE(!done || (json_is_object(b.meta) && json_is_object(b.op) && b.records.whole));
	REQUIRE(done || access(symbols_path, F_OK));
	if (!access(symbols_path, R_OK)) {
		read_symbols(&s, symbols_path);
		symbols_free(&s);
	}
	json_decref(b.meta);
	json_decref(b.op);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!symbols_path) {
		static char path[] = "/tmp/exitprobe-fuzz-XXXXXX";
		int fd = mkstemp(path);

		REQUIRE(fd >= 0);
		close(fd);
		symbols_path = path;
		atexit(remove_symbols);
	}
	as_kallsyms(data, size);
	as_output(data, size);
	return 0;
}

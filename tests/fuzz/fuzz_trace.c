// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a trace of the plugin's: read, its calls found by a few symbols, made a
 * document of, which must be one that is read and whose sums are the trace's.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "lib/message.h"
#include "profile/boot.h"
#include "profile/document.h"
#include "results/reader.h"

/* One of each kind that a path is followed by: see profile_symbols.c. */
static const struct {
	uint64_t address;
	const char *name, *module;
} code[] = {
	{ 0x401000, "main@qemu", "user" },
	{ 0xffffffff81000000, "schedule", "" },
	{ 0xffffffff81000100, "__switch_to_asm", "" },
	{ 0xffffffff81000200, "asm_sysvec_apic_timer_interrupt", "" },
	{ 0xffffffff81000300, "irq_entries_start", "" },
	{ 0xffffffff81000400, "__x86_return_thunk", "" },
	{ 0xffffffff81000500, "__x86_indirect_thunk_array", "" },
	{ 0xffffffffc0000000, "vcpu_run", "kvm" },
	{ 0xffffffffc0000100, "__kvm_exit_stats_cpuid", "kvm" },
	{ 0xffffffffc0000200, "svm_vcpu_run", "kvm_amd" },
};

static void add_symbols(struct symbols *s)
{
	symbols_function(s, "[unknown]", "");
	for (size_t i = 0; i < sizeof(code) / sizeof(code[0]); i++)
		symbols_add(s, code[i].address, code[i].name, code[i].module);
	symbols_sort(s);
}

/* What the probe said, of as many samples as the trace has. */
static void add_records(struct profile_boot *b)
{
	b->meta = json_pack("{s:{s:i}, s:{s:s}, s:{s:i}}", "bracket", "cycles", 41, "cpu", "brand",
			    "AMD EPYC", "stats", "slots", 4);
	b->op = json_pack("{s:s, s:I, s:i, s:i, s:{s:i}, s:{s:i}}", "outcome", "measured", "taken",
			  (json_int_t)b->trace.header->log_entries, "kept", 20, "operations", 1,
			  "cycles", "p50", 3169, "parts", "kernel", 2973);
	REQUIRE(b->meta && b->op);
}

static json_int_t integer(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* Of each path: its functions', its windows' and its stacks' instructions are the same. */
static void require_sums(const json_t *document)
{
	const json_t *path, *item;
	size_t i, k;

	json_array_foreach(json_object_get(document, "paths"), i, path) {
		json_int_t all = integer(path, "instructions"), windows = 0, stacks = 0;

		json_array_foreach(json_object_get(path, "windows"), k, item)
			windows += integer(item, "instructions");
		json_array_foreach(json_object_get(path, "stacks"), k, item)
			stacks += json_integer_value(json_array_get(item, 1));
		REQUIRE(windows == all && stacks == all);
	}
}

/* A document that cannot be read again is none. */
static void require_read(const json_t *document)
{
	char message[512] = "";
	struct reader r;

	reader_init(&r, "profile", message, sizeof(message));
	profile_check(&r, document);
	if (r.failed)
		error("%s", message);
	REQUIRE(!r.failed);
}

static json_t *document_of(const char *path)
{
	static const struct profile_options options = { .op = "cpuid", .kernel = "6.1" };
	struct profile_boot b = { 0 };
	json_t *document = NULL;

	messages_begin();
	if (trace_read(&b.trace, path)) {
		b.release = xstrdup("6.1.0");
		add_symbols(&b.symbols);
		add_records(&b);
		document = profile_document(&b, &options);
	}
	if (document) {
		require_sums(document);
		require_read(document);
	}
	REQUIRE(messages_end() == !document);
	profile_boot_free(&b);
	return document;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = file_of(data, size);
	json_t *document = document_of(path), *again = document_of(path);

	REQUIRE(json_equal(document, again) || (!document && !again));
	json_decref(document);
	json_decref(again);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as what a loader hands over: by multiboot, multiboot2 and PVH, and the
 * command line in it as the probe's options.
 */
#include <string.h>

#include "boot/handover.h"
#include "boot/multiboot.h"
#include "harness.h"
#include "options.h"
#include "physical.h"

static uint32_t magic;
static struct handover read_first, read_again;
static const char *error;

static void read_it(void)
{
	error = handover_read(magic, PHYSICAL_INPUT, &read_first);
}

static void read_it_again(void)
{
	handover_read(magic, PHYSICAL_INPUT, &read_again);
}

static void require_sound(const struct handover *h)
{
	REQUIRE(h->range_count <= RANGES_MAX);
	for (size_t i = 0; i < h->range_count; i++)
		REQUIRE(h->ranges[i].from < h->ranges[i].to);
	REQUIRE(memchr(h->command_line, '\0', sizeof(h->command_line)));
	REQUIRE(!h->module == !h->module_size);
	if (h->screen.kind != SCREEN_NONE) {
		uint64_t bytes = (uint64_t)h->screen.pitch * h->screen.height;

		REQUIRE(h->screen.address && h->screen.address + bytes <= 1ull << 32);
	}
	/* It says why, or there is memory. */
	if (error)
		require_one_line(error);
	else
		REQUIRE(h->range_count);
}

/* The words that options point at are the line's, or the defaults. */
static void require_text(const char *text)
{
	REQUIRE(strlen(text) < COMMAND_LINE_SIZE);
}

static void parse(const struct handover *h)
{
	char line[COMMAND_LINE_SIZE], message[200] = "";
	struct options o;

	memcpy(line, h->command_line, sizeof(line));
	if (!options_parse(line, h->has_path, &o, message, sizeof(message))) {
		require_one_line(message);
		return;
	}
	REQUIRE(!*message);
	require_text(o.ops);
	require_text(o.skip);
	require_text(o.unit);
	REQUIRE(o.samples <= 10000 && o.smp >= 1 && o.smp <= 256);
	globs_match(o.ops, "cpuid", "cpuid", ASKED_BY_ANY_GLOB);
	REQUIRE(globs_match(o.ops, "cpuid", "cpuid", ASKED_BY_ANY_GLOB) ||
		!globs_match(o.ops, "cpuid", "cpuid", ASKED_BY_NAME));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t magics[] = { MULTIBOOT_LOADER_MAGIC, MULTIBOOT2_LOADER_MAGIC,
					   PVH_MAGIC };

	if (size > PHYSICAL_INPUT_MAX)
		return 0;
	physical_put(data, size);
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		magic = magics[i];
		error = "interrupted";
		memset(&read_first, 0, sizeof(read_first));
		memset(&read_again, 0, sizeof(read_again));
		physical_call(read_it);
		physical_call(read_it_again);
		/* But for where it has a copy of the root pointer. */
		if (read_first.rsdp == (uintptr_t)read_first.rsdp_copy)
			read_first.rsdp = read_again.rsdp = 0;
		REQUIRE(!memcmp(&read_first, &read_again, sizeof(read_first)));
		require_sound(&read_first);
		parse(&read_first);
	}
	return 0;
}

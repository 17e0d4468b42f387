// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as an ELF file: the probe, in which the brackets of an operation are looked
 * for, and a program or a library, of which the functions are.
 */
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "profile/marks.h"
#include "profile/symbols.h"
#include "profile/user.h"
#include "vm/probe_image.h"

#define START 0x7f0000001000ull

/* ",mark=BEGIN:END" once or more, each after its begin. */
static void require_marks(const char *marks)
{
	unsigned long long begin, end;
	int length;

	REQUIRE(*marks);
	for (; *marks; marks += length) {
		REQUIRE(sscanf(marks, ",mark=%llx:%llx%n", &begin, &end, &length) == 2);
		REQUIRE(begin < end);
	}
}

static void as_probe(const char *path)
{
	char *marks, *again;

	messages_begin();
	marks = profile_marks(path);
	REQUIRE(messages_end() == !marks);
	if (marks)
		require_marks(marks);
	messages_begin();
	again = profile_marks(path);
	messages_end();
	REQUIRE(!marks == !again && (!marks || !strcmp(marks, again)));
	free(marks);
	free(again);
}

/* "NAME@FILE" has a name that the file has, to its end; others are made of an address. */
static void require_name(const char *name, const char *path, const struct input *file)
{
	const char *own = strrchr(path, '/'), *at = strrchr(name, '@');
	char *bare;

	REQUIRE(*name);
	if (!at || strcmp(at + 1, own + 1) || !strncmp(name, "0x", 2))
		return;
	bare = strndup(name, (size_t)(at - name));
	REQUIRE(bare && memmem(file->at, file->left, bare, strlen(bare) + 1));
	free(bare);
}

/* The segment that begins at the file's begin, or its second page. */
static void as_program(const char *path, const struct input *file, unsigned int offset)
{
	struct symbols s = { 0 };
	char line[128];

	snprintf(line, sizeof(line), "%llx-%llx r-xp %08x 00:01 1 %s", START, START + (1ull << 20),
		 offset, path);
	symbols_function(&s, "[unknown]", "");
	messages_begin();
	REQUIRE(user_symbols_add(&s, line));
	symbols_sort(&s);
	REQUIRE(!messages_end());
	/* The image itself at least. */
	REQUIRE(s.count && symbols_find(&s, START)->address <= START);
	for (size_t i = 0; i < s.function_count; i++)
		require_name(s.functions[i].name, path, file);
	symbols_free(&s);
}

/* "NAME+0x2": a name that the file has, and what is behind it leads to no address before it. */
static void as_places(const char *path, const struct input *file)
{
	static const uint64_t addresses[] = { 0, 0x100000, 0x106ad0, UINT32_MAX, UINT64_MAX };
	struct mapped image;

	messages_begin();
	if (probe_image_map(&image, path)) {
		for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
			char *place = probe_image_place(&image, addresses[i]);
			char *plus = place ? strrchr(place, '+') : NULL;

			REQUIRE(!place || (plus && plus > place));
			if (plus) {
				REQUIRE(strtoull(plus + 1, NULL, 16) <= addresses[i]);
				*plus = 0;
				REQUIRE(memmem(file->at, file->left, place, strlen(place) + 1));
			}
			free(place);
		}
		mapped_close(&image);
	}
	messages_end();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input file = { data, size };
	const char *path = file_of(data, size);

	as_probe(path);
	as_places(path, &file);
	as_program(path, &file, 0);
	as_program(path, &file, 0x1000);
	return 0;
}

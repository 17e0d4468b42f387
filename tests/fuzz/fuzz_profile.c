// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a profile document: read, shown in every form, compared with itself,
 * saved and read again, put into a results file.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "profile/file.h"
#include "profile/profile.h"

static char *in_form(int (*form)(FILE *, const json_t *), const json_t *profile, size_t *length)
{
	struct shown shown;

	shown_begin(&shown);
	REQUIRE(!form(shown.to, profile));
	shown_end(&shown);
	*length = shown.length;
	return shown.text;
}

/* Of one function more than there can be: no line for the rest. */
static void show(const json_t *profile)
{
	static const unsigned int tops[] = { 0, 1, 1 << 20 };
	struct shown shown;
	char total[80], *svg;
	size_t length;

	svg = in_form(profile_svg, profile, &length);
	snprintf(total, sizeof(total), ": %lld instructions</text>", profile_instructions(profile));
	REQUIRE(strstr(svg, total));
	free(svg);
	free(in_form(profile_html, profile, &length));
	free(in_form(profile_folded, profile, &length));
	shown_begin(&shown);
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
		REQUIRE(!profile_table(shown.to, profile, tops[i]));
	shown_end(&shown);
	shown_free(&shown);
}

/* Nothing differs from itself. */
static void compare(const json_t *profile)
{
	struct shown shown;

	shown_begin(&shown);
	REQUIRE(!profile_diff(shown.to, profile, profile, 3));
	shown_end(&shown);
	REQUIRE(strstr(shown.text, " differ\n") && strstr(shown.text, " functions 0 differ\n"));
	shown_free(&shown);
}

static void save_and_read(const json_t *profile)
{
	int (*save)(FILE *, const json_t *) = profile_writer("profile.json");
	size_t length, again_length;
	char *saved = in_form(save, profile, &length), *again;
	json_t *read = profile_load(file_of(saved, length));

	REQUIRE(read && json_equal(read, profile));
	again = in_form(save, read, &again_length);
	REQUIRE(length == again_length && !memcmp(saved, again, length));
	json_decref(read);
	free(again);
	free(saved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *profile;

	messages_begin();
	profile = profile_load(file_of(data, size));
	if (profile) {
		REQUIRE(profile_can_be_drawn(profile));
		show(profile);
		compare(profile);
		save_and_read(profile);
	}
	REQUIRE(messages_end() == !profile);
	json_decref(profile);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes, up to the first of value 1, as what a guest has spent: what exitstat --json prints, or
 * a file exit_stats; the others as a split of a reason. Then a bill of it in every form.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bill/show.h"
#include "harness.h"
#include "lib/message.h"

static struct results results = { .file = "prices.json", .unit = "cycles", .version = "0" };
static struct merged merged = { .results = &results };
static struct price list[] = {
	{ .op = "cpuid",
	  .reason = "CPUID",
	  .out = 150,
	  .kernel = 3000,
	  .in = 50,
	  .is_whole = true },
	{ .op = "inb-kernel", .reason = "IOIO", .kernel = 1600, .is_whole = true },
	{ .op = "inl-user", .reason = "IOIO", .kernel = 2500, .user = 2900, .in_user = true },
	{ .op = "x2apic-eoi", .reason = "MSR", .kernel = 3100, .is_whole = true },
};
static struct price_list prices = { &merged, sizeof(list) / sizeof(list[0]), list };

static void show(const struct spent *spent, const struct split *split, size_t splits)
{
	static const char *const without[] = { "IOIO", NULL };
	const struct saving *features[] = { &savings[0], &savings[1], NULL };
	struct bill *bill = bill_of(&prices, NULL, spent, split, splits);
	struct bill_view view = { bill, without, features };
	struct shown shown;

	REQUIRE(bill->cost >= 0 && isfinite(bill->cost));
	shown_begin(&shown);
	bill_text(shown.to, &view);
	bill_json(shown.to, &view);
	bill_html(shown.to, &view);
	shown_end(&shown);
	shown_free(&shown);
	bill_free(bill);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = memchr(data, 1, size);
	size_t length = cut ? (size_t)(cut - data) : size;
	struct input rest = { cut ? cut + 1 : data + size, cut ? size - length - 1 : 0 };
	char message[512] = "", *text = xmalloc(length + 1), *word = input_string(&rest);
	struct spent *spent = xcalloc(1, sizeof(*spent));
	struct split split;
	bool is_split;

	memcpy(text, data, length);
	text[length] = '\0';
	is_split = prices_split(&split, word, message, sizeof(message));
	REQUIRE(is_split == !*message);
	message[0] = '\0';
	if (spent_add_text(spent, "input", text, length, message, sizeof(message))) {
		REQUIRE(!*message);
		spent_remove_own(spent);
		show(spent, &split, is_split);
	} else {
		require_one_line(message);
	}
	free(spent);
	free(word);
	free(text);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * history-runs DIR RUNS OPERATIONS: a history of made-up results, as large as one that is
 * years old: the summaries, which are all that is read of it, beside files of three bytes.
 * Noise of 0.3 %; from seven tenths of the runs on every 20th operation takes 3 % more, and
 * in the latest five, on a busy host, op-3 takes 10 % more.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "history/level_test.h"
#include "history/store.h"
#include "history/summary.h"

static uint64_t seed = 88172645463325252ull;

static double noise(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return 0.003 * level_test_quantile(((double)(seed >> 11) + 0.5) / 9007199254740992.0);
}

static void put(const char *path, const char *text, size_t length)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(text, 1, length, file) != length || fclose(file)) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static const struct fact alike[] = {
		{ FACT_RUN, "complete", "yes" },
		{ FACT_RUN, "deterministic", "no" },
		{ FACT_RUN, "accel", "kvm" },
		{ FACT_RUN, "unit", "cycles" },
		{ FACT_RUN, "exits: counted by", "leaf" },
		{ FACT_RUN, "boots", "5" },
		{ FACT_RUN, "guest: processor", "made up" },
		{ FACT_MACHINE, "kernel", "Linux 6.1.0" },
		{ FACT_MACHINE, "load_1min", "0.2" },
	};
	size_t runs = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	size_t count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct summary_op *ops = calloc(count + 1, sizeof(*ops));
	struct fact facts[9];
	char path[4096], created[32], id[STORE_ID_SIZE];

	if (!runs || !ops)
		return 2;
	mkdir(argv[1], 0777);
	snprintf(path, sizeof(path), "%s/summaries", argv[1]);
	mkdir(path, 0777);
	memcpy(facts, alike, sizeof(facts));
	for (size_t r = 0; r < runs; r++) {
		struct summary summary = { 3, 9, count, facts, ops, 9, count };
		time_t when = 1577836800 + 3600 * (time_t)r;
		size_t length;
		char *text;

		facts[7].value = r < runs / 2 ? "Linux 6.1.0" : "Linux 6.12.0";
		facts[8].value = r + 5 < runs ? "0.2" : "4.5";
		for (size_t i = 0; i < count; i++) {
			struct summary_op *op = &ops[i];
			double p50 = (2000 + 37 * (double)i) * (1 + noise());
			static char names[4096][16];

			snprintf(names[i], sizeof(names[i]), "op-%zu", i);
			if (i % 20 == 7 && r >= runs * 7 / 10)
				p50 *= 1.03;
			if (i == 3 && r + 5 >= runs)
				p50 *= 1.1;
			*op = (struct summary_op){ .name = names[i],
						   .counted = true,
						   .exits_milli = 1000,
						   .p50 = llround(p50) };
			op->ci_low = op->p50 - 3;
			op->ci_high = op->p50 + 3;
			for (int p = 0; p < PART_COUNT; p++)
				op->parts.known[p] = true;
			op->parts.ticks[PART_OUT] = 150;
			op->parts.ticks[PART_IN] = 50;
			op->parts.ticks[PART_KERNEL] = op->p50 - 200;
		}
		strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime(&when));
		store_id(created, &r, sizeof(r), id);
		snprintf(path, sizeof(path), "%s/%s.json", argv[1], id);
		put(path, "{}\n", 3);
		text = summary_text(&summary, &length);
		snprintf(path, sizeof(path), "%s/summaries/%s.1", argv[1], id);
		put(path, text, length);
		free(text);
	}
	return 0;
}

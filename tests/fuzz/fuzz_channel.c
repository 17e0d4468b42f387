// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as what a guest asks for by the channel, and what the host has seen until then: exits
 * by tracepoints, or counts by QEMU's monitor.  The guest may write the whole channel.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "counts/answers.h"
#include "counts/counts.h"
#include "harness.h"

#define VCPUS	 2
#define TSC_KHZ	 2000000
#define REQUESTS 4

/* More samples than this cost time and show nothing new. */
#define SAMPLES_MOST 8

static struct count_channel channel;

/* What the guest writes: small numbers and all bits, since most checks are of bounds. */
static uint32_t word(struct input *input)
{
	uint8_t kind = (uint8_t)input_number(input, 1);

	return kind < 0x80 ? kind : (uint32_t)input_number(input, 4);
}

static void write_request(struct input *input)
{
	channel.request = word(input) % (COUNT_COSTS + 2);
	channel.part = word(input);
	channel.runs = word(input);
	channel.operations = word(input);
	channel.own_vcpu = word(input);
	channel.events = word(input);
	channel.sample_count = word(input);
	if (channel.sample_count > SAMPLES_MOST && channel.sample_count <= COUNT_SAMPLES_MAX)
		channel.sample_count = SAMPLES_MOST;
}

static void write_samples(struct input *input)
{
	for (size_t i = 0; i < SAMPLES_MOST; i++) {
		channel.samples[i].start = input_number(input, 2);
		channel.samples[i].end = channel.samples[i].start + input_number(input, 2);
	}
	for (size_t i = 0; i < sizeof(channel.costs); i += sizeof(int64_t)) {
		uint8_t bytes = (uint8_t)input_number(input, 1) % 9;
		uint64_t cost = input_number(input, bytes);

		memcpy((char *)&channel.costs + i, &cost, sizeof(cost));
	}
}

/* --- by tracepoints --- */

/* The kernel hands over events whose time goes on. */
static void see(struct exits *exits, struct input *input, uint64_t *tsc)
{
	for (unsigned int n = (unsigned int)input_number(input, 1) % 32; n; n--) {
		uint8_t what = (uint8_t)input_number(input, 1);
		struct event event = { .kind = what % (EVENT_SWITCH_IN + 1),
				       .thread = (what >> 4) % VCPUS };

		*tsc += input_number(input, 2);
		event.tsc = *tsc;
		event.value = word(input);
		event.rip = what;
		exits_event(exits, &event);
	}
}

/* No count is negative, and without an exit there is nothing of one. */
static void require_sample(const struct counted_sample *s)
{
	REQUIRE(s->exits >= 0 && s->descheduled >= 0 && s->halted >= 0);
	REQUIRE(s->exits || (!s->exit && !s->entry && !s->kernel && !s->user && !s->watching));
}

static uint64_t exits_in(const struct exits *exits)
{
	struct exit_totals totals;
	uint64_t sum = 0;

	exits_total(exits, false, &totals);
	for (size_t i = 0; i < totals.reason_count; i++)
		sum += totals.reasons[i].exits;
	return sum;
}

static void by_tracepoints(struct input *input)
{
	struct exits *exits = exits_new(VCPUS, TSC_KHZ);
	struct watching_costs costs = { 0 };
	struct exit_sites sites = { 0 };
	uint64_t tsc = 0, before, offset = input_number(input, 8);

	for (unsigned int i = 0; i < REQUESTS; i++) {
		see(exits, input, &tsc);
		write_request(input);
		write_samples(input);
		before = exits_in(exits);
		switch (channel.request) {
		case COUNT_READ:
			answer_read(exits, &channel);
			REQUIRE(channel.reason_count <= COUNT_REASONS_MAX);
			break;
		case COUNT_SAMPLES:
			for (size_t s = 0; s < SAMPLES_MOST; s++) {
				channel.samples[s].start += offset;
				channel.samples[s].end += offset;
			}
			REQUIRE(answer_samples(exits, &costs, offset, &channel, &sites) ==
				(channel.sample_count <= COUNT_SAMPLES_MAX));
			for (size_t s = 0; s < channel.sample_count && s < SAMPLES_MOST; s++)
				require_sample(&channel.samples[s]);
			REQUIRE(sites.count <= EXIT_SITES_MAX);
			break;
		case COUNT_COSTS:
			answer_costs(&channel, &costs);
			break;
		}
		/* To forget exits leaves the totals as they are. */
		REQUIRE(exits_in(exits) == before);
	}
	exits_free(exits);
}

/* --- by QEMU's monitor --- */

static void by_monitor(struct input *input)
{
	size_t asked = input->left < 128 ? input->left / 2 : 64;
	struct input guest = { input->at, asked };
	char why[512] = "";
	json_t *op;
	int sockets[2];
	struct qmp qmp;
	void *state = NULL;

	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	/* Less than a socket holds, so that all is there before the first is read. */
	REQUIRE(send(sockets[1], input->at + asked, input->left - asked, MSG_DONTWAIT) ==
		(ssize_t)(input->left - asked));
	REQUIRE(!shutdown(sockets[1], SHUT_WR));
	qmp = (struct qmp){ .fd = sockets[0] };
	if (qmp_open(&qmp, 0)) {
		const struct counting_vm vm = { .qmp = &qmp, .pid = getpid() };

		state = counts_stats.begin(&vm, why, sizeof(why));
		REQUIRE(state ? !*why : !!*why);
		require_plain(why, strlen(why));
	}
	for (unsigned int i = 0; state && i < 2 * COUNT_PARTS; i++) {
		write_request(&guest);
		channel.request = i % 2 ? COUNT_BATCH_END : COUNT_BATCH_BEGIN;
		REQUIRE(counts_stats.answer(state, &channel) != COUNTING_USELESS);
	}
	if (state) {
		op = json_pack("{s:{s:i}, s:{s:i, s:i}}", FIELD(op, cycles), "p50", 1,
			       FIELD(op, expected), FIELD(expected, min), 1, FIELD(expected, max),
			       1);
		REQUIRE(op);
		counts_stats.complete(state, op);
		REQUIRE(!json_object_get(op, FIELD(op, counts)) ||
			json_number_value(json_object_get(json_object_get(op, FIELD(op, counts)),
							  FIELD(counts, exits))) >= 0);
		json_decref(op);
		counts_stats.end(state);
	}
	qmp_close(&qmp);
	close(sockets[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };

	if (!size || size > 65536)
		return 0;
	memset(&channel, 0, offsetof(struct count_channel, samples[SAMPLES_MOST]));
	messages_begin();
	if (input_number(&input, 1) & 1)
		by_monitor(&input);
	else
		by_tracepoints(&input);
	REQUIRE(!messages_end());
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI specification, 4.8.3.3 (PM timer); Intel 8254 data sheet (PIT); Intel ICH data
 * sheets, NMI_SC (port 0x61, the gate and the speaker of PIT channel 2).
 */
#include "platform/clock.h"

#include <stdbool.h>
#include <stddef.h>

#include "cpu/insn.h"
#include "platform/acpi.h"
#include "platform/frequency.h"

#define PIT_HZ		  1193182
#define PIT_MASK	  0xffff
#define PIT_CHANNEL2	  0x42
#define PIT_COMMAND	  0x43
#define PIT_SELECT2	  (2u << 6)
#define PIT_LATCH	  (0u << 4)
#define PIT_LOW_THEN_HIGH (3u << 4)
#define PIT_MODE0	  (0u << 1) /* counts down, and on from 0xffff */
#define PORT_B		  0x61
#define PORT_B_GATE2	  (1u << 0)
#define PORT_B_SPEAKER	  (1u << 1)
#define PORT_B_WRITABLE	  0x0f /* the other bits must be written as 0 */

/* A clock of more than a megahertz that shows the same count this often is stopped. */
#define STANDS_STILL 1000

/* A window takes 10 ms. */
#define WINDOWS_PER_SECOND 100
#define WINDOWS		   4

/*
 * The budgets of all windows together. In TSC ticks it is 45 ms at 6 GHz and 270 ms at
 * 1 GHz. If the TSC is stopped, the number of readings of the clock is the limit; the
 * fastest ones, an emulator's, take 0.1 us.
 */
#define TSC_MAX	  (1ull << 28)
#define READS_MAX 400000

/* This is the most that khz_from_clock() takes. */
#define PASSED_MAX (1ull << 40)

/* A reading is the best of this many: the one with the fewest TSC ticks around it. */
#define READINGS 5

/* Two windows that agree this well were not disturbed... */
#define AGREE_PERCENT 1

/* ...unless by a clock that leaps. No TSC is this slow, not even an emulator's. */
#define KHZ_MIN 1000

struct clock {
	const char *name;
	uint32_t hz, mask;
	uint32_t (*read)(void);
};

struct budget {
	uint64_t tsc_start;
	uint32_t reads;
};

struct reading {
	uint64_t tsc;	/* in the middle of the reading */
	uint64_t width; /* the time that reading the clock took */
	uint32_t ticks;
};

static uint16_t pm_timer_port;

static uint32_t read_pm_timer(void)
{
	return inl(pm_timer_port);
}

static uint32_t read_pit(void)
{
	uint8_t low;

	outb(PIT_COMMAND, PIT_SELECT2 | PIT_LATCH);
	low = inb(PIT_CHANNEL2);
	return PIT_MASK - ((uint32_t)inb(PIT_CHANNEL2) << 8 | low);
}

static const struct clock pm_timer = { "the ACPI PM timer", PM_TIMER_HZ, PM_TIMER_MASK,
				       read_pm_timer };
static const struct clock pit = { "the PIT", PIT_HZ, PIT_MASK, read_pit };

static bool counts(const struct clock *clock)
{
	uint32_t first = clock->read();

	for (int i = 0; i < STANDS_STILL; i++)
		if (ticks_between(first, clock->read(), clock->mask))
			return true;
	return false;
}

/* A preemption during a reading widens it, so that another reading is used. */
static struct reading take_reading(const struct clock *clock)
{
	struct reading best = { .width = UINT64_MAX };

	for (int i = 0; i < READINGS; i++) {
		uint64_t before = rdtsc_fenced();
		uint32_t ticks = clock->read();
		uint64_t width = rdtsc_fenced() - before;

		if (width < best.width)
			best = (struct reading){ before + width / 2, width, ticks };
	}
	return best;
}

static bool used_up(struct budget *b)
{
	return b->reads++ >= READS_MAX || rdtsc_fenced() - b->tsc_start > TSC_MAX;
}

/*
 * Return the rate over one window, and set @width to the time of the readings. Return 0
 * if either clock is stopped or the budget is spent.
 */
static uint64_t measure_window(const struct clock *clock, struct budget *budget, uint64_t *width)
{
	const uint32_t window = clock->hz / WINDOWS_PER_SECOND;
	struct reading from = take_reading(clock), to;
	uint32_t last = from.ticks, now, still = 0;

	while (now = clock->read(), ticks_between(from.ticks, now, clock->mask) < window) {
		still = now == last ? still + 1 : 0;
		last = now;
		if (still == STANDS_STILL || used_up(budget))
			return 0;
	}
	to = take_reading(clock);
	if (to.tsc - from.tsc > PASSED_MAX)
		return 0;
	*width = from.width + to.width;
	return khz_from_clock(to.tsc - from.tsc, ticks_between(from.ticks, to.ticks, clock->mask),
			      clock->hz);
}

/* Use the window with the shorter readings of two that agree. */
static uint64_t measure(const struct clock *clock)
{
	struct budget budget = { .tsc_start = rdtsc_fenced() };
	uint64_t khz[WINDOWS], width[WINDOWS];

	for (int i = 0; i < WINDOWS; i++) {
		khz[i] = measure_window(clock, &budget, &width[i]);
		for (int k = 0; k < i && khz[i] >= KHZ_MIN; k++)
			if (khz_agree(khz[i], khz[k], AGREE_PERCENT))
				return width[i] < width[k] ? khz[i] : khz[k];
	}
	return 0;
}

uint64_t clock_measure_tsc(const char **clock)
{
	uint64_t khz = 0;
	uint8_t port_b;

	*clock = NULL;
	pm_timer_port = acpi_pm_timer_port();
	if (pm_timer_port && counts(&pm_timer)) {
		*clock = pm_timer.name;
		khz = measure(&pm_timer);
		if (khz)
			return khz;
	}

	port_b = inb(PORT_B) & PORT_B_WRITABLE;
	outb(PORT_B, (uint8_t)((port_b & ~PORT_B_SPEAKER) | PORT_B_GATE2));
	outb(PIT_COMMAND, PIT_SELECT2 | PIT_LOW_THEN_HIGH | PIT_MODE0);
	outb(PIT_CHANNEL2, 0xff);
	outb(PIT_CHANNEL2, 0xff);
	if (counts(&pit)) {
		*clock = pit.name;
		khz = measure(&pit);
	}
	outb(PORT_B, port_b);
	return khz;
}

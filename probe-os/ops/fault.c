// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on memory that the guest has touched before: the host logs which pages the guest
 * writes, as during a live migration, or it has taken pages back. Both are done by exitprobe
 * run, which the probe asks before the samples begin (console/channel.h), so that no sample
 * has another exit than its own.
 */
#include "ops/ops.h"

#include "console/channel.h"
#include "cpu/insn.h"
#include "ops/skip.h"
#include "platform/map.h"
#include "platform/memory.h"
#include "platform/tsc.h"

/* Regions of 2 MiB whose writes are logged. The pages of the first are written one by one. */
#define LOG_REGIONS   17
#define LOG_BYTES     (LOG_REGIONS * LARGE_PAGE_SIZE)
#define REGION_PAGES  (LARGE_PAGE_SIZE / PAGE_SIZE)
#define FRESH_REGIONS 12

/* SDM and APM: the reset vector's page, which is the end of the BIOS. */
#define ROM_PAGE 0xfffff000ul

extern char image_start[], image_end[]; /* linker/probe.ld */

static uint8_t *logged; /* LOG_BYTES, taken once */
static uint64_t tables[2 + COUNT_ARENA_BYTES / LARGE_PAGE_SIZE + 1][MAP_ENTRIES]
	__attribute__((aligned(PAGE_SIZE)));

/* The places of a row, one for each run: @count of them, @stride apart. */
static struct {
	volatile uint8_t *first;
	size_t count, stride, next;
	bool used; /* run() has used the present one */
} places;

static uint64_t logged_until; /* TSC; 0: nothing is logged */
static const char *failure;

static const char *failed(void)
{
	const char *text = failure;

	failure = NULL;
	return text;
}

static void begin_places(volatile uint8_t *first, size_t count, size_t stride)
{
	places.first = first;
	places.count = count;
	places.stride = stride;
	places.next = 0;
	places.used = false;
}

static size_t limit(void)
{
	return places.count - places.next;
}

static void prepare(void)
{
	if (places.used && places.next < places.count - 1)
		places.next++;
	places.used = false;
}

static volatile uint8_t *place(void)
{
	places.used = true;
	return places.first + places.next * places.stride;
}

static void run_read(void)
{
	(void)*place();
}

static void run_write(void)
{
	*place() = 1;
}

/* --- dirty logging -------------------------------------------------------------- */

static const char *skip_log(void)
{
	volatile struct count_channel *channel = channel_get();

	if (!channel || !(channel->helps & COUNT_HELPS_LOG))
		return "only exitprobe run on the host can make KVM log writes";
	if (!tsc_check()->khz)
		return "the TSC's frequency is not known";
	if (!logged)
		logged = memory_take(LOG_BYTES, LARGE_PAGE_SIZE);
	return logged ? NULL : "too little memory";
}

/* Write the probe's own pages once, so that measuring causes no exit of the log's. */
static void write_image(void)
{
	/* The linker defines both symbols, which are the ends of the image. */
	/* cppcheck-suppress comparePointers */
	for (volatile char *page = image_start; page < image_end; page += PAGE_SIZE)
		/* cppcheck-suppress selfAssignment */
		*page = *page;
}

/* Touch what the row writes, so that only the log's protection is new to it. */
static void begin_log(size_t count, size_t stride)
{
	volatile uint8_t *first = logged + (stride == PAGE_SIZE ? 0 : LARGE_PAGE_SIZE);
	uint64_t start;

	for (size_t i = 0; i < count; i++)
		first[i * stride] = 1;
	begin_places(first, count, stride);
	start = rdtsc_fenced();
	if (!channel_act(COUNT_LOG_BEGIN)) {
		failure = "the host does not begin to log writes";
		return;
	}
	logged_until = start + COUNT_LOG_S * tsc_check()->khz * 1000;
	write_image();
}

static void setup_log_4k(void)
{
	begin_log(REGION_PAGES, PAGE_SIZE);
}

static void setup_log_2m(void)
{
	begin_log(LOG_REGIONS - 1, LARGE_PAGE_SIZE);
}

static void finish_log(void)
{
	if (rdtsc_fenced() > logged_until)
		failure = "the log ended before the samples did";
}

static void teardown_log(void)
{
	/* Of a log that has not begun there is no end, which the host would wait for. */
	if (logged_until)
		channel_act(COUNT_LOG_END);
	logged_until = 0;
}

/* --- memory that the host takes back -------------------------------------------- */

static const char *skip_back(void)
{
	volatile struct count_channel *channel = channel_get();

	if (!channel || !(channel->helps & COUNT_HELPS_TAKE_BACK) || !channel_arena())
		return "only exitprobe run on the host can take memory back";
	return NULL;
}

/* With the default memory type, unlike the device's own address. */
static void map_arena(void)
{
	volatile uint8_t *arena = channel_arena();

	for (size_t i = 0; i < COUNT_ARENA_BYTES / PAGE_SIZE; i++)
		tables[2 + i / MAP_ENTRIES][i % MAP_ENTRIES] = map_entry(arena + i * PAGE_SIZE);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) - 2; i++)
		tables[1][i] = map_entry(tables[2 + i]);
	tables[0][0] = map_entry(tables[1]);
	*map_top(MAP_SLOT_ARENA) = map_entry(tables[0]);
}

static void setup_back(void)
{
	map_arena();
	begin_places((volatile uint8_t *)MAP_ADDRESS(MAP_SLOT_ARENA), COUNT_ARENA_BYTES / PAGE_SIZE,
		     PAGE_SIZE);
	for (size_t i = 0; i < places.count; i++)
		places.first[i * PAGE_SIZE] = 1;
	if (!channel_act(COUNT_TAKE_BACK))
		failure = "the host does not take memory back";
}

static void teardown_back(void)
{
	map_remove(MAP_SLOT_ARENA);
}

/* --- reads before writes -------------------------------------------------------- */

static const char *skip_fresh(void)
{
	return memory_left(LARGE_PAGE_SIZE, LARGE_PAGE_SIZE) > FRESH_REGIONS ? NULL
									     : "too little memory";
}

static void setup_fresh(void)
{
	begin_places(memory_take(FRESH_REGIONS * LARGE_PAGE_SIZE, LARGE_PAGE_SIZE), FRESH_REGIONS,
		     LARGE_PAGE_SIZE);
}

/* The page has been read when run() writes it. */
static void prepare_read(void)
{
	prepare();
	(void)places.first[places.next * places.stride];
}

static void run_rom_read(void)
{
	(void)*(volatile uint8_t *)ROM_PAGE;
}

#define PML                                                                                        \
	"none with PML, which logs the write without an exit, and one whenever its 512 entries "   \
	"are full"
#define LOG_EXITS                                                                                  \
	.svm = EXITS_EITHER(1, 1, SVM_EXIT_NPF, SVM_EXIT_PF,                                       \
			    "the reason tells whether KVM uses "                                   \
			    "nested paging"),                                                      \
	.vmx = EXITS_AMONG(0, 1, PML, EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EXCEPTION_NMI,        \
			   EXIT_REASON_PML_FULL)
#define BACK_EXITS                                                                                 \
	.svm = EXITS_EITHER(1, 1, SVM_EXIT_NPF, SVM_EXIT_PF,                                       \
			    "the reason tells whether KVM uses "                                   \
			    "nested paging"),                                                      \
	.vmx = EXITS_EITHER(1, 1, EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EXCEPTION_NMI,            \
			    "the reason tells whether KVM uses nested paging")
#define FRESH_EXITS(most, text)                                                                    \
	.svm = EXITS_EITHER(0, most, SVM_EXIT_NPF, SVM_EXIT_PF, text),                             \
	.vmx = EXITS_EITHER(0, most, EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EXCEPTION_NMI, text)

static const struct op ops[] = {
	{
		.name = "log-write",
		.what = "first write to a 4 KiB page while KVM logs writes",
		.why = "For a live migration KVM write-protects the pages, and the first write to "
		       "each exits (SDM 28.3.3.2, APM 15.25.6). With page-modification logging "
		       "(PML, SDM 28.3.6) the processor logs the write itself.",
		.compare = "log-write-2m,load,back-write",
		LOG_EXITS,
		.skip = skip_log,
		.limit = limit,
		.setup = setup_log_4k,
		.prepare = prepare,
		.run = run_write,
		.finish = finish_log,
		.teardown = teardown_log,
		.failed = failed,
	},
	{
		.name = "log-write-2m",
		.what = "first write to a 2 MiB region while KVM logs writes",
		.why = "KVM logs pages of 4 KiB, so it splits a mapping of 2 MiB: when logging begins "
		       "(kvm.eager_page_split, since Linux 5.18), or else in this exit.",
		.compare = "log-write,touch-2m",
		LOG_EXITS,
		.skip = skip_log,
		.limit = limit,
		.setup = setup_log_2m,
		.prepare = prepare,
		.run = run_write,
		.finish = finish_log,
		.teardown = teardown_log,
		.failed = failed,
	},
	{
		.name = "back-read",
		.what = "first read of a page that the host has taken back",
		.why = "A balloon or a discard gives a page back to the host, which removes it from "
		       "the nested page tables. The next access exits (SDM 28.3.3.2, APM 15.25.6), "
		       "and the host allocates and clears a page, here one of a file in memory.",
		.compare = "back-write,touch-4k",
		BACK_EXITS,
		.skip = skip_back,
		.limit = limit,
		.setup = setup_back,
		.prepare = prepare,
		.run = run_read,
		.teardown = teardown_back,
		.failed = failed,
	},
	{
		.name = "back-write",
		.what = "first write to a page that the host has taken back",
		.why = "As back-read.",
		.compare = "back-read,touch-4k",
		BACK_EXITS,
		.skip = skip_back,
		.limit = limit,
		.setup = setup_back,
		.prepare = prepare,
		.run = run_write,
		.teardown = teardown_back,
		.failed = failed,
	},
	{
		.name = "read-2m",
		.what = "first read of a 2 MiB region",
		.why = "As touch-2m. The host may answer with a page of zeros that it shares, and "
		       "that nobody may write.",
		.compare = "touch-2m,read-write-2m",
		FRESH_EXITS(1, "none if the VMM touched it or the host maps by 1 GiB"),
		.skip = skip_fresh,
		.limit = limit,
		.setup = setup_fresh,
		.prepare = prepare,
		.run = run_read,
	},
	{
		.name = "read-write-2m",
		.what = "first write to a 2 MiB region that has been read",
		.why = "If the read was answered with the shared page of zeros, the write violates its "
		       "protection (SDM 28.3.3.2, APM 15.25.6), and the host allocates a page now. "
		       "That removes the old page from KVM's tables while KVM handles the fault, so "
		       "it begins again, with a second exit.",
		.compare = "read-2m,touch-2m",
		FRESH_EXITS(
			2,
			"none if the host has the guest's memory already, as with locked memory"),
		.skip = skip_fresh,
		.limit = limit,
		.setup = setup_fresh,
		.prepare = prepare_read,
		.run = run_write,
	},
	{
		.name = "rom-read",
		.what = "read of a byte at 0xfffff000, in the BIOS",
		.why = "A read-only memory slot is read without an exit; rom-write has the write.",
		.compare = "rom-write,load",
		.svm = NO_EXIT,
		.vmx = EXITS_EITHER(0, 1, EXIT_REASON_EPT_VIOLATION, EXIT_REASON_EPT_MISCONFIG,
				    "one where the VMM has no ROM"),
		.skip = skip_no_hypervisor,
		.run = run_rom_read,
	},
};

const struct op_family family_fault = OP_FAMILY(
	"fault",
	"Memory whose mapping the host has changed: writes are logged as for a live migration, pages "
	"were taken back, or a page was read before it is written. Host and guest share the work of "
	"a fault, so p99 says as much as the median. Some rows run only under exitprobe run, which "
	"does the host's part.",
	ops);

// SPDX-License-Identifier: GPL-2.0-only
/* The whole run, from the loader's information to the last line of output. */
#include <stdint.h>

#include "boot/handover.h"
#include "boot/multiboot.h"
#include "console/console.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "lib/nearest.h"
#include "options.h"
#include "platform/acpi.h"
#include "platform/memory.h"
#include "platform/shutdown.h"
#include "platform/smp.h"
#include "report/list.h"
#include "run.h"

void probe_main(uint32_t magic, uint32_t info) __attribute__((noreturn));

static void end(enum shutdown_status status) __attribute__((noreturn));
static void fail(const char *text) __attribute__((noreturn));

static void end(enum shutdown_status status)
{
	shutdown(status);
	printf("%s; halted\n", status == SHUTDOWN_SUCCESS ? "The run is complete" : "It failed");
	for (;;)
		asm volatile("cli; hlt");
}

static void fail(const char *text)
{
	printf("exitprobe: error: %s\n", text);
	end(SHUTDOWN_FAILURE);
}

static void fail_by_fault(const struct trap_fault *fault)
{
	printf("\nexitprobe: fault %s (vector %d, error 0x%lx) at 0x%lx outside an operation\n",
	       trap_name(fault->vector), fault->vector, fault->error, fault->rip);
	end(SHUTDOWN_FAILURE);
}

/* End the run unless each of the comma-separated @globs matches an operation. */
static void check_globs(const char *key, const char *globs)
{
	size_t length;
	const char *unknown = run_unknown_glob(globs, &length);
	struct nearest near;

	if (!unknown)
		return;
	run_nearest(unknown, length, &near);
	printf("exitprobe: error: %s=%.*s: no such operation; ", key, (int)length, unknown);
	for (unsigned int i = 0; i < near.count; i++)
		printf("%s%s", i ? ", " : "nearest: ", near.names[i]);
	printf("%slist names them all\n", near.count ? "; " : "");
	end(SHUTDOWN_FAILURE);
}

void probe_main(uint32_t magic, uint32_t info)
{
	static struct handover handover;
	static char line[COMMAND_LINE_SIZE], error[COMMAND_LINE_SIZE + 256];
	struct options options;
	const char *wrong;
	bool parsed;

	console_init();
	trap_init();
	trap_handle_fatal(fail_by_fault);
	wrong = handover_read(magic, info, &handover);
	if (wrong) {
		/* The options have not been read, so print this on every console. */
		console_choose(-1, false, &handover);
		fail(wrong);
	}
	acpi_set_rsdp(handover.rsdp);
	acpi_init();
	if (!memory_init(&handover)) {
		console_choose(-1, false, &handover);
		fail("the memory map of the loader does not contain the probe");
	}

	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = handover.command_line[i];
	parsed = options_parse(line, handover.has_path, &options, error, sizeof(error));
	shutdown_choose(options.end, magic == PVH_MAGIC);
	console_choose(options.serial, options.screen, &handover);
	if (!parsed)
		fail(error);
	check_globs("ops", options.ops);
	check_globs("skip", options.skip);
	if (!run_has_operations(&options))
		fail("ops= and skip= leave no operation; some run only by name, as list says");

	if (options.help) {
		printf("exitprobe: what each instruction costs when it leaves the guest\n%s",
		       options_help);
	} else if (options.list) {
		list_print();
	} else if (options.list_families) {
		list_print_families();
	} else if (options.list_markdown) {
		list_print_markdown();
	} else {
		lapic_init();
		smp_init((unsigned int)options.smp);
		run_all(&options, handover.command_line);
	}
	end(SHUTDOWN_SUCCESS);
}

// SPDX-License-Identifier: GPL-2.0-only
/* From the loader's hand-over to the last line. */
#include <stdint.h>

#include "boot/multiboot.h"
#include "boot/options.h"
#include "boot/shutdown.h"
#include "cpu/lapic.h"
#include "cpu/trap.h"
#include "measure/sample.h"
#include "ops/ops.h"
#include "report/console.h"
#include "report/table.h"

void probe_main(uint32_t magic, const struct multiboot_info *info) __attribute__((noreturn));

static void fail(const char *text) __attribute__((noreturn));

static void fail(const char *text)
{
	printf("exitprobe: error: %s\n", text);
	shutdown(SHUTDOWN_FAILURE);
}

/* QEMU's loader puts the kernel's file name before the command line. */
static bool loaded_by_qemu(const struct multiboot_info *info)
{
	return info->flags & MULTIBOOT_INFO_LOADER_NAME &&
	       glob_match("qemu*", (const char *)(uintptr_t)info->boot_loader_name);
}

static void print_list(void)
{
	for (size_t f = 0; f < op_family_count; f++)
		for (size_t i = 0; i < op_families[f]->count; i++)
			printf("%-18s %s%s\n", op_families[f]->ops[i].name,
			       op_families[f]->ops[i].what,
			       op_families[f]->ops[i].on_request ? " (on request)" : "");
}

/* Whether each of the comma-separated @globs means some operation. */
static void check_globs(const char *key, const char *globs)
{
	char glob[64];

	while (*globs) {
		size_t length = 0;
		bool known = false;

		for (; globs[length] && globs[length] != ','; length++)
			if (length < sizeof(glob) - 1)
				glob[length] = globs[length];
		glob[length < sizeof(glob) ? length : sizeof(glob) - 1] = '\0';
		globs += length + (globs[length] == ',');

		for (size_t f = 0; f < op_family_count; f++)
			for (size_t i = 0; i < op_families[f]->count; i++)
				known |= glob_match(glob, op_families[f]->ops[i].name);
		if (!known) {
			printf("exitprobe: error: %s=%s: no such operation; known are\n", key,
			       glob);
			print_list();
			shutdown(SHUTDOWN_FAILURE);
		}
	}
}

static bool selected(const struct options *o, const struct op *op)
{
	return globs_match(o->ops, op->name, op->on_request) &&
	       !globs_match(o->skip, op->name, false);
}

static void run_all(const struct options *o)
{
	struct measurement m;
	unsigned int done = 0, skipped = 0, faulted = 0;

	measure_init(o->samples);
	if (o->format == FORMAT_TABLE)
		table_head(o);
	for (size_t f = 0; f < op_family_count; f++) {
		for (size_t i = 0; i < op_families[f]->count; i++) {
			const struct op *op = &op_families[f]->ops[i];

			if (!selected(o, op))
				continue;
			if (o->format == FORMAT_TABLE) {
				table_begin(op);
				measure(op, o->samples, &m);
				table_end(&m);
			} else {
				measure(op, o->samples, &m);
				samples_print(op, &m);
			}
			done++;
			skipped += m.skipped != NULL;
			faulted += m.fault >= 0;
		}
	}
	if (o->format == FORMAT_TABLE)
		table_foot();
	printf("complete: %u operations, %u skipped, %u faulted\n", done, skipped, faulted);
}

void probe_main(uint32_t magic, const struct multiboot_info *info)
{
	static char line[1024], error[256];
	struct options options;
	const char *cmdline;
	size_t length = 0;

	console_init();
	trap_init();
	if (magic != MULTIBOOT_LOADER_MAGIC)
		fail("not started by a multiboot loader (EAX is not 0x2badb002)");

	if (info->flags & MULTIBOOT_INFO_CMDLINE) {
		cmdline = (const char *)(uintptr_t)info->cmdline;
		for (; cmdline[length]; length++) {
			if (length == sizeof(line) - 1)
				fail("the command line is longer than 1023 characters");
			line[length] = cmdline[length];
		}
	}
	if (!options_parse(line, loaded_by_qemu(info), &options, error, sizeof(error)))
		fail(error);
	check_globs("ops", options.ops);
	check_globs("skip", options.skip);

	if (options.help) {
		printf("exitprobe: what each instruction costs when it leaves the guest\n%s",
		       options_help);
	} else if (options.list) {
		print_list();
	} else {
		lapic_init();
		run_all(&options);
	}
	shutdown(SHUTDOWN_SUCCESS);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "history/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"
#include "lib/sha256.h"

/*
 * The instrument and the machine.  A kernel, KVM, QEMU, microcode or a mitigation is what a
 * history watches, so runs of both sides of such a change are in one group.
 */
static const char *const same_run[] = {
	"accel",
	"unit",
	"deterministic",
	"emulated",
	"exits: counted by",
	"exit statistics: version",
	"exit statistics: instruction set",
	"exit statistics: kept by",
	"exit statistics: halted time",
	"guest: processor",
	"guest: vendor",
	"guest: family",
	"guest: model",
	"guest: stepping",
	"guest: hypervisor",
	"guest: vCPUs",
	"probe: build",
	"probe: settings",
	"QEMU: arguments",
	NULL,
};
static const char *const same_machine[] = { "cpu", "cpus", "nested", NULL };

/* In the lab these are the machine: its clock counts what they execute. */
static const char *const same_lab[] = { "emulator", "emulator_version", "firmware",
					"plugin",   "machine",		NULL };

/* Never the same, or known by others. */
static const char *const not_watched[] = { "job",     "memory_kib", "boots",	   "complete",
					   "TSC kHz", "exitprobe",  "guest: host", NULL };

static bool is_among(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

static bool is_lab(const struct summary *summary)
{
	const char *accel = summary_fact(summary, FACT_RUN, "accel");

	return accel && !strcmp(accel, "lab");
}

static bool is_in_key(const struct fact *fact, bool lab, bool is_same_build)
{
	switch (fact->kind) {
	case FACT_RUN:
		return is_among(fact->name, same_run);
	case FACT_MACHINE:
		return is_among(fact->name, same_machine);
	case FACT_BUILD:
		/* The probe's file has the same build as its first record says. */
		return strcmp(fact->name, "job") && strcmp(fact->name, "probe") &&
		       (is_same_build || (lab && is_among(fact->name, same_lab)));
	}
	return false;
}

bool group_watches(const struct fact *fact)
{
	return !is_among(fact->name, not_watched) && strncmp(fact->name, "load", 4) &&
	       !is_in_key(fact, false, false);
}

/* In the lab timers interrupt other samples if the operations are others. */
static void put_operations(FILE *to, const struct summary *summary)
{
	char text[SHA256_TEXT];
	struct sha256 hash;

	sha256_begin(&hash);
	for (size_t i = 0; i < summary->op_count; i++)
		sha256_add(&hash, summary->ops[i].name, strlen(summary->ops[i].name) + 1);
	sha256_end(&hash, text);
	fprintf(to, "operations=%s\n", text);
}

char *group_key(const struct summary *summary, const char *host, bool is_same_build)
{
	bool lab = is_lab(summary);
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		out_of_memory("group");
	if (*host)
		fprintf(to, "h host=%s\n", host);
	for (size_t i = 0; i < summary->fact_count; i++) {
		const struct fact *fact = &summary->facts[i];

		if (is_in_key(fact, lab, is_same_build))
			fprintf(to, "%c %s=%s\n", (char)fact->kind, fact->name, fact->value);
	}
	if (lab)
		put_operations(to, summary);
	if (fclose(to))
		out_of_memory("group");
	return text;
}

static const char *or_unknown(const char *value)
{
	return value && *value ? value : "unknown";
}

char *group_title(const struct summary *s, const char *host)
{
	const char *processor = summary_fact(s, FACT_RUN, "guest: processor");

	return xasprintf("%s, %s, exits counted by %s, in %s%s%s",
			 or_unknown(summary_fact(s, FACT_RUN, "accel")),
			 or_unknown(processor && *processor ? processor
							    : summary_fact(s, FACT_MACHINE, "cpu")),
			 or_unknown(summary_fact(s, FACT_RUN, "exits: counted by")),
			 or_unknown(summary_fact(s, FACT_RUN, "unit")), *host ? ", on " : "", host);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/boot_arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/message.h"
#include "vm/ivshmem.h"

#define MEMORY_MIB 256

/*
 * What KVM has of Hyper-V's interface since Linux 5.11, with QEMU 4.2 and later (QEMU,
 * docs/system/i386/hyperv.rst). hv-avic is not among it: it tells Windows not to use AutoEOI.
 */
#define HYPERV_FLAGS                                                                               \
	",hv-relaxed,hv-vapic,hv-spinlocks=0x1fff,hv-vpindex,hv-runtime,hv-time,hv-frequencies,"   \
	"hv-synic,hv-stimer,hv-stimer-direct,hv-tlbflush,hv-ipi"

static void add(struct boot_arguments *arguments, char *text)
{
	arguments->list =
		xrealloc(arguments->list, (arguments->count + 2) * sizeof(*arguments->list));
	arguments->list[arguments->count++] = text;
	arguments->list[arguments->count] = NULL;
}

static void add_pair(struct boot_arguments *arguments, const char *option, char *value)
{
	add(arguments, xstrdup(option));
	add(arguments, value);
}

void boot_arguments_free(struct boot_arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		free(arguments->list[i]);
	free(arguments->list);
}

/* The probe's command line. */
static char *probe_keys(const struct boot_plan *plan)
{
	struct utsname host;
	char *keys;
	size_t size;
	FILE *to = open_memstream(&keys, &size);

	if (!to)
		out_of_memory("the probe's command line");
	uname(&host);
	/* Records go through memory; a table on a port would be exits. */
	fprintf(to, "ops=%s unit=%s host=%s-%s end=off format=none hosted", plan->ops, plan->unit,
		strcmp(plan->accel, "kvm") ? "TCG" : "KVM", host.release);
	if (*plan->skip)
		fprintf(to, " skip=%s", plan->skip);
	if (plan->samples)
		fprintf(to, " samples=%u", plan->samples);
	if (plan->budget_ms)
		fprintf(to, " budget_ms=%u", plan->budget_ms);
	if (plan->settle_ms)
		fprintf(to, " settle_ms=%u", plan->settle_ms);
	if (counting_is_asked(plan->ways[0]))
		fputs(" counts=host", to);
	else if (plan->ways[0]->way == WAY_NONE)
		fputs(" counts=none", to);
	if (fclose(to))
		out_of_memory("the probe's command line");
	return keys;
}

struct boot_arguments boot_arguments(const struct boot_plan *plan, const char *cpu, int records,
				     int qmp, bool lock)
{
	struct boot_arguments a = { 0 };

	add(&a, xstrdup(plan->qemu));
	add_pair(&a, "-accel", xstrdup(plan->accel));
	add_pair(&a, "-cpu", xasprintf("%s%s", cpu, plan->hyperv ? HYPERV_FLAGS : ""));
	add_pair(&a, "-smp", xasprintf("%u", plan->vcpus));
	add_pair(&a, "-m", xasprintf("%u", MEMORY_MIB));
	add_pair(&a, "-overcommit", xasprintf("mem-lock=%s", lock ? "on" : "off"));
	add(&a, xstrdup("-nodefaults"));
	/* For the probe's errors, and one to measure. */
	add_pair(&a, "-serial", xstrdup("stdio"));
	add_pair(&a, "-display", xstrdup("none"));
	/* A reset is a death; a power-off leaves us the VM, to ask KVM about. */
	add(&a, xstrdup("-no-reboot"));
	add(&a, xstrdup("-no-shutdown"));
	add(&a, xstrdup("-S"));
	add_pair(&a, "-chardev", xasprintf("socket,id=qmp,fd=%d", qmp));
	add_pair(&a, "-mon", xstrdup("chardev=qmp,mode=control"));
	add_pair(&a, "-object",
		 xasprintf("memory-backend-file,id=records,mem-path=/proc/self/fd/%d,size=%u,"
			   "share=on",
			   records, IVSHMEM_SIZE));
	add_pair(&a, "-device", xstrdup("ivshmem-plain,memdev=records"));
	add_pair(&a, "-kernel", xstrdup(plan->probe));
	add_pair(&a, "-append", probe_keys(plan));
	for (char **more = plan->qemu_args; more && *more; more++)
		add(&a, xstrdup(*more));
	return a;
}

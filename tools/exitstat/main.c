// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitstat: in a guest of a KVM that keeps exit statistics (abi/kvm_exit_stats.h),
 * how often and for how long the virtual machine left guest mode.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exitstat/ask.h"
#include "exitstat/cpuid.h"
#include "exitstat/measure.h"
#include "exitstat/openmetrics.h"
#include "exitstat/options.h"
#include "exitstat/status.h"
#include "shared/streams.h"

#define ONLINE "/sys/devices/system/cpu/online"

static void open_source(const struct options *options, struct cpuid_source *source,
			unsigned int cpu)
{
	if (!options->cpl0)
		cpuid_source_here(source);
	else if (!cpuid_source_kernel(source, cpu))
		die(errno == ENXIO ? STATUS_CPU : STATUS_SYSTEM,
		    "--cpl0: /dev/cpu/%u/cpuid: %s; it needs root and: modprobe cpuid", cpu,
		    strerror(errno));
}

static unsigned int online_cpus(unsigned int *cpus)
{
	char text[4096] = "";
	FILE *file = fopen(ONLINE, "re");
	int n = -1;

	if (file) {
		if (fgets(text, sizeof(text), file))
			n = parse_cpu_list(text, cpus, MAX_CPUS);
		fclose(file);
	}
	if (n < 1)
		die(STATUS_SYSTEM, "%s: no list of at most %d CPUs there; is /sys mounted?", ONLINE,
		    MAX_CPUS);
	return (unsigned int)n;
}

static void make_scopes(struct session *session)
{
	const struct options *options = &session->options;
	unsigned int cpus[MAX_CPUS] = { options->who == WHO_VCPU ? options->vcpu : some_cpu() };

	session->nr_scopes = options->who == WHO_ALL_VCPUS ? online_cpus(cpus) : 1;
	session->scopes = calloc(session->nr_scopes, sizeof(session->scopes[0]));
	if (!session->scopes)
		die(STATUS_SYSTEM, "no memory for %u vCPUs", session->nr_scopes);
	for (unsigned int i = 0; i < session->nr_scopes; i++) {
		struct scope *scope = &session->scopes[i];

		scope->vcpu = options->who != WHO_VM;
		scope->cpu = cpus[i];
		open_source(options, &scope->source, cpus[i]);
	}
}

/* Once it is known that there is something to write: what it had before is lost. */
static FILE *open_output(const struct options *options)
{
	FILE *file = options->command ? stderr : stdout;

	if (options->output) {
		file = options->format == FORMAT_OPENMETRICS ? openmetrics_open(options->output)
							     : fopen(options->output, "we");
		if (!file)
			die(STATUS_SYSTEM, "%s: %s", options->output, strerror(errno));
	}
	return file;
}

static void raw(struct session *session)
{
	const struct options *options = &session->options;
	unsigned int count = options->count ? options->count : 1;
	struct cpuid_regs *regs = calloc(count, sizeof(regs[0]));
	struct cpuid_source source;

	if (!regs)
		die(STATUS_SYSTEM, "no memory for %u readings", count);
	open_source(options, &source, options->who == WHO_VCPU ? options->vcpu : some_cpu());
	session->file = open_output(options);
	/* Nothing between two readings but the next; the memory is there before. */
	memset(regs, -1, count * sizeof(regs[0]));
	for (unsigned int i = 0; i < count; i++)
		regs[i] = cpuid(&source, options->leaf, options->subleaf);
	for (unsigned int i = 0; i < count; i++)
		fprintf(session->file,
			"CPUID(0x%08" PRIX32 ", 0x%08" PRIX32 "): EAX=0x%08" PRIX32
			" EBX=0x%08" PRIX32 " ECX=0x%08" PRIX32 " EDX=0x%08" PRIX32 "\n",
			options->leaf, options->subleaf, regs[i].eax, regs[i].ebx, regs[i].ecx,
			regs[i].edx);
	free(regs);
}

/* A line of the total needs no reasons. */
static bool needs_layout(const struct options *options)
{
	return options->command || options->interval_ms || options->verbose || options->all ||
	       options->format != FORMAT_TEXT;
}

static int measure(struct session *session)
{
	const struct options *options = &session->options;

	if (!needs_layout(options))
		measure_line(session);
	else if (options->command)
		return measure_command(session);
	else if (options->format == FORMAT_OPENMETRICS)
		measure_openmetrics(session);
	else if (options->interval_ms)
		measure_intervals(session);
	else
		measure_total(session);
	return STATUS_OK;
}

/* The standard streams stay open: standard output is looked at once more at the end. */
static void close_output(const struct session *session)
{
	const struct options *options = &session->options;
	FILE *file = session->file;

	if (options->output && options->format == FORMAT_OPENMETRICS) {
		if (!openmetrics_close(file))
			die(STATUS_SYSTEM, "%s: %s", options->output, strerror(errno));
	} else if (fflush(file) || ferror(file) || (options->output && fclose(file))) {
		die(STATUS_SYSTEM, "writing: %s", strerror(errno));
	}
}

static int say_failure(int status, int error)
{
	/* Then that line is there already. */
	if (status != STATUS_SYSTEM)
		fprintf(stderr, "exitstat: standard output: cannot be written: %s\n",
			strerror(error));
	return STATUS_SYSTEM;
}

int main(int argc, char **argv)
{
	struct session session = { 0 };
	int status = STATUS_OK;

	streams_open();
	streams_check_at_exit(say_failure);
	options_parse(&session.options, argc, argv);
	if (session.options.who == WHO_VCPU)
		pin(session.options.vcpu);
	if (session.options.raw) {
		raw(&session);
	} else {
		make_scopes(&session);
		ask_host(&session, needs_layout(&session.options));
		session.file = open_output(&session.options);
		status = measure(&session);
	}
	close_output(&session);
	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitstat: in a guest of a KVM that keeps exit statistics (abi/kvm_exit_stats.h),
 * how often and for how long the virtual machine left guest mode.
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exitstat/cpuid.h"
#include "exitstat/host.h"
#include "exitstat/measure.h"
#include "exitstat/options.h"
#include "exitstat/status.h"
#include "kvm_exit_stats.h"

#define ONLINE "/sys/devices/system/cpu/online"

/* A CPU that the caller runs on, for what any of them answers. */
static unsigned int some_cpu(void)
{
	int cpu = sched_getcpu();

	return cpu < 0 ? 0 : (unsigned int)cpu;
}

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

static void raw(const struct options *options, FILE *file)
{
	unsigned int count = options->count ? options->count : 1;
	struct cpuid_regs *regs = calloc(count, sizeof(regs[0]));
	struct cpuid_source source;

	if (!regs)
		die(STATUS_SYSTEM, "no memory for %u readings", count);
	open_source(options, &source, options->who == WHO_VCPU ? options->vcpu : some_cpu());
	/* Nothing between two readings but the next; the memory is there before. */
	memset(regs, -1, count * sizeof(regs[0]));
	for (unsigned int i = 0; i < count; i++)
		regs[i] = cpuid(&source, options->leaf, options->subleaf);
	for (unsigned int i = 0; i < count; i++)
		fprintf(file,
			"CPUID(0x%08" PRIX32 ", 0x%08" PRIX32 "): EAX=0x%08" PRIX32
			" EBX=0x%08" PRIX32 " ECX=0x%08" PRIX32 " EDX=0x%08" PRIX32 "\n",
			options->leaf, options->subleaf, regs[i].eax, regs[i].ebx, regs[i].ecx,
			regs[i].edx);
	free(regs);
}

enum kernel_says { KERNEL_NOT_ASKED, KERNEL_ANSWERED, KERNEL_NOT_ANSWERED };

/* Whether the guest's kernel is answered where a program is not. */
static enum kernel_says ask_kernel(const struct options *options)
{
	struct cpuid_source kernel;
	struct host host;
	char name[HYPERVISOR_BYTES];
	enum exitstat_status status;

	if (options->cpl0)
		return KERNEL_NOT_ANSWERED;
	if (!cpuid_source_kernel(&kernel, some_cpu()))
		return KERNEL_NOT_ASKED;
	status = host_find(&kernel, &host, name);
	return status == STATUS_OK || status == STATUS_VERSION ? KERNEL_ANSWERED
							       : KERNEL_NOT_ANSWERED;
}

static void find_host(struct session *session, struct cpuid_source *source)
{
	char name[HYPERVISOR_BYTES];
	enum kernel_says kernel = KERNEL_NOT_ASKED;
	enum exitstat_status status = host_find(source, &session->host, name);

	if (status == STATUS_ABSENT)
		kernel = ask_kernel(&session->options);
	if (kernel == KERNEL_ANSWERED)
		status = STATUS_REFUSED;
	switch (status) {
	case STATUS_NOT_VM:
		die(status, "not in a virtual machine, by CPUID leaf 1: nothing exits here");
	case STATUS_NOT_KVM:
		die(status,
		    "the hypervisor is \"%s\", not KVM: only a KVM can have exit statistics", name);
	case STATUS_ABSENT:
		die(status,
		    "no signature in CPUID leaf 0x%x: this VM's KVM keeps no exit statistics for guests "
		    "(it does with kvm.exit_stats=guest on the host before the VM starts)%s",
		    KVM_EXIT_STATS_SIGNATURE,
		    kernel == KERNEL_NOT_ASKED
			    ? ", or for the guest's kernel alone (to see, as root: modprobe cpuid)"
			    : "");
	case STATUS_REFUSED:
		die(status,
		    "the host answers the guest's kernel alone (kvm.exit_stats_cpl0): as root, "
		    "exitstat --cpl0");
	case STATUS_VERSION:
		die(status, "the host's exit statistics have version %u, this program knows %d",
		    session->host.version, KVM_EXIT_STATS_VERSION);
	default:
		break;
	}
	if (host_total_is_whole(source) != STATUS_OK)
		die(STATUS_WRAPPED,
		    "CPUID(0x4FFFFFFF) has wrapped at 32 bits: EDX:EAX is less than leaf 0x%x's exits",
		    KVM_EXIT_STATS_VM);
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

static FILE *open_output(const struct options *options)
{
	FILE *file = options->command ? stderr : stdout;

	if (options->output) {
		file = fopen(options->output, "we");
		if (!file)
			die(STATUS_SYSTEM, "%s: %s", options->output, strerror(errno));
	}
	return file;
}

static int measure(struct session *session)
{
	const struct options *options = &session->options;

	if (!options->command && !options->interval_ms && !options->verbose &&
	    options->format == FORMAT_TEXT) {
		measure_line(session);
		return STATUS_OK;
	}
	layout_read(&session->scopes[0].source, &session->host, &session->layout);
	if (options->command)
		return measure_command(session);
	if (options->interval_ms)
		measure_intervals(session);
	else
		measure_total(session);
	return STATUS_OK;
}

int main(int argc, char **argv)
{
	struct session session = { 0 };
	int status = STATUS_OK;

	options_parse(&session.options, argc, argv);
	session.file = open_output(&session.options);
	if (session.options.who == WHO_VCPU)
		pin(session.options.vcpu);
	if (session.options.raw) {
		raw(&session.options, session.file);
	} else {
		make_scopes(&session);
		find_host(&session, &session.scopes[0].source);
		status = measure(&session);
	}
	if (fclose(session.file))
		die(STATUS_SYSTEM, "writing: %s", strerror(errno));
	return status;
}

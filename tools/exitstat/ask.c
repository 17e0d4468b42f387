// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/ask.h"

#include "exitstat/cpuid.h"
#include "exitstat/host.h"
#include "exitstat/status.h"
#include "kvm_exit_stats.h"

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
		die(status, "not in a virtual machine: CPUID leaf 1 shows no hypervisor");
	case STATUS_NOT_KVM:
		die(status, "the hypervisor is \"%s\", not KVM: only KVM has exit statistics",
		    name);
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
		    "the host answers only the guest's kernel (kvm.exit_stats_cpl0): as root, "
		    "exitstat --cpl0");
	case STATUS_VERSION:
		die(status, "the host's exit statistics have version %u, this program knows %d",
		    session->host.version, KVM_EXIT_STATS_VERSION);
	default:
		break;
	}
	if (session->host.course == KVM_EXIT_STATS_LAYOUT_MERGED &&
	    host_total_is_whole(source) != STATUS_OK)
		die(STATUS_WRAPPED,
		    "CPUID(0x4FFFFFFF) has wrapped at 32 bits: EDX:EAX is less than leaf 0x%x's exits",
		    KVM_EXIT_STATS_VM);
}

void ask_host(struct session *session, bool layout)
{
	struct scope *first = &session->scopes[0];
	cpu_set_t *everywhere = first->vcpu ? affinity() : NULL;

	/* These CPUIDs are shown as the first vCPU's own exits, so they must be that. */
	if (everywhere)
		pin(first->cpu);
	find_host(session, &first->source);
	for (unsigned int i = 0; i < session->nr_scopes; i++)
		session->scopes[i].two_leaves = session->host.course !=
						KVM_EXIT_STATS_LAYOUT_MERGED;
	if (layout)
		layout_read(&first->source, &session->host, &session->layout);
	if (everywhere)
		unpin(everywhere);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every CPUID that reads a counter is an exit itself.  How many there were between
 * two readings is known, so their exits are taken off exactly.  For their cycles a
 * snapshot reads what it moves both first and last: from one snapshot's last
 * reading to the next one's first there are only the CPUIDs of those two, and
 * these are taken off by what one costs on the average of the snapshot.
 */
#include "exitstat/counters.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How the CPUID exit is called: SDM vol. 3D, appendix C; APM vol. 2, appendix C. */
#define VMX_CPUID 10
#define SVM_CPUID 0x72

/* A reason and its selector share ECX: a reason has the bits below. */
#define SELECTOR_SHIFT 16
#define REASONS_MAX    (1u << SELECTOR_SHIFT)

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		die(STATUS_SYSTEM, "no memory for %zu counters", count);
	return memory;
}

/* A reason that is another's, or cannot be asked for, would be counted as that. */
static void check_code(unsigned char *seen, uint32_t slot, uint32_t code)
{
	if (code >= REASONS_MAX || seen[code])
		die(STATUS_VERSION,
		    "the host's slot %u is of exit reason 0x%x, %s: not interface version %d as "
		    "documented",
		    slot, code, code < REASONS_MAX ? "which another slot has too" : "above 0xffff",
		    KVM_EXIT_STATS_VERSION);
	seen[code] = 1;
}

void layout_read(struct cpuid_source *source, const struct host *host, struct layout *layout)
{
	static unsigned char seen[REASONS_MAX];
	uint32_t cpuid_code = host->isa == KVM_EXIT_STATS_ISA_SVM ? SVM_CPUID : VMX_CPUID;

	memset(seen, 0, sizeof(seen));
	*layout = (struct layout){ .isa = host->isa };
	layout->codes = allocate(2 * host->slots + 1, sizeof(layout->codes[0]));
	layout->undefined = layout->codes + host->slots;
	layout->cpuid = host->slots;
	for (uint32_t slot = 0; slot < host->slots; slot++) {
		uint32_t code = cpuid(source, KVM_EXIT_STATS_SLOT, slot).eax;

		if (code == KVM_EXIT_STATS_SLOT_NONE)
			break;
		check_code(seen, slot, code);
		/* The slot of a number that KVM does not know cannot be asked for. */
		if (cpuid(source, KVM_EXIT_STATS_VM_REASON, code).edx == KVM_EXIT_STATS_UNDEFINED) {
			layout->undefined[layout->nr_undefined++] = code;
			continue;
		}
		if (code == cpuid_code)
			layout->cpuid = layout->nr;
		layout->codes[layout->nr++] = code;
	}
	if (layout->cpuid >= layout->nr)
		die(STATUS_VERSION, "the host counts no CPUID exits (reason %u of %u slots)",
		    cpuid_code, host->slots);
}

void snapshot_init(struct snapshot *snapshot, const struct layout *layout)
{
	*snapshot = (struct snapshot){ .reasons = allocate(layout->nr, sizeof(struct counters)) };
}

void delta_init(struct delta *delta, const struct layout *layout)
{
	*delta = (struct delta){ .reasons = allocate(layout->nr, sizeof(struct counters)) };
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* One counter: of reason @code, or without @reason the total. */
static struct stamped read_counter(struct scope *scope, bool reason, uint32_t code,
				   uint32_t selector)
{
	uint32_t leaf, index;
	struct cpuid_regs regs;

	if (reason) {
		leaf = scope->vcpu ? KVM_EXIT_STATS_VCPU_REASON : KVM_EXIT_STATS_VM_REASON;
		index = selector << SELECTOR_SHIFT | code;
	} else {
		leaf = scope->vcpu ? KVM_EXIT_STATS_VCPU : KVM_EXIT_STATS_VM;
		index = selector;
	}
	regs = cpuid(&scope->source, leaf, index);
	return (struct stamped){ pair(regs.ebx, regs.ecx), scope->source.reads };
}

/* All exits and their kernel cycles: for the VM with one CPUID, if there is such a leaf. */
static void read_total(struct scope *scope, struct stamped *exits, struct stamped *kernel)
{
	struct cpuid_regs regs;

	if (scope->vcpu || scope->two_leaves) {
		*exits = read_counter(scope, false, 0, KVM_EXIT_STATS_EXITS);
		*kernel = read_counter(scope, false, 0, KVM_EXIT_STATS_KERNEL);
		return;
	}
	regs = cpuid(&scope->source, KVM_EXIT_STATS_TOTAL, 0);
	*exits = (struct stamped){ pair(regs.edx, regs.eax), scope->source.reads };
	*kernel = (struct stamped){ pair(regs.ebx, regs.ecx), scope->source.reads };
}

void total_take(struct delta *delta, struct scope *scope)
{
	struct stamped exits, kernel;

	if (scope->vcpu)
		pin(scope->cpu);
	read_total(scope, &exits, &kernel);
	delta->val[KVM_EXIT_STATS_EXITS] = exits.value;
	delta->val[KVM_EXIT_STATS_KERNEL] = kernel.value;
}

static uint64_t less(uint64_t from, uint64_t what)
{
	return from > what ? from - what : 0;
}

/* Exits from @before to @after but for exitstat's own. */
static uint64_t exits_between(const struct stamped *before, const struct stamped *after)
{
	return less(less(after->value, before->value), after->own - before->own);
}

static void read_edge(struct edge *edge, struct scope *scope, const struct layout *layout)
{
	struct cpuid_regs info = cpuid(&scope->source, KVM_EXIT_STATS_INFO, 0);
	uint32_t code = layout->codes[layout->cpuid];

	edge->epoch = info.ecx;
	edge->course = info.eax & KVM_EXIT_STATS_LAYOUT_MASK;
	read_total(scope, &edge->exits, &edge->kernel);
	edge->cpuid_exits = read_counter(scope, true, code, KVM_EXIT_STATS_EXITS);
	edge->cpuid_kernel = read_counter(scope, true, code, KVM_EXIT_STATS_KERNEL);
}

static void read_all(struct snapshot *snapshot, struct scope *scope, const struct layout *layout)
{
	snapshot->time_ns = now_ns();
	read_edge(&snapshot->open, scope, layout);
	for (unsigned int i = 0; i < layout->nr; i++) {
		struct counters *reason = &snapshot->reasons[i];
		uint32_t code = layout->codes[i];

		for (uint32_t sel = 0; sel < SELECTORS_PER_REASON; sel++) {
			reason->val[sel] = read_counter(scope, true, code, sel).value;
			if (!reason->val[KVM_EXIT_STATS_EXITS])
				break;
		}
	}
	for (uint32_t sel = KVM_EXIT_STATS_USER; sel < SELECTORS; sel++)
		snapshot->val[sel] = read_counter(scope, false, 0, sel).value;
	read_edge(&snapshot->close, scope, layout);
	snapshot->foreign = exits_between(&snapshot->open.exits, &snapshot->close.exits);
}

void snapshot_take(struct snapshot *snapshot, struct scope *scope, const struct layout *layout,
		   unsigned int tries)
{
	if (scope->vcpu)
		pin(scope->cpu);
	do
		read_all(snapshot, scope, layout);
	while (snapshot->foreign && --tries);
}

/* Kernel cycles that @count CPUIDs cost, by what the snapshot's own did. */
static uint64_t cost(const struct snapshot *snapshot, uint64_t count)
{
	const struct stamped *open = &snapshot->open.cpuid_kernel;
	const struct stamped *close = &snapshot->close.cpuid_kernel;
	uint64_t own = close->own - open->own;

	return less(close->value, open->value) * count / own;
}

static uint64_t kernel_between(const struct snapshot *snapshot, const struct stamped *before,
			       const struct stamped *after)
{
	return less(after->value - before->value, cost(snapshot, after->own - before->own));
}

/* Whether two edges are of the same counters, read in the same way. */
static enum exitstat_status same(const struct edge *a, const struct edge *b)
{
	if (a->epoch != b->epoch)
		return STATUS_RESTARTED;
	return a->course == b->course ? STATUS_OK : STATUS_LAYOUT;
}

static enum exitstat_status check(const struct snapshot *before, const struct snapshot *after)
{
	const struct edge *edges[] = { &before->open, &before->close, &after->open, &after->close };
	uint64_t then = before->close.exits.value;
	uint64_t now = after->open.exits.value;

	for (size_t i = 1; i < sizeof(edges) / sizeof(edges[0]); i++) {
		enum exitstat_status status = same(edges[i - 1], edges[i]);

		if (status)
			return status;
	}
	if (now >= then)
		return STATUS_OK;
	/* Backwards in the same epoch, and never above 32 bits. */
	return then >> 32 ? STATUS_RESTARTED : STATUS_WRAPPED;
}

/* Whether any of @count counters is less than it was. */
static bool backwards(const uint64_t *before, const uint64_t *after, int count)
{
	for (int i = 0; i < count; i++)
		if (after[i] < before[i])
			return true;
	return false;
}

/* The same of all but the exits, which check() has looked at. */
static bool any_backwards(const struct layout *layout, const struct snapshot *before,
			  const struct snapshot *after)
{
	if (after->open.kernel.value < before->close.kernel.value ||
	    after->open.cpuid_exits.value < before->open.cpuid_exits.value ||
	    after->open.cpuid_kernel.value < before->close.cpuid_kernel.value ||
	    backwards(before->val, after->val, SELECTORS))
		return true;
	for (unsigned int i = 0; i < layout->nr; i++)
		if (backwards(before->reasons[i].val, after->reasons[i].val, SELECTORS_PER_REASON))
			return true;
	return false;
}

enum exitstat_status delta_between(struct delta *delta, const struct layout *layout,
				   const struct snapshot *before, const struct snapshot *after)
{
	enum exitstat_status status = check(before, after);
	struct counters *cpuid_reason = &delta->reasons[layout->cpuid];

	if (!status && any_backwards(layout, before, after))
		status = STATUS_RESTARTED;
	if (status)
		return status;
	delta->time_ns = after->time_ns - before->time_ns;
	delta->own = after->open.exits.own - before->open.exits.own;
	delta->foreign = before->foreign + after->foreign;
	for (int sel = KVM_EXIT_STATS_USER; sel < SELECTORS; sel++)
		delta->val[sel] = after->val[sel] - before->val[sel];
	for (unsigned int i = 0; i < layout->nr; i++)
		for (int sel = 0; sel < SELECTORS_PER_REASON; sel++)
			delta->reasons[i].val[sel] =
				after->reasons[i].val[sel] - before->reasons[i].val[sel];

	delta->val[KVM_EXIT_STATS_EXITS] = exits_between(&before->open.exits, &after->open.exits);
	delta->val[KVM_EXIT_STATS_KERNEL] =
		kernel_between(after, &before->close.kernel, &after->open.kernel);
	cpuid_reason->val[KVM_EXIT_STATS_EXITS] =
		exits_between(&before->open.cpuid_exits, &after->open.cpuid_exits);
	cpuid_reason->val[KVM_EXIT_STATS_KERNEL] =
		kernel_between(after, &before->close.cpuid_kernel, &after->open.cpuid_kernel);
	return STATUS_OK;
}

enum exitstat_status delta_since_creation(struct delta *delta, const struct layout *layout,
					  const struct snapshot *now)
{
	const struct edge *open = &now->open;
	struct counters *cpuid_reason = &delta->reasons[layout->cpuid];
	enum exitstat_status status = same(open, &now->close);

	if (status)
		return status;
	memcpy(delta->val, now->val, sizeof(delta->val));
	memcpy(delta->reasons, now->reasons, layout->nr * sizeof(delta->reasons[0]));
	delta->own = open->exits.own;
	delta->foreign = now->foreign;
	delta->val[KVM_EXIT_STATS_EXITS] = open->exits.value;
	delta->val[KVM_EXIT_STATS_KERNEL] = open->kernel.value;
	cpuid_reason->val[KVM_EXIT_STATS_EXITS] =
		less(open->cpuid_exits.value, open->cpuid_exits.own - open->exits.own);
	cpuid_reason->val[KVM_EXIT_STATS_KERNEL] = less(
		open->cpuid_kernel.value, cost(now, open->cpuid_kernel.own - open->kernel.own));
	return STATUS_OK;
}

void delta_add(struct delta *sum, const struct layout *layout, const struct delta *delta)
{
	sum->own += delta->own;
	sum->foreign += delta->foreign;
	for (int sel = 0; sel < SELECTORS; sel++)
		sum->val[sel] += delta->val[sel];
	for (unsigned int i = 0; i < layout->nr; i++)
		for (int sel = 0; sel < SELECTORS_PER_REASON; sel++)
			sum->reasons[i].val[sel] += delta->reasons[i].val[sel];
}

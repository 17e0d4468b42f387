// SPDX-License-Identifier: GPL-2.0-only
/*
 * OpenMetrics 1.0 of one reading: what each VM's counters have come to since its statistics
 * began.  Whoever collects it makes the differences.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/escape.h"
#include "lib/message.h"
#include "watch/show.h"

/* A VM, and the sums of its vCPUs. */
struct total {
	const struct watch_vm *vm;
	struct watch_counters counters;
};

static void family(FILE *to, const char *name, const char *help)
{
	fprintf(to, "# TYPE %s counter\n# HELP %s %s\n", name, name, help);
}

/* name_total{vm="...",name="...",way="..."; more labels and the brace follow. */
static void begin_sample(FILE *to, const char *name, const struct watch_vm *vm)
{
	fprintf(to, "%s_total{vm=\"%s\",name=\"", name, vm->id);
	escape_label(to, vm->name ? vm->name : "");
	fprintf(to, "\",way=\"%s\"", watch_way_names[vm->way]);
}

static void label(FILE *to, const char *name, const char *value)
{
	fprintf(to, ",%s=\"", name);
	escape_label(to, value);
	putc('"', to);
}

static void value(FILE *to, uint64_t value)
{
	fprintf(to, "} %" PRIu64 "\n", value);
}

static void exits(FILE *to, const struct total *totals, size_t count)
{
	const char *name = "exitprobe_vm_exits";

	family(to, name, "VM exits of a virtual machine.");
	for (size_t i = 0; i < count; i++) {
		begin_sample(to, name, totals[i].vm);
		value(to, totals[i].counters.exits);
	}
}

static void states(FILE *to, const struct total *totals, size_t count)
{
	const char *name = "exitprobe_vm_state_cycles";

	family(to, name, "Where the time of its vCPUs went, in ticks of the host's TSC.");
	for (size_t i = 0; i < count; i++) {
		for (size_t s = 0; s < WATCH_STATES; s++) {
			begin_sample(to, name, totals[i].vm);
			label(to, "state", watch_state_names[s]);
			value(to, totals[i].counters.cycles[s]);
		}
	}
}

static void reason_exits(FILE *to, const struct total *totals, size_t count)
{
	const char *name = "exitprobe_vm_reason_exits";

	family(to, name, "VM exits by reason.");
	for (size_t i = 0; i < count; i++) {
		for (size_t r = 0; r < totals[i].counters.reason_count; r++) {
			begin_sample(to, name, totals[i].vm);
			label(to, "reason", totals[i].counters.reasons[r].name);
			value(to, totals[i].counters.reasons[r].exits);
		}
	}
}

static void reason_states(FILE *to, const struct total *totals, size_t count)
{
	const char *name = "exitprobe_vm_reason_cycles";

	family(to, name, "What the exits of a reason took, by who spent it.");
	for (size_t i = 0; i < count; i++) {
		for (size_t r = 0; r < totals[i].counters.reason_count * WATCH_BY_REASON; r++) {
			const struct watch_reason *reason =
				&totals[i].counters.reasons[r / WATCH_BY_REASON];

			begin_sample(to, name, totals[i].vm);
			label(to, "reason", reason->name);
			label(to, "state", watch_state_names[r % WATCH_BY_REASON]);
			value(to, reason->cycles[r % WATCH_BY_REASON]);
		}
	}
}

/* Move those with reasons and times to the front, and return how many they are. */
static size_t with_times(struct total *totals, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (totals[i].vm->way != WATCH_BY_STATS) {
			struct total swapped = totals[n];

			totals[n++] = totals[i];
			totals[i] = swapped;
		}
	return n;
}

void watch_openmetrics(FILE *to, const struct watch_list *list)
{
	static const struct watch_counters none;
	struct total *totals = xcalloc(list->count + 1, sizeof(*totals));
	size_t count = 0, n;

	for (size_t i = 0; i < list->count; i++) {
		const struct watch_vm *vm = &list->vms[i];

		if (vm->way == WATCH_BY_NOTHING)
			continue;
		totals[count].vm = vm;
		for (size_t v = 0; v < vm->vcpu_count; v++)
			watch_add_difference(&totals[count].counters, &vm->vcpus[v].counters,
					     &none);
		watch_sort(&totals[count].counters);
		count++;
	}
	exits(to, totals, count);
	/* KVM's own counters overlap, so that they are no reasons, and it keeps no times. */
	n = with_times(totals, count);
	states(to, totals, n);
	reason_exits(to, totals, n);
	reason_states(to, totals, n);
	fputs("# EOF\n", to);
	free(totals);
}

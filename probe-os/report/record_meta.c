// SPDX-License-Identifier: GPL-2.0-only
#include "report/record_meta.h"

#include "cpu/emulated.h"
#include "cpu/machine.h"
#include "measure/host_counts.h"
#include "measure/measure.h"
#include "measure/watching.h"
#include "platform/counters.h"
#include "platform/memory.h"
#include "platform/smp.h"
#include "platform/tsc.h"
#include "record_fields.h"
#include "version.h"

#include "build-id.h" /* the Makefile generates it: BUILD_ID, a hash of the sources */

/* 0 means unknown. */
static void number_or_null(struct json *out, const char *key, uint64_t value)
{
	if (value)
		json_unsigned(out, key, value);
	else
		json_null(out, key);
}

static enum keeper keeper(const struct counters_info *info)
{
	if (info->features & KVM_EXIT_STATS_FEATURE_LATE)
		return KEEPER_LATE;
	return info->features & KVM_EXIT_STATS_FEATURE_MODULE ? KEEPER_MODULE : KEEPER_PATCH;
}

static void counters_member(struct json *out)
{
	static const char *const isas[] = { ISAS(ENUM_NAME) };
	static const char *const keepers[] = { KEEPERS(ENUM_NAME) };
	const struct counters_info *info = counters_info();

	if (!info) {
		json_null(out, FIELD(meta, stats));
		return;
	}
	json_open(out, FIELD(meta, stats), '{');
	json_unsigned(out, FIELD(stats, version), info->version);
	json_string(out, FIELD(stats, isa),
		    isas[info->isa == KVM_EXIT_STATS_ISA_SVM ? KVM_EXIT_STATS_ISA_SVM
							     : KVM_EXIT_STATS_ISA_VMX]);
	json_unsigned(out, FIELD(stats, slots), info->slots);
	json_unsigned(out, FIELD(stats, epoch), info->epoch);
	json_unsigned(out, FIELD(stats, tsc_khz), info->tsc_khz);
	json_string(out, FIELD(stats, keeper), keepers[keeper(info)]);
	if (info->features & KVM_EXIT_STATS_FEATURE_NO_HALTED)
		json_bool(out, FIELD(stats, halted_known), false);
	json_close(out, '}');
}

static void machine_members(struct json *out)
{
	const struct machine *m = machine();

	json_open(out, FIELD(meta, cpu), '{');
	json_string(out, FIELD(cpu, vendor), m->vendor);
	json_string(out, FIELD(cpu, brand), m->brand);
	json_unsigned(out, FIELD(cpu, family), m->cpu.family);
	json_unsigned(out, FIELD(cpu, model), m->cpu.model);
	json_unsigned(out, FIELD(cpu, stepping), m->cpu.stepping);
	number_or_null(out, FIELD(cpu, microcode), m->microcode);
	json_close(out, '}');

	if (!m->hypervisor[0]) {
		json_null(out, FIELD(meta, hypervisor));
		return;
	}
	json_open(out, FIELD(meta, hypervisor), '{');
	json_string(out, FIELD(hypervisor, signature), m->hypervisor);
	json_string(out, FIELD(hypervisor, name), m->hypervisor_name);
	if (m->kvm_leaf)
		json_unsigned(out, FIELD(hypervisor, features), m->kvm_features);
	else
		json_null(out, FIELD(hypervisor, features));
	json_close(out, '}');
}

static void tsc_member(struct json *out)
{
	static const char *const verdicts[] = { TSC_VERDICTS(ENUM_NAME) };
	const struct tsc *t = tsc_check();

	json_open(out, FIELD(meta, tsc), '{');
	number_or_null(out, FIELD(tsc, khz), t->khz);
	number_or_null(out, FIELD(tsc, claimed_khz), t->claimed_khz);
	json_string(out, FIELD(tsc, source), t->source);
	json_bool(out, FIELD(tsc, invariant), t->invariant);
	number_or_null(out, FIELD(tsc, measured_khz), t->measured_khz);
	json_string(out, FIELD(tsc, clock), t->clock);
	json_string(out, FIELD(tsc, verdict), verdicts[t->verdict]);
	json_bool(out, FIELD(tsc, monotonic), t->monotonic);
	json_unsigned(out, FIELD(tsc, read_ticks), t->read_ticks);
	json_close(out, '}');
}

static void watching_member(struct json *out)
{
	const struct watching_costs *w = watching_costs();

	json_open(out, FIELD(meta, watching), '{');
	json_number(out, FIELD(watching, exit), w->exit);
	json_number(out, FIELD(watching, entry), w->entry);
	json_number(out, FIELD(watching, userspace), w->userspace);
	if (w->knows_outside) {
		json_number(out, FIELD(watching, before_exit), w->before_exit);
		json_number(out, FIELD(watching, behind_entry), w->behind_entry);
		json_number(out, FIELD(watching, around_userspace), w->around_userspace);
	}
	json_close(out, '}');
}

void record_meta_members(struct json *out, const struct run *run)
{
	const struct overhead *b = measure_overhead();

	json_unsigned(out, FIELD(meta, format), RECORDS_FORMAT);
	json_string(out, FIELD(meta, version), VERSION);
	json_string(out, FIELD(meta, build), BUILD_ID);
	machine_members(out);
	tsc_member(out);
	json_unsigned(out, FIELD(meta, memory_kib), memory_kib());
	json_unsigned(out, FIELD(meta, vcpus), smp_count());
	json_unsigned(out, FIELD(meta, vcpus_present), smp_present());
	json_string(out, FIELD(meta, command_line), run->command_line);
	json_string(out, FIELD(meta, host), run->host);
	json_string(out, FIELD(meta, unit), run->unit);
	counters_member(out);
	if (host_counts_samples())
		watching_member(out);
	json_open(out, FIELD(meta, instructions), '{');
	json_unsigned(out, FIELD(instructions, nop_ticks), nop_ticks());
	json_bool(out, FIELD(instructions, emulated), instructions_emulated());
	json_close(out, '}');
	json_open(out, FIELD(meta, bracket), '{');
	json_number(out, FIELD(bracket, cycles), b->cycles);
	json_number(out, FIELD(bracket, exits), b->exits);
	json_number(out, FIELD(bracket, kernel), b->kernel);
	json_close(out, '}');
	json_unsigned(out, FIELD(meta, operations), run->operations);
}

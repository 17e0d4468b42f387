// SPDX-License-Identifier: GPL-2.0-only
/* Write the run as records for programs. abi/record_fields.h has their fields. */
#include "report/report.h"

#include "console/console.h"
#include "cpu/emulated.h"
#include "cpu/machine.h"
#include "cpu/trap.h"
#include "measure/host_counts.h"
#include "measure/sampling.h"
#include "measure/watching.h"
#include "platform/counters.h"
#include "platform/memory.h"
#include "platform/smp.h"
#include "platform/tsc.h"
#include "record_fields.h"
#include "report/json.h"
#include "version.h"

#include "build-id.h" /* the Makefile generates it: BUILD_ID, a hash of the sources */

static struct json out = { .sink = console_put, .first = true, .crc = UINT32_MAX };

void report_json_to(format_sink sink)
{
	json_init(&out, sink);
}

static void open_record(enum record_kind kind)
{
	static const char *const kinds[] = { RECORD_KINDS(ENUM_NAME) };

	json_open(&out, NULL, '{');
	json_string(&out, FIELD(meta, record), kinds[kind]);
}

/* 0 means unknown. */
static void number_or_null(const char *key, uint64_t value)
{
	if (value)
		json_unsigned(&out, key, value);
	else
		json_null(&out, key);
}

static enum keeper keeper(const struct counters_info *info)
{
	if (info->features & KVM_EXIT_STATS_FEATURE_LATE)
		return KEEPER_LATE;
	return info->features & KVM_EXIT_STATS_FEATURE_MODULE ? KEEPER_MODULE : KEEPER_PATCH;
}

static void counters_member(void)
{
	static const char *const isas[] = { ISAS(ENUM_NAME) };
	static const char *const keepers[] = { KEEPERS(ENUM_NAME) };
	const struct counters_info *info = counters_info();

	if (!info) {
		json_null(&out, FIELD(meta, stats));
		return;
	}
	json_open(&out, FIELD(meta, stats), '{');
	json_unsigned(&out, FIELD(stats, version), info->version);
	json_string(&out, FIELD(stats, isa),
		    isas[info->isa == KVM_EXIT_STATS_ISA_SVM ? KVM_EXIT_STATS_ISA_SVM
							     : KVM_EXIT_STATS_ISA_VMX]);
	json_unsigned(&out, FIELD(stats, slots), info->slots);
	json_unsigned(&out, FIELD(stats, epoch), info->epoch);
	json_unsigned(&out, FIELD(stats, tsc_khz), info->tsc_khz);
	json_string(&out, FIELD(stats, keeper), keepers[keeper(info)]);
	json_close(&out, '}');
}

static void machine_members(void)
{
	const struct machine *m = machine();

	json_open(&out, FIELD(meta, cpu), '{');
	json_string(&out, FIELD(cpu, vendor), m->vendor);
	json_string(&out, FIELD(cpu, brand), m->brand);
	json_unsigned(&out, FIELD(cpu, family), m->cpu.family);
	json_unsigned(&out, FIELD(cpu, model), m->cpu.model);
	json_unsigned(&out, FIELD(cpu, stepping), m->cpu.stepping);
	number_or_null(FIELD(cpu, microcode), m->microcode);
	json_close(&out, '}');

	if (!m->hypervisor[0]) {
		json_null(&out, FIELD(meta, hypervisor));
		return;
	}
	json_open(&out, FIELD(meta, hypervisor), '{');
	json_string(&out, FIELD(hypervisor, signature), m->hypervisor);
	json_string(&out, FIELD(hypervisor, name), m->hypervisor_name);
	if (m->kvm_leaf)
		json_unsigned(&out, FIELD(hypervisor, features), m->kvm_features);
	else
		json_null(&out, FIELD(hypervisor, features));
	json_close(&out, '}');
}

static void tsc_member(void)
{
	static const char *const verdicts[] = { TSC_VERDICTS(ENUM_NAME) };
	const struct tsc *t = tsc_check();

	json_open(&out, FIELD(meta, tsc), '{');
	number_or_null(FIELD(tsc, khz), t->khz);
	number_or_null(FIELD(tsc, claimed_khz), t->claimed_khz);
	json_string(&out, FIELD(tsc, source), t->source);
	json_bool(&out, FIELD(tsc, invariant), t->invariant);
	number_or_null(FIELD(tsc, measured_khz), t->measured_khz);
	json_string(&out, FIELD(tsc, clock), t->clock);
	json_string(&out, FIELD(tsc, verdict), verdicts[t->verdict]);
	json_bool(&out, FIELD(tsc, monotonic), t->monotonic);
	json_unsigned(&out, FIELD(tsc, read_ticks), t->read_ticks);
	json_close(&out, '}');
}

static void begin(const struct run *run)
{
	const struct overhead *b = measure_overhead();

	open_record(RECORD_META);
	json_unsigned(&out, FIELD(meta, format), RECORDS_FORMAT);
	json_string(&out, FIELD(meta, version), VERSION);
	json_string(&out, FIELD(meta, build), BUILD_ID);
	machine_members();
	tsc_member();
	json_unsigned(&out, FIELD(meta, memory_kib), memory_kib());
	json_unsigned(&out, FIELD(meta, vcpus), smp_count());
	json_unsigned(&out, FIELD(meta, vcpus_present), smp_present());
	json_string(&out, FIELD(meta, command_line), run->command_line);
	json_string(&out, FIELD(meta, host), run->host);
	json_string(&out, FIELD(meta, unit), run->unit);
	counters_member();
	if (host_counts_samples()) {
		json_open(&out, FIELD(meta, watching), '{');
		json_number(&out, FIELD(watching, exit), watching_costs()->exit);
		json_number(&out, FIELD(watching, entry), watching_costs()->entry);
		json_number(&out, FIELD(watching, userspace), watching_costs()->userspace);
		if (watching_costs()->knows_outside) {
			json_number(&out, FIELD(watching, before_exit),
				    watching_costs()->before_exit);
			json_number(&out, FIELD(watching, behind_entry),
				    watching_costs()->behind_entry);
			json_number(&out, FIELD(watching, around_userspace),
				    watching_costs()->around_userspace);
		}
		json_close(&out, '}');
	}
	json_open(&out, FIELD(meta, instructions), '{');
	json_unsigned(&out, FIELD(instructions, nop_ticks), nop_ticks());
	json_bool(&out, FIELD(instructions, emulated), instructions_emulated());
	json_close(&out, '}');
	json_open(&out, FIELD(meta, bracket), '{');
	json_number(&out, FIELD(bracket, cycles), b->cycles);
	json_number(&out, FIELD(bracket, exits), b->exits);
	json_number(&out, FIELD(bracket, kernel), b->kernel);
	json_close(&out, '}');
	json_unsigned(&out, FIELD(meta, operations), run->operations);
	json_close(&out, '}');
}

static void op_begin(const struct run *run, const struct op *op)
{
	const struct op_family *family = op_family_of(op);

	open_record(RECORD_START);
	json_string(&out, FIELD(start, op), op->name);
	if (family)
		json_string(&out, FIELD(start, family), family->name);
	json_unsigned(&out, FIELD(start, number), run->done + 1);
	json_close(&out, '}');
}

static void reasons_member(const char *key, const struct reason_counts *c, bool milli)
{
	char name[24];

	json_open(&out, key, '[');
	for (unsigned int i = 0; i < c->count; i++) {
		json_open(&out, NULL, '{');
		json_unsigned(&out, FIELD(reason, reason), c->list[i].reason);
		json_string(&out, FIELD(reason, name),
			    report_reason(c->list[i].reason, name, sizeof(name)));
		if (milli)
			json_milli(&out, FIELD(reason, exits), (int64_t)c->list[i].exits);
		else
			json_unsigned(&out, FIELD(reason, exits), c->list[i].exits);
		json_close(&out, '}');
	}
	json_close(&out, ']');
}

static void bucket(void *context, const struct bucket *b)
{
	(void)context;
	json_open(&out, NULL, '[');
	json_number(&out, NULL, b->low);
	json_unsigned(&out, NULL, b->count);
	json_close(&out, ']');
}

static void cycles_members(const struct measurement *m)
{
	static const char *const stops[] = { STOPS(ENUM_NAME) };
	const struct stats *c = &m->cycles;

	json_string(&out, FIELD(op, stop), stops[m->stop]);
	json_unsigned(&out, FIELD(op, taken), m->taken);
	json_unsigned(&out, FIELD(op, kept), m->kept);
	json_unsigned(&out, FIELD(op, operations), m->operations);
	json_open(&out, FIELD(op, cycles), '{');
	json_number(&out, FIELD(cycles, min), c->min);
	json_number(&out, FIELD(cycles, p50), c->p50);
	json_number(&out, FIELD(cycles, p90), c->p90);
	json_number(&out, FIELD(cycles, p99), c->p99);
	json_number(&out, FIELD(cycles, max), c->max);
	json_number(&out, FIELD(cycles, mean), c->mean);
	json_number(&out, FIELD(cycles, ci_low), c->ci_low);
	json_number(&out, FIELD(cycles, ci_high), c->ci_high);
	json_close(&out, '}');
	json_open(&out, FIELD(op, histogram), '[');
	stats_histogram(sampling_values(), m->kept, bucket, NULL);
	json_close(&out, ']');
	if (m->wait && !m->figured)
		json_number(&out, FIELD(op, wait), m->wait);
}

static void parts_member(const struct measurement *m)
{
	if (m->exits <= 0 || m->figured)
		return;
	json_open(&out, FIELD(op, parts), '{');
	if (measurement_is_stamped(m))
		json_number(&out, FIELD(parts, out), m->exit_latency);
	if (m->kernel_known)
		json_number(&out, FIELD(parts, kernel), m->kernel);
	json_number(&out, FIELD(parts, user), m->user);
	json_number(&out, FIELD(parts, halted), m->halted);
	if (measurement_is_stamped(m))
		json_number(&out, FIELD(parts, in), m->entry_latency);
	json_close(&out, '}');
}

static void expected_member(const struct measurement *m)
{
	const struct expectation *e = m->expected;
	char name[24];

	if (!e)
		return;
	json_open(&out, FIELD(op, expected), '{');
	json_unsigned(&out, FIELD(expected, min), e->min);
	json_unsigned(&out, FIELD(expected, max), e->max);
	json_open(&out, FIELD(expected, reasons), '[');
	for (unsigned int i = 0; i < e->reason_count; i++)
		json_string(&out, NULL, report_reason(e->reasons[i], name, sizeof(name)));
	json_close(&out, ']');
	if (e->varies)
		json_string(&out, FIELD(expected, varies), e->varies);
	json_close(&out, '}');
	if (measure_is_counted())
		json_bool(&out, FIELD(op, agrees), m->agreement == AGREEMENT_YES);
}

static void counted_members(const struct measurement *m)
{
	json_milli(&out, FIELD(op, exits), measurement_milli_exits(m));
	parts_member(m);
	json_open(&out, FIELD(op, batch), '{');
	json_unsigned(&out, FIELD(batch, runs), m->batch_runs);
	json_number(&out, FIELD(batch, cycles), m->batch_cycles);
	json_number(&out, FIELD(batch, kernel), m->batch_kernel);
	json_number(&out, FIELD(batch, user), m->batch_user);
	json_number(&out, FIELD(batch, halted), m->batch_halted);
	json_milli(&out, FIELD(batch, exits), m->batch_milli_exits);
	reasons_member(FIELD(batch, reasons), &m->reasons, true);
	if (m->batch_milli_l2_exits > 0)
		json_milli(&out, FIELD(batch, l2_exits), m->batch_milli_l2_exits);
	json_bool(&out, FIELD(batch, as_sampled), m->batch_agrees);
	json_close(&out, '}');
	json_open(&out, FIELD(op, set_aside), '{');
	json_unsigned(&out, FIELD(set_aside, exits), m->taken - m->kept - m->discarded_descheduled);
	json_unsigned(&out, FIELD(set_aside, away), m->discarded_descheduled);
	json_close(&out, '}');
	json_bool(&out, FIELD(op, descheduled), m->descheduled);
	reasons_member(FIELD(op, foreign), &m->host_exits, false);
}

static void op_end(const struct op *op, const struct measurement *m)
{
	static const char *const outcomes[] = { OUTCOMES(ENUM_NAME) };

	open_record(RECORD_OP);
	json_string(&out, FIELD(op, op), op->name);
	json_string(&out, FIELD(op, outcome), outcomes[m->outcome]);
	if (m->text)
		json_string(&out, FIELD(op, text), m->text);
	if (m->fault >= 0)
		json_string(&out, FIELD(op, fault), trap_name(m->fault));
	if (m->outcome == OUTCOME_MEASURED) {
		cycles_members(m);
		if (measure_is_counted())
			counted_members(m);
		expected_member(m);
	}
	json_close(&out, '}');
}

static void derived(const struct derived *d)
{
	static const char *const differences[] = { DIFFERENCES(ENUM_NAME) };

	open_record(RECORD_DERIVED);
	json_string(&out, FIELD(derived, name), d->row->name);
	json_string(&out, FIELD(derived, minuend), d->row->minuend);
	json_string(&out, FIELD(derived, subtrahend), d->row->subtrahend);
	json_number(&out, FIELD(derived, cycles), d->cycles);
	json_number(&out, FIELD(derived, low), d->ci_low);
	json_number(&out, FIELD(derived, high), d->ci_high);
	if (d->control)
		json_bool(&out, FIELD(derived, control), true);
	json_string(&out, FIELD(derived, says), differences[d->says]);
	json_close(&out, '}');
}

static void end(const struct run *run)
{
	uint32_t records = out.lines, crc = ~out.crc;
	char text[12];

	open_record(RECORD_END);
	json_unsigned(&out, FIELD(end, measured), run->measured);
	json_unsigned(&out, FIELD(end, skipped), run->skipped);
	json_unsigned(&out, FIELD(end, faulted), run->faulted);
	json_unsigned(&out, FIELD(end, hung), run->hung);
	json_unsigned(&out, FIELD(end, failed), run->failed);
	if (measure_is_counted()) {
		json_unsigned(&out, FIELD(end, agreed), run->agreed);
		json_unsigned(&out, FIELD(end, differed), run->differed);
		json_unsigned(&out, FIELD(end, set_aside), run->discarded);
		reasons_member(FIELD(end, foreign), &run->host_exits, false);
	}
	if (counters_info()) {
		json_unsigned(&out, FIELD(end, clamped), counters_vm(KVM_EXIT_STATS_CLAMPED));
		json_unsigned(&out, FIELD(end, vm_exits), counters_vm(KVM_EXIT_STATS_EXITS));
	}
	if (run->steal_known)
		json_unsigned(&out, FIELD(end, steal_ns), run->steal_ns);
	else
		json_null(&out, FIELD(end, steal_ns));
	if (run->smi_known)
		json_unsigned(&out, FIELD(end, smi), run->smi);
	else
		json_null(&out, FIELD(end, smi));
	/* Of the lines above this one. */
	json_unsigned(&out, FIELD(end, records), records);
	format_text(text, sizeof(text), "%08x", crc);
	json_string(&out, FIELD(end, crc32), text);
	json_close(&out, '}');
}

const struct report report_json = { begin, op_begin, op_end, derived, end };

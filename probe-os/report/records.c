// SPDX-License-Identifier: GPL-2.0-only
/* Write the run as records for programs. abi/records.schema.json describes them. */
#include "report/report.h"

#include "console/console.h"
#include "cpu/emulated.h"
#include "cpu/machine.h"
#include "cpu/trap.h"
#include "measure/sampling.h"
#include "platform/counters.h"
#include "platform/memory.h"
#include "platform/smp.h"
#include "platform/tsc.h"
#include "report/json.h"
#include "version.h"

#include "build-id.h" /* the Makefile generates it: BUILD_ID, a hash of the sources */

/* It changes when a record changes in a way that readers notice. */
#define RECORDS_FORMAT 1

static struct json out = { .sink = console_put, .first = true, .crc = UINT32_MAX };

void report_json_to(format_sink sink)
{
	json_init(&out, sink);
}

static void open_record(const char *name)
{
	json_open(&out, NULL, '{');
	json_string(&out, "record", name);
}

/* 0 means unknown. */
static void number_or_null(const char *key, uint64_t value)
{
	if (value)
		json_unsigned(&out, key, value);
	else
		json_null(&out, key);
}

static void counters_member(void)
{
	const struct counters_info *info = counters_info();

	if (!info) {
		json_null(&out, "stats");
		return;
	}
	json_open(&out, "stats", '{');
	json_unsigned(&out, "version", info->version);
	json_string(&out, "isa", info->isa == KVM_EXIT_STATS_ISA_SVM ? "SVM" : "VMX");
	json_unsigned(&out, "slots", info->slots);
	json_unsigned(&out, "epoch", info->epoch);
	json_unsigned(&out, "tsc_khz", info->tsc_khz);
	json_close(&out, '}');
}

static void machine_members(void)
{
	const struct machine *m = machine();

	json_open(&out, "cpu", '{');
	json_string(&out, "vendor", m->vendor);
	json_string(&out, "brand", m->brand);
	json_unsigned(&out, "family", m->cpu.family);
	json_unsigned(&out, "model", m->cpu.model);
	json_unsigned(&out, "stepping", m->cpu.stepping);
	number_or_null("microcode", m->microcode);
	json_close(&out, '}');

	if (!m->hypervisor[0]) {
		json_null(&out, "hypervisor");
		return;
	}
	json_open(&out, "hypervisor", '{');
	json_string(&out, "signature", m->hypervisor);
	json_string(&out, "name", m->hypervisor_name);
	if (m->kvm_leaf)
		json_unsigned(&out, "features", m->kvm_features);
	else
		json_null(&out, "features");
	json_close(&out, '}');
}

static void tsc_member(void)
{
	static const char *const verdicts[] = {
		[TSC_NOT_CHECKED] = "unchecked",
		[TSC_AGREES] = "agrees",
		[TSC_DISAGREES] = "disagrees",
	};
	const struct tsc *t = tsc_check();

	json_open(&out, "tsc", '{');
	number_or_null("khz", t->khz);
	number_or_null("claimed_khz", t->claimed_khz);
	json_string(&out, "source", t->source);
	json_bool(&out, "invariant", t->invariant);
	number_or_null("measured_khz", t->measured_khz);
	json_string(&out, "clock", t->clock);
	json_string(&out, "verdict", verdicts[t->verdict]);
	json_bool(&out, "monotonic", t->monotonic);
	json_unsigned(&out, "read_ticks", t->read_ticks);
	json_close(&out, '}');
}

static void begin(const struct run *run)
{
	const struct overhead *b = measure_overhead();

	open_record("meta");
	json_unsigned(&out, "format", RECORDS_FORMAT);
	json_string(&out, "version", VERSION);
	json_string(&out, "build", BUILD_ID);
	machine_members();
	tsc_member();
	json_unsigned(&out, "memory_kib", memory_kib());
	json_unsigned(&out, "vcpus", smp_count());
	json_unsigned(&out, "vcpus_present", smp_present());
	json_string(&out, "command_line", run->command_line);
	json_string(&out, "host", run->host);
	json_string(&out, "unit", run->unit);
	counters_member();
	json_open(&out, "instructions", '{');
	json_unsigned(&out, "nop_ticks", nop_ticks());
	json_bool(&out, "emulated", instructions_emulated());
	json_close(&out, '}');
	json_open(&out, "bracket", '{');
	json_number(&out, "cycles", b->cycles);
	json_number(&out, "exits", b->exits);
	json_number(&out, "kernel", b->kernel);
	json_close(&out, '}');
	json_unsigned(&out, "operations", run->operations);
	json_close(&out, '}');
}

static void op_begin(const struct run *run, const struct op *op)
{
	const struct op_family *family = op_family_of(op);

	open_record("start");
	json_string(&out, "op", op->name);
	if (family)
		json_string(&out, "family", family->name);
	json_unsigned(&out, "number", run->done + 1);
	json_close(&out, '}');
}

static void reasons_member(const char *key, const struct reason_counts *c, bool milli)
{
	char name[24];

	json_open(&out, key, '[');
	for (unsigned int i = 0; i < c->count; i++) {
		json_open(&out, NULL, '{');
		json_unsigned(&out, "reason", c->list[i].reason);
		json_string(&out, "name", report_reason(c->list[i].reason, name, sizeof(name)));
		if (milli)
			json_milli(&out, "exits", (int64_t)c->list[i].exits);
		else
			json_unsigned(&out, "exits", c->list[i].exits);
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
	static const char *const stops[] = {
		[STOP_SETTLED] = "settled",
		[STOP_SAMPLES] = "samples",
		[STOP_BUDGET] = "budget",
		[STOP_ROOM] = "room",
	};
	const struct stats *c = &m->cycles;

	json_string(&out, "stop", stops[m->stop]);
	json_unsigned(&out, "taken", m->taken);
	json_unsigned(&out, "kept", m->kept);
	json_unsigned(&out, "operations", m->operations);
	json_open(&out, "cycles", '{');
	json_number(&out, "min", c->min);
	json_number(&out, "p50", c->p50);
	json_number(&out, "p90", c->p90);
	json_number(&out, "p99", c->p99);
	json_number(&out, "max", c->max);
	json_number(&out, "mean", c->mean);
	json_number(&out, "ci_low", c->ci_low);
	json_number(&out, "ci_high", c->ci_high);
	json_close(&out, '}');
	json_open(&out, "histogram", '[');
	stats_histogram(sampling_values(), m->kept, bucket, NULL);
	json_close(&out, ']');
	if (m->wait)
		json_number(&out, "wait", m->wait);
}

static void parts_member(const struct measurement *m)
{
	if (m->exits <= 0)
		return;
	json_open(&out, "parts", '{');
	if (measurement_is_stamped(m))
		json_number(&out, "out", m->exit_latency);
	if (m->kernel_known)
		json_number(&out, "kernel", m->kernel);
	json_number(&out, "user", m->user);
	json_number(&out, "halted", m->halted);
	if (measurement_is_stamped(m))
		json_number(&out, "in", m->entry_latency);
	json_close(&out, '}');
}

static void expected_member(const struct measurement *m)
{
	const struct expectation *e = m->expected;
	char name[24];

	if (!e)
		return;
	json_open(&out, "expected", '{');
	json_unsigned(&out, "min", e->min);
	json_unsigned(&out, "max", e->max);
	json_open(&out, "reasons", '[');
	for (unsigned int i = 0; i < e->reason_count; i++)
		json_string(&out, NULL, report_reason(e->reasons[i], name, sizeof(name)));
	json_close(&out, ']');
	if (e->varies)
		json_string(&out, "varies", e->varies);
	json_close(&out, '}');
	json_bool(&out, "agrees", m->agreement == AGREEMENT_YES);
}

static void counted_members(const struct measurement *m)
{
	json_milli(&out, "exits", measurement_milli_exits(m));
	parts_member(m);
	json_open(&out, "batch", '{');
	json_unsigned(&out, "runs", m->batch_runs);
	json_number(&out, "cycles", m->batch_cycles);
	json_number(&out, "kernel", m->batch_kernel);
	json_number(&out, "user", m->batch_user);
	json_number(&out, "halted", m->batch_halted);
	json_milli(&out, "exits", m->batch_milli_exits);
	reasons_member("reasons", &m->reasons, true);
	json_bool(&out, "as_sampled", m->batch_agrees);
	json_close(&out, '}');
	json_open(&out, "set_aside", '{');
	json_unsigned(&out, "exits", m->taken - m->kept - m->discarded_descheduled);
	json_unsigned(&out, "away", m->discarded_descheduled);
	json_close(&out, '}');
	json_bool(&out, "descheduled", m->descheduled);
	reasons_member("foreign", &m->host_exits, false);
	expected_member(m);
}

static void op_end(const struct op *op, const struct measurement *m)
{
	static const char *const outcomes[] = {
		[OUTCOME_MEASURED] = "measured", [OUTCOME_SKIPPED] = "skipped",
		[OUTCOME_HANGS] = "hangs",	 [OUTCOME_FAULTED] = "faulted",
		[OUTCOME_FAILED] = "failed",
	};

	open_record("op");
	json_string(&out, "op", op->name);
	json_string(&out, "outcome", outcomes[m->outcome]);
	if (m->text)
		json_string(&out, "text", m->text);
	if (m->fault >= 0)
		json_string(&out, "fault", trap_name(m->fault));
	if (m->outcome == OUTCOME_MEASURED) {
		cycles_members(m);
		if (counters_info())
			counted_members(m);
	}
	json_close(&out, '}');
}

static void derived(const struct derived *d)
{
	open_record("derived");
	json_string(&out, "name", d->row->name);
	json_string(&out, "minuend", d->row->minuend);
	json_string(&out, "subtrahend", d->row->subtrahend);
	json_number(&out, "cycles", d->cycles);
	json_number(&out, "low", d->ci_low);
	json_number(&out, "high", d->ci_high);
	json_close(&out, '}');
}

static void end(const struct run *run)
{
	uint32_t records = out.lines, crc = ~out.crc;
	char text[12];

	open_record("end");
	json_unsigned(&out, "measured", run->measured);
	json_unsigned(&out, "skipped", run->skipped);
	json_unsigned(&out, "faulted", run->faulted);
	json_unsigned(&out, "hung", run->hung);
	json_unsigned(&out, "failed", run->failed);
	if (counters_info()) {
		json_unsigned(&out, "agreed", run->agreed);
		json_unsigned(&out, "differed", run->differed);
		json_unsigned(&out, "set_aside", run->discarded);
		reasons_member("foreign", &run->host_exits, false);
		json_unsigned(&out, "clamped", counters_vm(KVM_EXIT_STATS_CLAMPED));
		json_unsigned(&out, "vm_exits", counters_vm(KVM_EXIT_STATS_EXITS));
	}
	if (run->steal_known)
		json_unsigned(&out, "steal_ns", run->steal_ns);
	else
		json_null(&out, "steal_ns");
	if (run->smi_known)
		json_unsigned(&out, "smi", run->smi);
	else
		json_null(&out, "smi");
	/* Of the lines above this one. */
	json_unsigned(&out, "records", records);
	format_text(text, sizeof(text), "%08x", crc);
	json_string(&out, "crc32", text);
	json_close(&out, '}');
}

const struct report report_json = { begin, op_begin, op_end, derived, end };

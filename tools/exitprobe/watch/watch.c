// SPDX-License-Identifier: GPL-2.0-only
/*
 * exitprobe watch: exits per second of VMs that run, by reason, and where their time goes.  It
 * reads what KVM keeps anyway, and changes nothing.
 *
 * KVM's tracepoints would show as much as the patch does, but to switch them on changes the host
 * and makes each exit of the VM longer (docs/host-patch.md, Cost): so they are not used here.
 */
#define _GNU_SOURCE
#include "watch/watch.h"

#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/exit_status.h"
#include "lib/message.h"
#include "lib/output.h"
#include "lib/process.h"
#include "watch/show.h"

#define INTERVAL_MIN_S 0.1
#define INTERVAL_MAX_S 86400
#define COUNT_MAX      1000000000

#define NO_SUCH_VM "%s: no VM that runs here has this pid or name; exitprobe watch all shows them"

/* A signal that comes just before the pause is seen after one of these at the latest. */
#define PAUSE_MS 50

struct options {
	const char *word; /* which VMs; NULL: not given */
	bool has_interval;
	double interval_s;
	unsigned long count; /* 0: until it is interrupted */
	const struct watch_form *form;
	bool openmetrics;
	const char *output; /* NULL: standard output */
};

static void set_interval(struct options *o, const char *text)
{
	char *end;

	o->interval_s = strtod(text, &end);
	if (end == text || *end || !(o->interval_s >= INTERVAL_MIN_S) ||
	    o->interval_s > INTERVAL_MAX_S)
		die("interval %s: must be seconds from %g to %d", text, INTERVAL_MIN_S,
		    INTERVAL_MAX_S);
	if (o->has_interval)
		die("interval %s: there is one already", text);
	o->has_interval = true;
}

static void set_count(struct options *o, const char *text)
{
	char *end;

	errno = 0;
	o->count = strtoul(text, &end, 10);
	if (end == text || *end || errno || *text == '-' || !o->count || o->count > COUNT_MAX)
		die("--count %s: must be a number from 1 to %d", text, COUNT_MAX);
}

static void set_form(struct options *o, const struct watch_form *form)
{
	if (o->form && o->form != form)
		die("--json and --csv exclude each other");
	o->form = form;
}

enum option_key { KEY_ONCE = 256, KEY_CSV, KEY_OPENMETRICS };

static error_t parse(int key, char *value, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'i':
		set_interval(o, value);
		break;
	case 'n':
		set_count(o, value);
		break;
	case KEY_ONCE:
		o->count = 1;
		break;
	case 'j':
		set_form(o, &watch_json);
		break;
	case KEY_CSV:
		set_form(o, &watch_csv);
		break;
	case KEY_OPENMETRICS:
		o->openmetrics = true;
		break;
	case 'o':
		o->output = value;
		break;
	case ARGP_KEY_ARG:
		/* What is behind "--" is the interval. */
		if (state->quoted && state->next > state->quoted)
			set_interval(o, value);
		else if (o->word)
			die("%s: one argument too many; watch takes a pid, a name or all, and an "
			    "interval after --",
			    value);
		else
			o->word = value;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option argp_options[] = {
	{ "interval", 'i', "SECONDS", 0, "how long each interval is (1)", 0 },
	{ "count", 'n', "N", 0, "end after N intervals", 0 },
	{ "once", KEY_ONCE, 0, 0, "end after one", 0 },
	{ "json", 'j', 0, 0, "a JSON object for each interval, on one line", 0 },
	{ "csv", KEY_CSV, 0, 0, "a row for each VM, and one for each of its reasons", 0 },
	{ "openmetrics", KEY_OPENMETRICS, 0, 0,
	  "print the counters as they are, once, for Prometheus (docs/fleet.md)", 0 },
	{ "output", 'o', "FILE", 0, "with --openmetrics: write FILE, whole or not at all", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = argp_options,
	.parser = parse,
	.args_doc = "[PID|NAME|all] [-- SECONDS]",
	.doc = "Show the exits per second of VMs that run, by reason, and where their time goes.\v"
	       "A VM is chosen by the pid of its QEMU or by the name that -name gives it; without "
	       "either it is all. Nothing on the host is changed: a line says what counts, and which "
	       "command would show more.",
};

/* --- what is said beside the figures ------------------------------------------------ */

static char *title_of(const struct watch_vm *vm)
{
	return vm->name ? xasprintf("%s %s", vm->id, vm->name) : xstrdup(vm->id);
}

static void say_way(const struct watch_vm *vm)
{
	static const char *const shows[] = {
		[WATCH_BY_PATCH] = "the patched KVM counts: exits by reason, and times",
		[WATCH_BY_MODULE] = "the module kvm_exit_stats counts: exits by reason, and times "
				    "between KVM's tracepoints",
		[WATCH_BY_STATS] = "KVM's own statistics count: exits, counters that overlap as "
				   "hints at the reason, no times",
		[WATCH_BY_NOTHING] = "nothing can be read",
	};
	char *title = title_of(vm);

	note("%s: %s%s%s", title, shows[vm->way], vm->better ? "; " : "",
	     vm->better ? vm->better : "");
	free(title);
}

static void wipe(const struct watch_form *form)
{
	if (form->wipe) {
		form->wipe(stdout);
		fflush(stdout);
	}
}

/* Each way once, and each end. */
static void say_news(const struct watch_form *form, const struct watch_interval *interval,
		     const struct watch_list *before)
{
	for (size_t i = 0; i < interval->count; i++) {
		const struct watch_vm *vm = interval->changes[i].vm;
		const struct watch_vm *old = watch_find(before, vm->id);

		if (old && old->way == vm->way)
			continue;
		wipe(form);
		say_way(vm);
	}
	for (size_t i = 0; i < interval->ended_count; i++) {
		char *title = title_of(interval->ended[i]);

		wipe(form);
		note("%s has ended", title);
		free(title);
	}
}

/* --- the command ---------------------------------------------------------------------- */

/* False: a signal came first. */
static bool wait_until(long long end_ms)
{
	long long left_ms;

	while (!process_interrupted && (left_ms = end_ms - process_now_ms()) > 0)
		usleep((useconds_t)(left_ms < PAUSE_MS ? left_ms : PAUSE_MS) * 1000);
	return !process_interrupted;
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* @list has a VM, and something of one can be read. */
static void require_readable(const struct watch_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->vms[i].way != WATCH_BY_NOTHING)
			return;
	die("%s: %s", list->vms[0].id, list->vms[0].better);
}

/* The first reading: there is something to be seen, and a line for each VM says what. */
static void first_reading(const char *word, struct watch_list *list)
{
	char why[256];

	if (!watch_read(word, list, why, sizeof(why)))
		die("%s", why);
	if (!list->count && word)
		die(NO_SUCH_VM, word);
	if (!list->count)
		die("no VM runs on this host: " WATCH_KVM_PATH " has none");
	require_readable(list);
	for (size_t i = 0; i < list->count; i++)
		say_way(&list->vms[i]);
}

/* Until @count intervals are over, no VM is left, a signal comes or nobody reads. */
static void watch(const struct options *o, struct watch_list *before)
{
	long long next_ms = process_now_ms();
	struct watch_interval interval;
	struct watch_list now;
	char why[256];

	for (unsigned long n = 0; before->count && (!o->count || n < o->count); n++) {
		next_ms += llround(o->interval_s * 1000);
		/* After a pause of our own, as by a Ctrl-Z, no interval is made up for. */
		if (next_ms < process_now_ms())
			next_ms = process_now_ms() + llround(o->interval_s * 1000);
		if (!wait_until(next_ms))
			break;
		if (!watch_read(o->word, &now, why, sizeof(why)))
			die("%s", why);
		watch_interval_make(&interval, &now, before);
		interval.time = now_s();
		say_news(o->form, &interval, before);
		o->form->interval(stdout, &interval);
		watch_interval_free(&interval);
		watch_list_free(before);
		*before = now;
		if (fflush(stdout))
			break;
	}
}

/* A single reading.  That no VM runs is one too. */
static void write_openmetrics(const struct options *o)
{
	struct watch_list list;
	struct output output;
	char why[256];

	if (!watch_read(o->word, &list, why, sizeof(why)))
		die("%s", why);
	if (!list.count && o->word)
		die(NO_SUCH_VM, o->word);
	if (list.count)
		require_readable(&list);
	for (size_t i = 0; i < list.count; i++)
		if (list.vms[i].way == WATCH_BY_NOTHING)
			say_way(&list.vms[i]);
	if (!output_open(&output, o->output, why, sizeof(why)))
		die("%s", why);
	watch_openmetrics(output.file, &list);
	if (!output_commit(&output, why, sizeof(why)))
		die("%s", why);
	watch_list_free(&list);
}

static void check_options(const struct options *o)
{
	if (o->openmetrics && o->form)
		die("--openmetrics, --json and --csv exclude each other");
	if (o->openmetrics && (o->has_interval || o->count))
		die("--openmetrics is a single reading: without --interval, --count and --once");
	if (o->output && !o->openmetrics)
		die("-o %s: with --openmetrics only", o->output);
}

int watch_command(int argc, char **argv)
{
	struct options o = { .interval_s = 1 };
	const char *terminal = getenv("TERM");
	struct watch_list list;

	/* Else what stands before an option would come behind "--". */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &o);
	if (o.word && !strcmp(o.word, "all"))
		o.word = NULL;
	check_options(&o);
	if (o.openmetrics) {
		write_openmetrics(&o);
		return STATUS_OK;
	}
	if (!o.form)
		o.form = isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb")
				 ? &watch_screen
				 : &watch_lines;
	process_catch_signals();
	first_reading(o.word, &list);
	if (o.form->head)
		o.form->head(stdout);
	fflush(stdout);
	watch(&o, &list);
	watch_list_free(&list);
	return STATUS_OK;
}

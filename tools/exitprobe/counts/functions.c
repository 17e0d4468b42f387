// SPDX-License-Identifier: GPL-2.0-only
#include "counts/functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/message.h"

#define KALLSYMS "/proc/kallsyms"
#define FORMAT	 "events/ftrace/function/format"

/* How far behind a function's address its call of the tracer may be (ENDBR64). */
#define CALL_MAX 16

/*
 * Both vendors call them, from Linux 5.11 on: kvm_wait_lapic_expire() last before they enter the
 * guest, kvm_load_host_xsave_state() after it is left, and KVM_RUN the others, behind
 * vcpu_load() and as its last step.
 */
static const struct {
	const char *name;
	enum event_kind kind;
} watched[] = {
	{ "kvm_load_host_xsave_state", EVENT_LEFT },
	{ "kvm_wait_lapic_expire", EVENT_ENTRY },
	{ "vcpu_put", EVENT_RUN_END },
	{ "kvm_sigset_activate", EVENT_RUN_BEGIN },
};

#define FUNCTIONS (sizeof(watched) / sizeof(watched[0]))

struct functions {
	struct tracefs_instance *instance;
	struct tep_event *format;
	struct tep_format_field *ip;
	unsigned long long addresses[FUNCTIONS];
};

/* False: not all are there, or the kernel does not tell where. */
static bool find_addresses(struct functions *f)
{
	FILE *symbols = fopen(KALLSYMS, "re");
	char line[512], name[128], type;
	unsigned long long address;
	size_t found = 0;

	while (symbols && fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%llx %c %127s", &address, &type, name) != 3)
			continue;
		for (size_t i = 0; i < FUNCTIONS; i++)
			if (!f->addresses[i] && !strcmp(name, watched[i].name)) {
				f->addresses[i] = address;
				found += address != 0;
			}
	}
	if (symbols)
		fclose(symbols);
	return found == FUNCTIONS;
}

static bool find_format(struct functions *f, struct tep_handle *tep)
{
	int length;
	char *text = tracefs_instance_file_read(NULL, FORMAT, &length);

	if (text && tep_parse_event(tep, text, (unsigned long)length, "ftrace") == 0)
		f->format = tep_find_event_by_name(tep, "ftrace", "function");
	free(text);
	f->ip = f->format ? tep_find_field(f->format, "ip") : NULL;
	return f->ip;
}

static bool set_filter(const struct functions *f)
{
	bool done = true;

	/* The kernel takes one name with each write. */
	for (size_t i = 0; i < FUNCTIONS; i++)
		done &= tracefs_instance_file_append(f->instance, "set_ftrace_filter",
						     watched[i].name) >= 0;
	return done;
}

struct functions *functions_open(struct tracefs_instance *instance, struct tep_handle *tep,
				 const char *threads)
{
	struct functions *f = xcalloc(1, sizeof(*f));

	f->instance = instance;
	if (find_addresses(f) && find_format(f, tep) && set_filter(f) &&
	    tracefs_instance_file_write(instance, "set_ftrace_pid", threads) >= 0)
		return f;
	functions_close(f);
	return NULL;
}

bool functions_watch(struct functions *functions, bool on)
{
	return tracefs_instance_file_write(functions->instance, "current_tracer",
					   on ? "function" : "nop") >= 0;
}

bool functions_take(const struct functions *functions, int type, struct tep_record *record,
		    struct event *event)
{
	unsigned long long ip;

	if (functions->format->id != type ||
	    tep_read_number_field(functions->ip, record->data, &ip))
		return false;
	for (size_t i = 0; i < FUNCTIONS; i++)
		if (ip - functions->addresses[i] < CALL_MAX) {
			event->kind = watched[i].kind;
			return true;
		}
	return false;
}

void functions_close(struct functions *functions)
{
	free(functions);
}

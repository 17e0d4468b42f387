// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "watch/read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/message.h"
#include "vm/host.h"

/* Of one file.  The longest is a command line; that of exit statistics has 20 KB. */
#define FILE_MAX (1 << 20)

const char *const watch_way_names[] = { "patch", "module", "stats", "nothing" };

/*
 * KVM's own counters that say why the guest was left, with the names of older kernels too.  They
 * overlap: an access to a port that is emulated counts as io_exits and insn_emulation.
 */
static const char *const hints[] = {
	"io_exits",	     "mmio_exits",	    "halt_exits",     "irq_exits",
	"irq_window",	     "nmi_window",	    "signal_exits",   "request_irq",
	"irq_window_exits",  "nmi_window_exits",    "hypercalls",     "pf_taken",
	"request_irq_exits", "notify_window_exits", "insn_emulation", "invlpg",
};

char *watch_file(const char *path, size_t *length)
{
	FILE *file = host_open(path);
	char *text;

	if (!file)
		return NULL;
	text = xmalloc(FILE_MAX + 1);
	errno = 0;
	*length = fread(text, 1, FILE_MAX, file);
	if (ferror(file)) {
		int error = errno ? errno : EIO;

		fclose(file);
		free(text);
		errno = error;
		return NULL;
	}
	fclose(file);
	text[*length] = '\0';
	return xrealloc(text, *length + 1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct watch_vcpu *add_vcpu(struct watch_vm *vm)
{
	vm->vcpus = xrealloc(vm->vcpus, (vm->vcpu_count + 1) * sizeof(*vm->vcpus));
	vm->vcpus[vm->vcpu_count] = (struct watch_vcpu){ 0 };
	return &vm->vcpus[vm->vcpu_count++];
}

static void drop_vcpus(struct watch_vm *vm)
{
	free(vm->vcpus);
	vm->vcpus = NULL;
	vm->vcpu_count = 0;
}

/*
 * The files exit_stats below directory @path, of the vCPUs that keep statistics.  False: there
 * are none; *@why says more if one cannot be read or is no such file.
 */
static bool read_vcpus(struct watch_vm *vm, const char *path, char **why)
{
	DIR *directory = host_open_directory(path);
	struct dirent *entry;
	char fault[128];
	size_t length;

	while (directory && (entry = readdir(directory))) {
		enum watch_parsed parsed = WATCH_BAD;
		struct watch_vcpu *vcpu;
		uint64_t number;
		char *file, *text;

		if (strncmp(entry->d_name, "vcpu", 4) ||
		    !watch_parse_number(entry->d_name + 4, &number) || number > UINT16_MAX)
			continue;
		file = xasprintf("%s/%s/exit_stats", path, entry->d_name);
		text = watch_file(file, &length);
		vcpu = add_vcpu(vm);
		vcpu->number = (unsigned int)number;
		if (text)
			parsed = watch_parse(text, length, &vcpu->counters, fault, sizeof(fault));
		else
			snprintf(fault, sizeof(fault), "%s", strerror(errno));
		/* A VM that is ending, or a KVM without the patch, has no such file. */
		if (parsed == WATCH_BAD && (text || errno != ENOENT) && !*why)
			*why = xasprintf("%s: %s", file, fault);
		if (parsed != WATCH_COUNTED)
			vm->vcpu_count--;
		free(text);
		free(file);
	}
	if (directory)
		closedir(directory);
	/* Part of a VM would be taken for all of it. */
	if (*why)
		drop_vcpus(vm);
	return vm->vcpu_count;
}

/* The file KVM/ID/@name has a number. */
static bool read_number(const struct watch_vm *vm, const char *name, uint64_t *number)
{
	char *path = xasprintf(WATCH_KVM_PATH "/%s/%s", vm->id, name), *text;
	size_t length;
	bool done;

	text = watch_file(path, &length);
	done = text && watch_parse_number(text, number);
	if (text && !done)
		errno = EILSEQ;
	free(text);
	free(path);
	return done;
}

static bool read_stats(struct watch_vm *vm)
{
	struct watch_counters *counters = &add_vcpu(vm)->counters;

	if (!read_number(vm, "exits", &counters->exits)) {
		int error = errno;

		drop_vcpus(vm);
		errno = error;
		return false;
	}
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		struct watch_reason *r = &counters->reasons[counters->reason_count];

		if (!read_number(vm, hints[i], &r->exits))
			continue;
		strcpy(r->name, hints[i]);
		counters->reason_count++;
	}
	return true;
}

/* What the module's file status says of the VM called @id: "vm ID MODE". */
static bool module_is_on(const char *id)
{
	FILE *file = host_open(WATCH_MODULE_PATH "/status");
	char *line = NULL;
	size_t size = 0;
	bool on = false;

	while (file && getline(&line, &size, file) > 0) {
		char name[WATCH_ID_SIZE], mode[16];

		if (sscanf(line, "vm %39s %15s", name, mode) == 2 && !strcmp(name, id))
			on = strcmp(mode, "off");
	}
	free(line);
	if (file)
		fclose(file);
	return on;
}

/* Without its lines if the VM is off: then the file has what there was before. */
static bool read_module(struct watch_vm *vm, const char *module_id, char **why)
{
	char *path = xasprintf(WATCH_MODULE_PATH "/%s", module_id);
	bool done = module_is_on(module_id) && read_vcpus(vm, path, why);

	free(path);
	return done;
}

/* What would give the VM @vm of KVM's exits by reason and times. */
static char *better_of(const struct watch_vm *vm, const char *module_id)
{
	char *path = xasprintf(WATCH_KVM_PATH "/%s/exit_stats_mode", vm->id), *words;

	if (host_access(path, F_OK)) {
		char *mode = host_text(path);

		words = mode && strcmp(mode, "off")
				? xstrdup("its vCPUs begin to keep exits by reason and times when they halt "
					  "or return to QEMU next")
				: xasprintf("for exits by reason and times, as root: echo host >%s",
					    path);
		free(mode);
	} else if (module_id) {
		words = xasprintf(
			"for exits by reason and times, as root: echo host >" WATCH_MODULE_PATH
			"/%s/mode",
			module_id);
	} else if (host_access(WATCH_MODULE_PATH, F_OK)) {
		words = xstrdup(
			"the module kvm_exit_stats has no directory for it, or its process has "
			"several VMs: exitprobe host status");
	} else {
		words = xasprintf("for exits by reason and times, as root: exitprobe host attach; "
				  "echo host >" WATCH_MODULE_PATH "/%d-*/mode",
				  vm->pid);
	}
	free(path);
	return words;
}

void watch_read_vm(struct watch_vm *vm, const char *module_id)
{
	char *path = xasprintf(WATCH_KVM_PATH "/%s", vm->id), *why = NULL;

	vm->at_ns = now_ns();
	if (read_vcpus(vm, path, &why)) {
		vm->way = WATCH_BY_PATCH;
	} else if (!why && module_id && read_module(vm, module_id, &why)) {
		vm->way = WATCH_BY_MODULE;
	} else if (read_stats(vm)) {
		vm->way = WATCH_BY_STATS;
		vm->better = why ? why : better_of(vm, module_id);
		why = NULL;
	} else {
		vm->way = WATCH_BY_NOTHING;
		vm->better = xasprintf("%s/exits: %s%s", path,
				       errno == EILSEQ ? "this is no number" : strerror(errno),
				       errno == EPERM
					       ? "; a kernel in lockdown does not open it: switch "
						 "the patch or the module on for VMs to come"
					       : "");
	}
	free(why);
	free(path);
}

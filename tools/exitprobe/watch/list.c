// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"
#include "results/reader.h"
#include "vm/host.h"
#include "watch/choose.h"
#include "watch/read.h"

#define NAME_BYTES_MAX 64

static char *name_of(pid_t pid)
{
	char *path = xasprintf("/proc/%d/cmdline", pid), *name = NULL, *text;
	size_t length;

	text = watch_file(path, &length);
	if (text)
		name = watch_name_of(text, length);
	free(text);
	free(path);
	return name;
}

/* Anyone may have written it. */
static char *fit_name(char *name)
{
	char *fit = name ? reader_fit_text(name, NAME_BYTES_MAX) : NULL;
	json_t *text = fit ? json_string(fit) : NULL;

	/* What is no UTF-8 cannot be in JSON. */
	for (char *at = fit; at && !text && *at; at++)
		*at = (unsigned char)*at < 0x80 ? *at : '?';
	json_decref(text);
	free(name);
	return fit;
}

static void free_vm(struct watch_vm *vm)
{
	free(vm->name);
	free(vm->better);
	free(vm->vcpus);
}

void watch_list_free(struct watch_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free_vm(&list->vms[i]);
	free(list->vms);
	*list = (struct watch_list){ 0 };
}

const struct watch_vm *watch_find(const struct watch_list *list, const char *id)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->vms[i].id, id))
			return &list->vms[i];
	return NULL;
}

static int by_pid(const void *a, const void *b)
{
	const struct watch_vm *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return strverscmp(x->id, y->id);
}

/* The VMs below @path that @word means, in the order of their numbers.  False with errno. */
static bool find_vms(const char *path, const char *word, struct watch_list *list)
{
	DIR *directory = host_open_directory(path);
	struct dirent *entry;

	*list = (struct watch_list){ 0 };
	if (!directory)
		return false;
	while ((entry = readdir(directory))) {
		struct watch_vm *vm;
		char *name;
		pid_t pid;

		if (!watch_directory_pid(entry->d_name, &pid))
			continue;
		name = name_of(pid);
		if (!watch_is_meant(word, pid, name)) {
			free(name);
			continue;
		}
		list->vms = xrealloc(list->vms, (list->count + 1) * sizeof(*list->vms));
		vm = &list->vms[list->count++];
		*vm = (struct watch_vm){ .pid = pid, .name = fit_name(name) };
		/* watch_directory_pid() has seen that it fits. */
		memcpy(vm->id, entry->d_name, strlen(entry->d_name) + 1);
	}
	closedir(directory);
	if (list->count)
		qsort(list->vms, list->count, sizeof(*list->vms), by_pid);
	return true;
}

/* The module's directory for the VM @vm of KVM's, if nothing else can be meant. */
static const struct watch_vm *same_vm(const struct watch_list *of_kvm,
				      const struct watch_list *of_module, const struct watch_vm *vm)
{
	const struct watch_vm *same = NULL;
	size_t count = 0;

	for (size_t i = 0; i < of_kvm->count; i++)
		count += of_kvm->vms[i].pid == vm->pid;
	for (size_t i = 0; i < of_module->count; i++) {
		if (of_module->vms[i].pid != vm->pid)
			continue;
		count++;
		same = &of_module->vms[i];
	}
	return same && count == 2 ? same : NULL;
}

/* VMs that have ended since their directory was seen. */
static void drop_ended(struct watch_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		char *path = xasprintf(WATCH_KVM_PATH "/%s", list->vms[i].id);

		if (list->vms[i].way == WATCH_BY_NOTHING && !host_access(path, F_OK))
			free_vm(&list->vms[i]);
		else
			list->vms[kept++] = list->vms[i];
		free(path);
	}
	list->count = kept;
}

bool watch_read(const char *word, struct watch_list *list, char *why, size_t size)
{
	struct watch_list of_module;

	if (!find_vms(WATCH_KVM_PATH, word, list)) {
		if (errno == EACCES || errno == EPERM)
			snprintf(why, size,
				 "%s: %s; what KVM counts is for root: sudo exitprobe watch",
				 WATCH_KVM_PATH, strerror(errno));
		else if (!host_access("/sys/module/kvm", F_OK))
			snprintf(why, size, "%s: %s; KVM is not loaded, so no VM runs",
				 WATCH_KVM_PATH, strerror(errno));
		else
			snprintf(why, size,
				 "%s: %s; as root: mount -t debugfs debugfs /sys/kernel/debug",
				 WATCH_KVM_PATH, strerror(errno));
		return false;
	}
	find_vms(WATCH_MODULE_PATH, word, &of_module);
	for (size_t i = 0; i < list->count; i++) {
		const struct watch_vm *same = same_vm(list, &of_module, &list->vms[i]);

		watch_read_vm(&list->vms[i], same ? same->id : NULL);
	}
	watch_list_free(&of_module);
	drop_ended(list);
	return true;
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/host.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/input.h"
#include "lib/message.h"
#include "results/reader.h"

static char *rooted(const char *path)
{
	const char *root = getenv("EXITPROBE_SYSROOT");

	return xasprintf("%s%s", root ? root : "", path);
}

static void trim(char *text)
{
	size_t length = strlen(text);

	while (length && strchr(" \t\n", text[length - 1]))
		text[--length] = '\0';
}

FILE *host_open(const char *path)
{
	char *real = rooted(path);
	FILE *file = fopen(real, "re");

	free(real);
	return file;
}

DIR *host_open_directory(const char *path)
{
	char *real = rooted(path);
	DIR *directory = opendir(real);

	free(real);
	return directory;
}

int host_scan(const char *path, struct dirent ***entries)
{
	char *real = rooted(path);
	int count = scandir(real, entries, NULL, alphasort);

	free(real);
	return count;
}

char *host_text(const char *path)
{
	FILE *file = host_open(path);
	char *line = NULL;
	size_t size = 0;
	ssize_t got;

	if (!file)
		return NULL;
	got = getline(&line, &size, file);
	fclose(file);
	if (got < 0) {
		free(line);
		return NULL;
	}
	trim(line);
	return line;
}

int host_open_device(const char *path, int flags)
{
	char *real = rooted(path);
	int fd = open(real, flags);

	free(real);
	return fd;
}

bool host_access(const char *path, int mode)
{
	char *real = rooted(path);
	bool can = !access(real, mode);

	free(real);
	return can;
}

char *host_cpuinfo(const char *key)
{
	FILE *file = host_open("/proc/cpuinfo");
	char *line = NULL, *value = NULL;
	size_t size = 0, length = strlen(key);

	while (file && !value && getline(&line, &size, file) >= 0) {
		char *colon = strchr(line, ':');

		if (colon && !strncmp(line, key, length) && strchr(" \t:", line[length])) {
			trim(line);
			value = xstrdup(colon[1] ? colon + 2 : "");
		}
	}
	free(line);
	if (file)
		fclose(file);
	return value;
}

bool host_cpu_flag(const char *flag)
{
	char *flags = host_cpuinfo("flags"), *rest = flags, *word;
	bool found = false;

	while (!found && (word = strsep(&rest, " ")))
		found = !strcmp(word, flag);
	free(flags);
	return found;
}

const char *host_vendor_module(void)
{
	static const char *const modules[] = { "kvm_amd", "kvm_intel" };

	/* Both may be built in: then it is the one for this processor. */
	for (size_t i = 0; i < 4; i++) {
		char *path = xasprintf("/sys/module/%s", modules[i % 2]);
		bool there = host_access(path, F_OK);

		free(path);
		if (there && (i >= 2 || host_cpu_flag(i ? "vmx" : "svm")))
			return modules[i % 2];
	}
	return NULL;
}

static char *parameter_of(const char *module, const char *parameter)
{
	char *path = xasprintf("/sys/module/%s/parameters/%s", module, parameter);
	char *value = host_text(path);

	free(path);
	return value;
}

char *host_statistics(void)
{
	char *mode = parameter_of("kvm", "exit_stats");

	return mode ? mode : parameter_of("kvm_exit_stats", "exit_stats");
}

bool host_may_lock_memory(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct rlimit limit;

	if (!syscall(SYS_capget, &header, data) &&
	    data[CAP_TO_INDEX(CAP_IPC_LOCK)].effective & CAP_TO_MASK(CAP_IPC_LOCK))
		return true;
	return !getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur == RLIM_INFINITY;
}

/* Descriptors of process @pid that are a VM. */
static bool has_vm(const char *pid)
{
	char *path = xasprintf("/proc/%s/fd", pid);
	DIR *directory = host_open_directory(path);
	struct dirent *entry;
	char target[64];
	bool found = false;

	while (directory && !found && (entry = readdir(directory))) {
		ssize_t length =
			readlinkat(dirfd(directory), entry->d_name, target, sizeof(target) - 1);

		if (length < 0)
			continue;
		target[length] = '\0';
		found = !strncmp(target, "anon_inode:kvm-vm", 17);
	}
	if (directory)
		closedir(directory);
	free(path);
	return found;
}

int host_running_vms(void)
{
	DIR *directory = host_open_directory("/proc");
	struct dirent *entry;
	int count = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			count += has_vm(entry->d_name);
	}
	closedir(directory);
	return count;
}

char *host_turbo(void)
{
	char *no_turbo = host_text("/sys/devices/system/cpu/intel_pstate/no_turbo");
	char *boost = host_text("/sys/devices/system/cpu/cpufreq/boost");
	char *answer = NULL;

	if (no_turbo)
		answer = xstrdup(strcmp(no_turbo, "0") ? "off" : "on");
	else if (boost)
		answer = xstrdup(strcmp(boost, "0") ? "on" : "off");
	free(no_turbo);
	free(boost);
	return answer;
}

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

char *host_parameter(const char *module, const char *parameter)
{
	char *path = xasprintf("/sys/module/%s/parameters/%s", module, parameter);
	char *value = host_text(path);

	free(path);
	return value;
}

char *host_statistics(void)
{
	char *mode = host_parameter("kvm", "exit_stats");

	return mode ? mode : host_parameter("kvm_exit_stats", "exit_stats");
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

/* Takes @text over; NULL is null: asked for and not to be had. */
static void set_text(json_t *machine, const char *name, char *text)
{
	char *fit = text ? reader_fit_text(text, INPUT_MAX_TEXT) : NULL;
	/* What is no UTF-8 cannot be in JSON. */
	json_t *value = fit ? json_string(fit) : NULL;

	json_object_set_new(machine, name, value ? value : json_null());
	free(fit);
	free(text);
}

static void set_number(json_t *machine, const char *name, char *text)
{
	char *end = NULL;
	long long value = text ? strtoll(text, &end, 10) : 0;

	json_object_set_new(machine, name, end && end != text ? json_integer(value) : json_null());
	free(text);
}

/* A member for each file of directory @path, called @prefix and its name. */
static void set_directory(json_t *machine, const char *prefix, const char *path)
{
	char *real = rooted(path);
	struct dirent **entries;
	int count = scandir(real, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			char *name = xasprintf("%s.%s", prefix, entries[i]->d_name);
			char *file = xasprintf("%s/%s", path, entries[i]->d_name);

			set_text(machine, name, host_text(file));
			free(file);
			free(name);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	free(real);
}

/* What the kernel marks as chosen, "always [madvise] never". */
static char *chosen(char *text)
{
	char *open = text ? strchr(text, '[') : NULL, *close = open ? strchr(open, ']') : NULL;
	char *word;

	if (!close)
		return text;
	*close = '\0';
	word = xstrdup(open + 1);
	free(text);
	return word;
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

json_t *host_describe(void)
{
	const char *vendor = host_vendor_module();
	json_t *machine = json_object();
	double load = 0;
	struct utsname name;
	char *text;

	if (!machine)
		out_of_memory("machine");
	set_text(machine, "cpu", host_cpuinfo("model name"));
	set_text(machine, "cpu_vendor", host_cpuinfo("vendor_id"));
	set_number(machine, "family", host_cpuinfo("cpu family"));
	set_number(machine, "model", host_cpuinfo("model"));
	set_number(machine, "stepping", host_cpuinfo("stepping"));
	set_text(machine, "microcode", host_cpuinfo("microcode"));
	json_object_set_new(machine, "cpus", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_set_new(machine, "memory_kib",
			    json_integer(sysconf(_SC_PHYS_PAGES) * (sysconf(_SC_PAGESIZE) / 1024)));
	json_object_set_new(machine, "nested", json_boolean(host_cpu_flag("hypervisor")));
	uname(&name);
	set_text(machine, "kernel", xasprintf("%s %s", name.sysname, name.release));
	set_text(machine, "kernel_command_line", host_text("/proc/cmdline"));
	set_text(machine, "kvm_module", vendor ? xstrdup(vendor) : NULL);
	set_directory(machine, "kvm", "/sys/module/kvm/parameters");
	if (vendor) {
		char *path = xasprintf("/sys/module/%s/parameters", vendor);

		set_directory(machine, vendor, path);
		free(path);
	}
	set_directory(machine, "mitigations", "/sys/devices/system/cpu/vulnerabilities");
	set_text(machine, "governor",
		 host_text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
	set_text(machine, "turbo", host_turbo());
	set_text(machine, "smt", host_text("/sys/devices/system/cpu/smt/control"));
	set_text(machine, "isolated_cpus", host_text("/sys/devices/system/cpu/isolated"));
	set_text(machine, "clocksource",
		 host_text("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
	set_text(machine, "transparent_hugepages",
		 chosen(host_text("/sys/kernel/mm/transparent_hugepage/enabled")));
	set_number(machine, "hugepages", host_text("/proc/sys/vm/nr_hugepages"));
	set_text(machine, "ksm", host_text("/sys/kernel/mm/ksm/run"));
	text = host_text("/proc/loadavg");
	if (text && sscanf(text, "%lf", &load) == 1)
		json_object_set_new(machine, "load_1min", json_real(load));
	else
		json_object_set_new(machine, "load_1min", json_null());
	free(text);
	return machine;
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/input.h"
#include "lib/message.h"
#include "results/reader.h"
#include "vm/host.h"

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
	struct dirent **entries;
	int count = host_scan(path, &entries);

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

json_t *describe_host(void)
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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this host is, as far as it bears on a measurement.
 */
#ifndef VM_HOST_H
#define VM_HOST_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>

/* fopen(3) for reading below the same root as host_text(); NULL with errno. */
FILE *host_open(const char *path);

/* opendir(3) below the same root. */
DIR *host_open_directory(const char *path);

/* The entries of directory @path there, in alphabetical order: scandir(3). */
int host_scan(const char *path, struct dirent ***entries);

/*
 * First line of the file @path, without blanks at its end; NULL if it cannot be
 * read.  Allocated.  Looked for below $EXITPROBE_SYSROOT, if that is set: so tests
 * show us other hosts.
 */
char *host_text(const char *path);

/* open(2) below the same root. */
int host_open_device(const char *path, int flags);

/* access(2) below the same root. */
bool host_access(const char *path, int mode);

/* Value of the first line of /proc/cpuinfo that begins with @key, or NULL.  Allocated. */
char *host_cpuinfo(const char *key);

/* Whether /proc/cpuinfo's flags have @flag. */
bool host_cpu_flag(const char *flag);

/* "kvm_amd", "kvm_intel", or NULL: neither is loaded. */
const char *host_vendor_module(void);

/*
 * Mode of VMs to come in which this host keeps exit statistics: "off", "host" or "guest", of
 * a patched KVM or of the module beside an unchanged one; NULL: of neither.  Allocated.
 */
char *host_statistics(void);

/* Whether this process may lock memory without limit. */
bool host_may_lock_memory(void);

/* Processes that have a VM of KVM's; only root sees those of other users.  -1: not known. */
int host_running_vms(void);

/* "on", "off" or NULL, of either way in which drivers tell it.  Allocated. */
char *host_turbo(void);

#endif

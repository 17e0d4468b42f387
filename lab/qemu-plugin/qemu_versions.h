/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the versions of QEMU's plugin interface, for each plugin to include
 * once. A symbol that only some of them have is looked up by name, because QEMU does not load
 * a plugin that lacks one.
 */
#ifndef QEMU_VERSIONS_H
#define QEMU_VERSIONS_H

#include <dlfcn.h>
#include <string.h>

#include "qemu_plugin.h"

/* The interface of QEMU 9.0, which refuses plugins of an older one. */
#define VERSION_9_0    2
/* From this version on (QEMU 9.1) qemu_plugin_insn_data() copies. */
#define VERSION_COPIES 3

#ifdef PLUGIN_VERSION
int qemu_plugin_version = PLUGIN_VERSION;
#else
int qemu_plugin_version = VERSION_9_0;

/* QEMU reads qemu_plugin_version after loading the plugin. QEMU 9.0 removed this function. */
__attribute__((constructor)) static void choose_version(void)
{
	if (dlsym(RTLD_DEFAULT, "qemu_plugin_n_vcpus"))
		qemu_plugin_version = QEMU_PLUGIN_VERSION_USED;
}
#endif

static union {
	const void *(*get)(const struct qemu_plugin_insn *insn);
	size_t (*copy)(const struct qemu_plugin_insn *insn, void *to, size_t size);
} insn_data;

static bool data_is_copied;

/* Copy the @size bytes of @insn, which qemu_plugin_insn_size() has told. */
static void copy_insn(const struct qemu_plugin_insn *insn, void *to, size_t size)
{
	if (data_is_copied)
		insn_data.copy(insn, to, size);
	else
		memcpy(to, insn_data.get(insn), size);
}

/* For qemu_plugin_install(): with QEMU's qemu_plugin_insn_data(). */
static void set_insn_data(const qemu_info_t *info, void *function)
{
	data_is_copied = info->version.cur >= VERSION_COPIES;
	*(void **)&insn_data = function;
}

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a plugin of QEMU's emulator sees of a QEMU that lacks functions: the plugin's
 * interface goes to standard output, and then it is installed.
 */
#include <dlfcn.h>
#include <stdio.h>

#include "qemu_plugin.h"

const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn)
{
	return insn;
}

#ifdef OLD
int qemu_plugin_n_vcpus(void);
int qemu_plugin_n_vcpus(void)
{
	return 1;
}
#endif

int main(int argc, char **argv)
{
	qemu_info_t info = { .target_name = "x86_64", .system_emulation = true };
	int (*install)(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);
	void *plugin = argc == 2 ? dlopen(argv[1], RTLD_LAZY) : NULL;

	if (!plugin) {
		fprintf(stderr, "%s\n", dlerror());
		return 2;
	}
	printf("interface %d\n", *(int *)dlsym(plugin, "qemu_plugin_version"));
	fflush(stdout);
	*(void **)&install = dlsym(plugin, "qemu_plugin_install");
	return install(1, &info, 0, NULL) ? 3 : 0;
}

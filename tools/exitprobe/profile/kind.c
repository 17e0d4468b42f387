// SPDX-License-Identifier: GPL-2.0-only
#include "profile/kind.h"

#include <stdbool.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

const char *const profile_kind_names[KIND_COUNT] = {
	[KIND_CORE] = "KVM core",     [KIND_VENDOR] = "vendor module",
	[KIND_EMULATOR] = "emulator", [KIND_KERNEL] = "other kernel",
	[KIND_USER] = "userspace",
};

const char *const profile_kind_classes[KIND_COUNT] = {
	[KIND_CORE] = "core",	  [KIND_VENDOR] = "vendor", [KIND_EMULATOR] = "emulator",
	[KIND_KERNEL] = "kernel", [KIND_USER] = "user",
};

/*
 * How the functions of arch/x86/kvm/emulate.c begin, and those of x86.c that call it
 * or that it calls.  A module's symbols do not say which of its files they are of.
 */
static const char *const emulator[] = {
	"x86_emulate_",
	"x86_decode_",
	"x86_page_table_writing",
	"x86_insn_",
	"em_",
	"emulator_",
	"emulate_",
	"decode_",
	"init_emulate_",
	"init_decode_",
	"do_insn_fetch",
	"__do_insn_fetch",
	"linearize",
	"__linearize",
	"segmented_",
	"read_emulated",
	"write_emulated",
	"writeback",
	"fastop",
	"read_descriptor",
	"load_segment_",
	"__load_segment_",
	"read_segment_",
	"write_segment_",
	"kvm_fetch_guest",
	"pio_in_emulated",
	"string_addr_inc",
	"register_address",
	"assign_register",
	"fetch_register_",
	"invalid_registers",
	"reset_emulate",
	"prepare_emulat",
};

void profile_kinds_init(struct profile_kinds *kinds, const json_t *path)
{
	const json_t *function;
	size_t i;

	kinds->modules = json_object();
	json_array_foreach(json_object_get(path, "functions"), i, function) {
		const char *name = json_string_value(json_object_get(function, "name"));
		json_t *module = json_object_get(function, "module");

		if (name && json_is_string(module))
			json_object_set(kinds->modules, name, module);
	}
}

void profile_kinds_free(struct profile_kinds *kinds)
{
	json_decref(kinds->modules);
}

const char *profile_module(const struct profile_kinds *kinds, const char *name)
{
	const char *module = json_string_value(json_object_get(kinds->modules, name));

	return module ? module : "";
}

static bool is_emulator(const char *name)
{
	for (size_t i = 0; i < LENGTH(emulator); i++)
		if (!strncmp(name, emulator[i], strlen(emulator[i])))
			return true;
	return false;
}

enum profile_kind profile_kind(const struct profile_kinds *kinds, const char *name)
{
	const char *module = profile_module(kinds, name);

	/* Userspace as one block, or by function: name@file (docs/profile.md). */
	if (!strcmp(name, "[userspace]") || strchr(name, '@'))
		return KIND_USER;
	if (!strcmp(module, "kvm"))
		return is_emulator(name) ? KIND_EMULATOR : KIND_CORE;
	if (!strncmp(module, "kvm_", strlen("kvm_")))
		return KIND_VENDOR;
	return KIND_KERNEL;
}

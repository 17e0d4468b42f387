// SPDX-License-Identifier: GPL-2.0-only
/* Fingerprints of a host that a directory of files shows, and of the lab. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/message.h"
#include "vm/fingerprint.h"

static char root[] = "/tmp/fingerprint.XXXXXX";

/* File @path below the root, its directories made. */
static void put(const char *path, const void *data, size_t size)
{
	char *full = xasprintf("%s/%s", root, path);
	FILE *file;

	for (char *slash = strchr(full + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	free(full);
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static int make_root(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	setenv("EXITPROBE_SYSROOT", root, 1);
	setenv("BUILD", root, 1);
	return 0;
}

static int remove_root(void **state)
{
	char *command = xasprintf("rm -rf '%s'", root);
	int status = system(command);

	(void)state;
	free(command);
	return status;
}

static const char *part(const json_t *fingerprint, const char *name)
{
	return json_string_value(json_object_get(json_object_get(fingerprint, "parts"), name));
}

/* Xen's, which comes first in the kernel's own notes, and a build ID. */
static const uint8_t notes[] = {
	4, 0, 0, 0, 6, 0, 0, 0, 6, 0, 0, 0, 'X', 'e', 'n', 0,	'l', 'i', 'n',	'u',  'x',  0,
	0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0,	 0,   'G', 'N', 'U', 0,	  0xde, 0xad, 0xbe, 0xef,
};

static void loaded(void **state)
{
	struct utsname name;
	json_t *fingerprint;
	char *path;

	(void)state;
	put("sys/kernel/notes", notes, sizeof(notes));
	put("sys/module/kvm/notes/.note.gnu.build-id", notes + 24, sizeof(notes) - 24);
	put_text("sys/module/kvm_amd/srcversion", "0123456789ABCDEF\n");
	put_text("sys/module/kvm_exit_stats/srcversion", "00112233\n");
	put_text("proc/cpuinfo", "flags\t\t: fpu svm\n");
	put_text("probe.elf", "abc");
	uname(&name);
	path = xasprintf("modules/%s/made-of", name.release);
	put_text(path, "core 12\nhooks 34\nbuild_id deadbeef\n");
	free(path);
	path = xasprintf("%s/probe.elf", root);

	fingerprint = fingerprint_host(getpid(), "true", path, true);
	assert_string_equal(part(fingerprint, "kernel"), "deadbeef");
	assert_string_equal(part(fingerprint, "kvm"), "deadbeef");
	assert_string_equal(part(fingerprint, "kvm_amd"), "0123456789ABCDEF");
	assert_string_equal(part(fingerprint, "kvm_exit_stats"), "00112233");
	assert_string_equal(part(fingerprint, "core"), "12");
	assert_string_equal(part(fingerprint, "hooks"), "34");
	assert_null(part(fingerprint, "build_id"));
	assert_string_equal(part(fingerprint, "probe"),
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(strlen(part(fingerprint, "qemu")), 64);
	assert_int_equal(strlen(json_string_value(json_object_get(fingerprint, "all"))), 64);
	json_decref(fingerprint);

	/* The second time hashes come from those kept; a changed file's does not. */
	put_text("probe.elf", "abd");
	fingerprint = fingerprint_host(getpid(), "true", path, false);
	assert_string_equal(part(fingerprint, "probe"),
			    "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9");
	assert_null(part(fingerprint, "kvm"));
	json_decref(fingerprint);
	free(path);
}

/* Modules that were not built here: nothing is known of their patch. */
static void others_modules(void **state)
{
	json_t *fingerprint;

	(void)state;
	put("sys/module/kvm/notes/.note.gnu.build-id", notes, 24);
	put_text("sys/module/kvm/srcversion", "FEDCBA\n");
	fingerprint = fingerprint_host(getpid(), "true", "/none", true);
	assert_string_equal(part(fingerprint, "kvm"), "FEDCBA");
	assert_null(part(fingerprint, "core"));
	assert_null(part(fingerprint, "probe"));
	json_decref(fingerprint);
}

/* Notes that promise more than there is. */
static void damaged_notes(void **state)
{
	uint8_t damaged[sizeof(notes)];

	(void)state;
	for (size_t i = 0; i < sizeof(notes); i++) {
		memcpy(damaged, notes, sizeof(notes));
		damaged[i] = 0xff;
		put("sys/kernel/notes", damaged, sizeof(damaged));
		json_decref(fingerprint_host(getpid(), "true", "/none", true));
		put("sys/kernel/notes", notes, i);
		json_decref(fingerprint_host(getpid(), "true", "/none", true));
	}
}

static void lab(void **state)
{
	char *path = xasprintf("%s/of-the-lab", root);
	json_t *fingerprint;

	(void)state;
	assert_null(fingerprint_lab(path, "/x/my.elf", "/y/exitprobe-static"));
	put_text("of-the-lab", "kvm 12\nemulator_version QEMU 7.2 (Debian)\nmy.elf 34\n"
			       "exitprobe-static 56\nrubbish\n");
	fingerprint = fingerprint_lab(path, "/x/my.elf", "/y/exitprobe-static");
	assert_int_equal(json_object_size(json_object_get(fingerprint, "parts")), 4);
	assert_string_equal(part(fingerprint, "emulator_version"), "QEMU 7.2 (Debian)");
	assert_string_equal(part(fingerprint, "probe"), "34");
	assert_string_equal(part(fingerprint, "exitprobe"), "56");
	/* sha256sum of the parts as jq -cSj writes them. */
	assert_string_equal(json_string_value(json_object_get(fingerprint, "all")),
			    "04fe451b1a4b943a18243f15de3a378142f1fa06b966df605653bb541ce0dd8c");
	json_decref(fingerprint);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loaded),
		cmocka_unit_test(others_modules),
		cmocka_unit_test(damaged_notes),
		cmocka_unit_test(lab),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "vm/fingerprint.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/file_hash.h"
#include "lib/message.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "lib/sha256.h"
#include "vm/host.h"

#define NOTES_MAX	4096
#define HELP_TIMEOUT_MS 5000
#define HELP_MOST	65536

static void add(json_t *parts, const char *name, const char *value)
{
	json_object_set_new(parts, name, json_string(value));
}

static void add_file(json_t *parts, const char *name, const char *path)
{
	char hash[SHA256_TEXT];

	if (file_hash(path, hash))
		add(parts, name, hash);
}

/* The parts with the hash of all of them; @parts is taken over. */
static json_t *whole(json_t *parts)
{
	char hash[SHA256_TEXT], *text = json_dumps(parts, JSON_COMPACT | JSON_SORT_KEYS);
	struct sha256 sha256;
	json_t *fingerprint;

	if (!text)
		out_of_memory("fingerprint");
	sha256_begin(&sha256);
	sha256_add(&sha256, text, strlen(text));
	sha256_end(&sha256, hash);
	free(text);
	fingerprint = json_pack("{s:s, s:o}", "all", hash, "parts", parts);
	if (!fingerprint)
		out_of_memory("fingerprint");
	return fingerprint;
}

/* --- what is loaded ------------------------------------------------------------- */

static size_t padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* The build ID among the ELF notes of file @path, in hexadecimal digits; NULL: none. */
static char *build_id(const char *path)
{
	unsigned char notes[NOTES_MAX];
	FILE *file = host_open(path);
	size_t size = file ? fread(notes, 1, sizeof(notes), file) : 0, at = 0;
	Elf64_Nhdr note;

	if (file)
		fclose(file);
	while (at + sizeof(note) <= size) {
		size_t name = at + sizeof(note), value;

		memcpy(&note, notes + at, sizeof(note));
		if (note.n_namesz > size || note.n_descsz > size)
			break;
		value = name + padded(note.n_namesz);
		at = value + padded(note.n_descsz);
		if (value + note.n_descsz > size)
			break;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    !memcmp(notes + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU))) {
			char *text = xcalloc(1, (size_t)2 * note.n_descsz + 1);

			for (size_t i = 0; i < note.n_descsz; i++)
				snprintf(text + 2 * i, 3, "%02x", notes[value + i]);
			return text;
		}
	}
	return NULL;
}

/* Lines "NAME VALUE" of what host-patch/build-modules made modules of. */
static void add_lines(json_t *parts, FILE *file)
{
	char *line = NULL, *value;
	size_t size = 0;

	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		add(parts, line, value);
	}
	free(line);
}

/* The patch's core and hooks, if the loaded module with @id is one that was built here. */
static void add_patch(json_t *parts, const char *id)
{
	json_t *made_of = json_object();
	struct utsname name;
	char *inner, *path;
	const char *built;
	FILE *file;

	if (!paths_have_cache() || uname(&name))
		return;
	inner = xasprintf("modules/%s/made-of", name.release);
	path = paths_cache(inner);
	file = fopen(path, "re");
	if (file) {
		add_lines(made_of, file);
		fclose(file);
	}
	built = json_string_value(json_object_get(made_of, "build_id"));
	if (built && !strcmp(built, id)) {
		json_object_del(made_of, "build_id");
		json_object_update(parts, made_of);
	}
	json_decref(made_of);
	free(path);
	free(inner);
}

static void add_module(json_t *parts, const char *module)
{
	char *path = xasprintf("/sys/module/%s/notes/.note.gnu.build-id", module);
	char *id = build_id(path);

	free(path);
	if (!id) {
		/* Of the sources, where the build has no ID; a module within the kernel has none. */
		path = xasprintf("/sys/module/%s/srcversion", module);
		id = host_text(path);
		free(path);
	}
	if (id)
		add(parts, module, id);
	if (id && !strcmp(module, "kvm"))
		add_patch(parts, id);
	free(id);
}

static void add_kvm(json_t *parts)
{
	const char *vendor = host_vendor_module();
	char *id = build_id("/sys/kernel/notes");

	if (id)
		add(parts, "kernel", id);
	free(id);
	add_module(parts, "kvm");
	if (vendor)
		add_module(parts, vendor);
	/* Beside an unchanged KVM: what it does is in each exit, in whatever mode it is. */
	add_module(parts, "kvm_exit_stats");
}

/* --- what runs the guest -------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One hash of several, whatever their order; they are freed. */
static void add_hashes(json_t *parts, const char *name, char **hashes, size_t count)
{
	char hash[SHA256_TEXT];
	struct sha256 sha256;

	if (count)
		qsort(hashes, count, sizeof(*hashes), by_text);
	sha256_begin(&sha256);
	for (size_t i = 0; i < count; i++) {
		sha256_add(&sha256, hashes[i], strlen(hashes[i]));
		free(hashes[i]);
	}
	sha256_end(&sha256, hash);
	if (count)
		add(parts, name, hash);
	free(hashes);
}

/* All that has been mapped to be executed: the program and its libraries. */
static void add_qemu(json_t *parts, pid_t pid)
{
	char *path = xasprintf("/proc/%d/maps", (int)pid), *line = NULL, **hashes = NULL;
	FILE *maps = fopen(path, "re");
	char hash[SHA256_TEXT];
	size_t size = 0, count = 0;

	while (maps && getline(&line, &size, maps) > 0) {
		char *name = strchr(line, '/'), *rights = strchr(line, ' ');

		if (!name || !rights || strncmp(rights, " r-xp", 5))
			continue;
		name[strcspn(name, "\n")] = '\0';
		if (!file_hash(name, hash))
			continue;
		hashes = xrealloc(hashes, (count + 1) * sizeof(*hashes));
		hashes[count++] = xstrdup(hash);
	}
	free(line);
	free(path);
	if (maps)
		fclose(maps);
	add_hashes(parts, "qemu", hashes, count);
}

/* What "-L help" says: QEMU's directories of firmware, a line each. */
static char *firmware_directories(const char *qemu)
{
	char *text = NULL;
	struct process process;

	if (process_start(&process, (const char *[]){ qemu, "-L", "help", NULL }, SIGKILL)) {
		text = process_collect(&process, HELP_MOST, HELP_TIMEOUT_MS);
		process_end(&process, 0);
	}
	return text;
}

/* Of what QEMU loads for -kernel, the first of each name that it has. */
static void add_firmware(json_t *parts, const char *qemu)
{
	static const char *const names[] = { "bios-256k.bin", "kvmvapic.bin", "linuxboot_dma.bin",
					     "multiboot_dma.bin", "pvh.bin" };
	char **hashes = xcalloc(sizeof(names) / sizeof(names[0]), sizeof(*hashes));
	char *directories = firmware_directories(qemu), hash[SHA256_TEXT];
	size_t count = 0;

	for (size_t i = 0; directories && i < sizeof(names) / sizeof(names[0]); i++) {
		char *copy = xstrdup(directories), *rest = copy, *directory;
		bool found = false;

		while (!found && (directory = strsep(&rest, "\n"))) {
			char *path = xasprintf("%s/%s", directory, names[i]);

			found = file_hash(path, hash);
			free(path);
		}
		if (found)
			hashes[count++] = xstrdup(hash);
		free(copy);
	}
	free(directories);
	add_hashes(parts, "firmware", hashes, count);
}

json_t *fingerprint_host(pid_t pid, const char *qemu, const char *probe, bool kvm)
{
	json_t *parts = json_object();

	if (!parts)
		out_of_memory("fingerprint");
	if (kvm)
		add_kvm(parts);
	add_qemu(parts, pid);
	add_firmware(parts, qemu);
	add_file(parts, "probe", probe);
	return whole(parts);
}

/* --- the lab -------------------------------------------------------------------- */

/* The part called as file @path is gets the name @name. */
static void rename_part(json_t *parts, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	json_t *value = json_object_get(parts, file);

	if (!value)
		return;
	json_object_set(parts, name, value);
	json_object_del(parts, file);
}

json_t *fingerprint_lab(const char *path, const char *probe, const char *tool)
{
	json_t *parts = json_object();
	FILE *file = fopen(path, "re");

	if (!parts)
		out_of_memory("fingerprint");
	if (file) {
		add_lines(parts, file);
		fclose(file);
	}
	if (!json_object_size(parts)) {
		json_decref(parts);
		return NULL;
	}
	rename_part(parts, probe, "probe");
	rename_part(parts, tool, "exitprobe");
	return whole(parts);
}

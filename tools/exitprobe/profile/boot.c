// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "profile/boot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/message.h"
#include "lib/paths.h"
#include "lib/process.h"
#include "profile/lab.h"
#include "profile/marks.h"
#include "profile/output.h"
#include "vm/lab.h"

/* False after one line. */
static bool write_job(const char *path, const struct profile_options *o, bool symbols)
{
	/* Where the inner QEMU's code is; it has all of it once it has a vCPU. */
	static const char maps[] =
		"{ until grep -q kvm-vcpu /proc/$(pidof qemu-system-x86_64)/maps; do sleep 0.05; done\n"
		"grep ' r-xp ' /proc/$(pidof qemu-system-x86_64)/maps; } 2>/dev/null &\n";
	FILE *to = fopen(path, "w");

	if (!to) {
		error("%s: %s", path, strerror(errno));
		return false;
	}
	/*
	 * The symbols come last and the job has one size: a run is the same with and
	 * without, to the host's ticks.
	 */
	fprintf(to,
		". /lab/guest.sh\n"
		"status=0 symbols=%d\n"
		"%s"
		"probe_records -smp %u -append \"unit=instructions settle_ms=%u samples=%u ops=%s\" || status=$?\n"
		"[ $symbols -eq 0 ] || grep ' [tTwW] ' /proc/kallsyms\n"
		"exit $status\n",
		symbols, o->user ? maps : "", o->vcpus, LAB_SETTLE_MS, o->samples, o->op);
	if (!fclose(to))
		return true;
	error("%s: %s", path, strerror(errno));
	return false;
}

/* FNV-1a over a file's bytes, from @hash on.  False: it cannot be read. */
static bool hash_file(const char *path, uint64_t *hash)
{
	FILE *from = fopen(path, "r");
	int byte;

	if (!from) {
		error("%s: %s", path, strerror(errno));
		return false;
	}
	while ((byte = getc_unlocked(from)) != EOF)
		*hash = (*hash ^ (uint64_t)byte) * 0x100000001b3;
	fclose(from);
	return true;
}

/*
 * Where a kernel's symbols are kept; NULL after one line that says why not.  Modules
 * are loaded at the same addresses whenever the kernel and they are the same.
 */
static char *symbols_path(const char *release, const char *modules)
{
	char *lab = xasprintf("lab/%s", release), *kernel = paths_cache(lab);
	char *const files[] = {
		xasprintf("%s/kvm.ko", modules), xasprintf("%s/kvm-amd.ko", modules),
		xasprintf("%s/vmlinux", kernel), xasprintf("%s/irqbypass.ko", kernel),
		xasprintf("%s/ccp.ko", kernel),
	};
	uint64_t hash = 0xcbf29ce484222325;
	char *path = NULL, *name;
	bool read = true;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		read = read && hash_file(files[i], &hash);
		free(files[i]);
	}
	if (read) {
		name = xasprintf("lab/symbols-%s-%016llx", release, (unsigned long long)hash);
		path = paths_cache(name);
		free(name);
	}
	free(kernel);
	free(lab);
	return path;
}

/* The files that a boot is made of; NULL where it is not there, which has been said. */
struct parts {
	char *release, *probe, *plugin, *marks, *modules, *symbols;
};

/* What a boot has left in its files. */
static enum profile_end read_files(struct profile_boot *b, const struct profile_options *o,
				   const struct lab_files *files, const char *symbols)
{
	enum profile_end end = output_read(b, files->output, symbols);

	if (end != PROFILE_TAKEN)
		return end;
	if (trace_read(&b->trace, files->trace) && symbols_read(&b->symbols, symbols) &&
	    (!o->user || output_read_maps(&b->symbols, files->output)))
		return PROFILE_TAKEN;
	return PROFILE_FAILED;
}

static enum profile_end boot_with(struct profile_boot *b, const struct profile_options *o,
				  const struct parts *p)
{
	enum profile_end end = PROFILE_IMPOSSIBLE;
	struct lab_files files;
	char *arguments;

	if (!lab_files_make(&files))
		return end;
	if (write_job(files.job, o, access(p->symbols, R_OK))) {
		arguments = xasprintf("%s,out=%s%s%s", p->plugin, files.trace, p->marks,
				      o->user ? ",user=on" : "");
		end = lab_files_boot(&files, o, arguments);
		if (end == PROFILE_TAKEN)
			end = read_files(b, o, &files, p->symbols);
		free(arguments);
	}
	lab_files_remove(&files);
	return end;
}

static void free_parts(struct parts *p)
{
	free(p->release);
	free(p->probe);
	free(p->plugin);
	free(p->marks);
	free(p->modules);
	free(p->symbols);
}

/* As built here, or else as installed. */
static char *find_plugin(void)
{
	char *built = paths_cache("lab/profile.so"), *installed = paths_data("lab/profile.so");

	if (access(built, R_OK) && !access(installed, R_OK)) {
		free(built);
		return installed;
	}
	free(installed);
	return built;
}

/* The release that the lab runs; built where it is missing.  NULL: that has been said. */
static char *find_release(const char *kernel)
{
	char *lab = paths_cache("lab"), *release = lab_release(kernel);

	process_catch_signals();
	if (release && access(lab, W_OK)) {
		error("%s: %s; set BUILD=DIR to a directory of yours", lab, strerror(errno));
		free(release);
		release = NULL;
	} else if (!release && lab_build("amd", kernel)) {
		release = lab_release(kernel);
	}
	if (!release && process_interrupted)
		error("interrupted while the lab was built; what is built is kept");
	free(lab);
	return release;
}

static bool find_parts(struct parts *p, const struct profile_options *o)
{
	char *name;

	*p = (struct parts){ 0 };
	if (!paths_need_cache())
		return false;
	*p = (struct parts){
		.probe = paths_data("probe.elf"),
		.plugin = o->plugin ? xstrdup(o->plugin) : find_plugin(),
	};
	if (access(p->plugin, R_OK)) {
		error("%s: %s; run: make tools", p->plugin, strerror(errno));
		return false;
	}
	if (!profile_has_operation(p->probe, o->op))
		return false;
	p->release = find_release(o->kernel);
	if (!p->release)
		return false;
	p->marks = profile_marks(p->probe);
	name = xasprintf("modules/%s", p->release);
	p->modules = o->modules ? xstrdup(o->modules) : paths_cache(name);
	free(name);
	if (p->marks)
		p->symbols = symbols_path(p->release, p->modules);
	return p->symbols;
}

bool profile_ready(const struct profile_options *o)
{
	struct parts p;
	bool ready = find_parts(&p, o);

	free_parts(&p);
	return ready;
}

enum profile_end profile_boot(struct profile_boot *b, const struct profile_options *o)
{
	enum profile_end end = PROFILE_FAILED;
	struct parts p;

	*b = (struct profile_boot){ 0 };
	if (find_parts(&p, o)) {
		b->release = xstrdup(p.release);
		end = boot_with(b, o, &p);
	}
	free_parts(&p);
	return end != PROFILE_TAKEN && process_interrupted ? PROFILE_INTERRUPTED : end;
}

void profile_boot_free(struct profile_boot *b)
{
	trace_free(&b->trace);
	symbols_free(&b->symbols);
	json_decref(b->meta);
	json_decref(b->op);
	free(b->release);
}

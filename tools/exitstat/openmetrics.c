// SPDX-License-Identifier: GPL-2.0-only
#include "exitstat/openmetrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exitstat/reasons.h"
#include "version.h"

/* Where the vCPUs' time goes, but for the guest's own; the first three also by reason. */
static const struct {
	const char *name;
	int selector;
} states[] = {
	{ "kernel", KVM_EXIT_STATS_KERNEL },	 { "user", KVM_EXIT_STATS_USER },
	{ "halted", KVM_EXIT_STATS_HALTED },	 { "guest", KVM_EXIT_STATS_GUEST },
	{ "descheduled", KVM_EXIT_STATS_SCHED }, { "paused", KVM_EXIT_STATS_PAUSED },
};

#define STATES	      (sizeof(states) / sizeof(states[0]))
#define REASON_STATES 3

static void family(FILE *file, const char *name, const char *type, const char *help)
{
	fprintf(file, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

/* The label vcpu, with a comma behind it where others follow; a sum over all has none. */
static void vcpu(FILE *file, const struct report *report, const char *comma)
{
	if (report->scope->vcpu)
		fprintf(file, "vcpu=\"%u\"%s", report->scope->cpu, comma);
}

static void count(FILE *file, const char *name, const struct report *report, uint64_t value)
{
	fprintf(file, "%s%s", name, report->scope->vcpu ? "{" : "");
	vcpu(file, report, "}");
	fprintf(file, " %" PRIu64 "\n", value);
}

/* In seconds where the host says how long a tick is, else in cycles: the names differ. */
static void duration(FILE *file, const struct report *report, uint64_t cycles)
{
	char text[SECONDS_BYTES];

	if (report->host->tsc_khz)
		fprintf(file, "} %s\n", seconds(text, cycles, report->host->tsc_khz));
	else
		fprintf(file, "} %" PRIu64 "\n", cycles);
}

static const char *unit(const struct report *report)
{
	return report->host->tsc_khz ? "seconds" : "cycles";
}

static void exits(FILE *file, const struct report *report)
{
	for (unsigned int i = 0; i < report->layout->nr; i++) {
		uint64_t value = report->delta->reasons[i].val[KVM_EXIT_STATS_EXITS];
		char name[NAME_BYTES];

		if (!value)
			continue;
		fputs("exitstat_exits_total{", file);
		vcpu(file, report, ",");
		fprintf(file, "reason=\"%s\"} %" PRIu64 "\n", name_of(name, report->layout, i),
			value);
	}
}

static void exit_times(FILE *file, const struct report *report)
{
	for (unsigned int i = 0; i < report->layout->nr; i++) {
		const uint64_t *val = report->delta->reasons[i].val;
		char name[NAME_BYTES];

		for (size_t s = 0; val[KVM_EXIT_STATS_EXITS] && s < REASON_STATES; s++) {
			fprintf(file, "exitstat_exit_%s_total{", unit(report));
			vcpu(file, report, ",");
			fprintf(file, "reason=\"%s\",state=\"%s\"",
				name_of(name, report->layout, i), states[s].name);
			duration(file, report, val[states[s].selector]);
		}
	}
}

static void state_times(FILE *file, const struct report *report)
{
	for (size_t s = 0; s < STATES; s++) {
		fprintf(file, "exitstat_state_%s_total{", unit(report));
		vcpu(file, report, ",");
		fprintf(file, "state=\"%s\"", states[s].name);
		duration(file, report, report->delta->val[states[s].selector]);
	}
}

void openmetrics_write(FILE *file, const struct report *reports, unsigned int nr)
{
	static const struct {
		const char *name, *help;
		int selector;
	} counts[] = {
		{ "exitstat_user_returns", "Exits that the VMM handled.",
		  KVM_EXIT_STATS_USER_RETURNS },
		{ "exitstat_l2_exits", "Exits of nested guests.", KVM_EXIT_STATS_L2_EXITS },
	};
	char name[64];

	family(file, "exitstat_run_info", "gauge", "Who counts.");
	fprintf(file, "exitstat_run_info{version=\"" VERSION "\",isa=\"%s\"} 1\n",
		reports->layout->isa == KVM_EXIT_STATS_ISA_SVM ? "SVM" : "VMX");
	family(file, "exitstat_exits", "counter", "VM exits by reason.");
	for (unsigned int i = 0; i < nr; i++)
		exits(file, &reports[i]);
	snprintf(name, sizeof(name), "exitstat_exit_%s", unit(reports));
	family(file, name, "counter", "What the exits of a reason took, by who spent it.");
	for (unsigned int i = 0; i < nr; i++)
		exit_times(file, &reports[i]);
	snprintf(name, sizeof(name), "exitstat_state_%s", unit(reports));
	family(file, name, "counter", "Where the time of the vCPUs went.");
	for (unsigned int i = 0; i < nr; i++)
		state_times(file, &reports[i]);
	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		family(file, counts[c].name, "counter", counts[c].help);
		snprintf(name, sizeof(name), "%s_total", counts[c].name);
		for (unsigned int i = 0; i < nr; i++)
			count(file, name, &reports[i], reports[i].delta->val[counts[c].selector]);
	}
	fputs("# EOF\n", file);
}

/* --- the file ------------------------------------------------------------------ */

static struct {
	const char *path; /* NULL: it is written straight */
	char *text;
	size_t size;
} pending;

FILE *openmetrics_open(const char *path)
{
	struct stat there;

	pending.path = NULL;
	/* A link too, or /dev/stdout would be replaced. */
	if (!lstat(path, &there) && !S_ISREG(there.st_mode))
		return fopen(path, "we");
	pending.path = path;
	return open_memstream(&pending.text, &pending.size);
}

/* A collector of another user reads it: not with the mode of a temporary file. */
static bool write_all(int fd)
{
	mode_t mask = umask(0);
	size_t done = 0;

	umask(mask);
	if (fchmod(fd, 0666 & ~mask))
		return false;
	while (done < pending.size) {
		ssize_t got = write(fd, pending.text + done, pending.size - done);

		if (got < 0 && errno != EINTR)
			return false;
		done += got > 0 ? (size_t)got : 0;
	}
	/* Or after a crash the new name may have an empty file. EINVAL: nothing to be synced. */
	return !fsync(fd) || errno == EINVAL;
}

bool openmetrics_close(FILE *file)
{
	char *temporary = NULL;
	bool done;
	int fd, saved;

	if (fclose(file))
		return false;
	if (!pending.path)
		return true;
	/* Its name does not end in .prom: no collector takes it. */
	if (asprintf(&temporary, "%s.XXXXXX", pending.path) < 0)
		return false;
	fd = mkostemp(temporary, O_CLOEXEC);
	done = fd >= 0 && write_all(fd);
	saved = errno;
	if (fd >= 0 && close(fd) && done) {
		saved = errno;
		done = false;
	}
	if (done && rename(temporary, pending.path)) {
		saved = errno;
		done = false;
	}
	if (!done && fd >= 0)
		unlink(temporary);
	free(temporary);
	free(pending.text);
	errno = saved;
	return done;
}

// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "counts/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/message.h"
#include "lib/process.h"

/* exitprobe-PID-START: the process's number may come again, but not with its start. */
#define PREFIX	  "exitprobe-"
#define NAME_SIZE 64

/* Ten seconds. */
#define REMOVE_TRIES	1000
#define REMOVE_PAUSE_US 10000

struct instance {
	struct tracefs_instance *tracefs;
	pid_t remover;
	int alive; /* as long as this is open, we are there */
};

struct tracefs_instance *instance_tracefs(struct instance *instance)
{
	return instance->tracefs;
}

/* When process @pid began, in ticks since the host's boot (proc(5), stat); 0: there is none. */
static unsigned long long start_of(pid_t pid)
{
	char path[32], text[1024], *behind;
	unsigned long long start = 0;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = '\0';
	/* The name may have blanks and brackets. */
	behind = strrchr(text, ')');
	for (int i = 0; behind && i < 20; i++)
		behind = strchr(behind + 1, ' ');
	if (behind)
		start = strtoull(behind, NULL, 10);
	return start;
}

/* Remove the instance @name if it is one of ours and its process is there no more. */
static int remove_stale(const char *name, void *unused)
{
	struct tracefs_instance *stale;
	unsigned long long start;
	int pid;

	(void)unused;
	if (sscanf(name, PREFIX "%d-%llu", &pid, &start) != 2 || start_of(pid) == start)
		return 0;
	stale = tracefs_instance_create(name);
	if (stale) {
		tracefs_event_disable(stale, NULL, NULL);
		tracefs_instance_destroy(stale);
		tracefs_instance_free(stale);
	}
	return 0;
}

/* In the other process, once the first one has ended: remove what it has left. */
static void remove_left(const void *name)
{
	struct tracefs_instance *left;

	if (!tracefs_instance_exists(name))
		return;
	left = tracefs_instance_create(name);
	if (left)
		tracefs_event_disable(left, NULL, NULL);
	/* The first one's end closes our pipe before its files there. */
	for (int i = 0; left && i < REMOVE_TRIES && tracefs_instance_destroy(left); i++)
		usleep(REMOVE_PAUSE_US);
}

struct instance *instance_open(char *why, size_t size)
{
	struct instance *instance = xcalloc(1, sizeof(*instance));
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), PREFIX "%d-%llu", getpid(), start_of(getpid()));
	tracefs_instances_walk(remove_stale, NULL);
	instance->remover = process_outlive(remove_left, name, &instance->alive);
	if (instance->remover < 0) {
		snprintf(why, size, "no process can be started: %s", strerror(errno));
		free(instance);
		return NULL;
	}
	instance->tracefs = tracefs_instance_create(name);
	if (instance->tracefs)
		return instance;
	snprintf(why, size, "tracefs: an instance cannot be made: %s", strerror(errno));
	instance_close(instance);
	return NULL;
}

void instance_close(struct instance *instance)
{
	if (instance->tracefs) {
		tracefs_event_disable(instance->tracefs, NULL, NULL);
		tracefs_instance_destroy(instance->tracefs);
		tracefs_instance_free(instance->tracefs);
	}
	close(instance->alive);
	waitpid(instance->remover, NULL, 0);
	free(instance);
}

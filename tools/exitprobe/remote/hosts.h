/* SPDX-License-Identifier: GPL-2.0-only */
/* The machines of run --host, as ssh is given them. */
#ifndef REMOTE_HOSTS_H
#define REMOTE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#define HOSTS_MAX 10000

struct hosts {
	size_t count;
	char **names;	 /* "root@web1", for ssh */
	char **machines; /* "web1", which names the file */
};

/*
 * Add those of @list, "root@web1,web2".  False: @message says which is none, or is there
 * twice.  No name that is taken has a sign that ssh, a shell or a path would read as more
 * than a part of a name.
 */
bool hosts_add(struct hosts *hosts, const char *list, char *message, size_t size);

#endif

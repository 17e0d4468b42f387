/* SPDX-License-Identifier: GPL-2.0-only */
/* What the probe knows by itself, without measuring anything: its operations. */
#ifndef VM_PROBE_ASK_H
#define VM_PROBE_ASK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Boot @probe in @qemu under plain emulation with @keys as its command line, "list" for
 * example.  Returns what it prints, for the caller to free, or NULL: @message has one
 * line that says why, and *@refused whether it is the probe's own, about its keys.
 */
char *probe_ask(const char *qemu, const char *probe, const char *keys, bool *refused, char *message,
		size_t size);

/*
 * What @probe has against @ops and @skip, which may be empty, in one line for the caller
 * to free: "the probe: ops=nopp: no such operation; ...".  NULL: nothing, or it cannot be
 * asked, which whatever boots it next will say.
 */
char *probe_objection(const char *probe, const char *ops, const char *skip);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of everything that is built here: the probe, exitprobe, exitstat. */
#ifndef VERSION_H
#define VERSION_H

#define VERSION "0.2"

#endif

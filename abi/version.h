/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VERSION_H
#define VERSION_H

#include "build-id.h" /* made by the Makefile: BUILD_ID, a hash of the sources */

#define VERSION "0.1"

#endif

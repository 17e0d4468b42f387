#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# selftest.t under another kernel, with its library.
exec "$(dirname "$0")/selftest.t" 6.12

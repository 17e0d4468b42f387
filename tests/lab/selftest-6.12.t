#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# selftest.t under another kernel, with its library.
. "$(dirname "$0")/../lib/tap.sh"
[ -n "$other_kernel" ] || skip_all "Linux 6.12 is the default kernel here, under which selftest.t runs"
exec "$(dirname "$0")/selftest.t" 6.12

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# counts.t under another kernel.
. "$(dirname "$0")/../lib/tap.sh"
[ -n "$other_kernel" ] || skip_all "Linux 6.12 is the default kernel here, under which counts.t runs"
exec "$(dirname "$0")/counts.t" 6.12

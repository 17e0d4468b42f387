#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# module.t under another kernel.
. "$(dirname "$0")/../lib/tap.sh"
[ -n "$other_kernel" ] || skip_all "Linux 6.12 is the default kernel here, under which module.t runs"
exec "$(dirname "$0")/module.t" 6.12

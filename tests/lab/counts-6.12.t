#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# counts.t under another kernel.
exec "$(dirname "$0")/counts.t" 6.12

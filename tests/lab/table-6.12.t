#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# table.t under another kernel.
exec "$(dirname "$0")/table.t" 6.12

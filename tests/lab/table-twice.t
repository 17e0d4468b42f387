#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# table.t, and that a second run of the whole table prints the same bytes, on both vendors.
exec "$(dirname "$0")/table.t" "" "amd intel" twice

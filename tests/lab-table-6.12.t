#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab-table.t under another kernel.
exec "$(dirname "$0")/lab-table.t" 6.12

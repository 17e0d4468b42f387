#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# module.t under another kernel.
exec "$(dirname "$0")/module.t" 6.12

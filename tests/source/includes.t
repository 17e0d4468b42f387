#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The sources' structure: no circle of headers, and no arrow from a lower folder to a
# higher one.  tests/source/includes.layers has the order of the folders.
. "$(dirname "$0")/../lib/tap.sh"
cd "$top" || exit 1

git ls-files --cached --others --exclude-standard | grep -E '^(abi|probe-os|tools|lab)/.*\.[ch]$' |
	while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done >"$work/files"

# findings SUBJECT LIST: what includes.awk finds of SUBJECT (circles, upward, unplaced) in the files
# of LIST, below this directory.
findings() {
	awk -f "$top/tests/source/includes.awk" -v subject="$1" "$top/tests/source/includes.layers" - <"$2"
}

is "no two headers include each other, directly or around" "$(findings circles "$work/files")" ""
is "no folder includes what lies above it" "$(findings upward "$work/files")" ""
is "every folder has its place in tests/source/includes.layers" "$(findings unplaced "$work/files")" ""

# Of each kind it finds the one that is there, and nothing else.
mkdir -p "$work/made/probe-os/lib" "$work/made/probe-os/cpu" "$work/made/probe-os/new"
cd "$work/made" || exit 1
echo '#include "lib/second.h"' >probe-os/lib/first.h
echo '#include "cpu/third.h"' >probe-os/lib/second.h
echo '#include "lib/first.h"' >probe-os/cpu/third.h
echo >probe-os/new/user.c
find probe-os -type f | sort >"$work/made.files"
is "a circle is found" "$(findings circles "$work/made.files")" \
	"circle: probe-os/cpu/third.h probe-os/lib/first.h probe-os/lib/second.h probe-os/cpu/third.h"
is "an arrow upward is found" "$(findings upward "$work/made.files")" "probe-os/lib/second.h includes probe-os/cpu/third.h"
is "a folder without a place is found" "$(findings unplaced "$work/made.files")" "probe-os/new"
finish

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

# findings SUBJECT FILE...: what includes.awk finds of SUBJECT (circles, upward, unplaced) in files
# listed by standard input.
findings() {
	awk -f tests/source/includes.awk -v subject="$1" tests/source/includes.layers - <"$2"
}

is "no two headers include each other, directly or around" "$(findings circles "$work/files")" ""
is "no folder includes what lies above it" "$(findings upward "$work/files")" ""
is "every folder has its place in tests/source/includes.layers" "$(findings unplaced "$work/files")" ""
finish

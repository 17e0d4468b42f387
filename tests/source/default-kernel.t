#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The lab's default kernel stands in lab/default-kernel alone: scripts, the Makefile and
# the command take it from there.
. "$(dirname "$0")/../lib/tap.sh"
cd "$top" || exit 1

default=$(sed '/^#/d' lab/default-kernel)
like="$(echo "$default" | sed 's/\./\\./')"
is "it is one version" "$(echo "$default" | grep -cxE '[0-9]+\.[0-9]+')" 1
# shellcheck disable=SC2016 # make's variable
is "the Makefile has it" "$(make -s --eval 'show: ; @echo $(KERNEL)' show)" "$default"
is "scripts have it" "$(sh -c 'top=$1; . scripts/common.sh; default_kernel' - "$top")" "$default"
for command in run profile bisect; do
	is "exitprobe $command --help says it" \
		"$("$build/exitprobe" "$command" --help | grep -A 1 -e '--kernel' | grep -c "($like)")" 1
done
# Comments, and what is said of this kernel whether it is the default or not, are others'.
is "no other file sets it" "$(git grep -nE "(^|[=\" :-])$like([\" })]|\$)" -- Makefile scripts lab tests/lib 'tools/*.[ch]' \
	'host-patch/[a-z]*' ':!host-patch/core' ':!host-patch/hooks' ':!host-patch/series' ':!host-patch/selftest' \
	':!lab/default-kernel' | grep -vE '^[^:]*:[0-9]*:[[:space:]]*(#|/?\*)|/\* "6|known are Linux|the source of Linux 6\.1 to')" ""
finish

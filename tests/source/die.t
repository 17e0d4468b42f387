#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Only commands end the process: what they call says what is wrong and returns it, or
# nobody else could call it.  A command's file is one that defines NAME_command(); the
# files at the root of tools/exitprobe are commands' too.  Memory is the exception, and
# lib/message.c has it.
. "$(dirname "$0")/../lib/tap.sh"
cd "$top/tools/exitprobe" || exit 1

# enders FILE...: where a call that ends the process stands in them.
enders() {
	grep -nE '(^|[^A-Za-z0-9_>."])(die|exit|_exit|abort|err|errx)\(' "$@" /dev/null |
		grep -vE ':[0-9]+:(/?[[:space:]]*\*|[[:space:]]*/[/*])'
}

find . -mindepth 2 -name '*.c' ! -path ./lib/message.c -exec grep -LE '^int [a-z_]+_command\(' {} + |
	sort >"$work/library"
# A child that has not become another program may end itself.
# shellcheck disable=SC2046 # names of the sources
is "no library function ends the process" \
	"$(enders $(cat "$work/library") | grep -vE '^\./lib/process\.c:[0-9]+:.*_exit\((0|12[67])\);')" ""
ok "commands do, by die()" grep -q 'die(' report/report.c
printf 'int f(void)\n{\n\tdie("%%s", text);\n}\n' >"$work/f.c"
is "the test finds one" "$(enders "$work/f.c" | cut -d: -f2)" 3
finish

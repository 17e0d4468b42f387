#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make install into an empty prefix, and the installed tool from there.
. "$(dirname "$0")/tap.sh"
root=$work/root
tool=$root/usr/bin/exitprobe
cache=$build

ok "make install" timeout 300 make -C "$top" install PREFIX=/usr DESTDIR="$root"
unset BUILD
cd "$work" || exit 1
export HOME="$work/home"
mkdir home
is "what is installed lies below the prefix" "$(find "$root" -mindepth 1 -maxdepth 2 | sort | tr '\n' ' ')" \
	"$root/usr $root/usr/bin $root/usr/share "
for file in share/man/man1/exitprobe.1 share/bash-completion/completions/exitprobe \
	share/exitprobe/probe.elf share/exitprobe/lab/boot share/exitprobe/host-patch/apply; do
	ok "$file is there" [ -f "$root/usr/$file" ]
done
is "no file is left out of reach for others" "$(find "$root/usr" -not -perm -o=r | wc -l)" 0
is "list" "$(timeout 60 "$tool" list | grep -c '^cpuid ')" 1
ok "run" timeout 100 "$tool" run --accel tcg --ops cpuid -q -o r.json
has "run keeps its results" r.json '"exitprobe_results"'
ok "report" timeout 10 "$tool" report r.json -o r.html
# auto, in a home where no lab was built: a line says what is lost.
timeout 100 "$tool" run --ops cpuid -q 2>err
has "run --accel auto says what it lost" err 'the lab is not built \(--accel lab builds it\)'
# What was built before serves the installed scripts too.
ok "run --accel lab" env BUILD="$cache" timeout 300 "$tool" run --accel lab --ops cpuid -q -o lab.json
is "the lab counts" "$(jq '[.boots[].records[] | select(.op == "cpuid") | .exits // empty][0]' lab.json)" 1
ok "make uninstall" make -C "$top" uninstall PREFIX=/usr DESTDIR="$root"
is "nothing is left" "$(find "$root" -type f | wc -l)" 0
finish

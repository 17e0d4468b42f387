#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The patched modules are the same bytes in clones of different names, built at
# different times.  For each kernel KVM is compiled twice: some minutes.
. "$(dirname "$0")/../lib/tap.sh"

for version in $kernel $other_kernel; do
	release=$(cat "$build/lab/release-$version")
	headers=$(headers_of "$version") source=$(source_of "$version")
	if [ "$version" = "$other_kernel" ]; then
		# These lie in a clone too: they go by another way than the first.
		ok "$version: headers in another directory" cp -a "$build/lab/headers-$version" "$work/headers"
		headers=$work/headers/headers source=$work/headers/source
		sed -i "s|^include .*/usr/src/|include $work/headers/usr/src/|" "$headers/Makefile"
	fi
	for clone in short a-clone-with-a-much-longer-name; do
		mkdir -p "$work/$clone"
		cp -R "$top/host-patch" "$top/abi" "$top/scripts" "$work/$clone/"
		ok "$version: built in $clone" env BUILD="$work/$clone/build" "$work/$clone/host-patch/build-modules" \
			-s "$source" -k "$headers"
		headers=$(headers_of "$version") source=$(source_of "$version")
	done
	for module in kvm kvm-amd kvm-intel; do
		ok "$version: $module.ko is the same bytes" cmp "$work/short/build/modules/$release/$module.ko" \
			"$work/a-clone-with-a-much-longer-name/build/modules/$release/$module.ko"
	done
done

# With a change, and objects of the build before; and without these.
release=$(cat "$build/lab/release-$kernel")
clone=$work/short
for way in "" -f; do
	# shellcheck disable=SC2086 # one word or none
	ok "with a change${way:+, by $way}" env BUILD="$clone/build" "$clone/host-patch/build-modules" $way \
		-s "$(source_of "$kernel")" -k "$(headers_of "$kernel")" \
		-a "$top/tests/data/one-instruction.patch" -o "$work/changed$way"
done
ok "with a change: only some were compiled" [ "$(grep -cE '(CC|AS) \[M\]' "$work/changed.log")" -lt \
	"$(grep -cE '(CC|AS) \[M\]' "$work/changed-f.log")" ]
for module in kvm kvm-amd kvm-intel; do
	ok "with a change: $module.ko is the same bytes" cmp "$work/changed/$module.ko" "$work/changed-f/$module.ko"
done
rm -rf "$work"/changed*
rm -rf "$work/short" "$work/a-clone-with-a-much-longer-name" "$work/headers"
finish

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Shared by the project's shell scripts: messages, progress, paths, hashes, and by
# distribution.sh packages.
# A script sets -eu and $top (the project's root) before it sources this.

# say TEXT...: print what the script does, on standard error.
say() {
	printf '%s\n' "$*" >&2
}

# die TEXT...: print one line and end with status 1.
die() {
	printf '%s: error: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# progress TEXT...: print a line that the next one overwrites, but only on a terminal, so
# that logs stay short.
progress() {
	[ -t 2 ] && printf '\r\033[K%s' "$*" >&2
	return 0
}

progress_end() {
	[ -t 2 ] && printf '\r\033[K' >&2
	return 0
}

# plain_path NAME PATH: end with an error if PATH contains a blank or a special character,
# which make, the kernel's build, sed and QEMU's options do not accept. The Makefile has the
# same list.
plain_path() {
	case $2 in
	*[[:space:]]* | *[[:cntrl:]]* | *[\;:\|\&\<\>\$\`\\\"\'*?#=%,!{}^~\(\)]* | *\[* | *\]*)
		die "$2 ($1): has a blank or a special character, which make and QEMU do not take; name another directory"
		;;
	esac
}

. "$top/scripts/distribution.sh"

# kernel_version DIR: print the x.y.z of the kernel tree, or of the headers, in DIR. RHEL's
# also has the release, which changes more between its kernels than x.y.z does.
kernel_version() {
	cat "$1/Makefile" "$1/Makefile.rhelver" 2>/dev/null | awk '
		$2 == "=" && $1 ~ /^(VERSION|PATCHLEVEL|SUBLEVEL|RHEL_MAJOR|RHEL_MINOR|RHEL_RELEASE)$/ && !($1 in v) { v[$1] = $3 }
		END {
			printf "%s.%s.%s", v["VERSION"], v["PATCHLEVEL"], v["SUBLEVEL"]
			if ("RHEL_RELEASE" in v)
				printf "-%s.el%s_%s", v["RHEL_RELEASE"], v["RHEL_MAJOR"], v["RHEL_MINOR"]
			print ""
		}'
}

# Scripts change their directory, so BUILD must be absolute.
case ${BUILD:-} in
'' | /*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
plain_path "the checkout" "$top"
plain_path BUILD "${BUILD:-}"

# writable_dir DIR: create it if it is missing. End with an error if this user cannot
# create it or write to it.
writable_dir() {
	[ -d "$1" ] || reason=$(LC_ALL=C mkdir -p "$1" 2>&1) ||
		die "${reason#mkdir: }; set BUILD=DIR to a directory of yours"
	[ -w "$1" ] && [ -x "$1" ] ||
		die "$1: belongs to $(stat -c %U "$1") and cannot be written by $(id -un); set BUILD=DIR to a directory of yours"
}

# need_build: create $build and check that it is writable. Mark it as exitprobe's if it is
# new, empty or the checkout's own, because make clean removes only a marked one. The first
# line of the mark is the directory of the sources.
need_build() {
	mark=$build/.exitprobe-build
	ours=1
	if [ -d "$build" ] && [ ! -f "$mark" ] && [ "$build" != "$top/build" ]; then
		[ -z "$(ls -A "$build" 2>/dev/null)" ] || ours=
	fi
	writable_dir "$build"
	# Another user may have created directories in it, as by sudo make.
	for directory in "$build"/*/ "$build"/lab/*/ "$build"/modules/*/; do
		[ ! -d "$directory" ] || writable_dir "${directory%/}"
	done
	[ -z "$ours" ] || [ "$(head -n 1 "$mark" 2>/dev/null)" = "$top" ] ||
		printf '%s\n%s\n' "$top" "A build directory of exitprobe; make clean removes it." >"$mark"
}

# number_in TEXT LEAST MOST: set $number to the decimal number TEXT, without leading zeros, or fail if
# it is none from LEAST to MOST. The shell's arithmetic takes 010 for 8, and 08 for an error.
number_in() {
	case $1 in
	'' | *[!0-9]*) return 1 ;;
	esac
	number=${1#"${1%%[!0]*}"}
	number=${number:-0}
	# test(1) does not take more digits than a long has.
	[ ${#number} -le ${#3} ] && [ "$number" -ge "$2" ] && [ "$number" -le "$3" ]
}

# content_hash FILE...: print one hash of all names and contents.
content_hash() {
	sha256sum "$@" | sha256sum | cut -c 1-16
}

# What KVM is compiled from, as patterns in a Linux tree: its directories, and its headers outside of
# these. The others in arch/x86/include are shared with the rest of the kernel. Of KVM's own the kernel
# itself includes some, too: docs/profile.md, "KVM's headers", says what that means.
kvm_directories="virt arch/x86/kvm"
kvm_headers="arch/x86/include/asm/kvm*.h arch/x86/include/asm/svm.h arch/x86/include/asm/vmx.h
	arch/x86/include/asm/msr-index.h arch/x86/include/uapi/asm/kvm*.h arch/x86/include/uapi/asm/svm.h
	arch/x86/include/uapi/asm/vmx.h include/kvm/*.h include/linux/kvm*.h include/uapi/linux/kvm*.h
	include/trace/events/kvm.h"

# present DIR PATTERNS: print what DIR has of them, one a line. PATTERNS is one word, since the caller's
# own directory may be a Linux tree.
present() (
	cd "$1" || exit
	for file in $2; do
		[ ! -e "$file" ] || printf '%s\n' "$file"
	done
)

# tree_hashes DIR NAME...: print hashes of the files in these directories of DIR, and of these files.
tree_hashes() (
	cd "$1" || exit
	shift
	find "$@" -type f -exec sha256sum {} + | LC_ALL=C sort -k 2
)

# file_hashes FILE...: print hashes as sha256sum does, but read each file only once.
# $build/hashes keeps the hash of each file under attributes that change whenever its
# contents do.
file_hashes() {
	mkdir -p "$build"
	touch "$build/hashes"
	for file in "$@"; do
		[ -r "$file" ] || die "$file: cannot be read"
	done
	stat -L -c '%d:%i:%s:%.9Y:%.9Z %n' "$@" |
		awk -v known="$build/hashes" '
			BEGIN { while ((getline <known) > 0) hash[$1] = $2 }
			{ print ($1 in hash ? hash[$1] : "-"), $0 }' |
		while read -r hash id file; do
			if [ "$hash" = - ]; then
				hash=$(sha256sum <"$file")
				hash=${hash%% *}
				echo "$id $hash" >>"$build/hashes"
			fi
			printf '%s  %s\n' "$hash" "$file"
		done
}

# version: print that of exitprobe.
version() {
	sed -n 's/^#define VERSION "\(.*\)"$/\1/p' "$top/abi/version.h"
}

# need_space DIR MIB [VARIABLE]: end with an error if DIR, which VARIABLE (BUILD) names, has
# less free space.
need_space() {
	writable_dir "$1"
	free_mib=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$free_mib" -ge "$2" ] ||
		die "$1: $free_mib MiB free, $2 MiB needed; free some space or set ${3:-BUILD}=DIR"
}

# scratch DIR NAME: set $work to a new directory DIR/NAME.XXXXXX. It belongs to this process
# as long as the process or a child has descriptor 9 open. Remove the directories of
# processes that were killed first.
scratch() {
	exec 8>"$1/scratch.lock"
	flock 8
	for left in "$1"/boot.?????? "$1"/guest.?????? "$1"/bench.?????? "$1"/job.?????? \
		"$1"/profile.?????? "$1"/watch.?????? "$1"/history.??????; do
		[ ! -e "$left" ] || ! flock -n "$left" true || rm -rf "$left" "$left.hashes"
	done
	work=$(mktemp -d "$1/$2.XXXXXX")
	exec 9<"$work"
	flock 9
	exec 8>&-
}

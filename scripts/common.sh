# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Shared by the project's shell scripts: messages, progress, paths, packages, hashes.
# A script sets -eu and $top (the project's root) before it sources this.

# say TEXT...: what is being done, on standard error.
say() {
	printf '%s\n' "$*" >&2
}

# die TEXT...: one clear line, exit status 1.
die() {
	printf '%s: error: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# progress TEXT...: a line that the next one overwrites on a terminal; nothing
# elsewhere, so that logs stay short.
progress() {
	[ -t 2 ] && printf '\r\033[K%s' "$*" >&2
	return 0
}

progress_end() {
	[ -t 2 ] && printf '\r\033[K' >&2
	return 0
}

# plain_path NAME PATH: make, the kernel's build, sed and QEMU's options do not take a
# path with a blank or one of their own signs in it.  The Makefile has the same list.
plain_path() {
	case $2 in
	*[[:space:]]* | *[[:cntrl:]]* | *[\;:\|\&\<\>\$\`\\\"\'*?#=%,!{}^~\(\)]* | *\[* | *\]*)
		die "$2 ($1): has a blank or a special character, which make and QEMU do not take; name another directory"
		;;
	esac
}

# default_kernel: Linux of the lab where none is named.  The Makefile reads the same file.
default_kernel() {
	sed '/^#/d' "$top/lab/default-kernel"
}

# Scripts change their directory.
case ${BUILD:-} in
'' | /*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
plain_path "the checkout" "$top"
plain_path BUILD "${BUILD:-}"

# writable_dir DIR: make it where it is missing; one line where that, or writing in it,
# is not for this user.
writable_dir() {
	[ -d "$1" ] || reason=$(LC_ALL=C mkdir -p "$1" 2>&1) ||
		die "${reason#mkdir: }; set BUILD=DIR to a directory of yours"
	[ -w "$1" ] && [ -x "$1" ] ||
		die "$1: belongs to $(stat -c %U "$1") and cannot be written by $(id -un); set BUILD=DIR to a directory of yours"
}

# need_build: $build is there and can be written.  One that is new or empty, and the
# checkout's own, is marked as exitprobe's: make clean removes no other.  The mark's first
# line is where the sources are.
need_build() {
	mark=$build/.exitprobe-build
	ours=1
	if [ -d "$build" ] && [ ! -f "$mark" ] && [ "$build" != "$top/build" ]; then
		[ -z "$(ls -A "$build" 2>/dev/null)" ] || ours=
	fi
	writable_dir "$build"
	# What another user has made in it, as by sudo make.
	for directory in "$build"/*/ "$build"/lab/*/ "$build"/modules/*/; do
		[ ! -d "$directory" ] || writable_dir "${directory%/}"
	done
	[ -z "$ours" ] || [ "$(head -n 1 "$mark" 2>/dev/null)" = "$top" ] ||
		printf '%s\n%s\n' "$top" "A build directory of exitprobe; make clean removes it." >"$mark"
}

# missing_packages NAME...: those that dpkg does not have installed.
missing_packages() {
	for package in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || printf '%s ' "$package"
	done
}

# need_packages NAME...: install what is missing, or as another user than root
# name the one command that does.
need_packages() {
	missing=$(missing_packages "$@")
	missing=${missing% }
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		die "packages missing; as root: apt-get install -y --no-install-recommends $missing"
	fi
	say "packages: installing $missing"
	apt_log=$(mktemp)
	# shellcheck disable=SC2086 # a list
	if ! { apt-get update -q &&
		DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
			--no-install-recommends -o DPkg::Lock::Timeout=120 $missing; } >"$apt_log" 2>&1; then
		tail -n 5 "$apt_log" >&2
		rm -f "$apt_log"
		die "cannot install $missing; see the lines above"
	fi
	rm -f "$apt_log"
}

# content_hash FILE...: one hash over names and contents.
content_hash() {
	sha256sum "$@" | sha256sum | cut -c 1-16
}

# file_hashes FILE...: as sha256sum prints them, but what has been read once is not read
# again: $build/hashes has the hash of each file by what changes whenever its
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

# need_space DIR MIB: refuse to begin what cannot end.
need_space() {
	writable_dir "$1"
	free_mib=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$free_mib" -ge "$2" ] ||
		die "$1: $free_mib MiB free, $2 MiB needed; free some space or set BUILD=DIR"
}

# scratch DIR NAME: $work, a new directory DIR/NAME.XXXXXX, which is this process's as
# long as it, or a child, has descriptor 9 open.  Those of processes that were killed, and
# so could not remove them, go first.
scratch() {
	exec 8>"$1/scratch.lock"
	flock 8
	for left in "$1"/boot.?????? "$1"/guest.?????? "$1"/bench.?????? "$1"/job.?????? \
		"$1"/profile.??????; do
		[ ! -e "$left" ] || ! flock -n "$left" true || rm -rf "$left" "$left.hashes"
	done
	work=$(mktemp -d "$1/$2.XXXXXX")
	exec 9<"$work"
	flock 9
	exec 8>&-
}

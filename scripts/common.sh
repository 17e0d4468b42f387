# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Shared by the project's shell scripts: messages, progress, packages, hashes.
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

# need_space DIR MIB: refuse to begin what cannot end.
need_space() {
	mkdir -p "$1"
	free_mib=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$free_mib" -ge "$2" ] ||
		die "$1: $free_mib MiB free, $2 MiB needed; free some space or set BUILD=DIR"
}

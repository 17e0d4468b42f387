# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What depends on the distribution: the lab's default kernel and the names of packages. Part of
# scripts/common.sh. EXITPROBE_ROOT is the directory whose etc/os-release and packages count;
# the tests set it.

# os_release FIELD: print it without quotes, or nothing.
os_release() {
	for os_file in "${EXITPROBE_ROOT:-}/etc/os-release" "${EXITPROBE_ROOT:-}/usr/lib/os-release"; do
		[ -r "$os_file" ] || continue
		sed -n "s/^$1=//p" "$os_file" | tail -n 1 | tr -d "\"'"
		return
	done
}

# family: print whose packages the distribution has: debian, ubuntu, fedora, rhel, suse or arch.
# Fail for one that nobody knows. What a distribution is like (ID_LIKE) follows its own name.
family() {
	for os_id in $(os_release ID) $(os_release ID_LIKE); do
		case $os_id in
		debian | ubuntu | fedora | arch) echo "$os_id" ;;
		rhel | centos | almalinux | rocky | ol) echo rhel ;;
		suse | opensuse* | sles | sled) echo suse ;;
		*) continue ;;
		esac
		return 0
	done
	return 1
}

# distribution_name: print it as people know it.
distribution_name() {
	for os_field in PRETTY_NAME NAME ID; do
		os_name=$(os_release $os_field)
		[ -z "$os_name" ] || break
	done
	echo "${os_name:-a system without /etc/os-release}"
}

# needs_debian WHAT: print why it cannot be done here, and where it can.
needs_debian() {
	echo "$1 needs Debian's packages, and this is $(distribution_name); run it in a container: podman run --rm -v \"\$PWD\":/exitprobe:Z -w /exitprobe debian:13 sh -c 'apt-get update && apt-get install -y make && make run BUILD=build/debian'"
}

# kernel_of DEPENDENCY...: print x.y of the first linux-headers-x.y.z among the words.
kernel_of() {
	printf '%s\n' "$@" | sed -n 's/.*linux-headers-\([0-9]*\.[0-9]*\)\..*/\1/p' | head -n 1
}

# default_kernel: print the lab's Linux where none is named. The Makefile calls this, too.
default_kernel() {
	os_id=$(os_release ID) os_version=$(os_release VERSION_ID)
	os_kernel=$(awk -v id="$os_id" -v version="$os_version" \
		'!/^#/ && $1 == id && $2 == version { print $3 }' "$top/lab/default-kernel")
	if [ -z "$os_kernel" ] && [ "$(family)" = debian ] && command -v apt-cache >/dev/null; then
		# shellcheck disable=SC2046 # words
		os_kernel=$(kernel_of $(apt-cache depends linux-headers-amd64 2>/dev/null))
	fi
	[ -n "$os_kernel" ] || os_kernel=$(awk '$1 == "*" { print $3 }' "$top/lab/default-kernel")
	echo "$os_kernel"
}

# --- packages -------------------------------------------------------------------------

# packages_of COLUMN GROUP...: print a line "CHECK PACKAGE,..." for each line of scripts/packages
# that has packages in that column.
packages_of() {
	pkg_column=$1
	shift
	awk -v column="$pkg_column" -v groups="$*" -v kernel="$(default_kernel)" '
		BEGIN { count = split(groups, group, " ") }
		/^# groups / { for (i = 2; i <= NF; i++) if ($i == column) field = i - 1 }
		/^#/ || NF == 0 || $field == "-" { next }
		{
			for (i = 1; i <= count; i++) {
				if (!index("," $1 ",", "," group[i] ",")) continue
				gsub(/%k/, kernel, $field)
				if (!seen[$2, $field]++) print $2, $field
			}
		}' "$top/scripts/packages"
}

# names: print the packages on standard input, which packages_of has printed, in one line.
names() {
	cut -d ' ' -f 2 | tr , '\n' | awk '!seen[$0]++' | xargs
}

# is_there CHECK: succeed if that command, header or static library is there.
is_there() {
	case $1 in
	*.h) printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$1" | "${CC:-gcc}" -E - >/dev/null 2>&1 ;;
	*.a) "${CC:-gcc}" -print-file-name="$1" 2>/dev/null | grep -q / ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# absent: of the lines of packages_of on standard input print those that are not there, as far
# as that can be seen.
absent() {
	while read -r pkg_check pkg_names; do
		[ "$pkg_check" = - ] || is_there "$pkg_check" || echo "$pkg_check $pkg_names"
	done
}

# install_command FAMILY NAME...: print the command that installs the packages.
install_command() {
	pkg_family=$1
	shift
	case $pkg_family in
	debian | ubuntu) echo "apt-get install -y --no-install-recommends $*" ;;
	fedora) echo "dnf install $*" ;;
	rhel)
		# glibc-static and jansson-devel are in a repository that is off at first.
		case $(os_release ID) in
		rhel) pkg_more="codeready-builder-for-rhel-$(os_release VERSION_ID | cut -d . -f 1)-x86_64-rpms" ;;
		ol) pkg_more="ol$(os_release VERSION_ID | cut -d . -f 1)_codeready_builder" ;;
		*) pkg_more=crb ;;
		esac
		echo "dnf install --enablerepo=$pkg_more $*"
		;;
	suse) echo "zypper install $*" ;;
	arch) echo "pacman -S --needed $*" ;;
	esac
}

# headers_package RELEASE: print the package with the headers of that kernel, or nothing where
# the distribution is not known.
headers_package() {
	case $(family) in
	debian | ubuntu) echo "linux-headers-$1" ;;
	fedora | rhel) echo "kernel-devel-$1" ;;
	suse) echo "kernel-${1##*-}-devel" ;;
	arch)
		# 6.11.5-arch1-1, 6.6.58-1-lts, 6.11.5-zen1-1-zen
		case $1 in
		*-lts | *-zen | *-hardened | *-rt) echo "linux-${1##*-}-headers" ;;
		*) echo linux-headers ;;
		esac
		;;
	esac
}

# no_headers DIR RELEASE: print that they are missing there and which package has them.
no_headers() {
	pkg_family=$(family) || pkg_family=
	pkg_name=$(headers_package "$2")
	echo "$1: no prepared kernel headers there; ${pkg_name:+as root: $(install_command "$pkg_family" "$pkg_name"), }or give -k DIR"
}

# missing_packages NAME...: print those that are not installed, by dpkg.
missing_packages() {
	for package in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || printf '%s ' "$package"
	done
}

# need_packages NAME...: install the missing Debian packages as root. As another user print the
# command that does this, and end.
need_packages() {
	missing=$(missing_packages "$@")
	missing=${missing% }
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		# shellcheck disable=SC2086 # a list
		die "packages missing; as root: $(install_command debian $missing)"
	fi
	# One at a time: `make -j` asks for several groups at once, and apt-get update does not
	# wait for another one. What the other has installed is not missing any more.
	exec 8>"${TMPDIR:-/tmp}/exitprobe-packages.lock"
	flock -w 900 8 || die "cannot install $missing: another installation has run for 15 minutes"
	missing=$(missing_packages "$@")
	missing=${missing% }
	[ -z "$missing" ] || install_packages "$missing"
	exec 8>&-
}

# install_packages "NAME...": install them, as root.
install_packages() {
	say "packages: installing $1"
	apt_log=$(mktemp)
	# shellcheck disable=SC2086 # a list
	if ! { apt-get update -q &&
		DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
			--no-install-recommends -o DPkg::Lock::Timeout=120 $1; } >"$apt_log" 2>&1; then
		apt_why=$(grep -oE -m 1 '(Could not|Temporary failure|Unable to) (resolve|resolving|connect).*' \
			"$apt_log") || tail -n 5 "$apt_log" >&2
		rm -f "$apt_log"
		[ -z "$apt_why" ] || die "cannot install $1: no network ($apt_why)"
		die "cannot install $1; see the lines above"
	fi
	rm -f "$apt_log"
}

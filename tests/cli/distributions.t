#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the scripts say and find on other distributions, by roots that have their os-release and
# their files where these put them: the command for missing packages, where the lab runs, headers
# and source of the kernel. None of them has run here.
. "$(dirname "$0")/../lib/tap.sh"
need=$top/scripts/need find=$top/host-patch/find-source
mkdir -p "$work/empty" "$work/home"
export HOME="$work/home"
unset SUDO_USER

# system NAME LINE...: $EXITPROBE_ROOT, where /etc/os-release has these lines.
system() {
	export EXITPROBE_ROOT="$work/$1"
	shift
	mkdir -p "$EXITPROBE_ROOT/etc"
	printf '%s\n' "$@" >"$EXITPROBE_ROOT/etc/os-release"
}

# Commands that are always there, and nothing of what is needed.
mkdir -p "$work/bin"
for tool in sh awk sed cut tr xargs grep id dirname uniq sort cat tail head uname getent; do
	ln -s "$(command -v $tool)" "$work/bin/$tool"
done
ln -s /bin/echo "$work/bin/echo"
bare() {
	env PATH="$work/bin" "$@"
}

# --- packages ----------------------------------------------------------------------------
# wanted DESCRIPTION COMMAND: what is said where everything is missing.
wanted() {
	is "$1: need: status" "$(status_of bare "$need" probe tools)" 1
	is "$1: need: said" "$(cat "$work/err")" "need: error: packages missing; as root: $2"
}
rest="nasm binutils"
system fedora 'NAME="Fedora Linux"' ID=fedora VERSION_ID=41 'PRETTY_NAME="Fedora Linux 41 (Workstation Edition)"'
wanted Fedora "dnf install gcc glibc-devel glibc-static $rest jansson-devel zlib-devel libtracefs-devel libtraceevent-devel qemu-system-x86-core"
system alma 'ID="almalinux"' 'ID_LIKE="rhel centos fedora"' 'VERSION_ID="9.4"'
wanted AlmaLinux "dnf install --enablerepo=crb gcc glibc-devel glibc-static $rest jansson-devel zlib-devel libtracefs-devel libtraceevent-devel"
system rhel 'ID="rhel"' 'ID_LIKE="fedora"' 'VERSION_ID="9.4"'
wanted RHEL "dnf install --enablerepo=codeready-builder-for-rhel-9-x86_64-rpms gcc glibc-devel glibc-static $rest jansson-devel zlib-devel libtracefs-devel libtraceevent-devel"
system tumbleweed 'ID="opensuse-tumbleweed"' 'ID_LIKE="opensuse suse"'
wanted openSUSE "zypper install gcc glibc-devel glibc-devel-static $rest libjansson-devel zlib-devel libtracefs-devel libtraceevent-devel qemu-x86"
system arch ID=arch
wanted Arch "pacman -S --needed gcc glibc $rest jansson zlib libtracefs libtraceevent qemu-system-x86"
system manjaro ID=manjaro ID_LIKE=arch
wanted "one that is like Arch" "pacman -S --needed gcc glibc $rest jansson zlib libtracefs libtraceevent qemu-system-x86"

# Where all is there, it needs no package, whoever has installed it.
for name in fedora arch void; do
	system $name ID=$name
	is "$name: nothing is missing here" "$(status_of "$need" probe tools; cat "$work/err")" 0
done
system void ID=void 'PRETTY_NAME="Void Linux"'
printf '#!/bin/sh\nexit 1\n' >"$work/bin/gcc"
chmod +x "$work/bin/gcc"
is "a distribution nobody knows: status" "$(status_of bare "$need" probe)" 1
is "a distribution nobody knows: one line, with what is missing" "$(cat "$work/err")" \
	"need: error: Void Linux is not known here, and these are missing: stdio.h libc.a nasm ld; install them (scripts/packages has the names elsewhere)"
export EXITPROBE_ROOT="$work/empty"
fails_with "no os-release" 'a system without /etc/os-release is not known here, and these are missing: ' bare "$need" probe

# Nothing is installed but by apt: a package manager that would be called leaves a trace.
for manager in dnf zypper pacman apt-get; do
	printf '#!/bin/sh\necho %s >>"%s"\n' $manager "$work/called" >"$work/bin/$manager"
	chmod +x "$work/bin/$manager"
done
for name in fedora tumbleweed arch void; do
	EXITPROBE_ROOT=$work/$name bare "$need" probe tools >/dev/null 2>&1
done
ok "nothing was installed" [ ! -e "$work/called" ]

# Without a static jansson, as on most: what needs none is built.
cat >"$work/cc" <<'END'
#!/bin/sh
case $* in
-print-file-name=libjansson.a) echo libjansson.a ;;
*) exec gcc "$@" ;;
esac
END
chmod +x "$work/cc"
before=$(stat -c %y "$build/exitprobe-static")
is "no static jansson: one line" "$(env -u EXITPROBE_ROOT make -s -C "$top" CC="$work/cc" \
	-W "$build/tools/exitprobe/main.o" "$build/exitprobe-static" 2>&1)" \
	"  SKIP  exitprobe-static, which only the lab needs: there is no libjansson.a"
is "no static jansson: nothing is made" "$(stat -c %y "$build/exitprobe-static")" "$before"

# --- the lab, elsewhere --------------------------------------------------------------------
for name in fedora alma tumbleweed arch void; do
	export EXITPROBE_ROOT="$work/$name"
	for group in lab test intel; do
		fails_with "$name: $group: in a container" \
			"need: error: $group needs Debian's packages, and this is .*; run it in a container: podman run .* debian:13 sh -c '.*make run BUILD=build/debian'\$" \
			"$need" $group
		is "$name: $group: one line" "$(wc -l <"$work/err")" 1
	done
done
system ubuntu ID=ubuntu ID_LIKE=debian 'VERSION_ID="24.04"' 'PRETTY_NAME="Ubuntu 24.04.1 LTS"'
fails_with "Ubuntu: lab: in a container" "lab needs Debian's packages, and this is Ubuntu 24.04.1 LTS; run it in a container" "$need" lab
printf '#!/bin/sh\nexit 1\n' | tee "$work/bin/dpkg-query" >/dev/null
printf '#!/bin/sh\necho 1000\n' >"$work/id"
chmod +x "$work/bin/dpkg-query" "$work/id"
rm "$work/bin/id"
mv "$work/id" "$work/bin/id"
fails_with "Ubuntu: the command is apt's" 'as root: apt-get install -y --no-install-recommends gcc libc6-dev nasm binutils$' \
	bare "$need" probe

# --- every line of the table -----------------------------------------------------------------
is "each line of scripts/packages has seven columns" \
	"$(awk '!/^#/ && NF && NF != 7 { print NR }' "$top/scripts/packages")" ""
is "every group that need takes has packages" "$(for group in probe iso tools lab intel test fuzz browser fleet lava deb debian; do
	[ -n "$(sh -c 'top=$1; . "$top/scripts/common.sh"; packages_of debian "$2"' - "$top" $group)" ] || echo $group
done)" ""
if [ "$(apt-cache pkgnames 2>/dev/null | wc -l)" -gt 10000 ] && [ "$(. /etc/os-release && echo "$ID")" = debian ]; then
	unset EXITPROBE_ROOT
	# shellcheck disable=SC2046 # a list
	is "this Debian has every package of the table" "$(apt-cache policy $(sh -c 'top=$1; . "$top/scripts/common.sh"
		packages_of debian probe iso tools lab intel test fuzz browser fleet deb debian | names' - "$top") |
		awk '/^[^ ]/ { name = $1 } /Candidate: \(none\)/ { print name }')" ""
fi

# --- headers and source of the running kernel ----------------------------------------------------
# kernel_here RELEASE VERSION PATCHLEVEL: $EXITPROBE_ROOT has its headers.
kernel_here() {
	directory=$EXITPROBE_ROOT/lib/modules/$1/build
	mkdir -p "$directory/include/generated" "$directory/arch/x86/kvm"
	echo "#define UTS_RELEASE \"$1\"" >"$directory/include/generated/utsrelease.h"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 0\n' "$2" "$3" >"$directory/Makefile"
}

# finds DESCRIPTION RELEASE FILE: once FILE is there, which is x86.c of a tree or a tarball.
finds() {
	mkdir -p "${3%/*}"
	: >"$3"
	is "$1: found" "$("$find" "$2" 2>&1)" "${3%/arch/x86/kvm/x86.c}"
}

# search NAME RELEASE VERSION PATCHLEVEL HEADERS SOURCE FILE: what is said without headers,
# without source, and what is found.
search() {
	fails_with "$1: no headers" "^find-source: error: $EXITPROBE_ROOT/lib/modules/$2/build: no prepared kernel headers there; as root: $5, or give -k DIR\$" "$find" "$2"
	kernel_here "$2" "$3" "$4"
	fails_with "$1: no source" "^find-source: error: $6\$" "$find" "$2"
	is "$1: no source: one line" "$(wc -l <"$work/err")" 1
	finds "$1" "$2" "$7"
}
apt="apt-get install -y --no-install-recommends"
system debian ID=debian 'VERSION_ID="12"'
search Debian 6.1.0-1-amd64 6 1 "$apt linux-headers-6.1.0-1-amd64" \
	"the source of Linux 6.1 is missing; as root: $apt linux-source-6.1" \
	"$EXITPROBE_ROOT/usr/src/linux-source-6.1.tar.xz"
export EXITPROBE_ROOT="$work/ubuntu"
search Ubuntu 6.8.0-45-generic 6 8 "$apt linux-headers-6.8.0-45-generic" \
	"the source of Linux 6.8 is missing; as root: $apt linux-source-6.8.0" \
	"$EXITPROBE_ROOT/usr/src/linux-source-6.8.0/linux-source-6.8.0.tar.bz2"
export EXITPROBE_ROOT="$work/fedora"
search Fedora 6.11.4-301.fc41.x86_64 6 11 "dnf install kernel-devel-6.11.4-301.fc41.x86_64" \
	"the source of kernel-6.11.4-301.fc41 is missing; dnf download --source kernel-6.11.4-301.fc41.x86_64 && rpm -i kernel-6.11.4-301.fc41.src.rpm puts it into ~/rpmbuild/SOURCES" \
	"$HOME/rpmbuild/SOURCES/linux-6.11.4.tar.xz"
export EXITPROBE_ROOT="$work/alma"
search AlmaLinux 5.14.0-427.13.1.el9_4.x86_64 5 14 "dnf install --enablerepo=crb kernel-devel-5.14.0-427.13.1.el9_4.x86_64" \
	"the source of kernel-5.14.0-427.13.1.el9_4 is missing; dnf download --source .*" \
	"$HOME/rpmbuild/SOURCES/linux-5.14.0-427.13.1.el9_4.tar.xz"
finds "AlmaLinux: a source package that was prepared" 5.14.0-427.13.1.el9_4.x86_64 \
	"$HOME/rpmbuild/BUILD/kernel-5.14.0-427.13.1.el9_4/linux-5.14.0-427.13.1.el9_4/arch/x86/kvm/x86.c"
export EXITPROBE_ROOT="$work/tumbleweed"
search openSUSE 6.11.3-1-default 6 11 "zypper install kernel-default-devel" \
	"the source of Linux 6.11.3-1 is missing; as root: zypper install kernel-source=6.11.3-1" \
	"$EXITPROBE_ROOT/usr/src/linux-6.11.3-1/arch/x86/kvm/x86.c"
export EXITPROBE_ROOT="$work/arch"
search Arch 6.6.58-1-lts 6 6 "pacman -S --needed linux-lts-headers" \
	"Arch packages no kernel source; give a tree of Linux 6.6.58: host-patch/build-modules -s TREE" \
	"$EXITPROBE_ROOT/lib/modules/6.6.58-1-lts/build/arch/x86/kvm/x86.c"
fails_with "Arch: headers of the plain kernel" 'pacman -S --needed linux-headers, or' "$find" 6.11.5-arch1-1
export EXITPROBE_ROOT="$work/void"
fails_with "a distribution nobody knows: no headers" 'build: no prepared kernel headers there; or give -k DIR$' "$find" 6.6.1_1
kernel_here 6.6.1_1 6 6
fails_with "a distribution nobody knows: no source" 'is not where a distribution known here puts it; give a tree: host-patch/build-modules -s TREE$' \
	"$find" 6.6.1_1
fails_with "find-source: two releases" 'usage: host-patch/find-source' "$find" 1 2
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Debian 12 and 13 from roots that debootstrap has made: the lab by the command that
# docs/distributions.md gives for a container, with a container's rights; the packages that
# every group needs; make deb, and its packages installed, used and removed.
#
# It needs root, Debian's archive and 6 GiB in build/. It takes minutes for each suite; "12" or
# "13" as an argument leaves the other one out.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"

[ "$(id -u)" -eq 0 ] || skip_all "debootstrap and chroot need root"
command -v apt-get >/dev/null || skip_all "this system has no apt, whose archive debootstrap would take"
"$top/scripts/need" debian >"$work/out" 2>&1 || skip_all "no debootstrap: $(tail -n 1 "$work/out")"
[ "$(df -Pm "$build" | awk 'NR == 2 { print $4 }')" -ge 6144 ] || skip_all "less than 6 GiB free in $build"

# Another suite's archives are this one's, with the suite's name in place of its own.
own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
# shellcheck disable=SC2016 # apt's variables
apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Origin: Debian' |
	grep -E " $own(-updates|-security)?\$" | sort -u >"$work/archives"
main=$(sed -n "s/ $own\$//p" "$work/archives" | head -n 1)
[ -n "$main" ] || skip_all "apt has no archive of Debian here; try: apt-get update"

# in_root COMMAND...: in $root, with a new process table and mounts that end with it, the
# devices of a container, and the rights that podman leaves to root. /exitprobe is the sources.
container=+chown,+dac_override,+fowner,+fsetid,+kill,+net_bind_service,+setfcap,+setgid,+setpcap,+setuid,+sys_chroot
# shellcheck disable=SC2016 # the inner shell's variables
in_root() {
	timeout -k 10 3000 unshare --mount --pid --fork --kill-child $network sh -c '
		root=$1 sources=$2 rights=$3
		shift 3
		mount -t proc proc "$root/proc" && mount -t tmpfs -o mode=755 dev "$root/dev" || exit 125
		for device in null zero full random urandom tty; do
			: >"$root/dev/$device" && mount --bind "/dev/$device" "$root/dev/$device" || exit 125
		done
		mkdir -p "$root/dev/shm" "$root/dev/pts" "$root/exitprobe" && mount -t tmpfs shm "$root/dev/shm" &&
			mount -t devpts -o newinstance,ptmxmode=666 pts "$root/dev/pts" &&
			ln -s pts/ptmx "$root/dev/ptmx" && ln -s /proc/self/fd "$root/dev/fd" &&
			mount --bind "$sources" "$root/exitprobe" || exit 125
		exec chroot "$root" setpriv --bounding-set "-all,$rights" --inh-caps=-all --no-new-privs \
			env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
	' - "$root" "$sources" "$container" "$@" </dev/null
}
network=

# make_root SUITE: $root, unpacked from build/debian/SUITE.tar.gz, which is made again after a
# week. What is larger than 300 MiB is not kept.
make_root() {
	kept=$build/debian/$1.tar.gz
	mkdir -p "$build/debian"
	if [ -n "$(find "$kept" -mtime -7 2>/dev/null)" ]; then
		mkdir -p "$root" && tar -xf "$kept" -C "$root"
		return
	fi
	rm -f "$kept"
	timeout 1500 debootstrap --variant=minbase "$1" "$root" "$main" >"$work/debootstrap.log" 2>&1 || return
	sed "s/ $own/ $1/; s/^/deb /; s/\$/ main/" "$work/archives" >"$root/etc/apt/sources.list"
	# What a container is without: services that start.
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	tar -C "$root" -czf "$kept.new" . && mv "$kept.new" "$kept"
	[ "$(stat -c %s "$kept")" -le $((300 << 20)) ] || rm "$kept"
}

# listing: the files in $root but those that apt, dpkg, depmod, dkms (its key for signing, made with
# the first module of all) and the home directory keep.
listing() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./exitprobe -o -path ./tmp -o -path ./root \
		-o -path ./var/lib/apt -o -path ./var/lib/dpkg -o -path ./var/cache -o -path ./var/log -o -path "./var/lib/dkms/mok.*" \) -prune -o -print |
		grep -vE '^\./(usr/)?lib/modules/[^/]*/modules\.' | LC_ALL=C sort)
}

# What the message about a container says is run there.
# shellcheck disable=SC2016 # they are the inner shell's
said=$(sh -c 'top=$1; . "$top/scripts/common.sh"; needs_debian lab' - "$top")
inside=$(printf '%s\n' "$said" | sed -n "s/.*debian:13 sh -c '\(.*\)'\$/\1/p")
has "the message has the command, and docs/distributions.md the same" "$top/docs/distributions.md" \
	"^    podman run .* debian:13 sh -c '$inside'\$"

for suite in 12:bookworm 13:trixie; do
	number=${suite%:*} suite=${suite#*:}
	[ "${1:-$number}" = "$number" ] || continue
	name="Debian $number"
	root=$work/$suite sources=$work/sources-$suite
	timeout 60 /usr/lib/apt/apt-helper download-file "${main%/}/dists/$suite/Release" "$work/Release" >"$work/out" 2>&1 || {
		ok "$name # SKIP its archive cannot be reached: $(grep -m 1 '^E:' "$work/out")" true
		continue
	}
	ran "$name: debootstrap" 0 make_root "$suite" || continue
	mkdir -p "$sources"
	(cd "$top" && if [ -e .git ]; then git ls-files --cached --others --exclude-standard; else
		find . -path ./build -prune -o -type f -print; fi | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done | tar -cf - -T -) | tar -xf - -C "$sources"

	default=$(awk -v version="$number" '$1 == "debian" && $2 == version { print $3 }' "$top/lab/default-kernel")
	ran "$name: the command of docs/distributions.md" 0 in_root sh -c "cd /exitprobe && $inside" || continue
	cp "$work/out" "$work/run-$suite"
	has "$name: its host is Linux $default" "$work/run-$suite" "host KVM-$default\\..*unit: instructions"
	has "$name: complete" "$work/run-$suite" '^complete: .* 0 faulted, 0 hung, 0 failed$'
	ok "$name: at least 90 operations are measured" [ "$(sed -n 's/^complete: .* \([0-9]*\) measured.*/\1/p' "$work/run-$suite")" -ge 90 ]
	emulator=$(in_root qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/qemu-\1/p')
	is "$name: exits as expected, but for the emulator's defects" \
		"$(sed -n 's/^\([a-z0-9-]*\) .* EXPECTED: .*/\1/p' "$work/run-$suite")" \
		"$(defects_in "$top/tests/expected/amd-$emulator")"
	is "$name: a kernel that is not packaged: one line" \
		"$(in_root sh -c 'cd /exitprobe && BUILD=build/debian lab/build 4.2' 2>&1 | grep -c "^fetch-headers: error: Linux 4.2 is not packaged here; known are .*$default")" 1

	# shellcheck disable=SC2016 # the inner shell's
	for group in probe iso tools lab intel test fuzz browser fleet deb; do
		ok "$name: its archive has the packages for $group" in_root sh -c '
			top=/exitprobe; . /exitprobe/scripts/common.sh
			apt-get install -s -q --no-install-recommends $(packages_of debian "$1" | names)' - "$group"
	done
	network=--net
	in_root sh -c "apt-get purge -q -y nasm && apt-get clean" >"$work/out" 2>&1
	fails_with "$name: no network: one line" '^need: error: cannot install nasm: no network \(' in_root /exitprobe/scripts/need probe
	is "$name: no network: no other" "$(grep -vc '^packages: installing' "$work/err")" 1
	network=

	# --- the packages -----------------------------------------------------------------
	listing >"$work/before"
	ran "$name: make deb" 0 in_root make -s -C /exitprobe deb BUILD=build/debian || continue
	in_root sh -c 'apt-get install -q -y --no-install-recommends lintian dkms' >"$work/out" 2>&1
	ran "$name: lintian has nothing to say" 0 in_root sh -c 'lintian --fail-on error,warning --profile debian /exitprobe/build/debian/deb/*.changes'
	is "$name: nothing at all" "$(cat "$work/out")" ""
	listing >"$work/before"
	ran "$name: the packages can be installed" 0 in_root sh -c 'apt-get install -q -y --no-install-recommends /exitprobe/build/debian/deb/*.deb' || continue
	version=$(sed -n 's/^#define VERSION "\(.*\)"$/\1/p' "$top/abi/version.h")
	is "$name: the commands are there" "$(in_root sh -c 'exitprobe --version; exitstat --version' | xargs)" \
		"exitprobe $version exitstat $version"
	is "$name: the manuals too" "$(find "$root/usr/share/man" -name 'exit*' | wc -l)" 2
	is "$name: exitstat needs no libraries" "$(readelf -d "$root/usr/bin/exitstat" | grep -c NEEDED)" 0
	release=$(cat "$sources/build/debian/lab/release-$default")
	is "$name: DKMS has built the module" "$(find "$root/usr/lib/modules/$release/" -name 'kvm_exit_stats.ko*' | wc -l)" 1
	ran "$name: the installed command runs the lab" 0 in_root exitprobe run --accel lab --ops nop,cpuid
	has "$name: as make run does" "$work/out" "$(grep '^cpuid ' "$work/run-$suite" | awk '{ print $1 " +" $2 " +" $3 " +" $4 " " }')"
	ran "$name: the packages can be removed" 0 in_root apt-get purge -q -y exitprobe exitstat exitprobe-dkms
	listing >"$work/after"
	is "$name: nothing is left of them" "$(diff "$work/before" "$work/after")" ""
	rm -rf "$root" "$sources"
done
rm -rf "$work"/bookworm "$work"/trixie "$work"/sources-*
finish

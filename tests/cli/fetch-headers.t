#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Which headers and source the lab takes for a kernel, by an apt that knows what is written here:
# what is installed, what a package without a release leads to, and the newest of a series.
. "$(dirname "$0")/../lib/tap.sh"
fetch=$top/lab/pack/fetch-headers
mkdir -p "$work/bin" "$work/got"

cat >"$work/bin/apt-cache" <<'END'
#!/bin/sh
case $1:$2 in
pkgnames:*) printf '%s\n' linux-headers-6.16.3+deb13-amd64 linux-headers-6.16.12+deb13-amd64 \
	linux-headers-6.16.7+deb13-amd64 linux-headers-6.16.99+deb13-rt-amd64 linux-headers-6.16.99+deb13-cloud-amd64 \
	linux-headers-6.16.12+deb13-common linux-headers-6.12.1+deb13-amd64 linux-headers-amd64 ;;
policy:*6.16.12*) [ -n "$GONE" ] && echo "  Candidate: (none)" || echo "  Candidate: 6.16.12-1" ;;
policy:*6.12.1*) echo "  Candidate: (none)" ;;
policy:*) echo "  Candidate: 1" ;;
depends:linux-headers-6.9-amd64) echo "  Depends: linux-headers-6.9.5-amd64" ;;
depends:linux-headers-[0-9]*-amd64)
	release=${2#linux-headers-}
	echo " |Depends: linux-headers-${release%-amd64}-common"
	echo "  Depends: linux-kbuild-${release%-amd64}"
	;;
esac
END
cat >"$work/bin/apt-get" <<'END'
#!/bin/sh
[ "$1" = download ] && [ -z "$OFFLINE" ] || exit 100
shift 2
for package; do : >"$package.deb"; done
echo "$*" >>"$CALLED"
END
cat >"$work/bin/dpkg-deb" <<'END'
#!/bin/sh
name=${2##*/} name=${name%.deb}
case $name in
linux-headers-*) mkdir -p "$3/usr/src/$name" ;;
linux-source-*) mkdir -p "$3/usr/src" && : >"$3/usr/src/$name.tar.xz" ;;
esac
END
cat >"$work/bin/dpkg-query" <<'END'
#!/bin/sh
[ -z "$INSTALLED" ] || echo "$INSTALLED"
END
chmod +x "$work/bin"/*
export CALLED="$work/called" GONE= OFFLINE= INSTALLED=
# fetch KERNEL: into $work/got/KERNEL.
fetch() {
	PATH="$work/bin:$PATH" "$fetch" "$1" "$work/got/$1"
}

is "the newest of a series, neither of another flavour nor of another series" "$(status_of fetch 6.16; cat "$work/got/6.16/release")" \
	"$(printf '0\n6.16.12+deb13-amd64')"
is "what is fetched" "$(cat "$work/called")" \
	"linux-headers-6.16.12+deb13-amd64 linux-headers-6.16.12+deb13-common linux-kbuild-6.16.12+deb13 linux-source-6.16"
is "the links" "$(cd "$work/got/6.16" && readlink headers source | xargs)" \
	"usr/src/linux-headers-6.16.12+deb13-amd64 usr/src/linux-source-6.16.tar.xz"
has "the common part is found where it lies" "$work/got/6.16/headers/Makefile" \
	"^include $work/got/6.16/usr/src/linux-headers-6.16.12.deb13-common/Makefile\$"
rm "$work/called"
is "not again before apt's lists are newer" "$(status_of fetch 6.16; [ -e "$work/called" ] || echo nothing)" "$(printf '0\nnothing')"
rm -r "$work/got/6.16"
is "of a newest that is gone, the one before" "$(GONE=1 status_of fetch 6.16; cat "$work/got/6.16/release")" \
	"$(printf '0\n6.16.7+deb13-amd64')"
is "a package without a release says which" "$(status_of fetch 6.9; cat "$work/got/6.9/release")" "$(printf '0\n6.9.5-amd64')"

known='known are 6\.12 6\.16; or try: apt-get update$'
fails_with "a series that only looks like another" "^fetch-headers: error: Linux 6.1 is not packaged here; $known" fetch 6.1
fails_with "one whose packages are all gone" "^fetch-headers: error: Linux 6.12 is not packaged here; $known" fetch 6.12
rm -rf "$work/got/6.9"
fails_with "no network" 'linux-headers-6.9.5-amd64 and its source cannot be fetched; try: apt-get update$' env OFFLINE=1 \
	PATH="$work/bin:$PATH" "$fetch" 6.9 "$work/got/6.9"
is "nothing half done is left" "$(ls "$work/got")" 6.16

# What is installed on this machine.
release=$(dpkg-query -W -f '${Depends}' linux-headers-amd64 | grep -oE 'linux-headers-[^ ,]+' | head -n 1)
is "installed headers and source are used as they are" \
	"$(status_of "$fetch" "$kernel" "$work/got/here"; cd "$work/got/here" && readlink headers source && cat release)" \
	"$(printf '%s\n' 0 "/lib/modules/${release#linux-headers-}/build" "/usr/src/linux-source-$kernel.tar.xz" "${release#linux-headers-}")"
fails_with "installed, but of another series" "Linux 6.1 is not packaged here" \
	env INSTALLED="linux-headers-6.12.9-amd64" PATH="$work/bin:$PATH" "$fetch" 6.1 "$work/got/6.1"
fails_with "installed, but its directory is not there" '/lib/modules/6\.[0-9]+\.777-amd64/build: the headers are missing; reinstall linux-headers-' \
	env INSTALLED="linux-headers-$kernel.777-amd64" PATH="$work/bin:$PATH" "$fetch" "$kernel" "$work/got/$kernel"
finish

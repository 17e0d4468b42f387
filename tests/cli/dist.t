#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make dist: the same bytes from clones of other names under other settings, of a commit alone;
# what it has in it builds (the long test: exitprobe too). The version stands in abi/version.h, and the packages have it.
. "$(dirname "$0")/../lib/tap.sh"
cd "$work" || exit 1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset BUILD

version=$(sed -n 's/^#define VERSION "\(.*\)"$/\1/p' "$top/abi/version.h")
is "the packages have this version" "$(sed -n '1s/^exitprobe (\(.*\)) .*/\1/p' "$top/debian/changelog")" "$version"
has "so has the list of changes" "$top/CHANGELOG.md" "^## $version\$"
is "the manual of DKMS is of this version" "$(grep -o 'exitprobe-[0-9][0-9.]*' "$top/docs/attach.md" | sort -u | sed 's/\.$//' | uniq)" \
	"exitprobe-$version"

[ -e "$top/.git" ] || {
	fails_with "no clone" 'not a git clone, so there is no commit to make a tarball of' "$top/scripts/dist"
	finish
}

# A commit of what is here, also of what is not committed yet.
git clone -q "$top" one
(cd "$top" && git ls-files --cached --others --exclude-standard) | while read -r file; do
	[ ! -f "$top/$file" ] || { mkdir -p "one/$(dirname "$file")" && cp -p "$top/$file" "one/$file"; }
done
(cd "$top" && git ls-files --deleted) | while read -r file; do rm -f "one/$file"; done
git -C one add -A
git -C one -c user.name=test -c user.email=test@localhost commit -q --allow-empty -m test
git clone -q one a-clone-with-a-longer-name
git -C a-clone-with-a-longer-name config tar.umask 0077
git -C a-clone-with-a-longer-name config core.autocrlf true

tarball=exitprobe-$version.tar.gz
is "made in a clone" "$(status_of make -s -C one dist)" 0
has "it says which and its hash" "$work/out" "^[0-9a-f]{64}  $work/one/build/$tarball\$"
sleep 1
is "made in another" "$(umask 077; status_of make -s -C a-clone-with-a-longer-name dist)" 0
ok "the same bytes" cmp "one/build/$tarball" "a-clone-with-a-longer-name/build/$tarball"

echo >>one/README.md
fails_with "uncommitted changes" 'dist: error: uncommitted changes \(README.md\)' make -s -C one dist
git -C one checkout -q README.md
touch one/new
fails_with "a file that is not in git" 'dist: error: uncommitted changes \(new\)' make -s -C one dist
ok "what was made before is as it was" cmp "one/build/$tarball" "a-clone-with-a-longer-name/build/$tarball"

mkdir from
tar -xf "one/build/$tarball" -C from
is "it has one folder" "$(ls from)" "exitprobe-$version"
is "which has what git has" "$(cd "from/exitprobe-$version" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort)" \
	"$(git -C one ls-files | LC_ALL=C sort)"
fails_with "it is no clone" 'not a git clone' "from/exitprobe-$version/scripts/dist"
ok "it builds" timeout 500 make -s -j2 -C "from/exitprobe-$version" probe exitstat ${long:+tools}
is "exitstat says its version" "$("from/exitprobe-$version/build/exitstat" --version)" "exitstat $version"
[ -z "$long" ] ||
	is "exitprobe says its version" "$("from/exitprobe-$version/build/exitprobe" --version)" "exitprobe $version"
is "the probe is the clone's" "$(timeout 500 make -s -j2 -C one probe >/dev/null && sha256sum <one/build/probe.elf)" \
	"$(sha256sum <"from/exitprobe-$version/build/probe.elf")"
rm -rf one a-clone-with-a-longer-name from
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The sources themselves: format, static analysis, licenses, the kernel's own
# checkpatch for what goes into the kernel.
. "$(dirname "$0")/../lib/tap.sh"
cd "$top" || exit 1

files=$(git ls-files --cached --others --exclude-standard | while read -r file; do
	[ ! -f "$file" ] || echo "$file"
done)
c_files=$(echo "$files" | grep '\.[ch]$')
shell_files=$(echo "$files" | xargs grep -lE '^#!/bin/(busybox )?sh|^# shellcheck shell=sh')

# Formatting and findings are those of Debian 12's versions: others lay out macros otherwise and
# find other things.
# of_version COMMAND VERSION: succeed if it is that one, or else leave the check out.
of_version() {
	found=$("$1" --version | grep -oE '[0-9]+\.[0-9]+' | head -n 1)
	case $found. in
	"$2".*) return 0 ;;
	esac
	ok "$1 # SKIP it is version $found, and the sources are judged by $2, Debian 12's" true
	return 1
}

# The selftest is laid out as its neighbours in the kernel, which checkpatch sees to.
# shellcheck disable=SC2046
! of_version clang-format 14 ||
	ok "clang-format" clang-format --dry-run -Werror $(echo "$c_files" | grep -v '^host-patch/selftest/')
# Not: "x= y=" on purpose; what a script sources and what only that uses; "a &&
# b || c" with a b that cannot fail.
# shellcheck disable=SC2086
ok "shellcheck" shellcheck -x -e SC1007,SC1090,SC1091,SC2015,SC2034,SC2154 $shell_files
# shellcheck disable=SC2046
! of_version cppcheck 2.10 ||
	ok "cppcheck" cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
		--enable=warning,performance,portability -Iprobe-os -Itools -Itools/exitprobe -Iabi --suppress=missingInclude \
		'-Djson_array_foreach(a,i,v)=for(i=0;(v=json_array_get(a,i));i++)' \
		'-Djson_object_foreach(o,k,v)=for(k="";(v=json_object_get(o,k));)' \
		$(echo "$c_files" | grep -E '^(probe-os|tools)/.*\.c$')
# Not: license texts; what debhelper takes no comment in; series/, which become commit messages and parts of files;
# results files and a dashboard, which are JSON; pictures.
# shellcheck disable=SC2086
is "SPDX line in every file" "$(echo "$files" | grep -vE '^LICENSE|^debian/(changelog|copyright|source/format|.*\.dkms)$|^host-patch/series/|^contrib/fleet/.*\.json$|^docs/history/.*\.json$|^tests/data/|^tests/fuzz/corpus/|\.png$' |
	xargs grep -L 'SPDX-License-Identifier: ')" ""

# checkpatch.pl of the kernel that the patch is for, from its source package.
scripts=$("$top/host-patch/unpack" "/usr/src/linux-source-$kernel.tar.xz")/scripts
# It takes DEFINE_STATIC_KEY_DEFERRED_FALSE(key, HZ) for no definition of what is exported.
for file in host-patch/*/*.[ch] abi/kvm_exit_stats.h; do
	# The module is for many kernels, and not part of one.
	ignore=EXPORT_SYMBOL
	case $file in host-patch/module/*) ignore=$ignore,LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_ARG_REUSE ;; esac
	ok "checkpatch --strict: $file" perl "$scripts/checkpatch.pl" --no-tree --strict --quiet \
		--ignore $ignore -f "$file"
done
# Fragments without a commit message: only their lines are to be judged.  By
# standard input, or checkpatch takes a file that git knows for a source file.
for file in tests/expected/hooks/*.patch; do
	ok "checkpatch --strict: $file" sh -c "sed '1,/^---/ { /^---/! d }' '$file' |
		perl '$scripts/checkpatch.pl' --no-tree --strict --quiet --no-signoff \
			--ignore COMMIT_MESSAGE,FILE_PATH_CHANGES -"
done
finish

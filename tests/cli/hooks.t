#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# host-patch/apply on whole trees: it puts the hooks where they were put by hand, whatever awk
# there is; a tree that it cannot take stays as it is. hooks-altered.t has the single places.
# With long its places are compared with Coccinelle's.
. "$(dirname "$0")/../lib/tap.sh"

apply=$top/host-patch/apply
sites=$top/host-patch/hooks/sites
expected=$top/tests/expected/hooks
files="Makefile $(awk '$1 == "file" { print $2 }' "$sites")"

# The distribution's, and the other one that the tests have.
source=$("$top/host-patch/unpack" "/usr/src/linux-source-$kernel.tar.xz")
other_source=
if [ -n "$other_kernel" ]; then
	headers=$build/lab/headers-$other_kernel
	[ -e "$headers/source" ] || "$top/lab/pack/fetch-headers" "$other_kernel" "$headers"
	other_source=$("$top/host-patch/unpack" "$headers/source")
fi

# copy TREE OUT: of a kernel what apply reads.
copy() {
	rm -rf "$2"
	mkdir -p "$2/arch/x86/include/uapi/asm"
	# shellcheck disable=SC2086 # a list
	(cd "$1" && cp --parents $files "$2")
}

# hashes TREE: of all its files, and their modes.
hashes() {
	(cd "$1" && find . -type f -exec sha256sum {} + -exec stat -c '%n %a' {} + | sort)
}

# only_table TREE: remove what apply adds, so that the files of the table are left.
only_table() {
	rm "$1"/arch/x86/kvm/exit_stats* "$1/arch/x86/include/uapi/asm/kvm_exit_stats.h"
}

# --- with long: as Coccinelle ------------------------------------------------------

# version TREE: of the Linux in it.
version() {
	sh -c 'top=$1; . "$top/scripts/common.sh"; kernel_version "$2"' - "$top" "$1"
}

# statements TREE: of all C files of the table, each with its name; but lines for the
# preprocessor that hooks/sites adds, which Coccinelle cannot.
statements() {
	for file in $files; do
		case $file in *.[ch]) ;; *) continue ;; esac
		echo "== $file"
		gcc -fpreprocessed -dD -E -P -w -x c "$1/$file" |
			sed '/^# *ifndef EXPORT_SYMBOL_FOR_KVM_INTERNAL/,/^# *endif/d
				/^# *ifdef CONFIG_X86$/ { N; /exit_stats_hooks/ { :more; N; /endif$/!b more; d } }' |
			awk -f "$top/tests/lib/statements.awk"
	done
}

# by_coccinelle TREE: put the hooks into its C files.
by_coccinelle() {
	for file in $files; do
		case $file in *.[ch]) ;; *) continue ;; esac
		spatch --very-quiet --in-place --sp-file "$top/tests/data/hooks.cocci" "$1/$file" || return
	done
}

if [ -n "$long" ]; then
	# KERNEL_TREES: a directory of kernels.
	for tree in "${KERNEL_TREES:-$build/source}"/*/; do
		[ -d "$tree/arch/x86/kvm" ] || continue
		version=$(version "$tree")
		copy "$tree" "$work/applied"
		copy "$tree" "$work/coccinelle"
		statements "$work/applied" >"$work/statements.before"
		ok "$version: apply" "$apply" "$work/applied"
		ok "$version: Coccinelle" by_coccinelle "$work/coccinelle"
		statements "$work/applied" >"$work/statements.applied"
		statements "$work/coccinelle" >"$work/statements.coccinelle"
		is "$version: hooks" "$(diff "$work/statements.before" "$work/statements.applied" | grep -c '^>.*exit_stats')" 34
		ok "$version: each is where Coccinelle puts it" \
			diff -U 4 "$work/statements.coccinelle" "$work/statements.applied"
		[ -f "$expected/linux-$version.patch" ] || continue
		only_table "$work/applied"
		copy "$tree" "$work/patched"
		ok "$version: the patch made by hand applies" \
			patch -p1 -F0 -s -d "$work/patched" -i "$expected/linux-$version.patch"
		ok "$version: with the same result" diff -r "$work/applied" "$work/patched"
	done
	finish
fi

# --- as by hand ----------------------------------------------------------------

for tree in "$source" ${other_source:+"$other_source"}; do
	version=$(version "$tree")
	version=${version%.*}
	copy "$tree" "$work/applied"
	copy "$tree" "$work/patched"
	copy "$tree" "$work/diffed"
	hashes "$work/diffed" >"$work/before"
	ok "$version: apply --diff" sh -c "'$apply' --diff '$work/diffed' >'$work/diff-$version'"
	hashes "$work/diffed" >"$work/after"
	ok "$version: apply --diff changes nothing" cmp "$work/before" "$work/after"
	ok "$version: apply" "$apply" "$work/applied"
	ok "$version: the patch of apply --diff applies" \
		patch -p1 -F0 -s -d "$work/diffed" -i "$work/diff-$version"
	ok "$version: with the same result" diff -r "$work/applied" "$work/diffed"
	only_table "$work/applied"
	ok "$version: the patch made by hand applies" \
		patch -p1 -F0 -s --no-backup-if-mismatch -d "$work/patched" -i "$(ls "$expected/linux-$version."*.patch)"
	ok "$version: with the same result too" diff -r "$work/applied" "$work/patched"
done

# Every awk, through a PATH on which it comes first; with bytes that are no UTF-8, in a UTF-8
# locale.
copy "$source" "$work/bytes"
for file in $files; do
	case $file in *.c) printf '\tchar bytes[] = "\351\377 __vmx_vcpu_run(";\n' >>"$work/bytes/$file" ;; esac
done
for name in mawk gawk busybox; do
	real=$(command -v $name) || continue
	mkdir -p "$work/$name"
	printf '#!/bin/sh\nexec %s%s "$@"\n' "$real" "$([ $name != busybox ] || echo ' awk')" >"$work/$name/awk"
	chmod +x "$work/$name/awk"
	ok "$name's awk gives the same" sh -c "
		PATH='$work/$name:$PATH' LC_ALL=C.UTF-8 '$apply' --diff '$work/bytes' | cmp - '$work/diff-$kernel'"
done

# --- trees that it cannot take -------------------------------------------------

# stays DESCRIPTION REGEX TREE COMMAND...: the command fails with the line as its last, and
# the tree is as it was.
stays() {
	description=$1 regex=$2 kept=$3
	shift 3
	hashes "$kept" >"$work/before"
	fails_with "$description" "^apply: error: $regex" "$@"
	is "$description: one line" "$(grep -c '' "$work/err")" "${said_lines:-1}"
	hashes "$kept" >"$work/after"
	ok "$description: the tree is as it was" cmp "$work/before" "$work/after"
}

tree=$work/tree
mkdir "$work/empty"
fails_with "usage" '^apply: error: usage: host-patch/apply \[--diff\] KERNEL_TREE$' "$apply"
stays "no kernel" "$work/empty: not a Linux source tree " "$work/empty" "$apply" "$work/empty"
fails_with "no directory" "$work/none: not a Linux source tree " "$apply" "$work/none"

copy "$source" "$tree"
"$apply" "$tree"
stays "a patched tree" "$tree: already has exit statistics$" "$tree" "$apply" "$tree"
stays "a patched tree, with --diff" "$tree: already has exit statistics$" "$tree" "$apply" --diff "$tree"
part="has a part of the exit statistics"
only_table "$tree"
stays "the hooks only" "$tree: $part \(.*\); .*; nothing was changed$" "$tree" "$apply" "$tree"

copy "$source" "$tree"
cp "$top/host-patch/core/exit_stats.c" "$tree/arch/x86/kvm/"
stays "core only" "$tree: $part \(arch/x86/kvm/exit_stats.c\)" "$tree" "$apply" "$tree"
for hook in 'Makefile kvm-y += exit_stats.o' 'debugfs.c kvm_exit_stats_create_debugfs(vcpu, x);' \
	'cpuid.c #include "exit_stats_hooks.h"'; do
	copy "$source" "$tree"
	echo "${hook#* }" >>"$tree/arch/x86/kvm/${hook%% *}"
	stays "a hook in ${hook%% *} only" "$tree: $part \(arch/x86/kvm/${hook%% *}\)" "$tree" "$apply" "$tree"
done

copy "$source" "$tree"
rm "$tree/arch/x86/kvm/svm/svm.c"
stays "a file is missing" "$tree: has no arch/x86/kvm/svm/svm.c; nothing was changed$" "$tree" "$apply" "$tree"
copy "$source" "$tree"
: >"$tree/arch/x86/kvm/debugfs.c"
sed -i 's/__vmx_vcpu_run/run/' "$tree/arch/x86/kvm/vmx/vmx.c"
said_lines=5
stays "places are missing" "$tree: the places above are not found in this Linux 6\.[0-9.]+; nothing was changed; " \
	"$tree" "$apply" "$tree"
is "each with its file" "$(sed -n 's/^arch.*kvm.\(.*: hook [a-z_]*\): no place for it; tried .*/\1/p' "$work/err")" \
	"debugfs.c: hook include_debugfs
debugfs.c: hook create_debugfs
vmx/vmx.c: hook vmentry_vmx
vmx/vmx.c: hook vmexit_vmx"
stays "places are missing, with --diff" "$tree: the places above are not found" "$tree" "$apply" --diff "$tree"
is "and no patch" "$(wc -c <"$work/out")" 0
said_lines=

# What is not to be written: by a user, or by root without root's rights.
copy "$source" "$tree"
as_user=
[ "$(id -u)" -ne 0 ] || as_user="setpriv --bounding-set=-dac_override,-dac_read_search"
chmod 444 "$tree/arch/x86/kvm/svm/svm.c"
# shellcheck disable=SC2086 # a list
stays "a read-only file" "$tree/arch/x86/kvm/svm/svm.c: cannot be written; nothing was changed$" \
	"$tree" $as_user "$apply" "$tree"
chmod 644 "$tree/arch/x86/kvm/svm/svm.c"
chmod 555 "$tree/arch/x86/kvm/vmx"
# shellcheck disable=SC2086
stays "a read-only directory" \
	"$tree/arch/x86/kvm/vmx/vmx.c: cannot be written \(Permission denied\); nothing was changed$" \
	"$tree" $as_user "$apply" "$tree"
chmod 755 "$tree/arch/x86/kvm/vmx"
chmod 000 "$tree/arch/x86/kvm/cpuid.c"
# shellcheck disable=SC2086
fails_with "an unreadable file" "$tree/arch/x86/kvm/cpuid.c: cannot be read; nothing was changed$" \
	$as_user "$apply" "$tree"
chmod 644 "$tree/arch/x86/kvm/cpuid.c"

# mounted COMMANDS: in a mount namespace of their own.
mounted() {
	unshare -rm sh -eu -c "$1"
}
if mounted "mount -t tmpfs none '$work/empty'" 2>/dev/null; then
	stays "a read-only file system" \
		"$tree/arch/x86/include/asm/kvm_host.h: cannot be written; nothing was changed$" "$tree" \
		mounted "mount --bind '$tree' '$tree'; mount -o remount,bind,ro '$tree'; exec '$apply' '$tree'"
	fails_with "no space in the tree" '/arch/x86/kvm/[a-z0-9/]*.c: cannot be written \(No space left on device\); nothing was changed$' \
		mounted "mount -t tmpfs -o size=1800k none '$work/empty'
			cp -r '$tree/.' '$work/empty'
			'$apply' '$work/empty' || { diff -r '$tree' '$work/empty' >&2; exit 1; }"
	is "no space in the tree: one line, no difference" "$(grep -c '' "$work/err")" 1
	stays "no space for temporary files" "/.*: [01] MiB free, 5 MiB needed; free some space or set TMPDIR=DIR$" "$tree" \
		mounted "mount -t tmpfs -o size=500k none '$work/empty'; export TMPDIR='$work/empty'; exec '$apply' '$tree'"
	fails_with "no space for the patch" 'No space left on device' sh -c "'$apply' --diff '$tree' >/dev/full"
else
	echo "# no mount namespaces here: file systems that are read-only or full are left out"
fi

# SIGTERM to all processes, at the Nth call of a program. Before the files are put in place it
# changes nothing; then it comes too late.
mkdir "$work/term"
cat >"$work/term/program" <<'END'
#!/bin/sh
echo >>"$calls"
[ "$(grep -c '' "$calls")" -ne "$at" ] || kill -TERM 0
PATH=${PATH#*:} exec "${0##*/}" "$@"
END
chmod +x "$work/term/program"
for moment in 'awk 1' 'awk 4' 'cp 9' 'cp 20' 'mv 7'; do
	program=${moment% *}
	copy "$source" "$tree"
	copy "$source" "$work/whole"
	[ "$program" != mv ] || "$apply" "$work/whole"
	ln -sf program "$work/term/$program"
	: >"$work/calls"
	mkdir "$work/tmp"
	# Not the test itself: a session, so a process group, of its own.
	calls=$work/calls at=${moment#* } TMPDIR=$work/tmp PATH=$work/term:$PATH \
		setsid -w "$apply" "$tree" >"$work/out" 2>"$work/err" || :
	rm "$work/term/$program"
	ok "SIGTERM at $moment: it was called" [ "$(grep -c '' "$work/calls")" -ge "${moment#* }" ]
	ok "SIGTERM at $moment: $([ "$program" = mv ] && echo all || echo nothing) was done" diff -r "$work/whole" "$tree"
	is "SIGTERM at $moment: nothing is left" "$(ls -A "$work/tmp")" ""
	rm -rf "$work/tmp"
done

# A tree that shares its files with another by hard links, as cp -al makes it; names that
# programs could take for something else; modes are kept.
copy "$source" "$work/other"
chmod 640 "$work/other/arch/x86/kvm/x86.c"
cp -al "$work/other" "$work/a=b c"
hashes "$work/other" >"$work/before"
ok "a relative name with = and a blank" sh -c "cd '$work' && '$apply' 'a=b c'"
hashes "$work/other" >"$work/after"
ok "a tree with the same files stays" cmp "$work/before" "$work/after"
is "a file keeps its mode" "$(stat -c %a "$work/a=b c/arch/x86/kvm/x86.c")" 640
finish

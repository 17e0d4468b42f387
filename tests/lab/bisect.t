#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe bisect: git bisect run finds the commit that made an exit longer, by
# exact instructions, in a history of KVM's own sources made here, over two versions of Linux.
# shellcheck disable=SC2016 # variables of jq and of inner shells
. "$(dirname "$0")/../lib/tap.sh"

# As it is installed.
ok "make install" make -s -C "$top" install PREFIX=/usr DESTDIR="$work/root"
exitprobe=$work/root/usr/bin/exitprobe
source=$(source_of "$kernel")
tree=$work/linux
mkdir "$tree"
ok "the distribution's KVM is unpacked" tar -xf "$source" -C "$tree" --strip-components=1 \
	--wildcards --no-wildcards-match-slash \
	'*/Makefile' '*/virt' '*/arch/x86/kvm' '*/arch/x86/include'

cd "$tree" || exit 1
export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
commit() {
	git add -A && git -c user.name=test -c user.email=test@localhost commit -q -m "$1"
}
git init -q -b main .
# The headers are of this version.
version=$(sed -n 's/^SUBLEVEL = //p' Makefile)
sed -i "s/^SUBLEVEL = .*/SUBLEVEL = $((version - 1))/" Makefile
commit "KVM as it is"
good=$(git rev-parse HEAD)

echo '/* A remark, of no consequence. */' >>arch/x86/kvm/cpuid.c
commit "a remark"

# 7 instructions more whenever a guest's CPUID is emulated.
sed -i '/^int kvm_emulate_cpuid/,/^}/ s/^\teax = kvm_rax_read/\tasm volatile(".rept 7; nop; .endr");\n&/' \
	arch/x86/kvm/cpuid.c
commit "work in an exit path"
guilty=$(git rev-parse HEAD)
is "that changes kvm_emulate_cpuid()" "$(git show --numstat --format= | cut -f 1)" 1

echo '/* And another. */' >>arch/x86/kvm/x86.c
sed -i "s/^SUBLEVEL = .*/SUBLEVEL = $version/" Makefile
commit "another remark, and the next version"

ok "what the lab's own modules take" sh -c 'timeout 1500 "$1" profile cpuid -o "$2"' - \
	"$exitprobe" "$work/own.json"
most=$(jq '.paths[0].instructions' "$work/own.json")

git bisect start HEAD "$good" >"$work/bisect" 2>&1
ok "git bisect run ends" sh -c 'timeout 5800 git bisect run "$1" bisect cpuid --most "$2" >>"$3" 2>&1' - \
	"$exitprobe" "$most" "$work/bisect"
has "it names the commit" "$work/bisect" "^$guilty is the first bad commit"
has "the version is named" "$work/bisect" \
	"^modules: Linux $kernel\.$((version - 1)) against headers of $kernel\.$version: "
has "the one before is as long as the lab's" "$work/bisect" \
	"^cpuid: $most instructions from exit to entry: good"
bad=$(sed -n 's/^cpuid: \([0-9]*\) instructions from exit to entry: bad.*/\1/p' "$work/bisect")
is "the guilty one is 7 longer" "$((bad - most))" 7
git bisect reset >"$work/out" 2>&1

# What was built is not built again; where more is good, it is.
git checkout -q "$guilty"
is "--least" "$(status_of timeout 3000 "$exitprobe" bisect cpuid --least "$((most + 7))")" 0
is "--least, more than there is" \
	"$(status_of timeout 3000 "$exitprobe" bisect cpuid --least "$((most + 8))")" 1
ok "without a build" sh -c '! grep -q compiling "$1"' - "$work/err"

# Not this commit's fault, or not one that can be judged.
sed -i 's/__svm_vcpu_run(/__svm_vcpu_run_twice(/' arch/x86/kvm/svm/svm.c
is "hooks that do not apply: skip" "$(status_of timeout 1000 "$exitprobe" bisect cpuid --most 1)" 125
has "and why" "$work/err" "the places above are not found in this Linux $kernel\."
git checkout -q -- .
abort() {
	description=$1 regex=$2
	shift 2
	is "$description: abort" "$(status_of timeout 1000 "$exitprobe" bisect "$@")" 128
	has "$description: why" "$work/err" "$regex"
}
abort "no such operation" 'error: nosuch: no such operation' nosuch --most 1
abort "no Linux tree" 'error: /: not a Linux tree' cpuid --most 1 --source /
abort "no headers" 'error: /none: No such file' cpuid --most 1 --headers /none
abort "no kernel" 'Linux 4\.2 is not packaged here; known are 6\.1' cpuid --most 1 --kernel 4.2
abort "no number" '--most=x: must be a number' cpuid --most x
abort "no threshold" '--most or --least' cpuid
finish

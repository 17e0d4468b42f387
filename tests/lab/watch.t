#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab/watch names the commits of a history of KVM's own sources, made here, that changed
# the cost of an exit, and no others. In make test: five commits over two versions of Linux, of which
# one changes a header of KVM's and a source, one the header alone. With the word long: thirty, three
# of which change an operation.
. "$(dirname "$0")/../lib/tap.sh"

tree=$work/linux
mkdir "$tree"
ok "the distribution's KVM is unpacked" tar -xf "$(source_of "$kernel")" -C "$tree" --strip-components=1 \
	--wildcards --no-wildcards-match-slash '*/Makefile' '*/virt' '*/arch/x86/kvm' '*/arch/x86/include' \
	'*/include/kvm' '*/include/linux/kvm*' '*/include/uapi/linux/kvm*' '*/include/trace/events/kvm.h'
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
git -C "$tree" init -q -b main
kvm=$tree/arch/x86/kvm

commit() {
	git -C "$tree" add -A && git -C "$tree" -c user.name=test -c user.email=test@localhost commit -q -m "$1"
}

# remark FILE: a commit that changes no code.
remark() {
	echo "/* A remark. */" >>"$tree/$1"
	commit "a remark in $1"
}

# jumps FILE FUNCTION LINE N: a commit with N more instructions before the line of the function
# that begins with LINE. They take a multiple of 16 bytes, so that what follows stays aligned.
jumps() {
	sed -i "/^[a-z].*[ *]$2(/,/^}/ s/^\\t$3/\\tasm volatile(\".rept $4; jmp 1f; .skip 14, 0xcc; 1:; .endr\");\\n&/" "$tree/$1"
	commit "$2: $4 more"
	git -C "$tree" show --numstat --format= | grep -q '^1	0' || {
		echo "# $2 in $1: the line is not there once"
		return 1
	}
}

# watch OPTION... [RANGE]: into $work/out, $work/err; print its status.
watch() {
	status_of timeout 7000 "$top/lab/watch" -k "$kernel" -o "$work/record" "$@"
}

# The headers are of the last version, the history begins two before it.
last=$(sed -n 's/^SUBLEVEL = //p' "$tree/Makefile")
sublevel() {
	sed -i "s/^SUBLEVEL = .*/SUBLEVEL = $1/" "$tree/Makefile"
}
sublevel $((last - 2))
commit "KVM as it is"
base=$(git -C "$tree" rev-parse HEAD)

wrong() {
	description=$1 regex=$2
	shift 2
	is "$description: refused" "$(status_of timeout 60 "$top/lab/watch" -o "$work/record" "$@")" 2
	has "$description: why" "$work/err" "^watch: error: .*$regex"
}
wrong "no tree" 'usage: lab/watch'
wrong "not a git tree" '/: not a git tree' /
wrong "no such processor" '-c arm: must be amd or intel' -c arm "$tree"
wrong "no number" '-n 0: must be a number of instructions, from 1 to 999999999' -n 0 "$tree"
wrong "no such kernel" 'the lab is not built for Linux 4\.2; run: make lab KERNEL=4\.2' -k 4.2 "$tree"
wrong "no such range" 'nosuch\.\.HEAD: .*nosuch' "$tree" nosuch..HEAD
wrong "the first commit" 'has no parent that it could be compared with; begin RANGE later' "$tree" HEAD
wrong "a file for a directory" 'Makefile: cannot be written' -o "$tree/Makefile" "$tree"
is "a range without commits" "$(watch "$tree" HEAD..HEAD)" 0
has "says so" "$work/err" '^watch: no commit of HEAD\.\.HEAD touches KVM$'

if [ -z "$long" ]; then
	remark arch/x86/kvm/cpuid.c
	remarked=$(git -C "$tree" rev-parse HEAD)
	# Of two sources that include this header one handles hypercalls.
	header=include/linux/kvm_irqfd.h
	jump='asm volatile(".rept 1; jmp 1f; .skip 14, 0xcc; 1:; .endr");'
	sed -i "s/^#endif.*/static __always_inline void kvm_more(void)\n{\n\t$jump\n}\n\n&/" "$tree/$header"
	sed -i '/^[a-z].*kvm_emulate_hypercall(/,/^}/ s/^\tnr = kvm_rax_read/\tkvm_more();\n&/' "$kvm/x86.c"
	commit "hypercalls: 1 more, by a header and a source"
	is "a header and a source" "$(git -C "$tree" show --numstat --format= | cut -f 1,3 | tr '\t\n' '  ')" \
		"1 arch/x86/kvm/x86.c 5 $header "
	# KVM's other headers are those of the kernel that runs.
	sublevel $((last - 1))
	echo '#error "not of the kernel that runs"' >>"$tree/arch/x86/include/asm/processor.h"
	commit "the next version, and a header that is not KVM's"
	sed -i 's/rept 1;/rept 4;/' "$tree/$header"
	commit "hypercalls: 3 more, by the header alone"
	echo "/* A remark. */" >>"$tree/include/trace/events/kvm.h"
	echo "int not_c(" >>"$kvm/svm/svm.c"
	commit "does not compile"
	is "watch: something changed" "$(watch -p cpuid,nop,hypercall "$tree" "$base..HEAD")" 1
	has "commits that touch KVM" "$work/err" '^watch: 4 commits of .* touch KVM$'
	for n in 2 1; do
		has "version $((last - n)) is named" "$work/err" "^watch: Linux $kernel\.$((last - n)) against headers of $kernel\.$last: "
	done
	is "once each" "$(grep -c 'against headers' "$work/err")" 2
	has "by a header and a source" "$work/out" '^[0-9a-f]+ hypercalls: 1 more, by a header and a source$'
	has "its operation, by one instruction" "$work/out" '^  hypercall +[0-9]+ -> +[0-9]+  \+1$'
	has "by the header alone" "$work/out" '^[0-9a-f]+ hypercalls: 3 more, by the header alone$'
	has "its operation, by three" "$work/out" '^  hypercall +[0-9]+ -> +[0-9]+  \+3$'
	has "what cannot be compared" "$work/out" '^[0-9a-f]+ does not compile: left out, does not build or run: .*does not compile'
	is "and nothing else" "$(wc -l <"$work/out")" 5

	# What was run is kept, by everything that decides its figures.
	results() {
		find "$work/record/runs" -type f | wc -l
	}
	git -C "$tree" reset -q --hard HEAD~1
	changed=$(git -C "$tree" rev-parse HEAD)
	runs=$(results)
	is "once more: the same" "$(watch -p cpuid,nop,hypercall "$tree" "$base..HEAD")" 1
	has "once more: the commit" "$work/out" '^[0-9a-f]+ hypercalls: 3 more, by the header alone$'
	is "once more: without a run" "$(results)" "$runs"
	is "an older range" "$(export LAB_MORE=1; watch -p cpuid,nop,hypercall "$tree" "$base..$remarked")" 0
	is "an older range, on another processor: it is run" "$(results)" "$((runs + 1))"
	is "an older range: then only what is new" "$(watch "$tree")" 0
	has "which is nothing" "$work/err" "^watch: no commit of $changed\.\.HEAD touches KVM$"
	finish
fi

# Thirty: remarks, code that no measured operation runs, and three that cost one.
for file in cpuid.c x86.c lapic.c irq.c i8254.c ioapic.c mtrr.c pmu.c hyperv.c xen.c; do
	remark "arch/x86/kvm/$file"
done
ok "one more in CPUID" jumps arch/x86/kvm/cpuid.c kvm_emulate_cpuid "eax = kvm_rax_read" 1
one=$(git -C "$tree" rev-parse HEAD)
for file in svm/svm.c svm/avic.c svm/nested.c svm/pmu.c svm/sev.c mmu/mmu.c mmu/tdp_mmu.c; do
	remark "arch/x86/kvm/$file"
done
ok "code that runs when a VM is set up" jumps arch/x86/kvm/i8254.c kvm_create_pit "pit = kzalloc" 3
ok "code that runs when a vCPU's registers are set" jumps arch/x86/kvm/x86.c kvm_arch_vcpu_ioctl_set_regs "vcpu_load" 2
ok "five more in hypercalls" jumps arch/x86/kvm/x86.c kvm_emulate_hypercall "nr = kvm_rax_read" 5
five=$(git -C "$tree" rev-parse HEAD)
for file in arch/x86/kvm/emulate.c virt/kvm/kvm_main.c virt/kvm/eventfd.c virt/kvm/dirty_ring.c arch/x86/kvm/debugfs.c; do
	remark "$file"
done
ok "code of nested guests" jumps arch/x86/kvm/svm/nested.c nested_svm_vmrun "if (!svm->nested.hsave" 4
sed -i 's/^static int kvm_vcpu_do_singlestep/static noinline int kvm_vcpu_do_singlestep/' "$kvm/x86.c"
commit "a function that single-stepping calls is not inlined"
ok "twelve more in port I/O" jumps arch/x86/kvm/x86.c kvm_fast_pio "if (in)" 12
twelve=$(git -C "$tree" rev-parse HEAD)
remark arch/x86/kvm/kvm_onhyperv.c
is "a history of thirty" "$(git -C "$tree" rev-list --count "$base..HEAD")" 30

is "watch: something changed" "$(watch -p nop,cpuid,hypercall,inb-kernel,xapic-read "$tree" "$base..HEAD")" 1
short() {
	git -C "$tree" log -1 --format=%h "$1"
}
awk '/^[0-9a-f]/ { commit = $1; next } { print commit, $1, $NF }' "$work/out" >"$work/found"
has "CPUID's, by one instruction" "$work/found" "^$(short "$one") cpuid \\+1$"
has "hypercalls', by five" "$work/found" "^$(short "$five") hypercall \\+5$"
has "port I/O's, by twelve" "$work/found" "^$(short "$twelve") inb-kernel \\+12$"
is "and nothing else" "$(wc -l <"$work/found")" 3

runs=$(find "$work/record/runs" -name '*.json' | wc -l)
is "once more: the same" "$(cp "$work/out" "$work/first"; watch -p nop,cpuid,hypercall,inb-kernel,xapic-read "$tree" "$base..HEAD")" 1
ok "its words too" cmp "$work/first" "$work/out"
is "without a run" "$(find "$work/record/runs" -name '*.json' | wc -l)" "$runs"
is "then only what is new" "$(watch -p nop "$tree")" 0
has "which is nothing" "$work/err" "touches KVM$"
finish

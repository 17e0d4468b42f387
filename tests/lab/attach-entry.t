#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# How kvm_exit_stats.ko sees that the guest is entered, on AMD: by a call from svm_vcpu_run(), or
# by the tracepoint where another call is there already; with a livepatch of that function, and
# when kvm-amd is loaded again. The figures are the same each time.
. "$(dirname "$0")/../lib/tap.sh"
release=$(cat "$build/lab/release-$kernel")

ok "the module builds" "$top/host-patch/module/build" -k "$(headers_of "$kernel")" -o "$work/module"

# A call from the same function, as a BPF program of the kind fentry has, and a livepatch of it,
# which counts how often it was called and goes on behind the original's first instruction.
mkdir "$work/others"
echo "obj-m := entry_taken.o entry_livepatch.o" >"$work/others/Kbuild"
cat >"$work/others/entry_taken.c" <<'END'
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/version.h>

#include <asm/linkage.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define register_ftrace_direct register_ftrace_direct_multi
#define unregister_ftrace_direct(ops, stub, free) unregister_ftrace_direct_multi(ops, stub)
#endif

void entry_taken_stub(void);

asm("	.pushsection .text, \"ax\"\n"
    "	.type entry_taken_stub, @function\n"
    "	.globl entry_taken_stub\n"
    "entry_taken_stub:\n"
    ANNOTATE_NOENDBR "\n"
    ASM_RET
    "	.size entry_taken_stub, . - entry_taken_stub\n"
    "	.popsection\n");

static struct ftrace_ops ops;

static int __init start(void)
{
	char name[] = "svm_vcpu_run";
	int r = ftrace_set_filter(&ops, name, strlen(name), 1);

	return r ? r : register_ftrace_direct(&ops, (unsigned long)entry_taken_stub);
}

static void __exit stop(void)
{
	unregister_ftrace_direct(&ops, (unsigned long)entry_taken_stub, true);
	synchronize_rcu();
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
END
cat >"$work/others/entry_livepatch.c" <<'END'
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kprobes.h>
#include <linux/livepatch.h>
#include <linux/module.h>

static int (*original)(void *vcpu, unsigned long flags);
static unsigned long calls;
module_param(calls, ulong, 0444);

/* Of the same name, as livepatches that are built from a patch have it. */
static noinline int svm_vcpu_run(void *vcpu, unsigned long flags)
{
	calls++;
	return original(vcpu, flags);
}

static struct klp_func functions[] = { { .old_name = "svm_vcpu_run", .new_func = svm_vcpu_run }, {} };
static struct klp_object objects[] = { { .name = "kvm_amd", .funcs = functions }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init start(void)
{
	struct kprobe probe = { .symbol_name = "kvm_amd:svm_vcpu_run", .flags = KPROBE_FLAG_DISABLED };
	int r = register_kprobe(&probe);

	if (r)
		return r;
	/* A kprobe is behind an ENDBR, and so at the five bytes that ftrace changes. */
	original = (void *)(probe.addr + 5);
	unregister_kprobe(&probe);
	return klp_enable_patch(&patch);
}

static void __exit stop(void)
{
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
END
ok "the others at svm_vcpu_run() are built" make -s -C "$(headers_of "$kernel")" M="$work/others" modules

cat >"$work/job" <<'END'
. /lab/guest.sh
. /lab/during.sh
status=/sys/kernel/debug/kvm_exit_stats/status
livepatch=/sys/kernel/livepatch/entry_livepatch
# row NAME: how entries are seen, a hypercall's exits and the parts of one, and whether all is as
# expected.
row() {
	probe -append "settle_ms=100 ops=hypercall,inl-user samples=20 budget_ms=20" >/tmp/table
	echo "$1: $(sed -n 's/^entries //p' $status)" $(awk '
		$1 == "operation" { for (i = 1; i <= NF; i++) column[$i] = i }
		$1 == "hypercall" { print $2, $column["p50"], $column["out"], $column["kernel"], $column["user"], $column["in"] }' \
		/tmp/table) "$(sed -n 's/^exits as expected: \([0-9]*\) .*: \([0-9]*\)$/\1 \2/p' /tmp/table)"
}
load() {
	insmod /lab/kvm_exit_stats.ko exit_stats=guest || echo "$1: not loaded"
}
load alone
row alone
# A livepatch comes while a VM is on, and goes.
insmod /lab/entry_livepatch.ko || echo "the livepatch does not load"
during grep -q 1 $livepatch/transition
row livepatch-after
echo "livepatch-after calls: $(cat /sys/module/entry_livepatch/parameters/calls)"
rmmod kvm_exit_stats
load livepatch-before
calls=$(cat /sys/module/entry_livepatch/parameters/calls)
row livepatch-before
echo "livepatch-before calls: $(($(cat /sys/module/entry_livepatch/parameters/calls) - calls))"
echo 0 >$livepatch/enabled
during test -e $livepatch
rmmod entry_livepatch
row livepatch-gone
rmmod kvm_exit_stats

# Another call is there first.
insmod /lab/entry_taken.ko || echo "the other call does not load"
load taken
row taken
insmod /lab/entry_livepatch.ko 2>/dev/null && echo "a livepatch beside a call that does not share"
rmmod entry_taken
row taken-gone
rmmod kvm_exit_stats
load free
row free
insmod /lab/entry_taken.ko 2>/dev/null && echo "two calls at once"

# The processor's half of KVM is loaded again, somewhere else.
rmmod kvm_amd
echo "reloading: $(sed -n 's/^entries //p' $status)"
insmod /lab/kvm-amd.ko || echo "kvm-amd does not load"
row reloaded
echo off >/sys/module/kvm_exit_stats/parameters/exit_stats
echo guest >/sys/module/kvm_exit_stats/parameters/exit_stats
row again
rmmod kvm_exit_stats
dmesg | grep -E 'BUG|WARNING|RIP:|possible (circular|recursive|irq|unsafe)|INFO:' | grep -v 'Speculative\|TSC_DEADLINE\|hw-vuln'
exit 0
END
lab -m "$build/lab/$release" -p "" "$work/job" "$work/module/kvm_exit_stats.ko" "$work/others/entry_taken.ko" \
	"$work/others/entry_livepatch.ko" "$build/lab/$release/kvm-amd.ko" "$top/tests/lib/during.sh" >"$work/out" 2>"$work/err"
is "status" $? 0

# parts_add_up NAME: but for the few instructions that the probe itself takes between its reads.
parts_add_up() {
	awk -v name="$1:" '
		$1 == name { sum = $5 + $6 + $7 + $8; found = sum > $4 - 20 && sum < $4 + 20 && $6 > $4 / 2 }
		END { exit !found }' "$work/out"
}

# seen NAME HOW: its entries are seen so, every exit and each part of it.
seen() {
	is "$1: entries are $2, exits as expected" "$(sed -n "s/^$1: \([a-z]*\) \([0-9.]*\) .* \([0-9]* [0-9]*\)\$/\1 \2 \3/p" "$work/out")" "$2 1.00 2 0"
	ok "$1: the parts are the round trip, time in the kernel most of it" parts_add_up "$1"
}
for name in alone livepatch-after livepatch-before livepatch-gone free again; do seen $name called; done
for name in taken taken-gone reloaded; do seen $name traced; done
for name in livepatch-gone free again; do
	is "$name: as if nothing else had ever been there" "$(sed -n "s/^$name: //p" "$work/out")" "$(sed -n 's/^alone: //p' "$work/out")"
done
is "after the reload: as traced before" "$(sed -n 's/^reloaded: //p' "$work/out")" "$(sed -n 's/^taken-gone: //p' "$work/out")"
has "kvm-amd is unloaded: entries are traced from then on" "$work/out" '^reloading: traced$'
for name in livepatch-after livepatch-before; do
	has "$name: the livepatched function was called" "$work/out" "^$name calls: [1-9][0-9]{2,}\$"
done
is "nothing else is said" "$(grep -vE '^[a-z-]*( calls)?: ' "$work/out")" ""
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# host-patch/attach and detach in the lab's own host, with the distribution's KVM: what is
# refused, and attaching and detaching while a guest reads the leaves.
. "$(dirname "$0")/../lib/tap.sh"
release=$(cat "$build/lab/release-$kernel")

ok "the module builds" "$top/host-patch/module/build" -k "$(headers_of "$kernel")" -o "$work/module"
# VMs that cannot be created are none.
cat >"$work/create.c" <<'END'
#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR), i;

	for (i = 0; i < 100; i++)
		if (ioctl(kvm, KVM_CREATE_VM, 1ul << 20) >= 0)
			return 1;
	return kvm < 0;
}
END
ok "a program that fails to create VMs is built" "${CC:-gcc}" -static -o "$work/create" "$work/create.c"

# One that looks for tracepoints that this KVM does not have.
sed 's/kvm_vcpu_wakeup/kvm_vcpu_wakeux/g; s/kvm_userspace_exit/kvm_userspace_exix/g' "$work/module/kvm_exit_stats.ko" >"$work/blind.ko"

# A livepatch of the function that answers CPUID, as a distribution's mend of it would be.
mkdir "$work/livepatch"
echo "obj-m := livepatch_cpuid.o" >"$work/livepatch/Kbuild"
cat >"$work/livepatch/livepatch_cpuid.c" <<'END'
// SPDX-License-Identifier: GPL-2.0-only
#include <linux/livepatch.h>
#include <linux/module.h>

struct kvm_vcpu;

static bool nothing_for_cpuid(struct kvm_vcpu *vcpu, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx, bool exact_only)
{
	*eax = *ebx = *ecx = *edx = 0;
	return false;
}

static struct klp_func functions[] = { { .old_name = "kvm_cpuid", .new_func = nothing_for_cpuid }, {} };
static struct klp_object objects[] = { { .name = "kvm", .funcs = functions }, {} };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init start(void)
{
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
ok "a livepatch of kvm_cpuid() is built" make -s -C "$(headers_of "$kernel")" M="$work/livepatch" modules

cat >"$work/job" <<'END'
. /lab/guest.sh
. /lab/during.sh
mkdir -p /x/host-patch /x/scripts
cp /lab/attach /lab/detach /x/host-patch
cp /lab/common.sh /lab/distribution.sh /x/scripts
cd /x
says() {
	name=$1
	shift
	text=$("$@" 2>&1) && status=0 || status=$?
	echo "$name: $(echo "$text" | tr '\n' ';') status $status"
}
mkdir -p /lib/modules/$(uname -r)
says detached host-patch/detach
says first host-patch/attach -d /lab host
says status host-patch/attach -s
/lab/create && echo "created: $(sed -n 's/^vms //p' /sys/kernel/debug/kvm_exit_stats/status)"
says again host-patch/attach -d /lab guest
probe -append "settle_ms=1200 ops=cpuid samples=20 budget_ms=20" >/tmp/table
grep -E '^cpuid|^exits as' /tmp/table
chmod +x /lab/exitprobe-static
mount -t tmpfs none /dev/shm 2>/dev/null
/lab/exitprobe-static run --accel kvm --pin none --probe /lab/probe.elf --ops nop --samples 5 -q -o /tmp/results
echo "results: $(cat /tmp/results)"
echo "build ID: $(od -An -v -tx1 /sys/module/kvm_exit_stats/notes/.note.gnu.build-id | tr -d ' \n')"
# The command that shows a VM from outside.
qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none -name busy -serial file:/tmp/busy \
	-kernel /lab/probe.elf -append "samples=10000" &
# It has ended its start, and measures.
until grep -q '^operation' /tmp/busy 2>/dev/null; do sleep 0.05; done
sleep 0.2
/lab/exitprobe-static watch --once --json busy 2>&1
ls -d /sys/kernel/debug/kvm_exit_stats/$!-*
kill $!
wait
says detach host-patch/detach
says twice host-patch/detach
says missing host-patch/attach -d /tmp

# The leaves are read all the time while they are attached and detached.
probe -append "settle_ms=1200 ops=cpuid-4fffffff samples=10000 budget_ms=2000" >/tmp/table &
guest=$!
for i in 1 2 3 4 5; do
	insmod /lab/kvm_exit_stats.ko exit_stats=guest || echo "round $i does not load"
	for vm in /sys/kernel/debug/kvm_exit_stats/*-*; do
		[ ! -e "$vm/mode" ] || echo guest >$vm/mode
	done
	sleep 0.2
	rmmod kvm_exit_stats || echo "round $i does not unload"
done
wait $guest
echo "guest: status $?"
tail -n 12 /tmp/table

# A KVM without two of the tracepoints.
mkdir /tmp/blind
cp /lab/blind.ko /tmp/blind/kvm_exit_stats.ko
says blind host-patch/attach -d /tmp/blind guest
probe -append "ops=cpuid samples=20 budget_ms=20" >/tmp/table
grep '^exitprobe .*exit stats' /tmp/table | sed 's/^/blind: /'
sed 's/^/blind: /' /sys/kernel/debug/kvm_exit_stats/status
/lab/exitprobe-static run --accel kvm --pin none --probe /lab/probe.elf --ops nop --samples 5 -q -o /tmp/results
echo "blind: stats $(cat /tmp/results | sed 's/.*"stats":\({[^}]*}\).*/\1/')"
says unblind host-patch/detach

# A livepatch of the function that the mode guest redirects. The mode host does without.
livepatch=/sys/kernel/livepatch/livepatch_cpuid
insmod /lab/livepatch_cpuid.ko || echo "the livepatch does not load"
during grep -q 1 $livepatch/transition
says livepatch host-patch/attach -d /lab guest
says livepatched host-patch/attach -d /lab host
qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none -serial none -S &
during sh -c "! ls -d /sys/kernel/debug/kvm_exit_stats/$!-*"
vm=$(ls -d /sys/kernel/debug/kvm_exit_stats/$!-*)
says livepatched-guest sh -c "echo guest >$vm/mode"
echo "livepatched: mode $(cat $vm/mode)"
kill $!
wait
says unlivepatched host-patch/detach
echo 0 >$livepatch/enabled
during test -e $livepatch
rmmod livepatch_cpuid
says afterwards host-patch/attach -d /lab guest
probe -append "ops=cpuid-4fffffff samples=20 budget_ms=20" >/tmp/table
grep '^exits as' /tmp/table | sed 's/^/afterwards: /'
host-patch/detach

# What keeps it from being loaded.
echo 1 >/sys/module/module/parameters/sig_enforce
says unsigned host-patch/attach -d /lab
mount -t securityfs none /sys/kernel/security 2>/dev/null
echo integrity >/sys/kernel/security/lockdown
says locked host-patch/attach -d /lab
echo 1 >/proc/sys/kernel/modules_disabled
says disabled host-patch/attach -d /lab
dmesg | grep -E 'BUG:|WARNING: CPU|RIP:'
exit 0
END

lab -m "$build/lab/$release" -p "" "$work/job" "$work/module/kvm_exit_stats.ko" "$work/blind.ko" "$work/livepatch/livepatch_cpuid.ko" "$work/create" "$top/tests/lib/during.sh" "$build/exitprobe-static" "$top/host-patch/attach" \
	"$top/host-patch/detach" "$top/scripts/common.sh" "$top/scripts/distribution.sh" >"$work/out" 2>"$work/err"
is "status" $? 0

# says NAME REGEX
says() {
	has "$1" "$work/out" "^$1: $2"
}
says detached "detach: error: not attached; status 1"
says first "attached to .*, VMs to come: host; status 0"
says status "attached to .*, VMs to come: host; status 0"
has "VMs that cannot be created leave nothing" "$work/out" '^created: 0$'
says again "attached to .*, VMs to come: guest; .*status 0"
has "the guest sees one exit for one CPUID" "$work/out" '^cpuid +1\.00 .* CPUID$'
has "as expected" "$work/out" '^exits as expected: 1 operations, not as expected: 0$'
is "fingerprint: the module is a part" "$(sed -n 's/^results: //p' "$work/out" |
	jq -r '.fingerprint.parts | keys | map(select(startswith("kvm"))) | join(" ")')" "kvm kvm_amd kvm_exit_stats"
has "fingerprint: it is the loaded module's build ID" "$work/out" "^build ID: .*$(sed -n 's/^results: //p' "$work/out" |
	jq -r .fingerprint.parts.kvm_exit_stats)\$"
has "watch: by the module" "$work/out" '^exitprobe watch: [0-9]+-[0-9]+ busy: the module kvm_exit_stats counts: exits by reason, and times'
is "watch: exits, and their reasons are all of them" "$(grep '^{"time"' "$work/out" | jq -c '.vms[] |
	[.name, .way, .exits > 1000, (([.reasons[].exits] | add) - .exits | fabs) < 5, (.percent | add | round)]')" '["busy","module",true,true,100]'
says detach "detached; KVM runs as before; status 0"
says twice "detach: error: not attached; status 1"
says missing "attach: error: /tmp/kvm_exit_stats.ko: no such file; status 1"
is "five rounds under a guest that reads: nothing fails" "$(grep '^round' "$work/out")" ""
says guest "status 33"
has "the guest's run ends" "$work/out" '^cpuid-4fffffff'
has "no tracepoint of waking up: the log names it" "$work/console" 'tracepoint kvm_vcpu_wakeux: this KVM has none'
says blind "attached to .*; status 0"
has "the probe says so" "$work/out" '^blind: exitprobe .*exit stats v1 .SVM, module.*, halted time unknown.'
has "and the status" "$work/out" '^blind: halted no: it counts as descheduled or kernel$'
has "no tracepoint of returns: the status" "$work/out" '^blind: paused no: it counts as user$'
has "and the records" "$work/out" '^blind: stats .*"halted_known":false'
says unblind "detached; KVM runs as before; status 0"
is "a livepatch comes and goes" "$(grep -E 'the livepatch does not load|^after ten seconds' "$work/out")" ""
says livepatch "/sys/kernel/livepatch/.*kvm_cpuid,.: this livepatch and the mode guest exclude each other;attach: error: kvm_exit_stats.ko cannot be loaded: kvm_cpuid.*: redirected already, perhaps by a livepatch.*status 1"
says livepatched ".*;attached to .*, VMs to come: host; status 0"
says livepatched-guest ".*: Device or resource busy; status [1-9]"
has "a livepatch: the VM stays as it was" "$work/out" '^livepatched: mode host$'
says unlivepatched "detached; KVM runs as before; status 0"
has "without the livepatch the guest is answered" "$work/out" '^afterwards: exits as expected: 1 operations, not as expected: 0$'
says unsigned "attach: error: kvm_exit_stats.ko cannot be loaded: module.sig_enforce=Y: the kernel loads modules with a signature by a key it knows alone; .*status 1"
says locked "attach: error: kvm_exit_stats.ko cannot be loaded: the kernel is locked down .Secure Boot.: it loads modules with a signature .*status 1"
says disabled "attach: error: kernel.modules_disabled=1: .*status 1"
is "no complaint of the kernel" "$(grep -E 'BUG:|WARNING: CPU|RIP:' "$work/out")" ""
finish

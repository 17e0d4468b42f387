#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# kvm_exit_stats.ko is loaded and unloaded again and again, on a host with two processors,
# while one VM runs exits all the time, others are created and end, vCPUs are added to a VM that
# runs, a processor of the host goes off and on, and the VMs' modes change: nothing fails, and the
# kernel has no complaint.  (A vCPU that is unplugged stays in KVM until its VM ends.)
# ROUNDS is how many (1000); with KERNEL_DIR, a kernel's build directory with vmlinux and
# modules of KVM, it is that kernel's: one with KASAN, lockdep and kmemleak, for example.
. "$(dirname "$0")/../lib/tap.sh"
rounds=${ROUNDS:-1000}
release=$(cat "$build/lab/release-$kernel")

headers=${KERNEL_DIR:-$(headers_of "$kernel")}
ok "the module builds" "$top/host-patch/module/build" -k "$headers" -o "$work/module"

cat >"$work/job" <<END
rounds=$rounds
END
cat >>"$work/job" <<'END'
. /lab/guest.sh
# guests OPERATIONS SAMPLES NAME: one VM after the other; 33 is the probe's success, and so
# is what a guest makes of leaves that come and go.
guests() {
	while [ ! -e /tmp/stop ]; do
		status=0
		probe -append "settle_ms=0 ops=$1 samples=$2 budget_ms=200" >/tmp/table.$3 || status=$?
		[ $status -eq 33 ] && grep -q '^complete: .* 0 hung, 0 failed' /tmp/table.$3 ||
			{ echo "guest $3: $status"; cat /tmp/table.$3; }
	done
}
# None halts: see docs/lab.md, "The shadow of STI".
guests cpuid,cpuid-4fffffff,hypercall,inb-kernel,inl-user 10000 long &
guests cpuid,inl-user 20 short &
# VMs that run, and to which three vCPUs are added.
grow() {
	while [ ! -e /tmp/stop ]; do
		{
			sleep 0.2
			for cpu in 1 2 3; do
				echo "device_add host-x86_64-cpu,socket-id=$cpu,core-id=0,thread-id=0"
				sleep 0.1
			done
			sleep 0.2
			echo quit
		} | qemu-system-x86_64 -accel kvm -cpu host -m 64 -nodefaults -display none -monitor stdio \
			-smp 1,sockets=4,maxcpus=4 -kernel /lab/probe.elf -append "samples=10000 ops=cpuid,inl-user" >/tmp/monitor
		! grep -a Error: /tmp/monitor || echo "guest that grows"
	done
}
grow &
online=/sys/devices/system/cpu/cpu1/online
n=0
while [ $n -lt $rounds ]; do
	[ $((n % 25)) -ne 7 ] || echo 0 >$online || echo "round $n: the processor stays"
	[ $((n % 25)) -ne 9 ] || echo 1 >$online || echo "round $n: the processor does not come back"
	insmod /lab/kvm_exit_stats.ko exit_stats=$([ $((n % 3)) -eq 0 ] && echo off || echo guest) ||
		echo "round $n does not load"
	# Their changes wait for RCU many times, so all of them only now and then.
	modes=guest
	[ $((n % 4)) -ne 0 ] || modes="host guest off guest"
	for mode in $modes; do
		for vm in /sys/kernel/debug/kvm_exit_stats/*-*; do
			# A VM may be gone by now.
			echo $mode 2>/dev/null >$vm/mode
			cat $vm/vcpu*/exit_stats
			[ ! -e $vm/vcpu3 ] || touch /tmp/grown
		done >/dev/null 2>&1
	done
	rmmod kvm_exit_stats || echo "round $n does not unload"
	n=$((n + 1))
	[ $((n % 50)) -ne 0 ] || echo "rounds: $n"
done
touch /tmp/stop
wait
[ -e /tmp/grown ] || echo "round $n: no VM with four vCPUs"
if [ -e /sys/kernel/debug/kmemleak ]; then
	echo scan >/sys/kernel/debug/kmemleak
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	echo "== leaks"
	cat /sys/kernel/debug/kmemleak
fi
echo "== complaints"
dmesg | grep -E 'BUG|WARNING|RIP:|possible (circular|recursive|irq|unsafe)|INFO:' | grep -v 'Speculative\|TSC_DEADLINE\|hw-vuln'
exit 0
END

lab -r -t "${LIMIT:-6000}" -m "${MODULES:-$build/lab/$release}" -p "" "$work/job" "$work/module/kvm_exit_stats.ko" \
	>"$work/out" 2>"$work/err"
is "status" $? 0
is "$rounds rounds: nothing fails" "$(grep -E '^(round |guest )' "$work/out")" ""
is "$rounds rounds: all of them" "$(grep -c '^rounds: ' "$work/out")" $((rounds / 50))
is "no complaint of the kernel" "$(sed -n '/^== complaints/,$p' "$work/out" | sed 1d)" ""
is "no memory is lost" "$(sed -n '/^== leaks/,/^== complaints/p' "$work/out" | sed '/^==/d')" ""
finish

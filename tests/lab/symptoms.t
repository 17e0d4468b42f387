#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What docs/symptoms.md says, tried where the lab can: a guest with two vCPUs that boots twice.
# shellcheck disable=SC2016 # variables of awk and of other shells
. "$(dirname "$0")/../lib/tap.sh"

cat >"$work/leaf.c" <<'END'
/* EAX of leaf 0x4ffffffe for reason 0x72 with ECX set, and as a compiler may leave it. */
#include <cpuid.h>
#include <stdio.h>

int main(void)
{
	unsigned int a, b, c, d;

	for (int i = 0; i < 3; i++) {
		__cpuid_count(0x4ffffffe, 0x72, a, b, c, d);
		printf("set %u\n", a);
		/* ECX is what the leaf has returned there before: cycles. */
		__asm__ volatile("cpuid" : "=a"(a), "=b"(b), "+c"(c), "=d"(d) : "a"(0x4ffffffe));
		printf("unset %u %#x\n", a, d);
	}
	return 0;
}
END
gcc -O1 -static -o "$work/leaf" "$work/leaf.c"

cat >"$work/guest" <<'END'
modules
if [ "$(dd if=/dev/vda bs=5 count=1 2>/dev/null)" = again ]; then
	echo "== after the reboot"
	exitstat -v
	return
fi
echo "== reasons"
exitstat --raw 0x4ffffffe 10
exitstat --raw 0x4ffffffe 0x7b
exitstat --raw 0x4ffffffe 0x10a
echo "== ecx"
leaf
echo "== total"
exitstat --raw 0x4fffffff
echo "== each"
for cpu in 0 1; do
	echo "$cpu $(taskset -c $cpu exitstat --raw 0x4fffffff)"
done
echo "== vcpus"
exitstat --vcpu all
exitstat
echo "== before the reboot"
exitstat -v
echo again | dd of=/dev/vda bs=4k conv=sync,fsync 2>/dev/null
stty -F /dev/ttyS0 115200
reboot -f
END
cat >"$work/host" <<'END'
. /lab/guest.sh
echo "== npt"
echo N >/sys/module/kvm_amd/parameters/npt && echo written
cat /sys/module/kvm_amd/parameters/npt
truncate -s 1M /tmp/disk
# The file is read when the guest has come this far.
(
	until grep -q '^== vcpus' /tmp/console 2>/dev/null; do sleep 0.1; done
	grep -c . /sys/kernel/debug/kvm/[0-9]*/vcpu0/exit_stats >/tmp/lines
) &
serial=file:/tmp/console linux_guest -smp 2 -drive file=/tmp/disk,format=raw,if=virtio -action reboot=reset
cat /tmp/console
echo "== the host's kernel says"
dmesg | grep -ci 'exit.stat'
echo "== the host's file, lines"
cat /tmp/lines
END
"$top/lab/pack/guest" "$work/guest.cpio" "$work/guest" "$build/exitstat" "$work/leaf"
ran "status" 0 lab -t 300 "$work/host" "$build/lab/$(cat "$build/lab/release-$kernel")/vmlinux" "$work/guest.cpio" || finish
tr -d '\r' <"$work/out" >"$work/all"
sections=$work/all

is "npt cannot be changed while the module is loaded" "$(section npt | grep -cx Y) $(section npt | grep -cx written)" "1 0"
# EAX and EDX of a reading.
registers() {
	sed -n 's/.*EAX=\(0x[0-9A-F]*\) .*EDX=\(0x[0-9A-F]*\)$/\1 \2/p'
}
is "AMD's reason 10 is another than Intel's, and 0" "$(section reasons | sed -n 1p | registers)" "0x00000000 0x00000000"
ok "AMD's reason of a port access is not" [ $(($(section reasons | sed -n 2p | registers | cut -d ' ' -f 1))) -gt 1000 ]
is "a reason that is not defined" "$(section reasons | sed -n 3p | registers)" "0x00000000 0xFFFFFFFF"

ok "with ECX set it counts each CPUID" awk '/^set/ { if (n && $2 != n + 2) exit 1; n = $2 } END { exit !n }' <<-END
$(section ecx)
END
is "with another's ECX it is no reason's" "$(section ecx | grep -c '^unset 0 0xffffffff$')" 3
has "EBX is the high half" "$work/all" '^CPUID\(0x4FFFFFFF, 0x00000000\): EAX=0x[0-9A-F]+ EBX=0x00000000 ECX=0x[0-9A-F]+ EDX=0x00000000$'

section each | sed 's/.*EAX=\(0x[0-9A-F]*\) .*/\1/' >"$work/each"
first=$(($(sed -n 1p "$work/each")))
second=$(($(sed -n 2p "$work/each")))
ok "each CPU has the VM's total: $first, $second" [ "$second" -gt "$first" -a "$second" -lt $((first + 500)) ]
section vcpus | sed -n 's/^vCPU.*exits=\([0-9]*\),.*/\1/p' >"$work/vcpus"
zero=$(sed -n 1p "$work/vcpus")
one=$(sed -n 2p "$work/vcpus")
total=$(section vcpus | sed -n 's/^CPUID.*exits=\([0-9]*\),.*/\1/p')
ok "but --vcpu each its own: $zero and $one of $total" [ "$((zero + one))" -le "$total" -a "$one" -gt 10 -a "$zero" -gt "$one" ]

# figures NAME: the exits, the VM's age in seconds and the exits per second, as exitstat -v says.
figures() {
	section "$1" | sed -n 's/^CPUID.*exits=\([0-9]*\),.*/\1/p; s/.*the VM is \([0-9.]*\) s old: \([0-9.]*\) exits.s$/\1 \2/p' | xargs
}
before=$(figures "before the reboot") after=$(figures "after the reboot")
echo "# exits, seconds, exits per second: $before; after the reboot $after"
is "the three figures of both" "$(echo "$before" | wc -w) $(echo "$after" | wc -w)" "3 3"
# compared CONDITION: of $1 to $3 before the reboot, and $4 to $6 after it.
compared() {
	echo "$before $after" | awk "{ exit !(NF == 6 && ($1)) }"
}
ok "a reboot does not begin anew" compared '$4 > 1.5 * $1'
ok "nor does the VM's age" compared '$5 > 1.5 * $2'
# Of the guest's clock, which begins anew, the exits of both boots would make twice the rate.
ok "so the rate is not too high" compared '$6 < 1.25 * $3 && $6 > $3 / 2'
ok "it is the exits by the age" compared '$6 * $5 > $4 - $5 && $6 * $5 < $4 + $5'
# What exitstat has from the two clocks: the first boot lies before this one.
section "after the reboot" | sed -n 's/^booted \([0-9.]*\) s ago, \([0-9.]*\) s after the VM had begun.*/\1 \2/p' >"$work/booted"
ok "the guest's clock does begin anew" awk -v before="$before" '
	{ split(before, figure); n = NF } END { exit !(n == 2 && $1 < figure[2] && $2 > figure[2]) }' "$work/booted"

is "the host's kernel says nothing" "$(section "the host's kernel says")" 0
ok "the host's file has a line for each reason" [ "$(section "the host's file, lines")" -gt 10 ]
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe run --counts on this machine's own KVM, whatever that is: its statistics tell
# exits without a patch, a module or root.
. "$(dirname "$0")/../lib/tap.sh"

[ -r /dev/kvm ] && [ -w /dev/kvm ] || skip_all "no /dev/kvm that this user may open"
echo quit | timeout 10 qemu-system-x86_64 -accel kvm -display none -S -monitor stdio \
	>/dev/null 2>&1 || skip_all "/dev/kvm does not start a guest"
exitprobe=$build/exitprobe

# run ARGUMENT...: its status; the table goes to out, messages to err.
run() {
	status_of timeout 150 "$exitprobe" run --accel kvm --samples 50 "$@"
}
# exits OPERATION: per operation. Of a batch that the host interrupts the one with the fewest exits
# counts, so that a busy host makes no difference.
exits() {
	jq -r --arg op "$1" '.boots[0].records[] | select(.record == "op" and .op == $op) |
		.counts.exits' "$work/stats.json"
}

is "stats: status" "$(run --counts stats --ops nop,inl-user,outl-user,outsb-64,hole-read -o "$work/stats.json")" 0
is "stats: the file says so" "$(jq -r .counts.way "$work/stats.json")" stats
is "stats: NOP does not exit" "$(exits nop)" 0
# What goes to QEMU exits on every KVM, with or without a processor's help.
is "stats: a port of QEMU's is an exit" "$(exits inl-user) $(exits outl-user)" "1 1"
is "stats: and so is its memory" "$(exits hole-read)" 1
ok "stats: REP OUTSB to it at least one for each byte" [ "$(exits outsb-64)" -ge 64 ]
has "stats: the table has exits" "$work/out" '^inl-user +1\.00 '
has "stats: and a hint at MMIO" "$work/out" '^hole-read .*\(.*mmio_exits.*\)$'
has "stats: and says what it cannot show" "$work/out" "^WARNING: counts by KVM's own statistics: .* no times on the host"
is "none: status" "$(run --counts none --ops nop,inl-user -o "$work/none.json")" 0
is "none: no exits" "$(jq '[.boots[0].records[] | has("exits") or has("counts")] | any' "$work/none.json")" false
is "compare: says that others counted" "$(timeout 20 "$exitprobe" compare "$work/none.json" "$work/stats.json" |
	sed -n 's/^  exits: counted by *//p')" "nobody -> KVM's own statistics"
is "compare: refuses parts" "$(status_of timeout 20 "$exitprobe" compare -m kernel "$work/none.json" "$work/stats.json")" 2

# As root: the tracepoints, or where this KVM does not fire them the next way.
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	cat >"$work/mounted" <<'END'
[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing
[ -d /sys/kernel/debug/kvm ] || mount -t debugfs debugfs /sys/kernel/debug
"$@"
status=$?
echo "left: $(ls /sys/kernel/tracing/instances | grep -c exitprobe)"
exit $status
END
	is "auto, as root: status" "$(status_of timeout 150 unshare -m sh "$work/mounted" "$exitprobe" run --accel kvm \
		--samples 50 --ops nop,inl-user -o "$work/root.json")" 0
	if grep -q 'this KVM fires no kvm_exit; next: ' "$work/err"; then
		is "auto, as root: the next way" "$(jq -r .counts.way "$work/root.json")" stats
	else
		has "auto, as root: the best way" "$work/root.json" '"way": ?"(leaf|trace)"'
	fi
	has "auto, as root: nothing is left" "$work/out" '^left: 0$'
	has "auto, not root: said" "$(setpriv --reuid 65534 --clear-groups timeout 20 "$exitprobe" doctor >"$work/doctor"
		echo "$work/doctor")" "trace: only root may use KVM's tracepoints"
fi

# A QEMU without them, as before 7.1: here one whose processor is emulated.
cat >"$work/qemu" <<'END'
#!/bin/sh
for word; do
	shift
	[ "$word" != kvm ] || word=tcg
	[ "$word" = "${word#host,}" ] || word=max
	set -- "$@" "$word"
done
exec qemu-system-x86_64 "$@"
END
chmod 755 "$work/qemu"
is "a QEMU without statistics: status" "$(run --qemu "$work/qemu" --counts stats --ops nop)" 2
has "a QEMU without statistics: said" "$work/err" '^exitprobe run: error: --counts stats: QEMU [0-9.]+ gives no count of exits'
if ! [ -e /sys/module/kvm/parameters/exit_stats ] && ! [ -e /sys/module/kvm_exit_stats ]; then
	is "leaf, which is not there: status" "$(run --counts leaf --ops nop)" 2
	has "leaf: said" "$work/err" "^exitprobe run: error: --counts leaf: this host's KVM has no exit statistics"
	is "auto: status" "$(run --ops nop --qemu "$work/qemu" -o "$work/auto.json")" 0
	has "auto: a line for what fails, and the next" "$work/err" "^exitprobe run: warning: no exits by KVM's own statistics: QEMU .*; next: nobody"
	is "auto: the file says so" "$(jq -r .counts.way "$work/auto.json")" none
fi
finish

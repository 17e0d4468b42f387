# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For lab/machine/amd.sh: a snapshot of the lab's host, taken once of each kernel where its first
# process (lab/machine/init) is about to fetch the job. A run that continues from it takes half a
# second to come to this point, a boot seven.
#
# The snapshot is the same wherever it is taken. A guest's panic, which QEMU's pvpanic reports,
# stops QEMU in the instruction that writes to the device. One thing is left to chance: QEMU's main
# thread may find the processor stopped before it learns that it is to stop the clock too, takes
# it for idle, and lets the clock go on to the next timer. This happens where the two threads run
# at the same time, so they get one processor; where it happens nevertheless, as the local APIC's
# timer tells, the snapshot is not kept and taken again.

snapshot_tries=20

# snapshot_current: whether the snapshot is there, younger than what it is made of, and of
# this machine. The base archive contains QEMU itself.
snapshot_current() {
	[ "$(cat "$snapshot.key" 2>/dev/null)" = "$snapshot_key" ] &&
		[ -z "$(find -L "$kernel/vmlinux" "$build/lab/base.cpio" -newer "$snapshot")" ]
}

# speak COMMAND PIPE FILE: run lab/machine/monitor beside QEMU, no longer than this script runs.
speak() {
	mkfifo "$2.in" "$2.out"
	setpriv --pdeathsig TERM "$top/lab/machine/monitor" "$@" 7>&- &
	reader=$!
}

# silence: end it. Where QEMU has never opened its end of the pipe, it waits.
silence() {
	[ -z "${reader:-}" ] || {
		kill "$reader" 2>/dev/null || :
		wait "$reader" 2>/dev/null || :
	}
	reader=
}

# need_snapshot MACHINE: see that $snapshot is there for this machine, QEMU's options in one word
# list. With "-more" the processor has more features.
need_snapshot() {
	snapshot=$kernel/snapshot${LAB_MORE:+-more}
	snapshot_key="$1 $cmdline"
	snapshot_current && return
	exec 7>"$snapshot.lock"
	flock -w 900 7 || die "$snapshot.lock: another boot has held it for 15 minutes"
	snapshot_current || take_snapshot "$1"
	exec 7>&-
}

take_snapshot() {
	say "lab: booting the host once, to continue from there"
	need_space "$kernel" 400
	rm -f "$snapshot.key"
	processor=$(taskset -cp $$)
	processor=${processor##* }
	outcome=late tries=0
	while [ "$outcome" = late ] && [ "$tries" -lt "$snapshot_tries" ]; do
		tries=$((tries + 1))
		rm -f "$work"/save.* "$work/snapshot.outcome"
		speak save "$work/save" "$work/snapshot"
		# shellcheck disable=SC2086 # a list
		limited_to 300 taskset -c "${processor%%[,-]*}" $1 -kernel "$kernel/vmlinux" \
			-append "$cmdline lab.snapshot" -initrd "$build/lab/base.cpio" \
			-fw_cfg "name=opt/exitprobe/job,file=$work/job.cpio" -action panic=pause \
			-serial "file:$work/snapshot.console" -serial null \
			-chardev "pipe,id=qmp,path=$work/save" -mon chardev=qmp,mode=control 7>&- &
		emulator=$!
		wait "$emulator" 2>/dev/null || :
		emulator=
		silence
		outcome=$(cat "$work/snapshot.outcome" 2>/dev/null) || outcome=
	done
	[ "$outcome" = saved ] || {
		tail -n 3 "$work/snapshot.console" >&2 2>/dev/null || :
		die "the lab's host cannot be saved${outcome:+: $outcome} ($tries tries); its console is above"
	}
	mv "$work/snapshot.console" "$snapshot.console"
	mv "$work/snapshot" "$snapshot"
	echo "$snapshot_key" >"$snapshot.key"
}

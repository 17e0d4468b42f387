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

# snapshot_made_of MACHINE: print what a snapshot depends on: QEMU's program, libraries and
# firmware, the kernel, the archive of programs, how it is taken, and the machine's options.
snapshot_made_of() {
	program=$(command -v "$emulator_program")
	# shellcheck disable=SC2046,SC2086 # lists
	file_hashes "$program" $(libraries_of "$program" 2>/dev/null) $emulator_modules $emulator_firmware \
		"$kernel/vmlinux" "$build/lab/base.cpio" \
		"$top/lab/machine/snapshot.sh" "$top/lab/machine/monitor" | cut -d ' ' -f 1
	echo "$1 $cmdline"
}

# snapshot_current: whether the snapshot is there, and of $made_of.
snapshot_current() {
	[ -s "$snapshot" ] && [ -f "$snapshot.console" ] &&
		[ "$(cat "$snapshot.key" 2>/dev/null)" = "$made_of" ]
}

# speak COMMAND PIPE FILE: run lab/machine/monitor beside QEMU, no longer than this script runs.
speak() {
	mkfifo "$2.in" "$2.out"
	setpriv --pdeathsig TERM "$top/lab/machine/monitor" "$@" 7>&- &
	reader=$!
}

# silence: end it. It waits if QEMU has never opened its end of the pipe.
silence() {
	[ -z "${reader:-}" ] || {
		kill "$reader" 2>/dev/null || :
		wait "$reader" 2>/dev/null || :
	}
	reader=
}

# outcome_of FILE: print how lab/machine/monitor says that it went.
outcome_of() {
	cat "$1.outcome" 2>/dev/null || :
}

# need_snapshot MACHINE: see that $snapshot is there for this machine, which are QEMU's options.
# With LAB_MORE the processor has more features, and there is a second one.
need_snapshot() {
	snapshot=$kernel/snapshot${LAB_MORE:+-more}
	made_of=$(snapshot_made_of "$1")
	snapshot_current && return
	exec 7>"$snapshot.lock"
	flock -n 7 || {
		say "lab: another boot is taking the snapshot of the host; waiting for it"
		flock -w 3600 7 ||
			die "$snapshot.lock: another boot has held it for an hour; end it (fuser $snapshot.lock), and try again"
	}
	snapshot_current || take_snapshot "$1"
	exec 7>&-
	# What has passed is not this run's.
	began=$(date +%s)
}

# written: whether the snapshot is whole. QEMU hands it to another process, and may end before
# that has written the last of it.
written() {
	i=0
	until [ -f "$work/snapshot.whole" ]; do
		[ $i -lt 100 ] || return 1
		i=$((i + 1))
		sleep 0.1
	done
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
		rm -f "$work"/save.* "$work"/snapshot.*
		speak save "$work/save" "$work/snapshot"
		# shellcheck disable=SC2086 # a list
		limited_to 120 taskset -c "${processor%%[,-]*}" $1 -kernel "$kernel/vmlinux" \
			-append "$cmdline lab.snapshot" -initrd "$build/lab/base.cpio" \
			-fw_cfg "name=opt/exitprobe/job,file=$work/job.cpio" -action panic=pause \
			-serial "file:$work/snapshot.console" -serial null \
			-chardev "pipe,id=qmp,path=$work/save" -mon chardev=qmp,mode=control 7>&- &
		emulator=$!
		wait "$emulator" 2>/dev/null || :
		emulator=
		silence
		outcome=$(outcome_of "$work/snapshot")
	done
	case $outcome in
	saved) written || outcome="$work/snapshot is not whole; is the disk full?" ;;
	late) outcome="its clock went on each of $tries times; try again when the machine is less busy" ;;
	'') outcome="QEMU ended early" ;;
	esac
	[ "$outcome" = saved ] || {
		[ ! -s "$work/snapshot.console" ] || tail -n 3 "$work/snapshot.console" >&2
		die "the lab's host cannot be saved: $outcome"
	}
	[ "$made_of" = "$(snapshot_made_of "$1")" ] ||
		die "the kernel, QEMU or the archive of programs has changed while the lab's host was saved; try again"
	mv "$work/snapshot.console" "$snapshot.console"
	mv "$work/snapshot" "$snapshot"
	printf '%s\n' "$made_of" >"$snapshot.key"
}

# check_continued STATUS: QEMU has failed. End with an error if it had not loaded the snapshot.
check_continued() {
	[ "$(outcome_of "$work/qmp")" != loaded ] || return 0
	rm -f "$snapshot.key"
	die "$snapshot: QEMU does not load it (status $1); the next boot takes it again"
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For lab/boot: an EPYC with SVM and nested paging, by QEMU.

. "$top/lab/machine/snapshot.sh"
limit=${limit:-300}
emulator_program=qemu-system-x86_64
emulator_firmware=$qemu_firmware
# Without it an injected interrupt may come twice: see docs/lab.md.
emulator_plugins=$build/lab/vmrun.so
[ -z "${LAB_UNMENDED:-}" ] || emulator_plugins=
# Debian's QEMU loads its translator when it starts.
emulator_modules=$(find /usr/lib -path '*/qemu/accel-tcg-*.so' 2>/dev/null | LC_ALL=C sort)

emulator_version() {
	"$emulator_program" --version | head -n 1
}

# job_input: open descriptor 4, what the second serial port reads. The port loses what comes before
# the job reads it, so a pipe is held back until the job says that it does. A pipe's end is
# Ctrl-D for the guest's terminal.
job_input() {
	if [ -z "$interactive" ]; then
		exec 4</dev/null
	elif [ -t 0 ]; then
		exec 4<&0
	else
		mkfifo "$work/input"
		exec 5<&0
		{
			until grep -qs '^lab: input' "$work/console"; do
				sleep 0.2
			done
			cat <&5
			printf '\004'
		} >"$work/input" &
		feeder=$!
		exec 4<"$work/input" 5<&-
	fi
}

emulate() {
	# What QEMU's emulation lacks of an EPYC is named, or it warns; RDRAND
	# and RDSEED would differ from run to run.
	cpu=EPYC,+svm,+npt,-rdseed
	[ -n "${LAB_MORE:-}" ] && cpu=$cpu,+monitor,+arat,+vgif || cpu=$cpu,-rdrand
	cpu=$cpu,-sha-ni,-fxsr-opt,-misalignsse,-3dnowprefetch,-osvw,-topoext,-nrip-save,-xsavec
	if [ "$parallel" = turns ]; then
		clock="-accel tcg,thread=single -smp 2"
	elif [ -n "$parallel" ]; then
		clock="-accel tcg,thread=multi -smp 2"
	else
		clock="-accel tcg -smp 1 -icount shift=0,sleep=off"
	fi
	[ -z "$emulator_plugins" ] || [ -f "$emulator_plugins" ] ||
		die "$emulator_plugins: no such file, without which interrupts come twice; run: make lab KERNEL=$version"
	machine="-cpu $cpu -m 2048 -nodefaults -display none -no-reboot -seed 1 -rtc clock=vm,base=2026-01-01"
	if [ -n "$parallel" ]; then
		cat "$build/lab/base.cpio" "$work/job.cpio" >"$work/initramfs"
		set -- -initrd "$work/initramfs"
	else
		machine="$machine -device pvpanic"
		need_snapshot "$emulator_program $clock $machine"
		set -- -fw_cfg "name=opt/exitprobe/job,file=$work/job.cpio" \
			-incoming defer -chardev "pipe,id=qmp,path=$work/qmp" -mon chardev=qmp,mode=control
		cp "$snapshot.console" "$work/console"
		speak continue "$work/qmp" "$snapshot"
		# Where someone types, a second of waiting takes a second.
		[ -z "$interactive" ] || clock="-accel tcg -smp 1 -icount shift=0,sleep=on"
	fi
	job_input
	# shellcheck disable=SC2086 # lists
	limited "$emulator_program" $clock $machine -kernel "$kernel/vmlinux" -append "$cmdline" "$@" \
		-chardev "file,id=console,path=$work/console,append=on" -serial chardev:console \
		-chardev stdio,id=job,signal=off -serial chardev:job ${emulator_plugins:+-plugin "$emulator_plugins"} ${plugin:+-plugin "$plugin"} <&4 &
	emulator=$!
	exec 4<&-
	wait "$emulator" 2>/dev/null || status=$?
	emulator=
	silence
	[ -n "$parallel" ] || case $status in
	0 | 124 | 137 | 143 | 152) ;; # ended by itself, by a limit, or killed
	*) check_continued "$status" ;;
	esac
}

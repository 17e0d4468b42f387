#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What lab/boot, lab/pack/guest and exitprobe leave beside the lab when they are killed
# goes when the next begins; what a live one has there stays.  And how lab/boot's limits
# end it.  The emulator is a program that does as the test needs.
. "$(dirname "$0")/../lib/tap.sh"
exitprobe=$build/exitprobe

# A build of its own, with the lab's files by links, for its own snapshot of the host.
release=$(cat "$build/lab/release-$kernel")
left=$work/build/lab
mkdir -p "$left" "$work/bin"
cp -alL "$build/lab/$release" "$left/"
rm -f "$left/$release"/snapshot*
for part in "release-$kernel" base.cpio vmrun.so; do
	ln -s "$build/lab/$part" "$left/$part"
done
ln -s "$build/modules" "$work/build/modules"
export BUILD="$work/build" LAB_CONSOLE="$work/console" PATH="$work/bin:$PATH"
echo true >"$work/job"

# QEMU, until the snapshot is taken, and then what the test says. It is the same file all the time:
# with another one the lab takes another snapshot.
cat >"$work/bin/qemu-system-x86_64" <<END
#!/bin/sh
case "\$*" in
*lab.snapshot*) exec $(command -v qemu-system-x86_64) "\$@" ;;
esac
exec "\${0%/*}/emulator" "\$@"
END
chmod 755 "$work/bin/qemu-system-x86_64"
# emulator LINE...: is this shell script.
emulator() {
	printf '#!/bin/sh\n' >"$work/bin/emulator"
	printf '%s\n' "$@" >>"$work/bin/emulator"
	chmod 755 "$work/bin/emulator"
}
emulator "exec $(PATH=${PATH#"$work/bin:"} command -v qemu-system-x86_64) \"\$@\""
ok "a boot, for the snapshot" "$top/lab/boot" "$work/job"

# A lab asleep ends after half a minute by the clock: it runs beside the rest, in a build of its own.
mkdir -p "$work/asleep/bin"
cp -a "$work/build" "$work/asleep/build"
# shellcheck disable=SC2016 # the emulator's
emulator 'while [ $# -gt 0 ]; do case $1 in file,*) file=${1#*path=} && printf "one\\r\\nlast words\\r\\n" >"${file%%,*}" ;; esac; shift; done' \
	'exec sleep 100'
cp "$work/bin/qemu-system-x86_64" "$work/bin/emulator" "$work/asleep/bin/"
BUILD=$work/asleep/build PATH=$work/asleep/bin:$PATH LAB_CONSOLE=$work/asleep/console \
	"$top/lab/boot" -t 1 "$work/job" >"$work/asleep/out" 2>"$work/asleep/err" &
asleep=$!

# there NAME NUMBER: so many are there, within 10 s.
there() {
	i=0
	while [ $i -lt 200 ]; do
		[ "$(find "$left" -maxdepth 1 -name "$1.??????" | wc -l)" -ne "$2" ] || return 0
		sleep 0.05
		i=$((i + 1))
	done
	ls "$left"
	return 1
}
# began FILE: within 10 s it has the number of a process; gone FILE: that process ends.
began() {
	i=0
	while [ $i -lt 200 ] && ! [ -s "$1" ]; do
		sleep 0.05
		i=$((i + 1))
	done
	[ -s "$1" ]
}
gone() {
	i=0
	while [ $i -lt 200 ] && kill -0 "$(cat "$1")" 2>/dev/null; do
		sleep 0.05
		i=$((i + 1))
	done
	! kill -0 "$(cat "$1")" 2>/dev/null
}

emulator "echo \$\$ >\"$work/live.pid\"" 'exec sleep 100'
"$top/lab/boot" "$work/job" 2>/dev/null &
live=$!
ok "a lab is running" began "$work/live.pid"
emulator "echo \$\$ >\"$work/killed.pid\"" 'exec sleep 100'
"$top/lab/boot" "$work/job" 2>/dev/null &
killed=$!
ok "another is running" began "$work/killed.pid"
kill -9 $killed
wait $killed 2>/dev/null
ok "killed, it leaves a directory" there boot 2
ok "killed, it leaves no emulator" gone "$work/killed.pid"
ok "lab/pack/guest packs" "$top/lab/pack/guest" "$work/guest.cpio" "$work/job"
ok "then the killed one's is gone, the live one's is there" there boot 1
ok "and the live one runs" kill -0 "$(cat "$work/live.pid")"
kill $live
wait $live
is "ended by SIGTERM: status" $? 130
ok "ended by SIGTERM, it leaves nothing" there boot 0

# exitprobe, whose lab/boot is a script that only waits.
mkdir -p "$work/fake/build" "$work/fake/lab" "$work/fake/scripts"
cp "$exitprobe" "$build/probe.elf" "$work/fake/build/"
printf '#!/bin/sh\n' | tee "$work/fake/scripts/need" >"$work/fake/lab/build"
printf '#!/bin/sh\necho $$ >"%s"\nexec sleep 100\n' "$work/fake.pid" >"$work/fake/lab/boot"
chmod 755 "$work/fake/scripts/need" "$work/fake/lab"/*
clean() {
	sh -c 'top=$1; . "$top/scripts/common.sh"; scratch "$2" boot; rmdir "$work"' sh "$top" "$left"
}
: >"$work/fake.pid"
# It asks the probe for its operations first, by a QEMU that does run.
PATH=${PATH#*:} "$work/fake/build/exitprobe" run --accel lab --ops nop >"$work/out" 2>&1 &
killed=$!
ok "exitprobe run is running" began "$work/fake.pid"
ok "its job is there" there job 1
ok "others clean up" clean
ok "its job is still there" there job 1
kill -9 $killed
wait $killed 2>/dev/null
ok "killed, it leaves its job" there job 1
ok "others clean up" clean
ok "then that is gone" there job 0
ok "nothing else is left" [ "$(find "$left" -mindepth 1 -maxdepth 1 ! -type l ! -name scratch.lock ! -name "$release" | wc -l)" -eq 0 ]

# --- limits ------------------------------------------------------------------------
emulator 'while :; do :; done'
is "busy: status" "$(status_of "$top/lab/boot" -t 2 "$work/job")" 124
is "busy: said, in one line" "$(cat "$work/err")" \
	"lab: no end within 2 s of processor time; its console ends with: lab: ready for a snapshot"
cp "$work/bin/qemu-system-x86_64" "$work/bin/bochs-bin"
is "busy, on intel: status" "$(status_of "$top/lab/boot" -c intel -t 2 "$work/job")" 124
is "busy, on intel: said, in one line" "$(cat "$work/err")" \
	"lab: no end within 2 s of processor time; its console is empty"
emulator 'kill -9 $$'
fails_with "killed by another: no limit" "the lab's host did not run the job \(emulator's status 137\)" \
	"$top/lab/boot" -t 1 "$work/job"
is "a test that lost its input says so in one line" \
	"$(ran "the lab" 0 sh -c 'echo before; echo last words >&2; exit 3')" \
	"not ok $((tap_count + 1)) - the lab: 3, not 0: last words; its checks are left out"
rc=0
wait "$asleep" || rc=$?
is "asleep: status" "$rc" 124
is "asleep: said, in one line" "$(cat "$work/asleep/err")" \
	"lab: no end within 30 s of the clock, asleep; its console ends with: last words"
fails_with "a limit that is none" '-t 1x: must be a number of seconds' "$top/lab/boot" -t 1x "$work/job"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The snapshot of the lab's host on AMD (lab/machine/snapshot.sh): taken when it is missing or old,
# the same each time, whole or not there, by one of several boots.
. "$(dirname "$0")/../lib/tap.sh"

# A build of its own without a snapshot. The kernel's files are links.
release=$(cat "$build/lab/release-$kernel")
directory=$work/build/lab/$release
mkdir -p "$work/build/lab" "$work/bin"
cp -alL "$build/lab/$release" "$work/build/lab/"
rm -f "$directory"/snapshot*
cp -aL "$build/lab/base.cpio" "$build/lab/base.cpio.key" "$build/lab/vmrun.so" "$build/lab/release-$kernel" "$work/build/lab/"
ln -s "$build/modules" "$work/build/modules"
export BUILD="$work/build" LAB_CONSOLE="$work/console"

# QEMU, or with a file "late" one whose clock has gone on, once or always.
real=$(command -v qemu-system-x86_64)
cat >"$work/bin/qemu-system-x86_64" <<END
#!/bin/sh
[ -f "$work/late" ] || exec "$real" "\$@"
[ -f "$work/always" ] || rm "$work/late"
for word; do
	case \$word in
	pipe,*) pipe=\${word##*path=} ;;
	esac
done
exec 3<>"\$pipe.out" 4<>"\$pipe.in"
echo '{"timestamp": {"seconds": 1}, "event": "STOP"}' >&3
echo '{"return": "Timer\\t initial_count = 10 current_count = 10\\r\\n"}' >&3
while read -r line <&4; do
	case \$line in
	*quit*) exit ;;
	esac
done
END
chmod 755 "$work/bin/qemu-system-x86_64"
PATH=$work/bin:$PATH

# What differs if the clock, the memory or the files do.
cat >"$work/job" <<'END'
cat /proc/uptime /proc/interrupts /proc/stat /proc/vmstat /proc/buddyinfo
find / -xdev -type f | sort | xargs sha256sum
END
boot() {
	timeout 200 "$top/lab/boot" "$work/job" >"$work/$1" 2>"$work/$1.err"
}
taken() {
	grep -c 'booting the host once' "$work/$1.err"
}

# Two boots at once: one takes it, the other waits for it.
boot one &
first=$!
boot two
status=$?
wait $first
is "two at once: status" "$status $?" "0 0"
is "two at once: one takes it" "$(($(taken one) + $(taken two)))" 1
ok "the same for both" cmp "$work/one" "$work/two"
has "the files of the job are there" "$work/one" '  /lab/job$'
boot three
is "later: not taken again" "$(taken three)" 0
ok "later: the same" cmp "$work/one" "$work/three"
has "the console is whole" "$work/console" 'ready for a snapshot'

# Somebody has removed the large file. A boot is killed while it takes the snapshot, and QEMU with it.
rm "$directory/snapshot"
setsid "$top/lab/boot" "$work/job" >/dev/null 2>"$work/killed.err" &
killed=$!
i=0
until pgrep -f "$work/build/lab/boot.*lab.snapshot" >/dev/null || [ $i -ge 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
kill -9 $killed
wait $killed 2>/dev/null
is "killed: no snapshot" "$(cat "$directory/snapshot.key" 2>/dev/null)" ""
is "killed: the emulator is gone" "$(sleep 1; pgrep -f "$work/build/lab/boot.*lab.snapshot")" ""

: >"$work/late"
boot four
is "the clock has gone on: taken again" "$? $(taken four) $(ls "$work/late" 2>/dev/null)" "0 1 "
ok "another snapshot: the same to the byte" cmp "$work/one" "$work/four"

: >"$work/late"
: >"$work/always"
rm "$directory/snapshot.key"
boot five
is "always: status" "$?" 1
is "always: one line says so" "$(tail -n 1 "$work/five.err")" \
	"boot: error: the lab's host cannot be saved: its clock went on each of 20 times; try again when the machine is less busy"
rm "$work/late"

# The archive of programs has other contents, as after an upgrade of QEMU: zeros at its end, which
# Linux skips. It has the time of the one before.
cp -p "$work/build/lab/base.cpio" "$work/base"
head -c 512 /dev/zero >>"$work/build/lab/base.cpio"
touch -r "$work/base" "$work/build/lab/base.cpio"
boot six
is "another archive of programs: taken again" "$? $(taken six)" "0 1"

# A snapshot that is cut off.
truncate -s 1M "$directory/snapshot"
boot seven
is "cut off: status" "$?" 1
is "cut off: said, with the way out" "$(tail -n 1 "$work/seven.err" | sed 's/ .status .*.;/;/')" \
	"boot: error: $directory/snapshot: QEMU does not load it; the next boot takes it again"
is "cut off: it is" "$(cat "$directory/snapshot.key" 2>/dev/null)" ""

# A full disk.
cat >"$work/bin/cat" <<END
#!/bin/sh
[ \$# -gt 0 ] || exec head -c 100000
exec $(command -v cat) "\$@"
END
chmod 755 "$work/bin/cat"
boot eight
is "a full disk: status" "$?" 1
has "a full disk: said" "$work/eight.err" "error: the lab's host cannot be saved: "
is "a full disk: nothing is kept" "$(cat "$directory/snapshot.key" 2>/dev/null)" ""
rm "$work/bin/cat"
printf '#!/bin/sh\nexit 3\n' >"$work/bin/qemu-system-x86_64"
boot nine
is "no QEMU at all: status" "$?" 1
has "no QEMU at all: one line" "$work/nine.err" "error: the lab's host cannot be saved"
is "nothing is left" "$(find "$work/build/lab" -name 'boot.??????')" ""
finish

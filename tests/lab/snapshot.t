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

# The base archive is made anew, as after an upgrade of QEMU. A boot is killed while it takes the
# snapshot, and QEMU with it.
touch "$work/build/lab/base.cpio"
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

# A QEMU whose clock has gone on, the first time; a file tells which.
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
: >"$work/late"
PATH=$work/bin:$PATH boot four
is "the clock has gone on: taken again" "$? $(taken four) $(ls "$work/late" 2>/dev/null)" "0 1 "
ok "another snapshot: the same to the byte" cmp "$work/one" "$work/four"

: >"$work/late"
: >"$work/always"
touch "$work/build/lab/base.cpio"
PATH=$work/bin:$PATH boot five
is "always: status" "$?" 1
is "always: one line says so" "$(tail -n 1 "$work/five.err")" \
	"boot: error: the lab's host cannot be saved: late (20 tries); its console is above"
rm "$work/late"
printf '#!/bin/sh\nexit 3\n' >"$work/bin/qemu-system-x86_64"
PATH=$work/bin:$PATH boot six
is "no QEMU at all: status" "$?" 1
has "no QEMU at all: one line" "$work/six.err" "error: the lab's host cannot be saved"
is "nothing is left" "$(find "$work/build/lab" -name 'boot.??????')" ""
finish

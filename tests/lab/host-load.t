#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# host-patch/load and unload, in the lab's own kernel, which boots with the
# distribution's KVM: what they do, what they refuse, and that a KVM works after
# every step that fails or is killed.
. "$(dirname "$0")/../lib/tap.sh"

release=$(cat "$build/lab/release-$kernel")
# As a regular expression: Debian 13 has a + in it.
like=$(echo "$release" | sed 's/[.+]/\\&/g')

# The modules' names are those that lab/boot puts into /lib/modules: an archive.
# broken: cut after what identifies it.  foreign: whole, for another kernel.
mkdir -p "$work/files/patched" "$work/files/broken" "$work/files/foreign" "$work/files/unpatched" \
	"$work/files/src/host-patch" "$work/files/src/scripts"
cp "$top/host-patch/load" "$top/host-patch/unload" "$work/files/src/host-patch/"
cp "$top/scripts/common.sh" "$top/scripts/distribution.sh" "$work/files/src/scripts/"
for module in kvm.ko kvm-amd.ko; do
	objcopy --strip-debug "$build/modules/$release/$module" "$work/files/patched/$module"
	objcopy --strip-debug "$build/lab/$release/$module" "$work/files/unpatched/$module"
	LC_ALL=C sed 's/vermagic=6/vermagic=9/' "$work/files/patched/$module" >"$work/files/foreign/$module"
done
cp "$work/files/patched/kvm.ko" "$work/files/broken/"
head -c -4096 "$work/files/patched/kvm-amd.ko" >"$work/files/broken/kvm-amd.ko"
for directory in patched broken foreign unpatched; do
	echo "$release" >"$work/files/$directory/release"
done
tar -C "$work/files" -cf "$work/files.tar" .
rm -r "$work/files"

cat >"$work/job" <<'END'
. /lab/guest.sh
mkdir /files
tar -xf /lab/files.tar -C /files
cd /files/src
chmod 755 /lab/dash /lab/flock
cp /lab/flock /bin/

# A real host's modules, for modprobe.
tree=/lib/modules/$(uname -r)
mkdir -p $tree/kernel /etc
mv /lib/modules/*.ko $tree/kernel/
cat >$tree/modules.dep <<DEP
kernel/irqbypass.ko:
kernel/ccp.ko:
kernel/kvm.ko: kernel/irqbypass.ko
kernel/kvm-amd.ko: kernel/kvm.ko kernel/irqbypass.ko kernel/ccp.ko
DEP

# state: what tells whether anything was changed; a new node is a swap.
state() {
	stat -c %i /dev/kvm
	for name in kvm/parameters/halt_poll_ns kvm/parameters/vector_hashing kvm_amd/parameters/nested; do
		echo "${name##*/}=$(cat /sys/module/$name)"
	done
	stat -c '%a %u:%g' /dev/kvm
	cat /sys/module/kvm/parameters/exit_stats || echo unpatched
}
# try NAME COMMAND...: its messages, its status and what is loaded then.
try() {
	echo "== $1"
	shift
	before=$(state 2>/dev/null)
	"$@" 2>&1
	echo "status $?"
	after=$(state 2>/dev/null)
	[ "$after" = "$before" ] && echo untouched || echo now ${after#*
}
}
guest() {
	echo "== guest $1"
	probe -append "ops=cpuid samples=20"
}
# until_true COMMAND...: it is, within 10 s.
until_true() {
	for i in $(seq 100); do
		"$@" && return
		sleep 0.1
	done
	echo "never: $*"
}
in_use() {
	[ "$(cat /sys/module/kvm_amd/refcnt)" -gt 0 ]
}

# As someone has set them; vector_hashing and nested cannot be written.
rmmod kvm_amd
insmod $tree/kernel/kvm-amd.ko nested=0
chmod 640 /dev/kvm
chown 3:4 /dev/kvm

guest "at first"
try "unload at first" host-patch/unload
try "load" host-patch/load /files/patched
guest "after load"
try "load again" /lab/dash host-patch/load /files/patched host

# A VM, stopped before its first instruction.
echo guest >/sys/module/kvm/parameters/exit_stats
mkfifo /tmp/monitor.in /tmp/monitor.out
probe -append "ops=cpuid samples=20" -S -chardev pipe,id=m,path=/tmp/monitor -mon m \
	>/tmp/running 2>&1 &
cat /tmp/monitor.out >/dev/null &
until_true in_use
try "load beside a VM" host-patch/load /files/patched
try "unload beside a VM" /lab/dash host-patch/unload
echo cont >/tmp/monitor.in
wait
echo "== guest beside"
cat /tmp/running

try "unload" host-patch/unload
guest "after unload"
try "unload again" host-patch/unload

# Refused, with nothing changed.
try "bad option" host-patch/unload -x
try "look" host-patch/load -n /none
try "bad mode" host-patch/load /files/patched yes
try "no modules" host-patch/load /files
try "foreign modules" host-patch/load /files/foreign
echo 6.1.0-1-amd64 >/files/foreign/release
try "other release" host-patch/load /files/foreign
echo user:x:1000:1000::/:/bin/sh >/etc/passwd
try "user" su user -c "host-patch/load /files/patched"
mv $tree/modules.dep /tmp/
try "no way back" host-patch/load /files/patched
try "no way back by -d" host-patch/load -d /files /files/patched
mv /tmp/modules.dep $tree/
exec 8<host-patch/load
flock 8
try "two at once" host-patch/load /files/patched
exec 8<&-

# pretend NAME PLACE COMMAND...: with standard input in place of that file.
pretend() {
	name=$1 place=$2
	shift 2
	cat >/tmp/pretended
	mount --bind /tmp/pretended $place
	try "$name" "$@"
	umount $place
}
echo flags : fpu | pretend "no svm" /proc/cpuinfo host-patch/load /files/patched
echo flags : fpu | pretend "no svm, a user" /proc/cpuinfo su user -c "host-patch/load -n /none"
echo 1 | pretend "modules disabled" /proc/sys/kernel/modules_disabled host-patch/load /files/patched
mount -t tmpfs none /sys/module/kvm/holders
mkdir /sys/module/kvm/holders/kvm_amd /sys/module/kvm/holders/kvmgt
try "other holder" host-patch/load /files/patched
umount /sys/module/kvm/holders
mount -t tmpfs none /sys/module/kvm
echo "== built in"
host-patch/load /files/patched 2>&1
echo "status $?"
umount /sys/module/kvm

# Fails midway.
try "broken module" host-patch/load /files/broken
guest "after broken module"
try "unpatched modules" host-patch/load /files/unpatched
printf '#!/bin/sh\necho "QEMU: failed to initialize kvm: Invalid argument" >&2\nexit 1\n' >/tmp/qemu-system-x86_64
chmod 755 /tmp/qemu-system-x86_64
PATH=/tmp:$PATH try "no VM" host-patch/load /files/patched
rm /tmp/qemu-system-x86_64
try "nobody listens" sh -c "host-patch/load /files/broken 2>&1 | :"

# The tool that loads the second module says that it is about to, and waits.  A
# function, as busybox takes its own tools before those in PATH.
cat >/tmp/held <<'HELD'
held() {
	case $* in
	*kvm-amd.ko* | *" kvm_amd"*)
		: >/tmp/held-now
		while [ ! -e /tmp/go ]; do sleep 0.05; done
		;;
	esac
	[ "$(cat /tmp/go 2>/dev/null)" = stop ] || command "$@"
}
insmod() {
	held insmod "$@"
}
modprobe() {
	case $1 in
	-D) command modprobe "$@" ;;
	*) held modprobe "$@" ;;
	esac
}
HELD
# killed SIGNAL THEN SHELL COMMAND...: there; THEN goes on or is to stop.
killed() {
	signal=$1 then=$2 shell=$3
	shift 3
	rm -f /tmp/held-now /tmp/go
	$shell -c '. /tmp/held; . "$0"' "$@" &
	pid=$!
	until_true test -e /tmp/held-now
	echo "kvm: $(ls /sys/module | grep -cx kvm), kvm_amd: $(ls /sys/module | grep -cx kvm_amd)"
	kill -$signal $pid
	echo $then >/tmp/go.new
	mv /tmp/go.new /tmp/go
	wait $pid
}
try "load, TERM" killed TERM on sh host-patch/load /files/patched
guest "after TERM"
try "load, HUP" killed HUP on /lab/dash host-patch/load /files/patched
try "load, KILL" killed KILL stop sh host-patch/load /files/patched
flock host-patch/load true # until what it had started has ended
try "unload after KILL" host-patch/unload
rmmod kvm_amd kvm
echo "232 kvm" | pretend "other owner" /proc/misc host-patch/load /files/patched
try "load with no KVM" host-patch/load /files/patched
try "unload, TERM" killed TERM on sh host-patch/unload
guest "after unload, TERM"

# By a directory instead of modprobe, and without tools that may be missing.
rm -r $tree
rm /bin/timeout /bin/flock /bin/modprobe /bin/modinfo
try "load -d" /lab/dash host-patch/load -d /files/unpatched /files/patched off
try "broken module -d" /lab/dash host-patch/load -d /files/unpatched /files/broken
try "load -d again" host-patch/load -d /files/unpatched /files/patched
try "unload -d" /lab/dash host-patch/unload -d /files/unpatched

# Neither of these two can be undone.
echo Y >/sys/module/module/parameters/sig_enforce
try "signatures" host-patch/load -d /files/unpatched /files/patched
mount -t securityfs none /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
try "lockdown" host-patch/load -d /files/unpatched /files/patched
exit 0
END

ran "the job's status" 0 lab -t 600 -m "$build/lab/$release" \
	-p "halt_poll_ns=123456 vector_hashing=N" "$work/job" "$work/files.tar" /bin/dash /usr/bin/flock || finish

# one_line NAME: a section, on one line.
one_line() {
	section "$1" | paste -sd ' '
}
# says NAME REGEX: all of a section.
says() {
	one_line "$1" >"$work/section"
	has "$1" "$work/section" "^$2\$"
}
# patched, unpatched NAME: the guest of that name ran and what KVM it saw.
patched() {
	one_line "guest $1" >"$work/section"
	has "guest $1: sees exit statistics" "$work/section" 'exit stats v1.* cpuid +1\.00 .*complete: 1 op'
}
unpatched() {
	one_line "guest $1" >"$work/section"
	has "guest $1: runs, without exit statistics" "$work/section" 'No exits and no host.* complete: 1 op'
}
# refused NAME REGEX: by one line, with nothing changed.
refused() {
	says "$1" "(un)?load: error: $2 status 1 untouched"
}
kept="halt_poll_ns=123456 vector_hashing=N nested=0 640 3:4"
initial="halt_poll_ns=200000 vector_hashing=Y nested=1 600 0:0"
back="the distribution's modules are back; KVM works"

unpatched "at first"
says "unload at first" "the loaded KVM has no exit statistics; nothing to undo status 0 untouched"
says "load" "KVM with exit statistics is loaded, exit_stats=guest; .* status 0 now $kept guest"
patched "after load"
says "load again" "KVM with exit statistics is loaded, exit_stats=host; .* status 0 now $kept host"
for action in load unload; do
	refused "$action beside a VM" "a VM runs: /dev/kvm is open in qemu-system-x86 \([0-9]+\); end it first"
done
patched "beside"
says "unload" "the distribution's KVM is loaded status 0 now $kept unpatched"
unpatched "after unload"
says "unload again" ".*; nothing to undo status 0 untouched"

says "bad option" ".*usage: host-patch/unload \[-d DIR\] status 1 untouched"
says "look" "status 0 untouched"
refused "bad mode" "yes: exit_stats is off, host or guest"
refused "no modules" "/files/kvm.ko: no such file; .*"
refused "foreign modules" ".*/kvm.ko is for the kernel 9.*, but $like runs"
refused "other release" ".* is for the kernel 6.1.0-1-amd64, but $like runs"
refused "user" "only root can .*"
refused "no way back" "modprobe does not find the distribution's kvm.ko .*"
refused "no way back by -d" "/files/kvm.ko: no such file"
refused "two at once" "another load or unload is at work"
refused "no svm" "this processor offers neither .*"
refused "no svm, a user" "this processor offers neither .*"
refused "modules disabled" "kernel.modules_disabled is set.*"
refused "other holder" "kvm is in use by the module kvmgt.*"
says "built in" "load: error: kvm is built into this kernel.* status 1"
refused "signatures" "module.sig_enforce: this kernel takes signed modules only.*"
refused "lockdown" "kernel lockdown .Secure Boot.: this kernel takes signed modules only.*"

# The node is another one, all else as before.
restored="status 1 now $kept unpatched"
says "broken module" "load: error: insmod .*/kvm-amd.ko.* $back $restored"
unpatched "after broken module"
says "unpatched modules" ".* has no parameter exit_stats=guest; .* $back $restored"
says "no VM" ".*QEMU cannot create a VM: .* $back $restored"
says "nobody listens" "status 0 now $kept unpatched"

says "load, TERM" "kvm: 1, kvm_amd: 0 $back status 130 now $kept unpatched"
unpatched "after TERM"
says "load, HUP" "kvm: 1, kvm_amd: 0 $back status 130 now $kept unpatched"
says "load, KILL" "kvm: 1, kvm_amd: 0 .*status 137 now .*"
says "unload after KILL" "the distribution's KVM is loaded status 0 now $initial unpatched"
refused "other owner" "/dev/kvm belongs to a module other than kvm_amd.*"
says "load with no KVM" "KVM with exit statistics is loaded, exit_stats=guest; .* status 0 now $initial guest"
says "unload, TERM" "kvm: 1, kvm_amd: 0 $back status 130 now $initial unpatched"
unpatched "after unload, TERM"

says "load -d" "KVM with exit statistics is loaded, exit_stats=off; .* status 0 now $initial off"
says "broken module -d" "load: error: insmod .* $back status 1 now $initial unpatched"
says "load -d again" "KVM with exit statistics is loaded, exit_stats=guest; .* status 0 now $initial guest"
says "unload -d" "the distribution's KVM is loaded status 0 now $initial unpatched"
finish

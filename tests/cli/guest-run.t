#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What cannot run in the lab's guest (make guest), settings of KVM that are none (lab/boot -q) and
# wrong words of the profiles of a boot: one line each, before anything is booted.
. "$(dirname "$0")/../lib/tap.sh"
cd "$work" || exit 1
release=$(cat "$build/lab/release-$kernel")

# refused DESCRIPTION REGEX COMMAND...: status 1, no output, and one line.
refused() {
	description=$1 regex=$2
	shift 2
	is "$description: status" "$(status_of timeout 60 "$@")" 1
	is "$description: one line" "$(wc -c <"$work/out") $(wc -l <"$work/err")" "0 1"
	has "$description" "$work/err" "$regex"
}
# guest DESCRIPTION REGEX ARGUMENT...: of make guest's script.
guest() {
	description=$1 regex=$2
	shift 2
	refused "$description" "^run: error: $regex" "$top/lab/guest-run/run" "$@"
}

echo 'int main(void) { return 0; }' >main.c
gcc -o program main.c
gcc -c -o object.o main.c
chmod 755 object.o
# Machine 183 is AArch64.
cp program arm
printf '\267\000' | dd of=arm bs=1 seek=18 conv=notrunc 2>/dev/null
echo 'int f(void) { return 0; }' >f.c
gcc -shared -o libgone.so f.c
echo 'int f(void); int main(void) { return f(); }' >needs.c
gcc -o needs needs.c -L. -lgone
rm libgone.so
cp object.o other.ko
mkdir directory
echo words >words
printf '#!/nowhere/sh\n' >script
printf '#!/usr/bin/env sh\n' >by-env
printf '#!/usr/bin/python3\n' >python
chmod 755 words script by-env python
cp program job

guest "no program" 'no program; name one: make guest RUN=./a.out, or RUN=sh '
guest "no such file" 'nowhere: no such file$' nowhere
guest "a directory" 'directory: not a regular file$' directory
guest "not executable" 'main\.c: not executable; run: chmod \+x main\.c$' main.c
guest "another processor" './arm: is for another processor \(AArch64\); compile it for x86-64$' ./arm
guest "an object file" 'object\.o: an object file; link it to a program first: ' object.o
guest "a library that is gone" 'needs: needs libraries that are not on this machine: libgone\.so; ' needs
guest "neither" 'words: neither a program \(ELF\), nor a script \(#!\), nor a kernel module ' words
guest "a script's interpreter" 'script: its first line wants /nowhere/sh, which is not on this machine$' script
guest "env" 'by-env: its first line is of env, which the guest has elsewhere; write #!/.*/sh$' by-env
guest "Python" 'python: python3 needs a library of files, ' python
guest "a name that the guest has" 'job: the guest has a file job of its own; rename it$' job
guest "no module" 'other\.ko: not a kernel module \(it has no vermagic\)$' other.ko
# The same with the line by which kernels tell theirs.
printf 'vermagic=5.4.0-1-amd64 SMP mod_unload \0' >magic
objcopy --add-section .modinfo=magic object.o other.ko
guest "a module for another kernel" \
	"other\\.ko: is for Linux 5\\.4\\.0-1-amd64, and the guest has $(printf %s "$release" | sed "s/[.+]/[&]/g"); build it with: make -C .*/headers M=DIR modules\$" other.ko
guest "a file for the guest" 'nowhere: no such file$' -f nowhere ./program
guest "a limit" '-t 0: must be a number of seconds, from 1 to 9999$' -t 0 ./program
guest "a limit of zeros" '-t 00: must be a number of seconds, from 1 to 9999$' -t 00 ./program
cp program directory/program
cp words directory/words
guest "two files of one name" 'words: two files of this name are for the guest, .*; rename one$' -f words -f directory/words ./program
guest "a file of the program's name" 'program: two files of this name ' -f directory/program ./program
guest "a processor" '-c arm: must be amd or intel$' -c arm ./program
guest "a kernel" 'the lab is not built for Linux 5\.4; run: make lab KERNEL=5\.4$' -k 5.4 ./program
guest "a shell with arguments" 'sh takes no arguments here; ' sh -c true
fails_with "an option" '^run: error: usage: ' "$top/lab/guest-run/run" -x ./program
fails_with "make guest without RUN" '^run: error: no program; ' \
	env -u MAKEFLAGS make --no-print-directory -C "$top" NEED=true guest
refused "a shell without a terminal, on Intel" '^boot: error: -i: standard input is not a terminal, ' \
	"$top/lab/boot" -c intel -i main.c
refused "a shell on two processors" '^boot: error: -i: not with -s or -r' "$top/lab/boot" -s -i main.c

# --- a limit in decimal, whatever it begins with: what the emulator would be started with ------------
mkdir bin
printf '#!/bin/sh\necho "$*" >>%s\n' "$work/started" >bin/setpriv
chmod 755 bin/setpriv
echo 'exit 0' >empty
ok "a boot, which takes the host's snapshot if there is none" env LAB_CONSOLE="$work/console" timeout 300 "$top/lab/boot" empty
# limits DESCRIPTION PATTERN COMMAND...
limits() {
	description=$1 pattern=$2
	shift 2
	rm -f started
	status_of env PATH="$work/bin:$PATH" LAB_CONSOLE="$work/console" timeout 60 "$@" >/dev/null
	ok "$description" grep -qE -e "$pattern" started
}
limits "lab/boot -t 08" ' 240 prlimit --cpu=8:13 ' "$top/lab/boot" -t 08 empty
limits "lab/boot -t 0010" ' 300 prlimit --cpu=10:15 ' "$top/lab/boot" -t 0010 empty
limits "guest -t 09" ' 6840 prlimit --cpu=228:233 ' "$top/lab/guest-run/run" -t 09 ./program
for word in 0 00 100000 1x -1; do
	refused "lab/boot -t $word" "^boot: error: -t $word: must be a number of seconds, from 1 to 99999\$" \
		"$top/lab/boot" -t $word empty
done

# setting WORD REGEX: of lab/boot -q.
setting() {
	refused "-q $1" "^boot: error: -q $1: $2" "$top/lab/boot" -q "$1" main.c
}
setting kvm_intel.vpid=0 '-c amd does not load kvm_intel; use -c intel$'
setting vmx.vpid=0 'vmx: unknown module; known are kvm and kvm_amd$'
setting kvm_amd.vpid=0 'kvm_amd has no parameter vpid; it has avic .* npt '
setting kvm.npt=0 'kvm has no parameter npt; it has '
setting kvm_amd.npt=2 'must be 0, 1, N or Y$'
setting kvm.halt_poll_ns=1s 'must be a number$'
setting kvm.halt_poll_ns=-1 'must be a number, 0 or more$'
setting kvm_amd.pause_filter_count=-1 'must be a number, 0 or more$'
setting kvm_amd.n.t=0 'kvm_amd has no parameter n\.t; it has avic .* npt '
refused "-q: a type with a sign takes one" '^boot: error: -q vmx\.vpid=0: ' \
	"$top/lab/boot" -q kvm_amd.lbrv=-1 -q vmx.vpid=0 main.c
for word in kvm_amd.npt kvm_amd.npt= npt=0 kvm_amd.=1; do
	setting $word 'must be MODULE\.PARAMETER=VALUE, as kvm_amd\.nested=0$'
done
setting 'kvm_amd.npt=1;' 'must be MODULE'
refused "-q of make guest" '^boot: error: -q kvm\.npt=0: kvm has no parameter npt' "$top/lab/guest-run/run" -q kvm.npt=0 ./program

# --- the job in the lab's host, here: QEMU ends before the VM has a vCPU --------------------------------
mkdir -p host/lab host/tmp host/kvm
# This directory may lie below /tmp itself, so its name comes last.
sed "s|/lab/|@/host/lab/|g; s|/tmp/|@/host/tmp/|g; s|/sys/kernel/debug/kvm/|@/host/kvm/|g; s|/dev/|@/host/|g; s|@/host/|$work/host/|g" \
	"$top/lab/guest-run/host" >host/job
echo 'linux_guest() { echo "no such machine"; return 3; }' >host/lab/guest.sh
echo exit >host/ttyS1
# job INTERACTIVE: its status.
job() {
	echo "limit=5 interactive=$1 program=a.out" >host/lab/parameters
	status_of timeout 30 sh host/job
}
is "QEMU ends at once: status" "$(job '')" 1
has "QEMU ends at once: said" out '^--- a\.out: the guest did not come to its end \(QEMU.s status 3\)$'
has "QEMU ends at once: no counters" out '^--- the same on the host, a little later: QEMU ended before its counters could be read$'
is "QEMU ends at once: the last line" "$(tail -n 1 out)" "--- a.out: no exit status"
is "QEMU ends at once: nothing of cat's" "$(wc -l <err)" 0
job -i >/dev/null
is "QEMU ends at once, a shell: it does not hang" "$([ "$rc" -ne 124 ] && echo ends)" ends
is "QEMU ends at once, a shell: nothing of it goes on" "$(sleep 1; pgrep -f 'sh host/job')" ""
has "QEMU ends at once, a shell: no counters" out '^--- the same on the host: QEMU ended before its counters could be read$'

# The guest's disk, as lab/guest-run/guest writes it.
cat >host/lab/guest.sh <<END
linux_guest() {
	{
		printf 'output 3\\nduring 0\\nverbose 0\\nstatus 7\\n' | dd bs=4k conv=sync
		echo hi
	} 2>/dev/null | dd of=$work/host/tmp/disk conv=notrunc 2>/dev/null
}
END
is "a program that fails: status" "$(job '')" 7
is "a program that fails: its output" "$(head -n 1 out)" hi
is "a program that fails: the last line" "$(tail -n 1 out)" "--- a.out: exit status 7"

profile=$top/lab/linux-boot/profile
refused "a kind of paging" '^profile: error: -P none: must be nested, shadow or both$' "$profile" -P none
refused "profile: a processor" '^profile: error: -c arm: must be amd or intel$' "$profile" -c arm
refused "profile: two directories" '^profile: error: usage: ' "$profile" a b
refused "settings: none" '^settings: error: -q npt: must be MODULE\.PARAMETER=VALUE' "$top/lab/linux-boot/settings" npt
refused "settings: of the other" '^settings: error: -q kvm_amd.npt=0: -c intel does not load kvm_amd; use -c amd$' \
	"$top/lab/linux-boot/settings" -c intel kvm_amd.npt=0
finish

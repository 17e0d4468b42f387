# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For lab/guest-run/run: what can run in the lab's guest. It says before any boot what cannot.

# check_file FILE: end with an error unless it can be put into the guest.
check_file() {
	case $1 in
	*[[:space:]\'\"\\*?[]*) die "$1: has a blank or a special character; rename it" ;;
	esac
	[ -e "$1" ] || die "$1: no such file"
	[ -f "$1" ] || die "$1: not a regular file"
	[ -r "$1" ] || die "$1: cannot be read by $(id -un)"
	case ${1##*/} in
	job | exitstat | arguments) die "$1: the guest has a file ${1##*/} of its own; rename it" ;;
	esac
}

# elf_field FILE NAME: print a field of the ELF header.
elf_field() {
	LC_ALL=C readelf -h "$1" 2>/dev/null | sed -n "s/^ *$2: *//p"
}

# check_elf FILE: end with an error unless the guest's kernel and libraries run it.
check_elf() {
	case $(elf_field "$1" Machine) in
	"Advanced Micro Devices X86-64" | "Intel 80386") ;;
	*) die "$1: is for another processor ($(elf_field "$1" Machine)); compile it for x86-64" ;;
	esac
	case $(elf_field "$1" Type) in
	REL*) die "$1: an object file; link it to a program first: gcc -o NAME $1" ;;
	esac
	missing=$(LC_ALL=C ldd "$1" 2>/dev/null | sed -n 's/^[[:space:]]*\(.*\) => not found.*/\1/p' | xargs)
	[ -z "$missing" ] || die "$1: needs libraries that are not on this machine: $missing; install them, or link it with -static"
	loader=$(LC_ALL=C readelf -lW "$1" 2>/dev/null | sed -n 's/.*Requesting program interpreter: \(.*\)\]/\1/p')
	[ -z "$loader" ] || [ -e "$loader" ] ||
		die "$1: needs $loader, which is not on this machine; install it, or link it with -static"
}

# first_line FILE: print the program that a script's first line names, and its argument; of other files nothing.
first_line() {
	head -n 1 "$1" | tr -d '\0\r' | sed -n 's/^#! *//p'
}

# interpreter_of FILE: print the program that has to be in the guest for a script, unless busybox is that.
interpreter_of() {
	name=$(first_line "$1" | cut -d ' ' -f 1)
	case $name in
	'' | /bin/sh | /bin/ash | /bin/busybox | /bin/awk) ;;
	*) [ ! -x "$name" ] || echo "$name" ;;
	esac
}

# check_script FILE: end with an error unless interpreter_of prints what runs it, or busybox does.
check_script() {
	read -r name argument <<-END
	$(first_line "$1")
	END
	if [ "${name##*/}" = env ]; then
		name=$(command -v "${argument%% *}") ||
			die "$1: its first line wants ${argument%% *}, which is not on this machine"
		die "$1: its first line is of env, which the guest has elsewhere; write #!$name"
	fi
	case $name in
	*python* | *perl* | *ruby* | *node*)
		die "$1: ${name##*/} needs a library of files, which the guest does not have; run a shell script or a program"
		;;
	esac
	[ -x "$name" ] || [ "$name" = /bin/ash ] || die "$1: its first line wants $name, which is not on this machine"
}

# check_module FILE: end with an error unless it is a module for $kernel, whose release is $release.
check_module() {
	magic=$(modinfo_of "$1" | sed -n 's/^vermagic=//p')
	[ -n "$magic" ] || die "$1: not a kernel module (it has no vermagic)"
	[ "${magic%% *}" = "$release" ] ||
		die "$1: is for Linux ${magic%% *}, and the guest has $release; build it with: make -C $build/lab/headers-$kernel/headers M=DIR modules"
}

# check_program FILE: end with an error unless the guest can run it.
check_program() {
	check_file "$1"
	case $1 in
	*.ko)
		check_module "$1"
		return
		;;
	esac
	[ -x "$1" ] || die "$1: not executable; run: chmod +x $1"
	case $(head -c 4 "$1" | od -An -c | tr -d ' ') in
	177ELF) check_elf "$1" ;;
	'#!'*) check_script "$1" ;;
	*) die "$1: neither a program (ELF), nor a script (#!), nor a kernel module (NAME.ko)" ;;
	esac
}

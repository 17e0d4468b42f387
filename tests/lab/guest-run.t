#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make guest: programs, modules and a shell in a Linux guest of the lab, their exit statuses and
# their exits; lab/boot -q, which sets parameters of KVM's modules. With long the same on Intel, and
# on AMD the profile of a boot with and without nested paging, and a reboot.
# shellcheck disable=SC2016 # variables of awk and of another shell
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
cd "$work" || exit 1
io=0x7b paging=NPF shadow=kvm_amd.npt=0 absent=kvm_amd.avic=1
if [ -n "$long" ]; then
	cpu=intel io=30 paging=EPT_VIOLATION shadow=kvm_intel.ept=0 absent=kvm_intel.enable_apicv=1
fi
# There a guest with shadow paging does not boot: docs/lab.md, "MOV from CR4 does not exit".
unshadowed=
[ "$cpu" != amd ] || [ "$(emulator_of amd)" != qemu-10 ] || unshadowed=1

# run [OPTION...] PROGRAM [ARGUMENT...]: its status goes to $rc, the parts of its output are sections.
run() {
	status_of timeout 1500 "$top/lab/guest-run/run" -c "$cpu" -k "$kernel" "$@" >/dev/null
	{
		echo "== output"
		sed 's/^--- \([a-z]* [a-z]*\).*/== \1/' "$work/out"
	} >"$work/parts"
	sections=$work/parts
}

cat >program.c <<'END'
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>

/* COUNT WORD STATUS: as many CPUIDs, then what it was called with and what it can read. */
int main(int argc, char **argv)
{
	unsigned int a, b, c, d;
	char line[80] = "nothing";

	for (int i = atoi(argv[1]); i > 0; i--)
		__cpuid(0, a, b, c, d);
	FILE *file = fopen("data", "r");
	if (file)
		fgets(line, sizeof(line), file);
	printf("%d words, %s, reads %s\n", argc, argv[2], line);
	return atoi(argv[3]);
}
END
gcc -O1 -o program program.c
gcc -O1 -static -o static program.c
printf 'a line' >data
# Its output has no new line at its end.
printf '#!/bin/bash\nwords=(1 2 3)\nprintf "bash has %%d" ${#words[@]}\n' >script
chmod 755 script

# --- a program, with its libraries ---------------------------------------------------------------
run -f data ./program 1000 "it's \"one\" word" 3
is "program: its status" "$rc" 3
is "program: its status in the last line" "$(tail -n 1 "$work/out")" "--- program: exit status 3"
is "program: its output" "$(section output)" "4 words, it's \"one\" word, reads a line"
section "exits while" >during
ok "program: its CPUIDs, and those of the C library" awk '
	$1 == "CPUID" { n = $3 } END { exit !(n >= 1000 && n < 1100) }' during
section "exits of" >verbose
has "program: exitstat -v" verbose '^CPUID\(0x4FFFFFFF\), exits=[0-9]+, '
has "program: $paging" verbose "^  $paging "
section "the same" >host
# Between the two is only the guest's end.
ok "program: the host's file is the same, a little later" awk '
	FILENAME == "verbose" && $1 == "total" { guest = $3 }
	FILENAME == "host" && $1 == "total" { host = $3 }
	END { exit !(guest > 0 && host >= guest && host < guest + 1500) }' verbose host

# --- a module; no nested paging; a processor that lacks what is asked for ---------------------------
mkdir module
cat >module/leaf.c <<END
#include <linux/module.h>
#include <asm/processor.h>

static int times = 1;
module_param(times, int, 0444);

static int __init leaf_init(void)
{
	unsigned int a, b, c, d;

	for (int i = 0; i < times; i++) {
		cpuid_count(0x4ffffffe, $io, &a, &b, &c, &d);
		pr_info("leaf: %u exits\\n", a);
	}
	return 0;
}

static void __exit leaf_exit(void)
{
	pr_info("leaf: removed\\n");
}

module_init(leaf_init);
module_exit(leaf_exit);
MODULE_LICENSE("GPL");
END
echo "obj-m := leaf.o" >module/Makefile
ok "module: it compiles by the lab's headers" env -u MAKEFLAGS make -C "$build/lab/headers-$kernel/headers" \
	M="$work/module" modules
# shellcheck disable=SC2086 # two words or none
run $([ "$unshadowed" ] || echo "-q $shadow") -q $absent module/leaf.ko times=3
is "module: its status" "$rc" 0
section output >said
is "module: three times, and removed" "$(grep -cE 'leaf: [1-9][0-9]+ exits$' said) $(grep -c 'leaf: removed$' said)" "3 1"
section "exits of" >verbose
if [ "$unshadowed" ]; then
	ok "-q $shadow # SKIP a defect of QEMU 10" true
else
	is "-q $shadow: no nested page faults" "$(grep -cE '^  (NPF|EPT_)' verbose)" 0
	has "-q $shadow: but page faults" verbose '^  (EXCP14|EXCEPTION_NMI) +[0-9a-fx]+ +[0-9]{4,} '
fi
has "-q $absent: what KVM has made of it" "$work/err" "^lab: $absent: KVM has made it N$"
is "-q $shadow: nothing to say" "$(grep -c "$shadow" "$work/err")" 0

# --- a program that hangs ---------------------------------------------------------------------------
# So does what it has started, which writes as well.
printf '#!/bin/sh\necho begun\nwhile :; do echo more; done &\nwhile :; do :; done\n' >hangs
chmod 755 hangs
run -t 1 ./hangs
is "hangs: the status of a limit" "$rc" 124
is "hangs: its output" "$(section output | head -n 1)" begun
has "hangs: said" "$work/out" '^--- hangs: killed after 1 s of the guest.s clock'
section "exits while" >during
has "hangs: the exits while it ran" during '^  total '
is "hangs: nothing of its output is among them" "$(grep -c '^more$' during)" 0
section "exits of" >verbose
has "hangs: the counters are there" verbose '^  total '
is "hangs: and nothing else" "$(grep -c '^more$' verbose)" 0

# --- a program that leaves another one behind, in a session of its own ----------------------------------
printf '#!/bin/sh\nsetsid sh -c "while :; do echo more; done" &\nsleep 0.5\nexit 3\n' >leaves
chmod 755 leaves
run ./leaves
is "leaves: its status" "$rc" 3
ok "leaves: its output" [ "$(section output | grep -c '^more$')" -gt 0 ]
section "exits while" >during
has "leaves: the exits while it ran" during '^  total '
is "leaves: nothing of its output is among them" "$(grep -c '^more$' during)" 0
section "exits of" >verbose
has "leaves: exitstat -v" verbose '^CPUID\(0x4FFFFFFF\), exits=[0-9]+, '
is "leaves: and nothing else" "$(grep -c '^more$' verbose)" 0

# --- a shell, by a pipe: on Intel it needs a terminal --------------------------------------------------
if [ -z "$long" ]; then
	cat >commands <<-'END'
	echo "tty: $(tty)"
	static 0 word 5; echo "status $?"
	script; echo " and the shell"
	exitstat --raw 0x4fffff00
	END
	is "shell: its status" "$(status_of timeout 1500 "$top/lab/guest-run/run" -k "$kernel" -f static -f script sh <commands)" 0
	tr -d '\r' <"$work/out" >said
	has "shell: it has a terminal" said '^tty: /dev/'
	has "shell: a static program" said '^4 words, word, reads nothing$'
	has "shell: its status there" said '^status 5$'
	has "shell: a script with its interpreter" said '^bash has 3 and the shell$'
	has "shell: the signature" said 'EAX=0x4FFFFFFF EBX=0x454D564B ECX=0x53746978 EDX=0x73746174$'
	has "shell: exitstat -v at its end" said '^  total '
	has "shell: the host's file" said '^CPUID +0x72 '
fi

# --- what a boot without nested paging takes, and a reboot ----------------------------------------------
if [ -n "$long" ]; then
	ran "boot-profile -P both" 0 timeout 4000 "$top/lab/linux-boot/profile" -k "$kernel" -P both "$work/profile" || finish
	has "boot-profile: shadow paging has INVLPG" "$work/out" '^  INVLPG +0 +[0-9]{4,} '
	has "boot-profile: and no NPF" "$work/out" '^  NPF +[0-9]{3,} +0 +-'
	has "boot-profile: a stage" "$work/out" '^  kernel until init +[0-9]{4,} +[0-9]{5,} '
	has "boot-profile: work" "$work/out" '^  programs +[0-9]{4} +[0-9]{5} '
	ran "settings" 0 timeout 4000 "$top/lab/linux-boot/settings" -k "$kernel" kvm_amd.avic=1 || finish
	has "settings: what the processor lacks is not booted" "$work/out" '^  kvm_amd.avic=1 +not booted: KVM has it at N'
	ok "settings: a reboot adds a boot" awk '/^  defaults/ { boot = $2 } /the reboot adds/ { added = $4 }
		END { exit !(boot > 5000 && added > boot && added < 1.5 * boot) }' "$work/out"
fi
finish

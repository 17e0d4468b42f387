#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe run: what it makes of its options, with a lab that only notes what it was
# asked for, and with nop on an emulated processor.
. "$(dirname "$0")/../lib/tap.sh"
exitprobe=$build/exitprobe

# --- words that no file may have ------------------------------------------------------
is "-o -: status" "$(status_of timeout 20 "$exitprobe" run --accel tcg -o -)" 2
is "-o -: said" "$(cat "$work/err")" "exitprobe run: error: -o -: the results go into a file, \
since standard output has the table; for results on standard output, use -q -o /dev/stdout"
# A sysroot whose command line has a tab, as a boot loader's file may.
mkdir -p "$work/host/proc"
printf 'quiet\tisolcpus=3 \033[2J\n' >"$work/host/proc/cmdline"
long=$(printf '%5000s' '' | tr ' ' x)
is "control characters and long words: status" "$(EXITPROBE_SYSROOT=$work/host status_of timeout 100 \
	"$exitprobe" run --accel tcg --ops nop --qemu-arg -name --qemu-arg "$(printf 'a\tb\033c')" \
	--qemu-arg -name --qemu-arg "$long" -o "$work/words.json")" 0
is "control characters and long words: report: status" "$(status_of "$exitprobe" report "$work/words.json")" 0
is "control characters: the command" "$(jq -r '.command[8]' "$work/words.json")" "a b c"
is "control characters: the machine" "$(jq -r .machine.kernel_command_line "$work/words.json")" \
	"quiet isolcpus=3  [2J"
is "long words: cut" "$(jq '.command[12] | length' "$work/words.json")" 4096

# --- a lab that notes its arguments, and fails -------------------------------------------
fake=$work/fake
mkdir -p "$fake/build/lab" "$fake/lab" "$fake/scripts"
cp "$exitprobe" "$build/probe.elf" "$fake/build/"
printf '#!/bin/sh\n' | tee "$fake/scripts/need" >"$fake/lab/build"
cat >"$fake/lab/boot" <<END
#!/bin/sh
echo "\$*" >"$fake/arguments"
for word; do
	case \$word in
	*/job.*) cp "\$word" "$fake/job" ;;
	esac
done
echo "no lab" >&2
exit 3
END
chmod 755 "$fake"/*/need "$fake"/lab/*

# limit ARGUMENT...: the time limit that the lab is given.
limit() {
	rm -f "$fake/arguments"
	(unset BUILD && timeout 20 "$fake/build/exitprobe" run --accel lab "$@") >"$work/out" 2>"$work/err"
	sed -n 's/.* -t \([0-9]*\) .*/\1/p' "$fake/arguments"
}

is "limit: on amd" "$(limit)" 360
has "limit: how the lab ended" "$work/err" 'error: the lab ended with status 3: no lab'
is "limit: on amd, five boots" "$(limit --boots 5)" 1320
is "limit: on intel" "$(limit --cpu intel)" 720
is "limit: on intel, two boots" "$(limit --cpu intel --boots 2)" 1320
is "limit: as asked for" "$(limit --cpu intel --limit 77)" 77

# --- Hyper-V's interface ---------------------------------------------------------------------
is "without --hyperv: nothing of it in the lab" "$(limit >/dev/null; grep -c hyperv "$fake/job")" 0
is "--hyperv: in the lab too" "$(limit --hyperv >/dev/null; grep -o ' --hyperv' "$fake/job")" " --hyperv"
fails_with "--hyperv on an emulated processor" 'error: --hyperv: an emulated processor \(tcg\) does not imitate' \
	timeout 20 "$exitprobe" run --accel tcg --hyperv --ops nop
is "the operations: skipped, and the option named" "$(status_of timeout 100 "$exitprobe" run --accel tcg \
	--ops 'hv-*' -qo "$work/hv.json")" 0
is "the operations: skipped, and the option named: all" "$(jq -r '.boots[0].records[] |
	select(.record == "op") | .text' "$work/hv.json" | grep -v '^1 vCPU, needs 2' | sort -u)" \
	"no interface of Hyper-V (exitprobe run --hyperv)"

# --- the man page, the completion ---------------------------------------------
# said COMMAND: its long options as the man page has them.
said() {
	sed -n "/^\\.SS $1\$/,/^\\.S[SH] /p" "$top/tools/exitprobe/exitprobe.1" | sed '1d; s/\\-/-/g' |
		grep -oE -e '--[a-z]+(-[a-z]+)*' | sort -u
}
for command in run report compare history bill profile bisect watch doctor list; do
	timeout 20 "$exitprobe" "$command" --help | grep -oE -e '^ +(-.,)? +--[a-z-]+' |
		grep -oE -e '--[a-z-]+' | grep -vE -e '^--(help|usage|version)$' | sort -u >"$work/has"
	is "man page: $command: no option is missing" "$(said "$command" | comm -13 - "$work/has")" ""
done

# completed WORD...: what bash makes of the last of them, of a tool with two operations.
completed() {
	# shellcheck disable=SC2016 # for the inner shell
	bash -c '. "$1"
		exitprobe() {
			case $* in
			*--families) printf "cpuid 7 CPUID\nidle 4 HLT\n" ;;
			*) printf "cpuid  CPUID leaf 0\nnop  NOP\n" ;;
			esac
		}
		shift
		COMP_LINE="exitprobe $*" COMP_POINT=1000
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_exitprobe exitprobe "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		echo "${COMPREPLY[*]}"' - "$top/tools/exitprobe/exitprobe.bash" exitprobe "$@"
}
is "completion: metrics" "$(completed compare --metric '' | tr ' ' '\n' | sort | xargs)" \
	"$(timeout 20 "$exitprobe" compare --metric x 2>&1 | sed 's/.*known are //; s/ and / /; s/,//g' |
		tr ' ' '\n' | sort | xargs)"
is "completion: metrics of history" "$(completed history list --metric '' | tr ' ' '\n' | sort | xargs)" \
	"$(timeout 20 "$exitprobe" history . --metric x 2>&1 | sed 's/.*known are //; s/ and / /; s/,//g' |
		tr ' ' '\n' | sort | xargs)"
is "completion: features of bill" "$(completed bill --if '' | tr ' ' '\n' | sort | xargs)" \
	"$(timeout 20 "$exitprobe" bill --if x 2>&1 | sed 's/.*known are //; s/,//g' | tr ' ' '\n' | sort | xargs)"
is "completion: an action of history" "$(completed history ch)" check
is "completion: a directory of history" "$(cd "$top/tests" && completed history un)" unit
is "completion: an operation of history" "$(completed history show dir cp)" cpuid
is "completion: ways to count" "$(completed run --counts '' | tr ' ' '\n' | sort | xargs)" \
	"$(timeout 20 "$exitprobe" run --counts x 2>&1 | sed 's/.*must be //; s/ or / /; s/,//g' | tr ' ' '\n' | sort | xargs)"
is "completion: an operation of run" "$(completed run --ops n)" nop
is "completion: operations and families" "$(completed run --skip c)" "cpuid:* cpuid"
is "completion: the second glob" "$(completed run --ops nop,i)" "nop,idle:*"
is "completion: behind the colon, where bash has a new word" "$(completed run --ops idle:)" "*"
is "completion: all VMs" "$(completed watch al)" all
is "completion: an operation of profile" "$(completed profile cp)" cpuid
is "completion: an operation of bisect" "$(completed bisect --most 5 n)" nop
is "completion: a file of profile --diff" "$(cd "$top/tests/data" && completed profile --diff profile-sm | tr ' ' '\n' |
	sort | xargs)" \
	"profile-small.json profile-small.svg"
finish

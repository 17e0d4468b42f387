#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe and exitstat where a standard stream is closed, or cannot be written.
. "$(dirname "$0")/../lib/tap.sh"
cd "$work" || exit 1
exitprobe=$build/exitprobe
exitstat=$build/exitstat

# full STATUS WORD...: with the output on a full disk it ends so, and says so in one line.
full() {
	wanted=$1
	shift
	name="full disk: $*"
	name=$(echo "$name" | sed "s|$build/||; s|$top/||")
	rc=0
	timeout 60 "$@" >/dev/full 2>err </dev/null || rc=$?
	is "$name: status" "$rc" "$wanted"
	has "$name: said" err '^exit(probe|stat)[a-z ]*: (error: )?(standard output: |writing: ).*No space left on device$'
	is "$name: in one line" "$(wc -l <err)" 1
}
full 2 "$exitprobe" --help
full 2 "$exitprobe" help
full 2 "$exitprobe" help run
full 2 "$exitprobe" --version
# As tests/cli/run.t finds them, so that a new one is among them.
commands=$("$exitprobe" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
ok "the commands are found" [ "$(echo "$commands" | grep -cxE 'run|report|compare|history|bill|watch|host|bisect')" -eq 8 ]
for command in $commands; do
	# git bisect takes others for a verdict.
	status=2
	[ "$command" != bisect ] || status=128
	full $status "$exitprobe" "$command" --help
	full $status "$exitprobe" "$command" --usage
done
full 2 "$exitprobe" doctor
full 2 "$exitprobe" doctor --json
full 2 "$exitprobe" list
full 2 "$exitprobe" report "$top/tests/data/lab.json"
full 2 "$exitprobe" compare "$top/tests/data/lab.json" "$top/tests/data/lab.json"
full 2 "$exitprobe" profile "$top/tests/data/profile-small.json"
full 2 "$exitprobe" profile --diff "$top/tests/data/profile-small.json" "$top/tests/data/profile-small.json" cpuid
"$exitprobe" history add runs "$top/tests/data/lab.json" >added
full 2 "$exitprobe" history runs
full 2 "$exitprobe" history list runs
full 2 "$exitprobe" history check runs
full 2 "$exitprobe" history add runs "$top/tests/data/lab.json"
cat >exit_stats <<'END'
reason                  code        exits          kernel            user          halted
CPUID                   0x72           10           10000               0               0
total                   -              10           10000               0               0
guest                   -          820000
descheduled             -               0
paused                  -               0
l2_exits                -               0
user_returns            -              20
clamped                 -               0
END
full 2 "$exitprobe" bill "$top/tests/data/lab.json" exit_stats
full 118 "$exitstat" --help
full 118 "$exitstat" --version
full 118 "$exitstat" --raw 0

# without REDIRECTION: a run that has those streams closed: its status, whether its file is whole.
without() {
	rm -f results.json
	rc=0
	eval "timeout 60 '$exitprobe' run --accel tcg --ops nop -o results.json >out 2>err $1" || rc=$?
	echo "$rc $(jq .complete results.json)"
}
for closed in '<&-' '>&-' '2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	is "run $closed" "$(without "$closed")" "0 true"
done
is "exitstat >&-: status" "$(timeout 10 "$exitstat" --raw 0 >&- 2>err; echo $?)" 0
is "exitstat 2>&-: status" "$(timeout 10 "$exitstat" --frob 2>&-; echo $?)" 125
is "exitprobe 2>&-: status" "$(timeout 10 "$exitprobe" run --frob 2>&-; echo $?)" 2
# What cannot be measured does not empty the file. No machine of the tests has that processor.
echo kept >file
is "exitstat -o, no such processor: status" "$(status_of timeout 10 "$exitstat" --vcpu 1023 --json -o file)" 117
is "exitstat -o, no such processor: the file is as it was" "$(cat file)" kept
# A caller may have ignored SIGCHLD, and children inherit that.
cat >qemu <<'END'
#!/bin/sh
qemu-system-x86_64 "$@"
exit 7
END
chmod +x qemu
ended() {
	timeout 60 "$@" "$exitprobe" run -q --accel tcg --qemu "$work/qemu" --ops nop -o results.json >out 2>err </dev/null
	jq '.boots[0].status' results.json
}
is "QEMU's status" "$(ended env)" 7
is "QEMU's status, SIGCHLD ignored" "$(ended env --ignore-signal=CHLD)" 7
# What is opened next would take the number of what is closed.
is "report >&-: the file is written" "$(timeout 10 "$exitprobe" report "$top/tests/data/lab.json" -o r.txt >&- &&
	head -c 9 r.txt)" exitprobe
is "report 2>&-: the file is not written into" "$(timeout 10 "$exitprobe" report "$top/tests/data/lab.json" -o r.csv 2>&- &&
	head -c 9 r.csv)" operation
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# exitprobe run --host: two machines by ssh, which are network namespaces with an sshd each; one of
# them refuses, has no QEMU, is too slow, is cut off or ends in the midst of it.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/results.sh"
exitprobe=$build/exitprobe

# --- names of machines, which need neither -------------------------------------------------
# refused REGEX ARGUMENT...
refused() {
	regex=$1
	shift
	is "run $*: status" "$(status_of "$exitprobe" run "$@")" 2
	has "run $*: said" "$work/err" "^exitprobe run: error: $regex"
}
# shellcheck disable=SC2016 # nothing is to be expanded
for name in -oProxyCommand=x root@-x 'a b' 'a;b' 'a$(b)' 'a`b`' "a'b" 'a"b' ../x a/b .a 'root@' '@a' 'a@b@c' 'a%h' 'a\b' \
	'$USER@a' 'ü' '*'; do
	refused '--host .*: is no name of a machine' -o "$work/none" --host "$name"
done
refused '--host : is empty' -o "$work/none" --host 'a,,b'
refused '--host b@a: is there twice' -o "$work/none" --host 'a,b@a'
refused "--host x*: is too long for a name" -o "$work/none" --host "$(printf '%300s' '' | tr ' ' x)"
refused '--host: -o DIR must say' --host a
refused "--accel lab: the lab's figures are the same on every machine" -o "$work/none" --host a --accel lab
refused "--cpu: the lab's figures are the same on every machine" -o "$work/none" --host a --cpu intel
refused '--timeout: is for other machines; add --host' --timeout 5
refused '--history: is for other machines; add --host' --history "$work/runs"
refused "$work/err: is a file; with --host --history takes a directory" --host a -o "$work/made" --history "$work/err"
refused '--timeout 0: must be a number' --timeout 0
refused "$work/err: is a file; with --host -o takes a directory" --host a -o "$work/err"
refused '/proc/none: cannot be created: ' --host a -o /proc/none
ok "none of them made anything" [ ! -e "$work/none" ]
refused '.*/not-there: .*; --host sends it to the machines' --host a -o "$work/made" --probe "$work/not-there"
mkdir "$work/made-before"
: >"$work/empty"
refused "$work/empty: is empty; --host sends it" --host a -o "$work/made-before" --probe "$work/empty"
ones=$(for i in $(seq 1001); do echo --quiet; done)
# shellcheck disable=SC2086 # a thousand words
fails_with "more options than are sent" 'error: 1001 options are more than the 1000 that --host sends$' \
	"$exitprobe" run --host a -o "$work/made-before" $ones
fails_with "an option that is too long" 'error: --qemu-arg=0{29}\.\.\.: is longer than the 65535 bytes that --host sends of an option$' \
	"$exitprobe" run --host a -o "$work/made-before" --qemu-arg "$(printf '%070000d' 0)"
# A line's end is /, that of an option is |.
for sent in '' '2/--quiet|' '1001/'; do
	# Another one each time: it is looked after until a little after the end.
	there=$(mktemp -d "$work/exitprobe.XXXXXX")
	printf %s "$sent" | tr '/|' '\n\0' >"$work/sent"
	fails_with "the options are cut off: '$sent'" '^exitprobe run: error: the options did not arrive$' \
		"$exitprobe" run --agent "$there" <"$work/sent"
	ok "the options are cut off: '$sent': nothing is left" [ ! -e "$there" ]
done
# A signal while it waits for them, from an ssh that holds the connection open.
there=$(mktemp -d "$work/exitprobe.XXXXXX")
mkfifo "$work/silent"
exec 4<>"$work/silent"
is "the options do not come, and a signal does: it ends" \
	"$(status_of timeout --foreground -k 10 1 "$exitprobe" run --agent "$there" <"$work/silent")" 124
exec 4>&-
has "the options do not come, and a signal does: said" "$work/err" '^exitprobe run: error: the options did not arrive$'
ok "the options do not come, and a signal does: nothing is left" [ ! -e "$there" ]
fails_with "the directory of the other side is not any" 'error: --agent /tmp: is not the directory that --host makes' \
	"$exitprobe" run --agent /tmp

# --- whatever shell the user has there -----------------------------------------------------
mkdir -p "$work/bin" "$work/tmp"
# An ssh that is no further than this machine.
cat >"$work/bin/ssh" <<'END'
#!/bin/sh
for word in "$@"; do :; done
cd / && exec $FAR_SHELL -c "$word"
END
chmod 755 "$work/bin/ssh"
mkdir -p "$work/a b"
for shell in sh bash tcsh "busybox sh"; do
	rm -rf "$work/out.d"
	is "$shell: status" "$(FAR_SHELL=$shell TMPDIR="$work/a b" PATH=$work/bin:$PATH status_of timeout 60 "$exitprobe" run \
		--accel tcg --ops 'nop,cp*' --qemu-arg=-name --qemu-arg "\$(x) ' \"; \\" -o "$work/out.d" --host here)" 0
	has "$shell: came" "$work/out" '^here +complete '
	is "$shell: words are passed on as they are" "$(jq -r '.command[-1]' "$work/out.d/here.json")" "--qemu-arg=\$(x) ' \"; \\"
	is "$shell: nothing is left" "$(ls -A "$work/a b")" ""
done
rm -rf "$work/out.d"

is "--hyperv is passed on: status" "$(FAR_SHELL=sh PATH=$work/bin:$PATH status_of timeout 60 "$exitprobe" run --accel tcg --hyperv \
	-o "$work/out.d" --host here)" 2
has "--hyperv is passed on" "$work/out" '^here +failed .* --hyperv: an emulated processor \(tcg\) does not imitate Hyper-V'

# --- into a history ---------------------------------------------------------------------------
rm -rf "$work/out.d"
# remembered DIR: a run on two machines that are this one.
remembered() {
	FAR_SHELL=sh PATH=$work/bin:$PATH status_of timeout 100 "$exitprobe" run --accel tcg --ops nop,cpuid --samples 5 -q \
		--connect-timeout 5 -o "$work/out.d" --host here,root@there --history "$1"
}
is "--history: status" "$(remembered "$work/runs")" 0
is "--history: each machine's, as of its name, in a group of its own" "$("$exitprobe" history list "$work/runs" -f json |
	jq -r '"\([.runs[].host] | sort | join(" ")), \([.runs[].group] | unique | length) groups, \([.runs[].measured] | unique)"')" \
	"here there, 2 groups, [2]"
is "--history: the files as they came" "$(sha256sum "$work"/runs/*.json | cut -d ' ' -f 1 | sort)" \
	"$(sha256sum "$work"/out.d/*.json | cut -d ' ' -f 1 | sort)"
is "--history: once more: status" "$(remembered "$work/runs")" 0
is "--history: once more: two of each" "$("$exitprobe" history list "$work/runs" -f json |
	jq -r '[.runs[].host] | sort | join(" ")')" "here here there there"
is "--history: is not sent" "$(jq -r '.command | join(" ")' "$work/out.d/here.json" | grep -c history)" 0
mkdir "$work/broken"
: >"$work/broken/hosts"
is "a history that fails: status" "$(remembered "$work/broken")" 2
has "a history that fails: named, by machine and file" "$work/err" \
	"^exitprobe run: warning: there: $work/out.d/there.json is not in the history: $work/broken/hosts/2"
ok "a history that fails: the results are there" "$exitprobe" report "$work/out.d/there.json"
rm -rf "$work/out.d"

# --- no ssh, or one that says too much or nothing -------------------------------------------
is "no ssh: status" "$(status_of env PATH="$work/empty.d" "$exitprobe" run -q -o "$work/out.d" --host a,b)" 2
is "no ssh: said, once for each" "$(cat "$work/err")" "exitprobe run: warning: a: ssh: cannot be started: No such file or directory
exitprobe run: warning: b: ssh: cannot be started: No such file or directory"
# odd COMMAND [OPTION...]: a run whose ssh does that; its standard error, and its largest size in $work/kib.
odd() {
	printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/ssh"
	shift
	rc=0
	PATH=$work/bin:$PATH /usr/bin/time -q -f %M -o "$work/kib" timeout 60 "$exitprobe" run -q -o "$work/out.d" --host a "$@" 2>"$work/err" ||
		rc=$?
	cat "$work/err"
}
is "too late, with -q: said" "$(odd 'exec cat >/dev/null' --timeout 1)" \
	"exitprobe run: warning: a: too late: not ended in 1 s; --timeout sets the limit"
is "results without an end: said" "$(odd 'exec head -c 300000000 /dev/zero')" \
	"exitprobe run: warning: a: sends more than a results file can be"
ok "results without an end: below 200 MB of memory: $(cat "$work/kib") KiB" [ "$(cat "$work/kib")" -lt 200000 ]
is "a message without an end: said" "$(odd 'head -c 30000000 /dev/zero >&2; echo >&2; echo "the last line" >&2')" \
	"exitprobe run: warning: a: the last line"
ok "a message without an end: below 20 MB of memory: $(cat "$work/kib") KiB" [ "$(cat "$work/kib")" -lt 20000 ]
rm -rf "$work/out.d"

# --- two machines ------------------------------------------------------------------------
client=epc$$
if ! ip netns add $client 2>"$work/err"; then
	ok "two machines # SKIP no network namespace can be made: $(head -n 1 "$work/err")" true
	finish
fi
# In a root that is no mount of its own, as after chroot, there is none to enter.
if ! ip netns exec $client true 2>"$work/err"; then
	ip netns delete $client
	ok "two machines # SKIP no network namespace can be entered: $(head -n 1 "$work/err")" true
	finish
fi
place=$(mktemp -d)
clean_up() {
	for server in web1 web2; do
		[ ! -f "$place/$server/pid" ] || kill "$(cat "$place/$server/pid")" 2>/dev/null
		ip netns pids "$client$server" 2>/dev/null | xargs -r kill -9 2>/dev/null
		ip netns delete "$client$server" 2>/dev/null
	done
	ip netns delete $client 2>/dev/null
	rm -rf "$place"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f "$place/key"

# serve MACHINE: its sshd, for root, whose temporary directory and PATH are its own.
serve() {
	ip netns exec "$client$1" /usr/sbin/sshd -f "$place/$1/sshd" -E "$place/$1/log"
	soon test -s "$place/$1/pid"
}
# machine MACHINE NUMBER: a namespace, joined to the client's.
machine() {
	ip netns add "$client$1"
	ip link add "to$1" netns $client type veth peer name eth0 netns "$client$1"
	ip -n $client address add "10.77.$2.1/30" dev "to$1"
	ip -n $client link set "to$1" up
	ip -n "$client$1" address add "10.77.$2.2/30" dev eth0
	ip -n "$client$1" link set eth0 up
	mkdir -p "$place/$1/tmp" "$place/$1/bin" "$place/$1/home"
	ssh-keygen -q -t ed25519 -N '' -f "$place/$1/key"
	# A login that says things: bash reads this file when sshd starts it.
	printf 'echo Welcome to %s\necho quota exceeded >&2\n' "$1" >"$place/$1/home/.bashrc"
	cat >"$place/$1/sshd" <<END
Port 2222
HostKey $place/$1/key
PidFile $place/$1/pid
AuthorizedKeysFile $place/key.pub
StrictModes no
UsePAM no
PasswordAuthentication no
SetEnv TMPDIR=$place/$1/tmp PATH=$place/$1/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=$place/$1/home
END
	cat >>"$place/ssh" <<END
Host $1
	HostName 10.77.$2.2
	Port 2222
	User root
	IdentityFile $place/key
	IdentitiesOnly yes
	UserKnownHostsFile $place/known
Host stranger
	HostName 10.77.1.2
	Port 2222
	UserKnownHostsFile /dev/null
END
	echo "[10.77.$2.2]:2222 $(cut -d ' ' -f 1-2 "$place/$1/key.pub")" >>"$place/known"
	serve "$1"
}
machine web1 1
machine web2 2
mkdir "$place/bin"
printf '#!/bin/sh\nexec /usr/bin/ssh -F %s "$@"\n' "$place/ssh" >"$place/bin/ssh"
chmod 755 "$place/bin/ssh"

# run [ARGUMENT...]: both, in the client's namespace.
run() {
	PATH=$place/bin:$PATH ip netns exec $client timeout 120 "$exitprobe" run --accel tcg --ops nop,cpuid \
		--samples 7 -o "$work/out.d" "$@"
}
# empty MACHINE: nothing is left there, of files or of processes but the server's. That has one more for
# as long as it does not know that a connection is lost.
empty() {
	[ "$(cd "$place/$1" && find tmp home | tr '\n' ' ')" = "tmp home home/.bashrc " ] &&
		[ "$(ip netns pids "$client$1" | xargs ps -o comm= -p | sort -u)" = sshd ]
}
# row MACHINE: its line of the table, without the seconds.
row() {
	grep "^$1 " "$work/out" | sed 's/ *[0-9]*\.[0-9]  */ S /; s/  */ /g'
}
both_empty() {
	ok "$1: nothing is left on web1" soon empty web1
	ok "$1: nothing is left on web2" soon empty web2
	empty web1 && empty web2 || find "$place"/web?/tmp "$place"/web?/home | sed 's/^/# /'
}

is "two machines: status" "$(status_of run --host web1 --host root@web2)" 0
is "two machines: what came of the one" "$(row web1)" "web1 complete tcg 2 S $work/out.d/web1.json"
is "two machines: what came of the other" "$(row web2)" "web2 complete tcg 2 S $work/out.d/web2.json"
has "two machines: the sum" "$work/out" '^2 of 2 machines gave all of their results$'
has "two machines: progress of one" "$work/err" '^exitprobe run: web1: [0-9]+ of 2: .*$'
has "two machines: progress of the other" "$work/err" '^exitprobe run: web2: [0-9]+ of 2: .*$'
has "two machines: what a login says" "$work/err" '^exitprobe run: web1: quota exceeded$'
for name in web1 web2; do
	ok "two machines: $name.json is as the schema says" valid_results "$work/out.d/$name.json"
	ok "two machines: report reads $name.json" "$exitprobe" report "$work/out.d/$name.json"
	is "two machines: $name: the options are passed on" "$(jq -r '[.accel, (.boots[0].records[] |
		select(.record == "op") | .op, .kept)] | join(" ")' "$work/out.d/$name.json")" "tcg nop 7 cpuid 7"
done
is "two machines: nothing else is in the directory" "$(cd "$work/out.d" && echo *)" "web1.json web2.json"
both_empty "two machines"
is "quiet: status" "$(status_of run --host web1,web2 -q --redact)" 0
is "quiet: nothing is said" "$(cat "$work/out" "$work/err")" ""
is "redacted: the command" "$(jq -c .command "$work/out.d/web1.json" | grep -c "$place")" 0

# --- one of them is lost, and itself alone -------------------------------------------------
# only_web1 NAME REGEX: the run has ended with 2, web1 is complete, and web2's line is that.
only_web1() {
	is "$1: status" "$rc" 2
	is "$1: the other one" "$(row web1)" "web1 complete tcg 2 S $work/out.d/web1.json"
	row web2 >"$work/row"
	has "$1: what came of it" "$work/row" "$2"
	has "$1: the sum" "$work/out" '^1 of 2 machines gave all of their results$'
	has "$1: a line for who waits" "$work/err" '^exitprobe run: warning: web2: .'
	is "$1: the file of an earlier run stays" "$(cat "$work/out.d/web2.json")" old
}
echo old >"$work/out.d/web2.json"
kill "$(cat "$place/web2/pid")"
soon sh -c "! ip netns pids $client""web2 | grep -q ."
status_of run --host web1,web2 >/dev/null
only_web1 refuses '^web2 failed - - S ssh: connect to host 10\.77\.2\.2 port 2222: Connection refused$'
rm -f "$place/web2/pid"
serve web2

for program in sh bash mktemp dd cat rm chmod; do
	ln -s "$(command -v $program)" "$place/web2/bin/$program"
done
sed -i.whole "s,PATH=[^ ]*,PATH=$place/web2/bin," "$place/web2/sshd"
restart() {
	kill "$(cat "$place/web2/pid")"
	soon sh -c "! ip netns pids $client""web2 | grep -q ."
	rm -f "$place/web2/pid"
	serve web2
}
restart
status_of run --host web1,web2 >/dev/null
only_web1 "no QEMU" '^web2 failed - - S QEMU does not start: qemu-system-x86_64: No such file or directory'
both_empty "no QEMU"
mv "$place/web2/sshd.whole" "$place/web2/sshd"
restart

status_of run --host web1,stranger >/dev/null
is "an unknown key: status" "$rc" 2
has "an unknown key: said" "$work/out" '^stranger +failed .* Host key verification failed\.$'

# A QEMU that is slow to begin with.
cat >"$place/web2/bin/qemu-system-x86_64" <<END
#!/bin/sh
touch "$place/web2/began"
exec sleep 1000
END
chmod 755 "$place/web2/bin/qemu-system-x86_64"
rm -f "$place"/web2/bin/[!q]*
status_of run --host web1,web2 --timeout 6 >/dev/null
is "too slow: status" "$rc" 2
row web2 >"$work/row"
has "too slow: what came of it" "$work/row" '^web2 too late - - S '
is "too slow: the other one" "$(row web1)" "web1 complete tcg 2 S $work/out.d/web1.json"
both_empty "too slow"

# begin: a run in the background, until web2's QEMU has begun.
begin() {
	rm -f "$place/web2/began"
	PATH=$place/bin:$PATH ip netns exec $client "$exitprobe" run --accel tcg --ops nop,cpuid --samples 7 \
		-o "$work/out.d" --host web1,web2 >"$work/out" 2>"$work/err" &
	pid=$!
	soon test -e "$place/web2/began"
}
ended() {
	rc=0
	wait $pid || rc=$?
}

begin
ip -n $client link set toweb2 down
ended
only_web1 "cut off" '^web2 failed - - S Timeout, server 10\.77\.2\.2 not responding\.$'
both_empty "cut off"
ip -n $client link set toweb2 up

begin
for agent in $(pgrep -f "^$place/web2/tmp/.* --agent"); do
	kill -9 "$agent"
done
ended
only_web1 "killed there" '^web2 failed - - S '
both_empty "killed there"

begin
kill -9 $pid
ended
is "killed here: status" "$rc" 137
both_empty "killed here"

begin
kill -INT $pid
ended
is "interrupted: status" "$rc" 130
has "interrupted: the table" "$work/out" '^web2 +stopped '
both_empty "interrupted"

# --- a machine that is not what it says ---------------------------------------------------
printf 'printf "\\nexitprobe-results-1 0 6\\n{\\"a\\":\\n"; exit\n' >"$place/web2/home/.bashrc"
status_of run --host web1,web2 >/dev/null
only_web1 "no results file" '^web2 failed - - S sent what is no results file: results: '
printf 'printf "\\033[2Jhello\\n" >&2; exit 1\n' >"$place/web2/home/.bashrc"
status_of run --host web1,web2 >/dev/null
only_web1 "escape sequences" '^web2 failed - - S \?\[2Jhello$'
is "escape sequences: none is shown" "$(cat "$work/out" "$work/err" | grep -c "$(printf '\033')")" 0
finish

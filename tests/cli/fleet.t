#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a fleet reads results by: SQL in a PostgreSQL server of the test's own.
. "$(dirname "$0")/../lib/tap.sh"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json
fleet=$top/contrib/fleet

# Where a user without rights can write, with a path that is short enough for a socket.
place=$(mktemp -d)
servers=
# shellcheck disable=SC2317 # by trap
clean_up() {
	for server in $servers; do
		kill "$server" 2>/dev/null
	done
	# A server's own children end after it.
	[ -z "$servers" ] || wait
	rm -rf "$place"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$place"

# soon COMMAND...: it succeeds within 30 s.
soon() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || return 1
		sleep 0.1
	done
}

# --- PostgreSQL -----------------------------------------------------------------------
pg_bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
ok "PostgreSQL is there (scripts/need fleet)" [ -x "$pg_bin/postgres" ]

# as_postgres COMMAND...: as a user who is not root, which the server refuses.
as_postgres() {
	(
		cd "$place" || exit
		[ "$(id -u)" -ne 0 ] || set -- setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
		exec env -i PATH="$PATH" LC_ALL=C.UTF-8 "$@"
	)
}

# sql ARGUMENT...: psql, which ends at the first error; standard input is SQL unless -c is there.
sql() {
	timeout 60 psql -X -q -At -v ON_ERROR_STOP=1 -h "$place" -U fleet -d postgres "$@"
}

mkdir "$place/pg"
[ "$(id -u)" -ne 0 ] || chown nobody:nogroup "$place" "$place/pg"
ok "a server of the test's own" as_postgres timeout 120 "$pg_bin/initdb" -D "$place/pg" -U fleet -A trust -E UTF8 --no-sync
as_postgres "$pg_bin/postgres" -D "$place/pg" -k "$place" -c listen_addresses= -c fsync=off >"$work/postgres" 2>&1 &
servers="$servers $!"
ok "it answers" soon sql -c 'SELECT 1'
is "sql: the schema: status" "$(status_of sql -f "$fleet/schema.sql")" 0
is "sql: the schema once more: status" "$(status_of sql -f "$fleet/schema.sql")" 0

# load HOST COMMIT FILE: as docs/fleet.md has it.
load() {
	"$exitprobe" report -f sql --host "$1" --commit "$2" "$3" >"$work/rows.sql" && sql <"$work/rows.sql"
}
is "sql: load: status" "$(status_of load web1 c1 "$lab")" 0
is "sql: every figure" "$(sql -F ' ' -c "SELECT operation, outcome, p50, p99, trim_scale(exits), out_part, kernel_part,
	user_part, halted_part, in_part, reason, as_expected FROM exitprobe_result ORDER BY operation COLLATE \"C\"")" \
	"$(jq -r '[.boots[0].records[] | select(.record == "op")] | sort_by(.op)[] | if .outcome != "measured"
		then [.op, .outcome] + [range(10) | ""] else
		[.op, .outcome, .cycles.p50, .cycles.p99, .exits, .parts.out, .parts.kernel, .parts.user,
			.parts.halted, .parts.in,
			([.batch.reasons[] | (if .exits == 1 then "" else "\(.exits) " end) + .name] | join("+")),
			if .agrees then "t" else "f" end] end | map(. // "" | tostring) | join(" ")' "$lab")"
is "sql: whose rows they are" "$(sql -c "SELECT DISTINCT to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), host,
	commit, accel, cpu, kvm, unit, tick_ns IS NULL FROM exitprobe_result")" \
	"2026-01-01 00:00:00|web1|c1|lab|AMD EPYC Processor|KVM-6.1.0-56-amd64|instructions|t"
rows=$(sql -c 'SELECT count(*) FROM exitprobe_result')
is "sql: loaded twice it is there once: status" "$(status_of load web1 c1 "$lab")" 0
is "sql: loaded twice it is there once" "$(sql -c 'SELECT count(*) FROM exitprobe_result')" "$rows"

# One CPUID slower, with one exit more, a day later.
jq -c '.created = "2026-01-02T00:00:00Z" | (.boots[0].records[] | select(.op == "cpuid" and .record == "op")) |=
	(.exits = 2 | .agrees = false | .cycles |= map_values(. + 10) | .histogram = [[3184, 100]])' "$lab" >"$work/next.json"
is "sql: the next day: status" "$(status_of load web1 c2 "$work/next.json")" 0
is "sql: what changed" "$(sql -F ' ' -c "SELECT host, operation, base_commit, commit, base_p50, p50, percent, slower, faster,
	more_exits FROM exitprobe_change WHERE slower OR faster OR more_exits")" \
	"web1 cpuid c1 c2 3176 3186 0.31 t f t"
is "sql: the last" "$(sql -c "SELECT DISTINCT commit FROM exitprobe_last")" c2
jq -c '.accel = "kvm" | .unit = "cycles" | .deterministic = false | .boots[0].records[0].tsc.khz = 2500000' \
	"$lab" >"$work/cycles.json"
is "sql: nanoseconds: status" "$(status_of load web2 c2 "$work/cycles.json")" 0
is "sql: nanoseconds" "$(sql -c "SELECT p50 * tick_ns FROM exitprobe_result WHERE host = 'web2' AND operation = 'cpuid'")" 1270.4
is "sql: not known: status" "$(status_of sh -c "'$exitprobe' report '$work/cycles.json' -o '$work/none.sql'")" 0
is "sql: neither host nor commit" "$(grep -c ", '', '', 'kvm'," "$work/none.sql")" "$rows"
jq -c '.boots[0].records |= map(select(.record != "op"))' "$lab" >"$work/empty.json"
is "sql: no operation: status" "$(status_of load web3 c2 "$work/empty.json")" 0

# --- names that want to be more than names
names=$work/names
cat >"$names" <<'END'
'
\
\'
'); DROP TABLE exitprobe_result; --
\'); DROP TABLE exitprobe_result; --
\\'); DROP TABLE exitprobe_result; --
''); DROP TABLE exitprobe_result; --
"; DROP TABLE exitprobe_result; --
$$; DROP TABLE exitprobe_result; $$
:host :'host' :"host"
\! touch CANARY
\gexec
/* a comment that does not end
-- a comment
NULL
x\
ü€𝄞
表ソ\'); DROP TABLE exitprobe_result; --
END
sed -i "s,CANARY,$place/canary," "$names"
printf 'two\n\\! touch %s\nlines' "$place/canary" >"$work/lines"
# hostile DESCRIPTION: load one run from each of the names, and read them back.
hostile() {
	sql -c "DELETE FROM exitprobe_result"
	while IFS= read -r name; do
		load "$name" "$name" "$lab" || echo "refused: $name"
	done <"$names" >"$work/refused" 2>&1
	load "$(cat "$work/lines")" x "$lab" >>"$work/refused" 2>&1
	is "hostile names, $1: none refused" "$(cat "$work/refused")" ""
	is "hostile names, $1: as they were" \
		"$(sql -c "SELECT DISTINCT encode(convert_to(host, 'UTF8'), 'hex') FROM exitprobe_result" | sort)" \
		"$({
			while IFS= read -r name; do
				printf %s "$name" | od -An -v -tx1 | tr -d ' \n'
				echo
			done <"$names"
			od -An -v -tx1 <"$work/lines" | tr -d ' \n'
			echo
		} | sort)"
	is "hostile names, $1: all rows" "$(sql -c 'SELECT count(*) FROM exitprobe_result')" \
		$(((1 + $(wc -l <"$names")) * rows))
	ok "hostile names, $1: nothing was executed" [ ! -e "$place/canary" ]
}
hostile "as the server is"
export PGOPTIONS='-c standard_conforming_strings=off -c backslash_quote=on -c escape_string_warning=off'
hostile "backslashes escape"
unset PGOPTIONS
export PGCLIENTENCODING=SJIS
hostile "a client of another encoding"
unset PGCLIENTENCODING
jq -c --rawfile name "$names" '.boots[0].records[0].cpu.brand = ($name | split("\n")[5])' "$lab" >"$work/brand.json"
is "a hostile name in the file: status" "$(status_of load web4 x "$work/brand.json")" 0
is "a hostile name in the file" "$(sql -c "SELECT DISTINCT cpu FROM exitprobe_result WHERE host = 'web4'")" \
	"$(sed -n 6p "$names")"
jq -c --rawfile name "$names" '.created = ($name | split("\n")[3])' "$lab" >"$work/time.json"
is "a time that is none: status" "$(status_of load web5 x "$work/time.json")" 3
has "a time that is none: said" "$work/err" 'invalid input syntax for type timestamp'
is "a time that is none: nothing of it is there" "$(sql -c "SELECT count(*) FROM exitprobe_result WHERE host = 'web5'")" 0
fails_with "a name that is not UTF-8" ': must be a text in UTF-8$' \
	"$exitprobe" report -f sql --host "$(printf 'a\377')" "$lab"
fails_with "an empty name" '^exitprobe report: error: --commit : must be a text in UTF-8$' \
	"$exitprobe" report -f sql --commit '' "$lab"
fails_with "a name where there is no place for it" '^exitprobe report: error: --host: is for --format sql; csv has no place for it$' \
	"$exitprobe" report -f csv --host web1 "$lab"
finish

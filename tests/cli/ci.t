#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What tests kernels and machines reads results by: KTAP, by its grammar and by the kernel's own
# parser, and LAVA's signals, by its dispatcher's rules; LAVA's job in contrib/fleet.
. "$(dirname "$0")/../lib/tap.sh"
exitprobe=$build/exitprobe
lab=$top/tests/data/lab.json
job=$top/contrib/fleet/lava-job.yaml

# One of each kind: hangs, fails, other exits than expected, lost with the VM, interrupted.
jq -c '.complete = false | .boots[0].complete = false | .boots[0].lost = [{ op: "vmcall", how: "ends the VM" }] |
	(.boots[0].records[] | select(.op == "nop" and .record == "op")) |= { record: "op", op: "nop", outcome: "hangs" } |
	(.boots[0].records[] | select(.op == "gp" and .record == "op")) |= { record: "op", op: "gp", outcome: "failed", text: "no # room" } |
	(.boots[0].records[] | select(.op == "cpuid" and .record == "op")) |= (.agrees = false | .exits = 2 |
		.batch.reasons = [{ reason: 1, name: "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=x RESULT=pass> # SKIP", exits: 2 }]) |
	.boots[0].records |= map(select(.record != "end"))' "$lab" >"$work/bad.json"
for name in lab bad; do
	file=$work/bad.json
	[ $name = bad ] || file=$lab
	for format in ktap lava; do
		is "$format of $name: status" "$(status_of "$exitprobe" report -f $format -o "$work/$name.$format" "$file")" 0
	done
done
# How each of them ends, in the results' order; by hand.
ends='nop fail
cpuid fail
hypercall-other pass
inb-kernel pass
inl-user pass
insb-64 pass
touch-2m pass
invpcid skip
gp fail
hlt-timer pass
vmcall fail
complete fail'

# --- KTAP -------------------------------------------------------------------------------
# Documentation/dev-tools/ktap.rst, line by line; no test is nested.
cat >"$work/ktap.awk" <<'AWK'
function bad(why) { print FILENAME ":" NR ": " why ": " $0; failed = 1 }
NR == 1 { if ($0 != "KTAP version 1") bad("no version"); next }
NR == 2 { if ($0 !~ /^1\.\.[0-9]+$/) bad("no plan"); plan = substr($0, 4); next }
/^#/ { if ($0 !~ /^# ./) bad("diagnostic line"); next }
/^(not )?ok / {
	if ($0 !~ /^(not )?ok [0-9]+ [^#]+( # ((SKIP|TIMEOUT|ERROR) )?.*)?$/) bad("result line")
	number = $1 == "not" ? $3 : $2
	if (number != ++count) bad("number")
	if (/ # (TIMEOUT|ERROR)/ && $1 != "not") bad("directive")
	next
}
{ bad("no line of KTAP") }
END { if (plan != count) { print "planned " plan ", ran " count; failed = 1 } exit failed }
AWK
for name in lab bad; do
	ok "ktap of $name: the grammar" awk -f "$work/ktap.awk" "$work/$name.ktap"
	ok "ktap of $name: no trailing blanks" sh -c "! grep -n ' \$' '$work/$name.ktap'"
done
ok "ktap: the grammar sees a wrong number" sh -c "sed 's/^ok 4 /ok 5 /' '$work/lab.ktap' | { ! awk -f '$work/ktap.awk'; }"
has "ktap: a median" "$work/lab.ktap" '^# cpuid: p50 3176 instructions; exits 1\.000 CPUID$'
for way in leaf trace stats none; do
	jq -c --arg way $way '.counts = { way: $way }' "$lab" >"$work/by.json"
	"$exitprobe" report -f ktap "$work/by.json" >"$work/by-$way.ktap"
	has "ktap: counted by $way" "$work/by-$way.ktap" "^# exits counted by: $way, [a-zA-Z]"
	ok "ktap: counted by $way: the grammar" awk -f "$work/ktap.awk" "$work/by-$way.ktap"
	"$exitprobe" report -f lava "$work/by.json" >"$work/by-$way.lava"
	has "lava: counted by $way" "$work/by-$way.lava" "^exits counted by: $way, [a-zA-Z]"
done
has "ktap: skipped, and why" "$work/lab.ktap" '^ok 8 invpcid # SKIP no INVPCID'
has "ktap: hangs" "$work/bad.ktap" '^not ok 1 nop # TIMEOUT hangs: '
has "ktap: failed, and why" "$work/bad.ktap" '^not ok 9 gp # ERROR failed: no \\# room$'
has "ktap: lost" "$work/bad.ktap" '^not ok 11 vmcall # ERROR lost: ends the VM'
has "ktap: other exits" "$work/bad.ktap" '^not ok 2 cpuid$'
has "ktap: partial" "$work/bad.ktap" '^not ok 12 complete # ERROR the run did not finish$'

# The kernel's own parser, from the source package. It takes ten seconds to unpack, and is kept.
tarball=/usr/src/linux-source-$kernel.tar.xz
kunit=$build/source/kunit.$(stat -c %s.%Y "$tarball")
if [ ! -d "$kunit" ]; then
	rm -rf "$kunit.tmp"
	mkdir -p "$kunit.tmp"
	tar -xf "$tarball" -C "$kunit.tmp" --strip-components=4 --wildcards '*/tools/testing/kunit/*.py' &&
		mv "$kunit.tmp" "$kunit"
fi
ok "kunit_parser.py is there" [ -f "$kunit/kunit_parser.py" ]
cat >"$work/kunit.py" <<'END'
import contextlib, io, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
with contextlib.redirect_stdout(io.StringIO()):
    import kunit_parser
    test = kunit_parser.parse_run_tests(open(sys.argv[2]).read().splitlines())
words = { "SUCCESS": "pass", "FAILURE": "fail", "SKIPPED": "skip" }
for sub in test.subtests:
    print(sub.name, words.get(sub.status.name, sub.status.name))
assert test.counts.errors == 0, test.counts
END
kunit() {
	/usr/bin/python3 "$work/kunit.py" "$kunit" "$1" 2>&1
}
is "ktap: as the kernel's parser has it" "$(kunit "$work/lab.ktap")" \
	"$(jq -r '.boots[0].records[] | select(.record == "op") |
		"\(.op) \(if .outcome == "skipped" then "skip" else "pass" end)"' "$lab"; echo complete pass)"
is "ktap: the same of what went wrong" "$(kunit "$work/bad.ktap")" "$ends"

# --- LAVA --------------------------------------------------------------------------------
# The dispatcher itself, where it is installed, must find the same as its rules (test/shell.py).
cat >"$work/lava.py" <<'END'
import decimal, re, sys
def case(params):
    data = {}
    for param in params:
        key, value = param.split("=")
        data[key.lower()] = value
    assert data["result"] in ("pass", "fail", "skip", "unknown"), data
    assert re.fullmatch(r"[a-zA-Z0-9_.-]+", data["test_case_id"]), data
    try:
        from lava_dispatcher.actions.test.shell import handle_testcase
        from lava_dispatcher.connection import SignalMatch
        wanted = dict(data)
        if "measurement" in wanted:
            wanted["measurement"] = float(decimal.Decimal(wanted["measurement"]))
        assert SignalMatch().match(handle_testcase(params), fixupdict={}) == wanted
    except ImportError:
        pass
    return data
names = []
for name, params in re.findall(r"<LAVA_SIGNAL_(\S+) ([^>]+)>", open(sys.argv[1]).read()):
    names.append(name)
    if name == "TESTCASE":
        data = case(params.split())
        measured = [float(decimal.Decimal(data["measurement"])), data["units"]] if "measurement" in data else []
        print(data["test_case_id"], data["result"], *measured)
assert names[0] == names[-1] == "TESTSET" and set(names[1:-1]) == { "TESTCASE" }, names
END
lava() {
	/usr/bin/python3 "$work/lava.py" "$1"
}
is "lava: a case for each operation, with its median" "$(lava "$work/lab.lava")" \
	"$(jq -r '.boots[0].records[] | select(.record == "op") | if .outcome == "skipped" then "\(.op) skip"
		else "\(.op) pass \(.cycles.p50).0 instructions" end' "$lab"; echo complete pass)"
is "lava: what went wrong" "$(lava "$work/bad.lava" | cut -d ' ' -f 1-2)" "$ends"
is "lava: a set for each way of counting exits" \
	"$(for way in leaf trace stats none; do sed -n 's/^<LAVA_SIGNAL_TESTSET START \(.*\)>$/\1/p' "$work/by-$way.lava"; done | xargs)" \
	"exitprobe exitprobe-trace exitprobe-stats exitprobe-none"
is "lava: a set of another way: its cases" "$(lava "$work/by-trace.lava")" "$(lava "$work/lab.lava")"
has "lava: why, in a line of its own" "$work/bad.lava" '^gp: failed: no # room$'
is "lava: no text of a file is a signal" "$(grep -c 'TEST_CASE_ID=x' "$work/bad.lava") $(grep -c '^cpuid: .*(LAVA_SIGNAL' "$work/bad.lava")" "1 1"
jq -c '.unit = "a <b> c"' "$lab" >"$work/unit.json"
"$exitprobe" report -f lava "$work/unit.json" >"$work/unit.lava"
has "lava: a unit is one word" "$work/unit.lava" ' UNITS=a__b__c MEASUREMENT=3176>$'

# --- the job: by LAVA's own schema, and its steps ---------------------------------------------
cat >"$work/job.py" <<'END'
import sys, yaml
job = yaml.safe_load(open(sys.argv[1]))
# What LAVA's manual (Writing a job submission) asks of each job.
assert { "job_name", "device_type", "timeouts", "priority", "visibility", "actions" } <= set(job), job
assert { "job", "action", "connection" } <= set(job["timeouts"])
assert [list(action) for action in job["actions"]] == [["deploy"], ["boot"], ["test"]]
if sys.argv[3:] == ["schema"]:
    from lava_common.schemas import validate
    validate(job, strict=True)
definition = job["actions"][-1]["test"]["definitions"][0]["repository"]
# As run.sh of lava-test-shell: the parameters, then the steps, in one shell.
for name, value in definition["params"].items():
    print("%s='%s'" % (name, sys.argv[2] if name == "OPS" else value))
print(*definition["run"]["steps"], sep="\n")
END
ok "lava: the job, by LAVA's manual" /usr/bin/python3 "$work/job.py" "$job" '*'
if /usr/bin/python3 -c 'import lava_common' 2>/dev/null; then
	ok "lava: the job, by LAVA's schema" /usr/bin/python3 "$work/job.py" "$job" '*' schema
	sed 's/to: docker/to: dokcer/' "$job" >"$work/job.yaml"
	fails_with "lava: the schema sees a wrong word" 'unknown action type|Invalid' /usr/bin/python3 "$work/job.py" \
		"$work/job.yaml" '*' schema
else
	ok "lava: the job, by LAVA's schema # SKIP lava-common is not there (Debian 13 has none)" true
fi
mkdir -p "$work/bin" "$work/run"
# A clone is this build; make and what it runs are real, and so is the lab.
printf '#!/bin/sh\nexit 0\n' >"$work/bin/apt-get"
cat >"$work/bin/git" <<END
#!/bin/sh
[ "\$1" = clone ] || exit 0
echo "\$*" >"$work/cloned"
mkdir exitprobe && ln -s "$build" exitprobe/build && touch exitprobe/nop,inb-file
sed -n '/^CPU ?=/p; /^	@\\\$(BUILD)\\/exitprobe run --accel lab/h; \$ { x; s/^/run:\\n/p }' "$top/Makefile" >exitprobe/Makefile
END
# As LAVA's: the result is a signal, whatever it is.
cat >"$work/bin/lava-test-case" <<'END'
#!/bin/sh
name=$1
shift 2
if eval "$*"; then result=pass; else result=fail; fi
echo "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=$name RESULT=$result>"
END
chmod 755 "$work"/bin/*
/usr/bin/python3 "$work/job.py" "$job" 'nop,inb*' >"$work/run.sh"
is "lava: the steps: status" "$(cd "$work/run" && PATH=$work/bin:$PATH KERNEL=$kernel BUILD=$build status_of timeout 300 sh "$work/run.sh")" 0
has "lava: the steps: what is cloned" "$work/cloned" '^clone -q https://.* exitprobe$'
has "lava: the steps: the run" "$work/out" '^<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=run RESULT=pass>$'
sed '/TEST_CASE_ID=run /d' "$work/out" >"$work/steps"
is "lava: the steps: a case for each operation" "$(lava "$work/steps" | sed 's/ [0-9.]* / N /' | xargs)" \
	"nop pass N instructions inb-kernel pass N instructions complete pass"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# make install into an empty prefix, and every command of the man page from there, as a
# user without rights and with an empty home.  Of the commands that boot the lab the long test
# has some more, which use the same scripts with other arguments.
. "$(dirname "$0")/../lib/tap.sh"

# Where that user can read.
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$place"
root=$place/root
tool=$root/usr/bin/exitprobe
release=$(cat "$build/lab/release-$kernel")

# as_user COMMAND...: with nothing but PATH and HOME in its environment, in that home.
as_user() {
	(
		cd "$place/home" || exit
		set -- env -i PATH="$PATH" HOME="$place/home" "$@"
		[ "$(id -u)" -ne 0 ] || set -- setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
		exec timeout 600 "$@"
	)
}

# works DESCRIPTION STATUS COMMAND...: with that exit status; output in out, messages in err.
works() {
	name=$1 wanted=$2
	shift 2
	is "$name: status" "$(rc=0
		as_user "$@" >"$work/out" 2>"$work/err" || rc=$?
		[ "$rc" = "$wanted" ] || cat "$work/err" >&2
		echo "$rc")" "$wanted"
}

# --- what is installed ------------------------------------------------------------------
mkdir -p "$root/usr/share"
echo mine >"$root/usr/share/other"
ok "make install" timeout 300 make -C "$top" install PREFIX=/usr DESTDIR="$root"
is "what is installed lies below the prefix" "$(find "$root" -mindepth 1 -maxdepth 2 | sort | tr '\n' ' ')" \
	"$root/usr $root/usr/bin $root/usr/lib $root/usr/share "
for file in share/man/man1/exitprobe.1 share/man/man1/exitstat.1 share/bash-completion/completions/exitprobe \
	lib/exitprobe/probe.elf share/exitprobe/lab/boot share/exitprobe/host-patch/apply share/exitprobe/fleet/schema.sql \
	share/doc/exitprobe/README.md share/doc/exitprobe/docs/overview.svg; do
	ok "$file is there" [ -f "$root/usr/$file" ]
done
is "so is every plugin of the emulator" "$(cd "$root/usr/lib/exitprobe/lab" && echo *.so)" \
	"$(cd "$build/lab" && echo *.so)"
# Of the commands' messages, of the scripts' and of the man pages; docs/NAME.md stands for any.
(cd "$root/usr" && grep -rhoaE 'docs/[a-z-]+\.md' bin lib share/man share/exitprobe) | sort -u >"$work/named"
ok "messages and man pages name pages" [ "$(wc -l <"$work/named")" -ge 5 ]
is "and these are there" "$(while read -r page; do
	[ -f "$root/usr/share/doc/exitprobe/$page" ] || echo "$page"
done <"$work/named")" ""
is "no file is left out of reach for others" "$(find "$root/usr" -not -perm -o=r | wc -l)" 0
is "the manifest has every file" "$(cd "$root/usr" && find . -type f ! -path ./share/other | sed 's,^\./,,' | sort)" \
	"$(grep -v '/$' "$root/usr/share/exitprobe/manifest" | sort)"

# --- every command ----------------------------------------------------------------------
# What was built before saves that user the building: links to its files in directories of
# its own, which are where exitprobe builds without BUILD.
cache=$place/home/.cache/exitprobe
mkdir -p "$cache/lab" "$cache/modules"
cp -a "$build/lab/$release" "$build"/lab/base.cpio* "$build/lab/release-$kernel" "$cache/lab/"
cp -a "$build/modules/$release" "$cache/modules/"
[ "$(id -u)" -ne 0 ] || chown -R nobody:nogroup "$place/home"
unpacked=$("$top/host-patch/unpack" "$(source_of "$kernel")")
unset BUILD

for command in run report compare history bill profile bisect doctor host watch list; do
	works "$command --help" 0 "$tool" $command --help
done
works "list" 0 "$tool" list
has "list: operations" "$work/out" '^cpuid '
works "list --markdown" 0 "$tool" list --markdown
as_user "$tool" doctor --json >"$work/out" 2>"$work/err"
ok "doctor" jq -e length "$work/out"
works "run --accel tcg" 0 "$tool" run --accel tcg --ops cpuid -q -o r.json
for form in text html markdown csv junit tap openmetrics ktap lava sql; do
	works "report -f $form" 0 "$tool" report r.json -f $form -o "r.$form"
done
works "compare" 0 "$tool" compare r.json r.json
works "history add" 0 "$tool" history add runs r.json
works "history check" 0 "$tool" history check runs
is "history check: the run is there" "$(cat "$work/out")" "1 run, 0 changes for the worse"
works "history, a page" 0 "$tool" history runs -o trend.html
works "run, where auto is the lab" 0 "$tool" run --ops cpuid -o lab.json
has "run: the lab counts" "$work/out" '^cpuid +1\.00 .* CPUID$'
[ -z "$long" ] ||
	works "run --accel lab --modules" 0 "$tool" run --accel lab --modules "$cache/modules/$release" --ops cpuid -q
# That an installed tool can profile in the lab, bisect below shows.
cp "$top/tests/data/profile-small.json" "$place/home/p.json"
chmod 644 "$place/home/p.json"
function=vcpu_run
if [ -n "$long" ]; then
	function=kvm_emulate_cpuid
	rm "$place/home/p.json"
	works "profile -o json" 0 "$tool" profile cpuid -o p.json
fi
# The lab's CPUID is the price of those that a guest has counted.
cp "$top/tests/fuzz/corpus/bill/exitstat" "$place/home/exits.json"
chmod 644 "$place/home/exits.json"
works "bill" 0 "$tool" bill lab.json exits.json
has "bill: CPUID has a price" "$work/out" '^CPUID .*[0-9] .* cpuid'
works "profile, of a file" 0 "$tool" profile p.json
has "profile: functions" "$work/out" "$function"
for suffix in svg folded json; do
	works "profile -o $suffix, of a file" 0 "$tool" profile p.json -o "q.$suffix"
done
if [ -n "$long" ]; then
	works "profile --user" 0 "$tool" profile inl-user --user
	works "profile --diff" 0 "$tool" profile --diff p.json "$cache/modules/$release" cpuid
	works "profile --add" 0 "$tool" profile p.json --add lab.json
	works "report with a profile" 0 "$tool" report lab.json -o lab.html
fi

# A tree for bisect: what it takes of the kernel's source.
source=$place/home/linux
mkdir -p "$source"
(cd "$unpacked" && cp -a --parents Makefile virt arch/x86/kvm arch/x86/include "$source/")
[ "$(id -u)" -ne 0 ] || chown -R nobody:nogroup "$source"
# A make that compiles nothing: the modules at hand are what it would make.  What an
# installed tool really compiles, lab/bisect.t sees.
mkdir "$place/bin"
cat >"$place/bin/make" <<END
#!/bin/sh
for word in "\$@"; do
	case \$word in
	M=*) exec cp "$cache/modules/$release"/kvm*.ko "\${word#M=}" ;;
	esac
done
exit 1
END
chmod 755 "$place/bin/make"
PATH=$place/bin:$PATH
works "bisect" 0 "$tool" bisect cpuid --most 100000 -s linux
has "bisect: says so" "$work/out" '^cpuid: [0-9]+ instructions from exit to entry: good$'
[ -z "$long" ] ||
	works "bisect: bad" 1 "$tool" bisect cpuid --most 10 -s linux
PATH=${PATH#*:}
works "exitstat --help" 0 "$root/usr/bin/exitstat" --help
rm -r "$cache/lab/release-$kernel"
# auto, in a home where no lab was built: a line says what is lost.
as_user "$tool" run --ops cpuid -q >"$work/out" 2>"$work/err"
has "run --accel auto without a lab says what it lost" "$work/err" 'the lab is not built \(--accel lab builds it\)'

# --- what is removed --------------------------------------------------------------------
echo mine >"$root/usr/share/exitprobe/lab/mine"
echo share/exitprobe/older >>"$root/usr/share/exitprobe/manifest"
echo older >"$root/usr/share/exitprobe/older"
ok "make install once more" timeout 300 make -C "$top" install PREFIX=/usr DESTDIR="$root"
ok "what an older version had is gone" [ ! -e "$root/usr/share/exitprobe/older" ]
echo ../../../home/.cache >>"$root/usr/share/exitprobe/manifest"
fails_with "make uninstall: a manifest that leads elsewhere" 'line [0-9]+:../../../home/.cache: not in the prefix' \
	make -C "$top" uninstall PREFIX=/usr DESTDIR="$root"
sed -i '$d' "$root/usr/share/exitprobe/manifest"
ok "make uninstall" make -C "$top" uninstall PREFIX=/usr DESTDIR="$root"
is "what was there before and what the user put there is all that is left" "$(cd "$root" && find . | sort | xargs)" \
	". ./usr ./usr/share ./usr/share/exitprobe ./usr/share/exitprobe/lab ./usr/share/exitprobe/lab/mine ./usr/share/other"
fails_with "make uninstall once more" "error: $root/usr: exitprobe is not installed there" \
	make -C "$top" uninstall PREFIX=/usr DESTDIR="$root"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Paths that the user names: what make clean and make uninstall remove, names that make
# or QEMU do not take, relative ones, and directories in which this user cannot write.
. "$(dirname "$0")/../lib/tap.sh"
cd "$work" || exit 1
unset MAKEFLAGS MAKELEVEL BUILD

# make_in BUILD TARGET...: in another build directory.
make_in() {
	directory=$1
	shift
	timeout 200 make --no-print-directory -C "$top" BUILD="$directory" "$@"
}

# --- make clean removes what we made, and nothing else ----------------------------------
mkdir -p docs/lab empty
echo thesis >docs/thesis
fails_with "clean: a directory of the user's" \
	"error: $work/docs: not made by exitprobe \(there is no .exitprobe-build in it\); nothing was removed" \
	make_in "$work/docs" clean
is "clean: it is as it was" "$(cat docs/thesis)" thesis
ok "a build in it is let be" make_in "$work/docs" exitstat
fails_with "clean: nor after a build in it" 'docs: not made by exitprobe' make_in "$work/docs" clean
is "clean: it still is" "$(cat docs/thesis)" thesis
fails_with "clean: the sources" "$top: not made by exitprobe" make_in . clean
fails_with "clean: /" ' /: not made by exitprobe' make_in / clean
cp "$build/.exitprobe-build" docs/ 2>/dev/null || echo x >docs/.exitprobe-build
mkdir -p docs/checkout/tests docs/checkout/lab
cp -R "$top/Makefile" "$top/scripts" docs/checkout/
cp "$top/tests/tests.mk" docs/checkout/tests/
cp "$top/lab/default-kernel" docs/checkout/lab/
fails_with "clean: what holds the sources" "docs: holds the sources, .*/docs/checkout; nothing was removed" \
	make -C docs/checkout BUILD="$work/docs" clean
for directory in "$work/new/deep" "$work/empty"; do
	ok "a build in a ${directory##*/} directory" make_in "$directory" exitstat
	ok "clean: a ${directory##*/} directory" make_in "$directory" clean
	ok "clean: a ${directory##*/} directory is gone" [ ! -e "$directory" ]
done
ok "clean: a directory that is not there" make_in "$work/none" clean
is "an empty BUILD is build" "$(make_in "" -n clean 2>&1; BUILD='' make -s -C "$top" -p -n help | grep "^BUILD :=")" \
	"scripts/build-dir clean
BUILD := $top/build"

# --- relative names ----------------------------------------------------------------------
relative=build/tests/cli/paths.t/relative
case $build in
"$top/build")
	ok "a relative BUILD" make_in $relative exitstat
	ok "a relative BUILD: is below the sources" [ -x "$top/$relative/exitstat" ]
	ok "a relative BUILD: clean" make_in $relative clean
	ok "a relative BUILD: is gone" [ ! -e "$top/$relative" ]
	;;
esac
ok "a relative BUILD of a script" env BUILD=by-script "$top/scripts/build-dir"
is "a relative BUILD of a script: the mark" "$(head -n 1 by-script/.exitprobe-build)" "$top"

# --- a build directory elsewhere serves the tool in it -----------------------------------
mkdir -p elsewhere/lab
cp "$build/exitprobe" "$build/exitprobe-static" "$build/probe.elf" elsewhere/
cp "$build"/lab/*.so elsewhere/lab/
printf '%s\n' "$top" >elsewhere/.exitprobe-build
fails_with "the tool finds the sources by the mark" 'error: the lab is not built|Linux 4.2 is not packaged here' \
	timeout 60 elsewhere/exitprobe run --accel lab --kernel 4.2 --ops nop

# --- names that make, the kernel's build or QEMU do not take ------------------------------
tab=$(printf '\t')
for sign in ' ' "$tab" ':' ';' '|' '&' '<' '>' '`' "\\" '"' "'" '*' '?' '[' ']' '#' '=' '%' ',' '!' '{' '}' '^' '~' '(' ')'; do
	for name in BUILD DESTDIR PREFIX; do
		env "$name=$work/a${sign}b" make -C "$top" uninstall clean >out 2>&1
		grep -q "$name=.*: has a blank or a special character" out && [ "$(wc -l <out)" -le 3 ] ||
			echo "$name with $sign: $(head -n 3 out)"
	done
	! env BUILD="$work/a${sign}b" "$top/scripts/build-dir" 2>err &&
		grep -q '(BUILD): has a blank or a special character' err || echo "script: $sign"
done >odd
is "every special character, in BUILD, DESTDIR, PREFIX: refused" "$(cat odd)" ""
is "no directory of these was made" "$(find . -maxdepth 1 -name 'a*')" ""
mkdir -p "blank here"
cp -R "$top/Makefile" "$top/scripts" "blank here/"
fails_with "sources in a directory with a blank" \
	'CURDIR=.*/blank here: has a blank or a special character, .*; name another directory' \
	make -C "blank here" probe
fails_with "a script there" 'blank here \(the checkout\): has a blank' "blank here/scripts/need" probe
headers=/lib/modules/$(cat "$build/lab/release-$kernel")/build
fails_with "build-modules: an output with a blank" 'a b \(-o\): has a blank or a special' \
	"$top/host-patch/build-modules" -k "$headers" -o "$work/a b"
fails_with "build-selftest: an output with a blank" 'a b \(-o\): has a blank or a special' \
	"$top/host-patch/build-selftest" -o "$work/a b"
ok "a letter that is not ASCII" make_in "$work/müller" exitstat

# The tool's own files may be called anything.
odd="it's; a b,c=\$(x) %"
mkdir -p "$odd"
cp "$build/probe.elf" "$odd/my probe.elf"
ok "run: probe and results with an odd name" timeout 60 "$build/exitprobe" run --accel tcg --ops nop -q \
	--probe "$odd/my probe.elf" -o "$odd/r.json"
ok "report: files with an odd name" timeout 60 "$build/exitprobe" report "$odd/r.json" -o "$odd/r.html"
release=$(cat "$build/lab/release-$kernel")
cp "$build/modules/$release"/*.ko "$odd/"
is "run: the lab, with a probe and modules with odd names: status" "$(status_of timeout 300 "$build/exitprobe" run \
	--accel lab --ops cpuid --modules "$odd" --probe "$odd/my probe.elf" -o "$odd/lab.json")" 0
is "run: a cache with a blank: status" \
	"$(HOME="$work/home of mine" status_of env -u BUILD "$build/exitprobe" list)" 0

# --- directories of another user ---------------------------------------------------------
# The superuser without the right to write everywhere is as good as another user.
ordinary() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --bounding-set=-dac_override,-dac_read_search "$@"
	else
		"$@"
	fi
}
mkdir -p theirs/lab
printf '%s\n' "$release" >"theirs/lab/release-$kernel"
for name in "$build/lab/$release" "$build"/lab/base.cpio* "$build"/lab/vmrun.so*; do
	ln -s "$name" theirs/lab/
done
ln -s "$build/modules" theirs/modules
chmod 555 theirs theirs/lab
cannot="$work/theirs: belongs to $(id -un) and cannot be written by $(id -un); set BUILD=DIR to a directory of yours"
fails_with "make in a directory of another user" "\*\*\* $cannot" \
	ordinary make -C "$top" BUILD="$work/theirs" probe
is "make: in one line" "$(wc -l <err)" 1
for script in lab/build "lab/boot $top/README.md" lab/bench "lab/pack/guest x $top/README.md" host-patch/build-selftest \
	"host-patch/build-modules -k $headers"; do
	# shellcheck disable=SC2086 # its arguments
	fails_with "${script%% *} in a directory of another user" "error: $work/(theirs|modules).* cannot be written by|$cannot" \
		ordinary env BUILD="$work/theirs" "$top"/$script
	is "${script%% *}: in one line" "$(wc -l <err)" 1
done
fails_with "run --accel lab in a directory of another user" "$cannot" \
	ordinary env BUILD="$work/theirs" "$build/exitprobe" run --accel lab --ops nop
is "run --accel lab: in one line" "$(wc -l <err)" 1
fails_with "profile in a directory of another user" \
	"error: $work/theirs/lab: Permission denied; set BUILD=DIR to a directory of yours" \
	ordinary env BUILD="$work/theirs" "$build/exitprobe" profile cpuid
is "profile: in one line" "$(wc -l <err)" 1
is "bisect in a directory of another user: ends the bisection" "$(mkdir -p tree/arch/x86/kvm
	status_of ordinary env BUILD="$work/theirs" "$build/exitprobe" bisect -m 1 -s tree cpuid)" 128
chmod 755 theirs
fails_with "make where another user has built" "$work/theirs/lab: belongs to" \
	ordinary make -C "$top" BUILD="$work/theirs" probe
chmod 555 theirs
fails_with "make below a directory of another user" \
	"cannot create directory '$work/theirs/x': Permission denied; set BUILD=DIR" \
	ordinary make -C "$top" BUILD="$work/theirs/x" probe
fails_with "install where this user cannot write" \
	"error: $work/theirs: belongs to .* cannot be written by .*; use sudo, or PREFIX=DIR" \
	ordinary make -C "$top" install PREFIX="$work/theirs"
chmod 755 theirs theirs/lab
# --- no directory to build in ----------------------------------------------------------
# Not beside its probe, so it would build in the user's cache directory.
mkdir -p alone/bin alone/linux/arch/x86/kvm
cp "$build/exitprobe" alone/bin/
nowhere="env -u BUILD -u XDG_CACHE_HOME -u HOME timeout 60 alone/bin/exitprobe"
unset_regex='error: neither BUILD, XDG_CACHE_HOME nor HOME is set; set BUILD to a directory to build in$'
# shellcheck disable=SC2086 # words
for command in "profile cpuid" "bisect cpuid --most 1 --source alone/linux" \
	"run --accel lab --ops nop --probe $build/probe.elf"; do
	case $command in
	bisect*) expected=128 ;;
	*) expected=2 ;;
	esac
	is "no directory to build in: ${command%% *}: status" "$(status_of $nowhere $command)" "$expected"
	is "no directory to build in: ${command%% *}: one line" "$(wc -l <err)" 1
	has "no directory to build in: ${command%% *}: said" err "$unset_regex"
done
# shellcheck disable=SC2086
is "no directory to build in: what builds nothing" "$(status_of $nowhere report "$top/tests/data/lab.json")" 0

finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the lab is made of is the same bytes wherever it is made, and made again when
# anything that it is of has changed, be it by contents alone.  The whole double build
# of the modules is reproducible-modules.t.
. "$(dirname "$0")/../lib/tap.sh"

# --- modules -------------------------------------------------------------------

for version in $kernel $other_kernel; do
	release=$(cat "$build/lab/release-$version")
	for module in kvm kvm-amd kvm-intel; do
		is "$version: $module.ko has no path of this machine in it" "$(
			strings -n 4 "$build/modules/$release/$module.ko" |
				grep -E "$top|$build|/usr/|/lib/modules|/home/|/tmp/|linux-headers-" | head -n 5
		)" ""
	done
done

# Three objects of each, by C and by the assembler, in two directories: a make that builds
# no more and keeps them.
mkdir -p "$work/few"
cat >"$work/few/make" <<END
#!/bin/sh
for word in "\$@"; do
	shift
	case \$word in
	modules) set -- "\$@" irq.o mtrr.o svm/vmenter.o ;;
	M=*) kvm=\${word#M=} && set -- "\$@" "\$word" ;;
	*) set -- "\$@" "\$word" ;;
	esac
done
$(command -v make) "\$@" && cp "\$kvm/irq.o" "\$kvm/mtrr.o" "\$kvm/svm/vmenter.o" "\$KEEP"
exit 1
END
chmod +x "$work/few/make"
for version in $kernel $other_kernel; do
	release=$(cat "$build/lab/release-$version")
	headers=$(headers_of "$version") source=$(source_of "$version")
	for directory in short a-directory-with-a-much-longer-name; do
		mkdir -p "$work/$directory-$version"
		KEEP=$work/$directory-$version PATH="$work/few:$PATH" "$top/host-patch/build-modules" -f -s "$source" \
			-k "$headers" -o "$work/$directory" >"$work/few.out" 2>&1
	done
	for object in irq mtrr vmenter; do
		ok "$version: $object.o is the same in another directory" cmp "$work/short-$version/$object.o" \
			"$work/a-directory-with-a-much-longer-name-$version/$object.o"
	done
done

# A kernel tree, headers, and a make that compiles nothing.
mkdir -p "$work/bin" "$work/tree/arch/x86/kvm" "$work/tree/arch/x86/include/uapi/asm" "$work/tree/virt/kvm" \
	"$work/headers/include/generated"
printf 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 5\n' | tee "$work/tree/Makefile" >"$work/headers/Makefile"
echo 'obj-m := kvm.o' >"$work/tree/arch/x86/kvm/Makefile"
echo 'kvm-y := x.o' >"$work/tree/virt/kvm/Makefile.kvm"
echo 'int one;' >"$work/tree/arch/x86/kvm/x.c"
echo '#define UTS_RELEASE "6.1.5"' >"$work/headers/include/generated/utsrelease.h"
cat >"$work/bin/make" <<'END'
#!/bin/sh
for word in "$@"; do
	case $word in
	M=*)
		ls -A "${word#M=}" >"${NOTES:-/dev/null}"
		for module in kvm kvm-amd kvm-intel; do cp /bin/true "${word#M=}/$module.ko"; done
		;;
	esac
done
END
chmod +x "$work/bin/make"
# made: whether it was: its own words.
made() {
	PATH="$work/bin:$PATH" "$top/host-patch/build-modules" -u -s "$work/tree" -k "$work/headers" \
		-o "$work/modules" 2>&1 | grep -c compiling
}
is "modules: made" "$(made)" 1
is "modules: not made again" "$(made)" 0
touch "$work/tree/arch/x86/kvm/x.c"
is "modules: nor for a newer time of a file" "$(made)" 0
cp -p "$work/tree/arch/x86/kvm/x.c" "$work/as-it-was"
echo 'int two;' >"$work/tree/arch/x86/kvm/x.c"
touch -r "$work/as-it-was" "$work/tree/arch/x86/kvm/x.c"
is "modules: but for other contents of the same size and time" "$(made)" 1
echo '#define UTS_VERSION "another"' >"$work/headers/include/generated/compile.h"
is "modules: and for headers of another build" "$(made)" 1
cp "$top"/host-patch/core/*.[ch] "$top"/host-patch/hooks/*.[ch] "$work/tree/arch/x86/kvm/"
cp "$top/abi/kvm_exit_stats.h" "$work/tree/arch/x86/include/uapi/asm/"
ok "modules: of a tree that has exit statistics" env PATH="$work/bin:$PATH" "$top/host-patch/build-modules" \
	-s "$work/tree" -k "$work/headers" -o "$work/modules"
is "modules: what they are made of" "$(cut -d ' ' -f 1 "$work/modules/made-of" | xargs)" "core build_id"

# A later build takes over the objects of the one before, but for those that a header that is new or
# gone may change.
kept=$work/kept/modules/objects-6.1.5
takes_over() {
	PATH="$work/bin:$PATH" BUILD="$work/kept" NOTES="$work/before-make" "$top/host-patch/build-modules" -s "$work/tree" \
		-k "$work/headers" -o "$work/kept/modules/6.1.5" >"$work/takes-over" 2>&1
}
echo '/* old */' >"$work/tree/arch/x86/kvm/old.h"
ok "objects: built" takes_over
for name in late old other; do
	echo "deps_$name.o := /headers/$name.h \\" >"$kept/tree/arch/x86/kvm/.$name.o.cmd"
done
echo '/* late */' >"$work/tree/virt/kvm/late.h"
rm "$work/tree/arch/x86/kvm/old.h"
ok "objects: built with another set of headers" takes_over
is "objects: taken over, but for two" "$(grep -E '^\.(late|old|other)\.o\.cmd' "$work/before-make" | xargs)" .other.o.cmd
echo 'mine' >"$work/modules/notes"
fails_with "modules: a directory with other things is left alone" \
	"contains other files than modules .notes.; name another directory" \
	"$top/host-patch/build-modules" -u -s "$work/tree" -k "$work/headers" -o "$work/modules"
fails_with "make modules: nowhere to put them" 'OUT is not set; say where: make modules OUT=DIR PATCH=FILE' \
	make -s -C "$top" modules
fails_with "make modules: no such patch" 'none.patch: no such file' \
	make -s -C "$top" modules OUT="$work/mine" PATCH="$work/none.patch"

# --- the kernel ----------------------------------------------------------------

release=$(cat "$build/lab/release-$kernel")
mkdir "$work/kernel"
cp -R "$build/lab/$release/guest" "$build/lab/$release/vmlinuz" "$work/kernel/"
ok "kernel: one of its headers' build is kept" \
	"$top/lab/pack/fetch-kernel" "$release" "$work/kernel" "$(headers_of "$kernel")"
echo '#define UTS_VERSION "#1 SMP Debian 6.1.999-1"' >"$work/headers/include/generated/utsversion.h"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/apt-get"
chmod +x "$work/bin/apt-get"
fails_with "kernel: one of another build, of the same release, is fetched" \
	"linux-image-$(echo "$release" | sed 's/[.+]/\\&/g'): cannot be fetched" \
	env PATH="$work/bin:$PATH" "$top/lab/pack/fetch-kernel" "$release" "$work/kernel" "$work/headers"
ok "kernel: and is there until then" [ -f "$work/kernel/vmlinuz" ]

# --- archives ------------------------------------------------------------------

# A second clone, of another name, under another umask.
other="$work/another-clone"
mkdir -p "$other/build/lab"
(
	umask 077
	cd "$top" && cp -R lab scripts abi host-patch "$other/"
)
echo 'library' >"$work/library"
cat >"$work/bin/ldd" <<END
#!/bin/sh
/usr/bin/ldd "\$@"
echo " x => $work/library (0x0)"
END
chmod +x "$work/bin/ldd"
packed() {
	PATH="$work/bin:$PATH" BUILD=$1/build "$1/lab/pack/base" "$1/build/lab/base.cpio" 2>&1 | grep -c packing
}
mkdir -p "$work/one/build/lab"
ln -s "$top/lab" "$top/scripts" "$work/one/"
is "base archive: made" "$(packed "$work/one")" 1
is "base archive: not again" "$(packed "$work/one")" 0
is "base archive: in another clone" "$(umask 027 && packed "$other")" 1
ok "base archive: the same bytes in both" cmp "$work/one/build/lab/base.cpio" "$other/build/lab/base.cpio"
touch -r "$work/library" "$work/as-it-was"
echo 'yrarbil' >"$work/library"
touch -r "$work/as-it-was" "$work/library"
is "base archive: made again for another library of the same size and time" "$(packed "$other")" 1
rm "$work/bin/ldd"

mkdir "$other/build/lab/$release"
ln -s "$build/lab/$release/guest" "$other/build/lab/$release/guest"
cp "$build/lab/release-$kernel" "$other/build/lab/"
echo true >"$work/guest"
ok "guest archive" "$top/lab/pack/guest" "$work/guest.cpio" "$work/guest" /usr/bin/env
ok "guest archive: in another clone" sh -c \
	"umask 077; BUILD='$other/build' '$other/lab/pack/guest' '$work/other.cpio' '$work/guest' /usr/bin/env"
ok "guest archive: the same bytes in both" cmp "$work/guest.cpio" "$work/other.cpio"
is "guest archive: it is whole" "$(
	mkdir "$work/unpacked"
	cd "$work/unpacked" && { cpio -id --quiet && cpio -id --quiet; } <"$work/guest.cpio"
	[ -x init ] && [ -x guest/env ] && [ -f guest/job ] && stat -c %a init guest/job bin | xargs
)" "755 644 755"
is "guest archive: all is root's" "$({ cpio -tv --quiet && cpio -tv --quiet; } <"$work/guest.cpio" |
	awk '{ print $3, $4 }' | sort -u)" "root root"

# --- the tool in the lab's host ----------------------------------------------------

ok "exitprobe-static is built in another directory" make -s -C "$top" -j 2 BUILD="$work/elsewhere-and-longer" \
	"$work/elsewhere-and-longer/exitprobe-static"
ok "exitprobe-static: the same bytes" cmp "$build/exitprobe-static" "$work/elsewhere-and-longer/exitprobe-static"

rm -rf "$other" "$work/one" "$work/elsewhere-and-longer"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# lab/build-kernel: what it keeps of a build, of trees that only pretend to be Linux; and the flat
# kernel that the lab of Intel makes of it.
# shellcheck disable=SC2016 # variables of make
. "$(dirname "$0")/../lib/tap.sh"
cd "$work" || exit 1
mkdir -p top/lab top/host-patch
cp "$top/lab/build-kernel" top/lab/
cp -R "$top/scripts" top/
# With --diff it only looks.
cat >top/host-patch/apply <<'END'
#!/bin/sh
[ "$1" = --diff ] || touch "$1/patched"
END
chmod 755 top/host-patch/apply

# tree PATCHLEVEL: says of KVM what it always says, and once it is patched one thing more; before that
# it runs the file meanwhile, if it is there.
tree() {
	kvm=linux-$1/arch/x86/kvm
	mkdir -p "$kvm" "linux-$1/init" "linux-$1/virt/lib" "linux-$1/drivers/crypto/ccp"
	for file in vmlinux virt/lib/irqbypass.ko drivers/crypto/ccp/ccp.ko; do
		echo "$file of 6.$1" >"linux-$1/$file"
	done
	touch "$kvm/kvm.ko" "$kvm/kvm-amd.ko" "$kvm/kvm-intel.ko"
	{
		printf 'VERSION = 6\nPATCHLEVEL = %s\nSUBLEVEL = 3\n' "$1"
		printf 'allnoconfig:\n\t@cp $(KCONFIG_ALLCONFIG) .config\nmodules_prepare vmlinux:\nmodules:\n'
		printf '\t@echo "x.c:1:2: warning: old of 6.%s"\n' "$1"
		printf '\t@[ ! -e patched ] || { [ ! -e meanwhile ] || sh meanwhile; echo "x.c:1:2: warning: new of 6.%s"; }\n' "$1"
		echo ".PHONY: allnoconfig modules_prepare modules vmlinux"
	} >"linux-$1/Makefile"
}
build_kernel() {
	env -u MAKEFLAGS -u MAKELEVEL BUILD="$work/build" timeout 60 top/lab/build-kernel "$@"
}
tree 1
tree 2
mkdir -p build/lab/6.1.3
echo "of another vmlinux" >build/lab/6.1.3/vmlinux.flat
# Another one is built while this one is.
cat >linux-1/meanwhile <<END
rm -f meanwhile
cd "$work"
BUILD=$work/build top/lab/build-kernel -n "$work/linux-2" >other 2>&1
END
is "two at once: status" "$(status_of build_kernel "$work/linux-1")" 0
is "two at once: its version" "$(cat out)" 6.1.3
is "two at once: the other's version" "$(tail -n 1 other)" 6.2.3
for patchlevel in 1 2; do
	is "two at once: warnings that are new in 6.$patchlevel.3" "$(cat "build/kernels/6.$patchlevel.3.warnings")" \
		"x.c: warning: new of 6.$patchlevel"
done
is "the lab has it" "$(cat build/lab/6.1.3/vmlinux build/lab/release-6.1.3 | xargs)" "vmlinux of 6.1 6.1.3"
ok "the flat kernel of the one before is gone" [ ! -e build/lab/6.1.3/vmlinux.flat ]

# --- the flat kernel --------------------------------------------------------------------------
printf '.globl _start\n_start: .byte 1\n' >one.s
printf '.globl _start\n_start: .byte 2\n' >two.s
mkdir kernel
# flat: what flatten_kernel has made, as numbers.
flat() {
	(
		kernel=$work/kernel
		. "$top/lab/machine/intel.sh"
		flatten_kernel && od -An -t u1 kernel/vmlinux.flat | xargs
	)
}
cc -nostdlib -static -Wl,--build-id=none -o kernel/vmlinux one.s
touch -d '1 minute ago' kernel/vmlinux
is "flat: made" "$(flat)" 1
touch -d '30 seconds ago' kernel/vmlinux.flat
is "flat: kept" "$(flat; find kernel -name vmlinux.flat -newermt '20 seconds ago')" 1
cc -nostdlib -static -Wl,--build-id=none -o kernel/vmlinux two.s
is "flat: of a newer vmlinux made again" "$(flat)" 2
finish

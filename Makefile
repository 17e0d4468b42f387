# SPDX-License-Identifier: GPL-2.0-only
#
# exitprobe: see README.md, or run: make help

.DELETE_ON_ERROR:
.PHONY: all help probe iso docs schemas tools exitstat lab modules run boot-profile boot-settings guest install uninstall test test-builds \
	test-long lab-other unit fuzz fuzzers check bench patch host-attach host-detach host-load host-unload clean need-probe need-iso need-tools need-lab \
	need-intel need-test need-long need-fuzz need-browser need-fleet need-lava need-deb dist deb

all: probe

# --- paths ---------------------------------------------------------------------

PREFIX ?= /usr/local

# A blank would make two words of a path, and what is removed then is another one; make,
# the kernel's build and QEMU's options have signs of their own.  As in scripts/common.sh.
special := : ; | & < > $$ ` \ " ' * ? [ ] \# = % , ! { } ^ ~ ( )
is_special = $(or $(filter-out 1,$(words [$1])),$(strip $(foreach c,$(special),$(findstring $c,$1))))
$(foreach v,CURDIR BUILD PREFIX DESTDIR,$(if $(call is_special,$($v)),$(error \
	$v=$($v): has a blank or a special character, which make and QEMU do not take; name another directory)))

# Absolute: scripts change their directory.
override BUILD := $(abspath $(or $(BUILD),build))
override PREFIX := $(abspath $(PREFIX))
override DESTDIR := $(abspath $(DESTDIR))
export BUILD

# What builds nothing needs no directory to build in.
ifneq ($(filter-out help clean uninstall host-detach host-unload,$(or $(MAKECMDGOALS),all)),)
build_dir_error := $(subst build-dir: error: ,,$(shell BUILD=$(BUILD) scripts/build-dir 2>&1))
$(if $(build_dir_error),$(error $(build_dir_error)))
endif

help: ## this text
	@cat Makefile tests/tests.mk | sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' | expand -t 20

# Missing packages are installed, or named to who is not root.
NEED ?= scripts/need
need-probe need-iso need-tools need-lab need-intel need-test need-long need-fuzz need-browser need-fleet need-lava need-deb: need-%:
	@$(NEED) $*

# --- the probe ---------------------------------------------------------------

NASM ?= nasm
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion \
	    -Wstrict-prototypes -Wmissing-prototypes -Wundef -Werror
PROBE_CFLAGS := -std=gnu17 -O2 -g0 -ffreestanding -fno-pic -fno-pie -mno-red-zone \
	-mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables \
	-fcf-protection=none -fno-strict-aliasing $(WARNINGS) -Iprobe-os -Iabi -I$(BUILD)

PROBE_C := $(wildcard probe-os/*.c probe-os/*/*.c) abi/exit_reasons.c abi/expectation.c
PROBE_ASM := $(wildcard probe-os/*/*.asm)
PROBE_H := $(wildcard probe-os/*.h probe-os/*/*.h abi/*.h)
PROBE_OBJ := $(PROBE_C:%.c=$(BUILD)/%.o) $(PROBE_ASM:%.asm=$(BUILD)/%.asm.o)

probe: $(BUILD)/probe.elf $(BUILD)/probe64.elf ## build/probe.elf, the mini-kernel for qemu -kernel

# Linked once.  QEMU's and GRUB's multiboot loaders take 32-bit ELF; loaders that
# know PVH alone take 64-bit ELF, of which QEMU wants no multiboot header.
$(BUILD)/probe.linked: $(PROBE_OBJ) linker/probe.ld
	@echo "  LD    $(@F)"
	@ld -m elf_x86_64 -nostdlib -static -z max-page-size=4096 -z noexecstack --build-id=none \
		-T linker/probe.ld -o $@ $(PROBE_OBJ)

$(BUILD)/probe.elf: $(BUILD)/probe.linked
	@objcopy -O elf32-i386 $< $@

$(BUILD)/probe64.elf: $(BUILD)/probe.linked
	@objcopy -R .multiboot $< $@

iso: $(BUILD)/probe.iso ## build/probe.iso, for CD or USB stick, BIOS or UEFI

$(BUILD)/probe.iso: $(BUILD)/probe.elf iso/grub.cfg iso/build | need-iso
	@iso/build $< $@

# What the records of a run name the probe by: a hash of what it is made of.
$(BUILD)/build-id.h: $(PROBE_C) $(PROBE_ASM) $(PROBE_H) linker/probe.ld Makefile
	@mkdir -p $(@D)
	@printf '#define BUILD_ID "%s"\n' $$(cat $^ | sha256sum | cut -c 1-12) >$@

$(BUILD)/%.o: %.c | need-probe $(BUILD)/build-id.h
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(PROBE_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.asm.o: %.asm | need-probe
	@mkdir -p $(@D)
	@echo "  NASM  $<"
	@$(NASM) -f elf64 -o $@ $<

-include $(PROBE_C:%.c=$(BUILD)/%.d)

docs: probe ## docs/operations.md, from the operations themselves
	@qemu-system-x86_64 -accel tcg -kernel $(BUILD)/probe.elf -append list=markdown \
		-serial file:$(BUILD)/operations.md -display none \
		-device isa-debug-exit,iobase=0xf4,iosize=4 </dev/null; [ $$? -eq 33 ]
	@tr -d '\r' <$(BUILD)/operations.md >docs/operations.md

# What is checked in is compared with what is made: tests/source/schemas.t.
SCHEMAS := abi/records.schema.json abi/profile.schema.json

schemas: $(BUILD)/schema ## abi/*.schema.json of records and profiles, from abi/*_fields.h
	@for file in $(SCHEMAS); do name=$${file##*/}; \
		$(BUILD)/schema $${name%%.*} >$(BUILD)/$$name && cp $(BUILD)/$$name $$file || exit; done

$(BUILD)/schema: abi/schema.c $(wildcard abi/*.h) | need-tools
	@mkdir -p $(@D)
	@echo "  CC    $(@F)"
	@$(CC) -std=gnu17 $(WARNINGS) -Iabi -o $@ $< -ljansson

# --- exitprobe, the host's command ----------------------------------------------

# libtracefs includes libtraceevent's headers as if they were beside its own.
TRACE_CFLAGS := -isystem /usr/include/tracefs -isystem /usr/include/traceevent
TOOL_CFLAGS := -std=gnu17 -O2 -g -D_FORTIFY_SOURCE=2 $(WARNINGS) -Itools/exitprobe -Itools -Iabi \
	-I$(BUILD)/tools/exitprobe $(TRACE_CFLAGS)
TOOL_LIBS := -ltracefs -ltraceevent -ljansson -lz -lm
TOOL_C := $(wildcard tools/exitprobe/*.c tools/exitprobe/*/*.c tools/exitprobe/*/*/*.c tools/shared/*.c) \
	abi/expectation.c
# What the probe has too is compiled for each.
TOOL_OBJ := $(patsubst abi/%.c,$(BUILD)/tools/abi/%.o,$(TOOL_C:tools/%.c=$(BUILD)/tools/%.o))

tools: $(BUILD)/exitprobe $(BUILD)/exitprobe-static $(BUILD)/lab/profile.so ## build/exitprobe, the command that runs the probe and reads its results

$(BUILD)/exitprobe: $(TOOL_OBJ)
	@echo "  LD    $(@F)"
	@$(CC) -o $@ $(TOOL_OBJ) $(TOOL_LIBS)

# The same for the lab's host, which has no libraries.  Wherever it is built it is the
# same bytes: a build ID would be of the debug information too, which has this directory.
# libtraceevent could load plugins, of which the linker warns; nothing here asks it to.
# Few distributions package these libraries as static ones; the lab does not run on the others.
$(BUILD)/exitprobe-static: $(TOOL_OBJ)
	@for library in jansson tracefs traceevent z m c; do \
		case $$($(CC) -print-file-name=lib$$library.a) in \
		*/*) ;; \
		*) echo "  SKIP  $(@F), which only the lab needs: there is no lib$$library.a"; exit ;; \
		esac; \
	done; \
	echo "  LD    $(@F)"; \
	$(CC) -static -Wl,--build-id=none,--no-warnings -o $@ $(TOOL_OBJ) $(TOOL_LIBS) && strip $@

$(BUILD)/tools/%.o: tools/%.c | need-tools
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(TOOL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/tools/abi/%.o: abi/%.c | need-tools
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(TOOL_CFLAGS) -MMD -MP -c -o $@ $<

# Style and script of the HTML page and of flame graphs, line by line as C strings.
$(BUILD)/tools/exitprobe/%.inc: tools/exitprobe/%
	@mkdir -p $(@D)
	@sed '1d; s/\\/&&/g; s/"/\\"/g; s/^/"/; s/$$/\\n",/' $< >$@

# The lab's kernel where none is named; it follows the distribution.
DEFAULT_KERNEL := $(shell top=$(CURDIR) && . scripts/common.sh && default_kernel)
DEFAULT_KERNEL_H := $(BUILD)/tools/exitprobe/default_kernel.h
DEFAULT_KERNEL_LINE := \#define DEFAULT_KERNEL "$(DEFAULT_KERNEL)"

# Made again only if it would differ, as after an upgrade of the distribution.
$(DEFAULT_KERNEL_H): $(if $(filter-out $(shell cat $(DEFAULT_KERNEL_H) 2>/dev/null),$(DEFAULT_KERNEL_LINE)),default-kernel-changed)
	@mkdir -p $(@D)
	@echo '$(DEFAULT_KERNEL_LINE)' >$@

.PHONY: default-kernel-changed

$(TOOL_OBJ): | $(DEFAULT_KERNEL_H)

SHOW_INC := $(addprefix $(BUILD)/tools/exitprobe/,report/html/page.css.inc report/html/page.js.inc \
	profile/flame.css.inc profile/flame.js.inc history/history.css.inc history/history.js.inc)
$(BUILD)/tools/exitprobe/report/html/page.o $(BUILD)/tools/exitprobe/profile/svg.o $(BUILD)/tools/exitprobe/history/page.o: $(SHOW_INC)

-include $(TOOL_OBJ:.o=.d)

# For QEMU, which the lab's host runs in: see lab/qemu-plugin/profile.c.
PLUGIN_C := $(addprefix lab/qemu-plugin/,profile.c trace.c intern.c)

$(BUILD)/lab/profile.so: $(PLUGIN_C) $(wildcard lab/qemu-plugin/*.h) abi/trace_format.h | need-tools
	@mkdir -p $(@D)
	@echo "  LD    $(@F)"
	@$(CC) -std=gnu17 -O2 $(WARNINGS) -fPIC -fvisibility=hidden -Iabi -shared -o $@ $(PLUGIN_C)

# --- tools -------------------------------------------------------------------

# Static, so that it runs in any guest and in the lab's initramfs.
EXITSTAT_CFLAGS := -std=gnu17 -O2 -D_GNU_SOURCE -static $(WARNINGS) -Itools -Iabi
EXITSTAT_C := $(wildcard tools/exitstat/*.c tools/shared/*.c) abi/exit_reasons.c

exitstat: $(BUILD)/exitstat ## build/exitstat, which reads the statistics inside a Linux guest

$(BUILD)/exitstat: $(EXITSTAT_C) $(wildcard tools/shared/*.h tools/exitstat/*.h) $(PROBE_H) | need-probe
	@mkdir -p $(@D)
	@echo "  CC    $(@F)"
	@$(CC) $(EXITSTAT_CFLAGS) -o $@ $(EXITSTAT_C) -lm

# --- the lab -----------------------------------------------------------------

# Linux in the lab: the default, or another that the distribution packages.
KERNEL ?= $(DEFAULT_KERNEL)

lab: need-lab ## patched KVM modules and all else that the lab boots
	@lab/build $(KERNEL)

# For example: make modules PATCH=my.patch OUT=build/modules/mine
# The kernel's make is not to see these variables, which MAKEFLAGS hands on.
modules: need-lab ## the lab's KVM modules with your change: OUT=dir PATCH=file or SOURCE=tree, KERNEL=version
	@if [ -z "$(OUT)" ]; then \
		echo "make modules: error: OUT is not set; say where: make modules OUT=DIR PATCH=FILE" >&2; exit 1; fi
	@MAKEFLAGS= lab/build -o "$(OUT)" $(if $(PATCH),-a "$(PATCH)") $(if $(SOURCE),-s "$(SOURCE)") $(KERNEL)

# exitprobe's options, for example: make run ARGS="--ops cpuid,in* --samples 1000"
CPU ?= amd

run: lab probe tools ## the table, from the lab; CPU=amd or intel, KERNEL=version
	@$(BUILD)/exitprobe run --accel lab --cpu $(CPU) --kernel $(KERNEL) $(ARGS)

# Parameters of KVM's modules in the lab: SET="kvm_amd.vgif=0 kvm.halt_poll_ns=0".
SETTINGS = $(addprefix -q ,$(SET))

boot-profile: need-tools lab exitstat ## what a whole Linux boot costs, with a plot; CPU=amd or intel, PAGING=shadow or both, SET=kvm.NAME=VALUE
	@lab/linux-boot/profile -c $(CPU) -k $(KERNEL) -P $(or $(PAGING),nested) $(SETTINGS)

guest: need-lab lab exitstat ## your own RUN=./program, script, module.ko or sh in a Linux guest: ARGS, FILES, CPU=amd or intel, LIMIT=seconds, SET
	@lab/guest-run/run -c $(CPU) -k $(KERNEL) $(SETTINGS) $(addprefix -f ,$(FILES)) $(if $(LIMIT),-t $(LIMIT)) "$(RUN)" $(ARGS)

boot-settings: lab exitstat ## what parameters of KVM change in a Linux boot: CPU=amd or intel, SET="MODULE.NAME=VALUE ..." or all of interest
	@lab/linux-boot/settings -c $(CPU) -k $(KERNEL) $(SET)

include tests/tests.mk

# --- measuring ------------------------------------------------------------------

# Operations that every KVM brings to an end.
BENCH_OPS := cpuid,inb-kernel,inl-user,rdmsr-apic-base

bench: lab probe tools ## what the patch costs in the lab, and how well this host's KVM repeats; all=1 compares more
	@echo "In the lab, what the patch costs:"
	@lab/bench $(if $(all),-a)
	@echo
	@if [ ! -w /dev/kvm ]; then \
		echo "On this host: nothing; /dev/kvm is not there, or not for this user"; \
	else \
		echo "On this host, how well 10 boots agree (boots%) under its own KVM:"; \
		$(BUILD)/exitprobe doctor | sed -n 's/^[a-z]* *module *//p'; \
		$(BUILD)/exitprobe run --accel kvm --boots 10 --samples 1000 --ops $(BENCH_OPS) \
			-o $(BUILD)/bench-host.json; \
	fi

# --- installation ----------------------------------------------------------------

install: probe tools exitstat ## exitprobe, its data, man page, docs and completion: PREFIX (/usr/local), DESTDIR
	@scripts/install $(DESTDIR)$(PREFIX)/

uninstall: ## what install has put there, and nothing else
	@scripts/install $(DESTDIR)$(PREFIX)/ remove

# --- packages --------------------------------------------------------------------

dist: ## build/exitprobe-VERSION.tar.gz of the last commit, the same bytes in every clone
	@scripts/dist

deb: need-deb ## Debian packages in build/deb: exitprobe, exitstat (static), exitprobe-dkms
	@scripts/deb

# --- the host patch, for others ------------------------------------------------

patch: lab probe ## a series for git am, with figures; KERNEL=version
	@lab/bench -k $(KERNEL) >$(BUILD)/figures-$(KERNEL)
	@host-patch/make-series -s $(BUILD)/lab/headers-$(KERNEL)/source -b $(BUILD)/figures-$(KERNEL) -o $(BUILD)/series

# On a real host, as root.  Builds for the running kernel.
host-attach: ## exit statistics beside this host's KVM as it is, with its VMs running (MODE=off, host or guest)
	@host-patch/attach $(or $(MODE),guest)

host-detach: ## detach them
	@host-patch/detach

host-load: ## patched KVM modules into this host (MODE=guest or host)
	@host-patch/load -n $(BUILD)/modules/$$(uname -r) $(or $(MODE),guest)
	@source=$$(host-patch/find-source) && host-patch/build-modules -s "$$source"
	@host-patch/load $(BUILD)/modules/$$(uname -r) $(or $(MODE),guest)

host-unload: ## the distribution's modules back
	@host-patch/unload

clean: ## remove build/
	@scripts/build-dir clean

# SPDX-License-Identifier: GPL-2.0-only
#
# The tests: see tests/README.md.  Part of the Makefile.

UNIT_CFLAGS := -std=gnu17 -O1 -g -D_GNU_SOURCE= -fsanitize=address,undefined -fno-sanitize-recover=all \
	$(WARNINGS) -Itools/exitprobe -Itools -Iprobe-os -Ilab/qemu-plugin -Iabi -I$(BUILD)/tools/exitprobe $(TRACE_CFLAGS)
UNIT := $(patsubst tests/unit/test_%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

# The sources that they call, with the same sanitizers, as libraries: each test takes of
# them what it needs.
UNIT_TOOL_C := $(filter-out tools/exitprobe/main.c,$(TOOL_C)) lab/qemu-plugin/trace.c lab/qemu-plugin/intern.c
UNIT_STAT_C := $(filter-out %/main.c,$(EXITSTAT_C))
UNIT_PROBE_C := abi/exit_reasons.c probe-os/options.c $(addprefix probe-os/,boot/handover.c cpu/signature.c \
	lib/format.c lib/nearest.c measure/derived.c measure/stats.c platform/acpi.c platform/frequency.c report/json.c)
UNIT_OBJ := $(patsubst %.c,$(BUILD)/unit/%.o,$(sort $(UNIT_TOOL_C) $(UNIT_STAT_C) $(UNIT_PROBE_C)))

$(BUILD)/unit/exitprobe.a: $(UNIT_TOOL_C:%.c=$(BUILD)/unit/%.o)
$(BUILD)/unit/exitstat.a: $(UNIT_STAT_C:%.c=$(BUILD)/unit/%.o)
$(BUILD)/unit/probe.a: $(UNIT_PROBE_C:%.c=$(BUILD)/unit/%.o)
$(BUILD)/unit/%.a:
	@rm -f $@
	@ar rcsP $@ $^

$(BUILD)/unit/%.o: %.c $(SHOW_INC) $(DEFAULT_KERNEL_H) | need-test
	@mkdir -p $(@D)
	@$(CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

# Which library a test is of, by its name: exitstat_*, one of the probe's files, else exitprobe.
UNIT_OF_PROBE := $(basename $(notdir $(UNIT_PROBE_C)))
unit_library = $(BUILD)/unit/$(if $(filter exitstat_%,$1),exitstat,$(if $(filter $1,$(UNIT_OF_PROBE)),probe,exitprobe)).a
$(foreach test,$(UNIT),$(eval $(test): $(call unit_library,$(notdir $(test)))))

$(UNIT): $(BUILD)/unit/%: tests/unit/test_%.c | need-test
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(UNIT_CFLAGS) -o $@ $< $(filter %.a,$^) -lcmocka $(TOOL_LIBS)

-include $(UNIT_OBJ:.o=.d)

unit: $(UNIT)

# Any bytes to whatever reads some.  FUZZ_SECONDS of processor time for each target; the
# seeds are kept as they are, what is found is in build/fuzz/TARGET.
FUZZ_SECONDS ?= 600
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
TARGET ?= $(FUZZ_TARGETS)
FUZZ_CC := clang
FUZZ_CFLAGS := -std=gnu17 -O1 -g -D_GNU_SOURCE= -fno-sanitize-recover=all -Wall -Wextra -Werror \
	-Itools/exitprobe -Itools -Iprobe-os -Ilab/qemu-plugin -Iabi -I$(BUILD)/tools/exitprobe $(TRACE_CFLAGS)

fuzz: fuzzers ## readers with any bytes, each TARGET of tests/fuzz/fuzz_*.c; FUZZ_SECONDS=600 of processor time
	@for target in $(TARGET); do tests/fuzz/run $$target $(FUZZ_SECONDS) || exit; done

fuzzers: need-fuzz $(FUZZ_TARGETS:%=$(BUILD)/fuzz/fuzz_%) $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%.dict)

# A fuzzer takes what it needs of one of these, and nothing that it defines itself.
FUZZ_EXITPROBE_C := $(filter-out tools/exitprobe/main.c,$(TOOL_C)) tests/fuzz/harness.c
FUZZ_EXITSTAT_C := $(filter-out %/main.c %/status.c,$(EXITSTAT_C)) tests/fuzz/harness.c
FUZZ_OBJ := $(patsubst %.c,$(BUILD)/fuzz/%.o,$(sort $(FUZZ_EXITPROBE_C) $(FUZZ_EXITSTAT_C)) \
	$(FUZZ_TARGETS:%=tests/fuzz/fuzz_%.c))
.SECONDARY: $(FUZZ_OBJ)

$(BUILD)/fuzz/exitprobe.a: $(FUZZ_EXITPROBE_C:%.c=$(BUILD)/fuzz/%.o)
$(BUILD)/fuzz/exitstat.a: $(FUZZ_EXITSTAT_C:%.c=$(BUILD)/fuzz/%.o)
$(BUILD)/fuzz/%.a:
	@rm -f $@
	@ar rcsP $@ $^

$(BUILD)/fuzz/%.o: %.c $(SHOW_INC) $(DEFAULT_KERNEL_H) | need-fuzz
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/fuzz_exitstat: $(BUILD)/fuzz/exitstat.a
FUZZ_EXITPROBE := $(filter-out exitstat handover acpi,$(FUZZ_TARGETS))
$(FUZZ_EXITPROBE:%=$(BUILD)/fuzz/fuzz_%): $(BUILD)/fuzz/exitprobe.a
$(BUILD)/fuzz/fuzz_%: $(BUILD)/fuzz/tests/fuzz/fuzz_%.o
	@echo "  CLANG $(@F)"
	@$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(TOOL_LIBS)

# These read physical memory, of which the sanitizer of addresses needs a part itself.
FUZZ_PHYSICAL := $(addprefix tests/fuzz/,physical.c harness.c)
FUZZ_PHYSICAL_H := $(wildcard tests/fuzz/*.h) $(PROBE_H) probe-os/platform/acpi_power.c
$(BUILD)/fuzz/fuzz_handover: $(addprefix probe-os/,boot/handover.c options.c lib/format.c)
$(BUILD)/fuzz/fuzz_acpi: probe-os/platform/acpi.c
$(BUILD)/fuzz/fuzz_handover $(BUILD)/fuzz/fuzz_acpi: $(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c \
		$(FUZZ_PHYSICAL) $(FUZZ_PHYSICAL_H) | need-fuzz
	@mkdir -p $(@D)
	@echo "  CLANG $(@F)"
	@$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer,undefined -o $@ \
		$(filter-out $(FUZZ_PHYSICAL_H),$(filter %.c,$^))

-include $(FUZZ_OBJ:.o=.d)

# For libFuzzer to put in: the words in the sources of the readers.
FUZZ_WORDS := $(TOOL_C) $(wildcard abi/*_fields.h probe-os/options.c probe-os/platform/acpi*.c)
$(BUILD)/fuzz/%.dict: tests/fuzz/words tests/fuzz/json.dict $(FUZZ_WORDS)
	@mkdir -p $(@D)
	@tests/fuzz/words $* >$@

check: need-test need-lab ## formatting, static analysis, checkpatch, includes
	@prove -f -o -e '' tests/source/*.t

# They build modules several times over, install Debian, boot Linux in Bochs, boot the lab 200 times, run the whole
# table twice, or do under 6.12 what others do under the default kernel.
TESTS_LONG := $(addprefix tests/lab/,attach-entry.t attach-rounds.t bisect.t counts-6.12.t debian.t exitstat-intel.t module-6.12.t paddings.t reproducible-modules.t selftest-6.12.t \
	table-6.12.t table-twice.t)
# Called with the word long they do what they leave out in make test.
TESTS_LONG_PARTS := $(shell grep -lE -e '-[nz] "[$$]long" \]' tests/*/*.t)

# -f -o: of a check that fails, its name and what it has found.
# Three run at a time, since some wait for half of their time: those that take longest first, so that
# none runs alone at the end.  The first builds modules that profile.t uses too, the next two wait.
TESTS_FIRST := $(addprefix tests/,lab/one-instruction.t cli/run.t probe/boot.t lab/table.t lab/profile.t lab/selftest.t \
	lab/module.t lab/watch.t lab/counts.t lab/layouts.t lab/samples.t lab/host-load.t lab/guest-run.t lab/exitstat.t cli/install.t lab/fingerprint.t \
	probe/probe-kvm.t lab/smp.t \
	lab/interrupts.t lab/left.t lab/reproducible.t cli/paths.t lab/two-vms.t lab/invariants.t cli/host-patch.t \
	lab/modes.t cli/report-browser.t)
TESTS := $(TESTS_FIRST) $(filter-out $(TESTS_LONG) $(TESTS_FIRST),$(sort $(wildcard tests/*/*.t)))

# Not in Debian 13.
NEED_LAVA := $(if $(filter test,$(MAKECMDGOALS)),$(shell apt-cache show lava-common >/dev/null 2>&1 && echo need-lava))

# One of two processors would be idle in most of what is built.
test: need-test need-browser need-fleet $(NEED_LAVA) need-iso need-lab need-intel need-fuzz ## all tests but the longest, and make check
	@$(MAKE) --no-print-directory -j 2 test-builds
	@prove -j 3 --timer -f -o -e '' $(TESTS)

test-builds: lab-other unit probe iso tools exitstat fuzzers $(BUILD)/schema

# Where 6.12 is the default kernel, there is no other: tests/lib/tap.sh.
lab-other: lab
	@lab/build 6.12

test-long: need-test need-long need-lab need-intel probe lab-other tools exitstat ## the others, and what is left out of some
	@prove --timer -f -o -e '' $(TESTS_LONG); first=$$?; \
		prove --timer -f -o -e '' $(TESTS_LONG_PARTS) :: long && exit $$first


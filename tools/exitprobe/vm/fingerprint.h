/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was measured and with what, in hashes of all that decides a figure:
 *
 *   kernel            its image; on a host of its own the build ID
 *   kvm, kvm_amd, kvm_intel   KVM's modules; of loaded ones the build ID
 *   core, hooks, patch        what the modules were patched with, where it is known
 *   qemu, firmware    what runs the guest: the program with its libraries, the BIOS
 *   probe             probe.elf
 *
 * In the lab also the emulator below with its version, libraries, firmware and plugin;
 * inner_qemu and inner_firmware are then what runs the guest; base, the archive that has
 * them; exitprobe, the one in the lab; machine, the scripts that set it up; and job,
 * which has the run's options.  "all" is the SHA-256 of the parts, so two runs of the
 * lab with the same one have the same figures.
 */
#ifndef VM_FINGERPRINT_H
#define VM_FINGERPRINT_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * Of this host, its KVM if @kvm, the QEMU that runs as process @pid and @probe: the
 * results file's member.  What cannot be read is left out.
 */
json_t *fingerprint_host(pid_t pid, const char *qemu, const char *probe, bool kvm);

/*
 * Of the lab: lines "NAME VALUE" from file @path, which lab/boot has written; NULL if
 * there are none.  Files named @probe and @tool there are the parts probe and exitprobe.
 */
json_t *fingerprint_lab(const char *path, const char *probe, const char *tool);

#endif

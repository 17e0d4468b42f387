/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose a function of a profile is: what a flame graph's colours say. */
#ifndef PROFILE_KIND_H
#define PROFILE_KIND_H

#include <jansson.h>

enum profile_kind {
	KIND_CORE,     /* KVM for all processors: kvm.ko */
	KIND_VENDOR,   /* kvm-amd.ko, kvm-intel.ko */
	KIND_EMULATOR, /* KVM's of instructions: arch/x86/kvm/emulate.c and its way in */
	KIND_KERNEL,   /* the rest of the kernel */
	KIND_USER,
	KIND_COUNT,
};

extern const char *const profile_kind_names[KIND_COUNT];
extern const char *const profile_kind_classes[KIND_COUNT]; /* in flame.css */

/* The functions of a path by name; texts are the profile's, which must live as long. */
struct profile_kinds {
	json_t *modules; /* by function */
};

void profile_kinds_init(struct profile_kinds *kinds, const json_t *path);
void profile_kinds_free(struct profile_kinds *kinds);

/* "" of the kernel itself, and where it is not known. */
const char *profile_module(const struct profile_kinds *kinds, const char *name);
enum profile_kind profile_kind(const struct profile_kinds *kinds, const char *name);

#endif

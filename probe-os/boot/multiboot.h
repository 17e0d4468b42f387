/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The structures that loaders pass: Multiboot Specification 0.6.96, 3.3; Multiboot2
 * Specification 2.0, 3.6; Xen's "x86/HVM direct boot ABI" (PVH).
 *
 * Structures are packed because a loader may place them at any address, not because
 * of gaps.
 */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#include <stdint.h>

/* EAX at entry. For PVH the entry code puts the magic number of the structure there. */
#define MULTIBOOT_LOADER_MAGIC	0x2badb002
#define MULTIBOOT2_LOADER_MAGIC 0x36d76289
#define PVH_MAGIC		0x336ec578

#define MULTIBOOT_INFO_MEMORY	   (1u << 0)
#define MULTIBOOT_INFO_CMDLINE	   (1u << 2)
#define MULTIBOOT_INFO_MODULES	   (1u << 3)
#define MULTIBOOT_INFO_MMAP	   (1u << 6)
#define MULTIBOOT_INFO_LOADER_NAME (1u << 9)

struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper; /* KiB */
	uint32_t boot_device;
	uint32_t cmdline; /* physical address of a string */
	uint32_t mods_count, mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length, mmap_addr;
	uint32_t drives_length, drives_addr;
	uint32_t config_table;
	uint32_t boot_loader_name;
};

struct multiboot_module {
	uint32_t start, end;
	uint32_t string, reserved;
} __attribute__((packed));

/* One entry of the memory map. @size does not count itself. */
struct multiboot_mmap {
	uint32_t size;
	uint64_t address, length;
	uint32_t type;
} __attribute__((packed));

/* All three protocols use the same number. */
#define MEMORY_AVAILABLE 1

struct multiboot2_info {
	uint32_t size, reserved;
};

/* @size counts this header. The next tag is at a multiple of 8. */
struct multiboot2_tag {
	uint32_t type, size;
};

#define MULTIBOOT2_TAG_END	   0
#define MULTIBOOT2_TAG_CMDLINE	   1
#define MULTIBOOT2_TAG_MODULE	   3
#define MULTIBOOT2_TAG_MMAP	   6
#define MULTIBOOT2_TAG_FRAMEBUFFER 8
#define MULTIBOOT2_TAG_RSDP_1	   14
#define MULTIBOOT2_TAG_RSDP_2	   15

struct multiboot2_module {
	struct multiboot2_tag tag;
	uint32_t start, end;
};

struct multiboot2_mmap {
	struct multiboot2_tag tag;
	uint32_t entry_size, entry_version;
};

struct multiboot2_mmap_entry {
	uint64_t address, length;
	uint32_t type, reserved;
} __attribute__((packed));

#define MULTIBOOT2_FRAMEBUFFER_RGB  1
#define MULTIBOOT2_FRAMEBUFFER_TEXT 2

struct multiboot2_framebuffer {
	struct multiboot2_tag tag;
	uint64_t address;
	uint32_t pitch, width, height; /* in characters for a text screen */
	uint8_t bits_per_pixel, type;
	/* only some types have more */
} __attribute__((packed));

struct pvh_info {
	uint32_t magic, version, flags, module_count;
	uint64_t modules, command_line, rsdp;
	uint64_t memory_map; /* from version 1 on */
	uint32_t memory_map_entries, reserved;
} __attribute__((packed));

struct pvh_memory {
	uint64_t address, length;
	uint32_t type, reserved;
} __attribute__((packed));

#endif

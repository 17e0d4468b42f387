// SPDX-License-Identifier: GPL-2.0-only
#include "boot/handover.h"

#include "boot/multiboot.h"

/* No loader passes more. The limit stops at a corrupt length. */
#define INFO_MAX (1u << 20)

/* The end of the mapped memory. */
#define REACHABLE_END (1ull << 32)

static const void *at(uint64_t address)
{
	return (const void *)(uintptr_t)address;
}

static bool reachable(uint64_t address, uint64_t size)
{
	return address && size <= REACHABLE_END && address <= REACHABLE_END - size;
}

static void add_range(struct handover *h, uint64_t from, uint64_t length, uint32_t type)
{
	if (type != MEMORY_AVAILABLE || !length || from + length < from ||
	    h->range_count == RANGES_MAX)
		return;
	h->ranges[h->range_count++] = (struct memory_range){ from, from + length };
}

static const char *copy_command_line(struct handover *h, uint64_t address)
{
	const char *from = at(address);
	size_t length = 0;

	if (!reachable(address, COMMAND_LINE_SIZE))
		return "the command line is not in the first 4 GiB";
	for (; from[length]; length++) {
		if (length == COMMAND_LINE_SIZE - 1)
			return "the command line is longer than 4095 characters";
		h->command_line[length] = from[length];
	}
	return NULL;
}

static void take_module(struct handover *h, uint32_t start, uint32_t end)
{
	if (h->module || !start || start >= end)
		return;
	h->module = at(start);
	h->module_size = end - start;
}

static bool begins_with_qemu(const char *name)
{
	return name[0] == 'q' && name[1] == 'e' && name[2] == 'm' && name[3] == 'u';
}

static const char *read_multiboot_map(const struct multiboot_info *info, struct handover *h)
{
	uint64_t entry = info->mmap_addr, end = entry + info->mmap_length;

	if (info->mmap_length > INFO_MAX || !reachable(entry, info->mmap_length))
		return "multiboot: the memory map has an invalid length";
	while (end - entry >= sizeof(struct multiboot_mmap)) {
		const struct multiboot_mmap *m = at(entry);

		if (m->size < sizeof(*m) - sizeof(m->size) || m->size > INFO_MAX)
			return "multiboot: an entry of the memory map has an invalid size";
		add_range(h, m->address, m->length, m->type);
		entry += m->size + sizeof(m->size);
		if (entry > end)
			break;
	}
	return NULL;
}

static const char *read_multiboot(const struct multiboot_info *info, struct handover *h)
{
	const char *error = NULL;

	h->protocol = "multiboot";
	if (info->flags & MULTIBOOT_INFO_MMAP)
		error = read_multiboot_map(info, h);
	else if (info->flags & MULTIBOOT_INFO_MEMORY)
		add_range(h, 1 << 20, (uint64_t)info->mem_upper << 10, MEMORY_AVAILABLE);
	if (info->flags & MULTIBOOT_INFO_MODULES && info->mods_count &&
	    reachable(info->mods_addr, sizeof(struct multiboot_module))) {
		const struct multiboot_module *m = at(info->mods_addr);

		take_module(h, m->start, m->end);
	}
	/* QEMU's loader puts the kernel's file name before the command line. */
	h->has_path = info->flags & MULTIBOOT_INFO_LOADER_NAME &&
		      reachable(info->boot_loader_name, 8) &&
		      begins_with_qemu(at(info->boot_loader_name));
	if (!error && info->flags & MULTIBOOT_INFO_CMDLINE)
		error = copy_command_line(h, info->cmdline);
	return error;
}

static void read_multiboot2_map(const struct multiboot2_mmap *map, struct handover *h)
{
	uint32_t left = map->tag.size - (uint32_t)sizeof(*map);
	uint64_t entry = (uintptr_t)(map + 1);

	if (map->entry_size < sizeof(struct multiboot2_mmap_entry))
		return;
	for (; left >= map->entry_size; left -= map->entry_size, entry += map->entry_size) {
		const struct multiboot2_mmap_entry *m = at(entry);

		add_range(h, m->address, m->length, m->type);
	}
}

static void read_framebuffer(const struct multiboot2_framebuffer *f, struct handover *h)
{
	enum screen_kind kind = f->type == MULTIBOOT2_FRAMEBUFFER_TEXT	? SCREEN_TEXT
				: f->type == MULTIBOOT2_FRAMEBUFFER_RGB ? SCREEN_PIXELS
									: SCREEN_NONE;

	if (kind == SCREEN_NONE || !f->height || f->pitch > INFO_MAX || f->height > INFO_MAX ||
	    !reachable(f->address, (uint64_t)f->pitch * f->height))
		return;
	h->screen = (struct screen){
		.kind = kind,
		.address = f->address,
		.pitch = f->pitch,
		.width = f->width,
		.height = f->height,
		.bits_per_pixel = f->bits_per_pixel,
	};
}

/* The tag contains the root pointer itself and not its address. */
static void copy_rsdp(struct handover *h, const struct multiboot2_tag *tag)
{
	const uint8_t *from = (const uint8_t *)(tag + 1);
	size_t size = tag->size - sizeof(*tag);

	for (size_t i = 0; i < size && i < sizeof(h->rsdp_copy); i++)
		h->rsdp_copy[i] = from[i];
	h->rsdp = (uintptr_t)h->rsdp_copy;
}

/* Return the smallest size that a tag of this type may have. */
static uint32_t tag_size(uint32_t type)
{
	switch (type) {
	case MULTIBOOT2_TAG_CMDLINE:
	case MULTIBOOT2_TAG_RSDP_1:
	case MULTIBOOT2_TAG_RSDP_2:
		return sizeof(struct multiboot2_tag) + 1;
	case MULTIBOOT2_TAG_MODULE:
		return sizeof(struct multiboot2_module);
	case MULTIBOOT2_TAG_MMAP:
		return sizeof(struct multiboot2_mmap);
	case MULTIBOOT2_TAG_FRAMEBUFFER:
		return sizeof(struct multiboot2_framebuffer);
	default:
		return sizeof(struct multiboot2_tag);
	}
}

static const char *read_tag(const struct multiboot2_tag *tag, struct handover *h)
{
	const struct multiboot2_module *module = (const void *)tag;

	switch (tag->type) {
	case MULTIBOOT2_TAG_CMDLINE:
		return copy_command_line(h, (uintptr_t)(tag + 1));
	case MULTIBOOT2_TAG_MODULE:
		take_module(h, module->start, module->end);
		break;
	case MULTIBOOT2_TAG_MMAP:
		read_multiboot2_map((const void *)tag, h);
		break;
	case MULTIBOOT2_TAG_FRAMEBUFFER:
		read_framebuffer((const void *)tag, h);
		break;
	case MULTIBOOT2_TAG_RSDP_1:
	case MULTIBOOT2_TAG_RSDP_2:
		copy_rsdp(h, tag);
		break;
	}
	return NULL;
}

static const char *read_multiboot2(const struct multiboot2_info *info, struct handover *h)
{
	uint64_t tag_at = (uintptr_t)(info + 1), end = (uintptr_t)info + info->size;
	const char *error = NULL;

	h->protocol = "multiboot2";
	if (info->size < sizeof(*info) || info->size > INFO_MAX)
		return "multiboot2: the information has an invalid length";
	while (!error && end - tag_at >= sizeof(struct multiboot2_tag)) {
		const struct multiboot2_tag *tag = at(tag_at);

		if (tag->type == MULTIBOOT2_TAG_END)
			return NULL;
		if (tag->size < tag_size(tag->type) || tag->size > end - tag_at)
			return "multiboot2: a tag has an invalid length";
		error = read_tag(tag, h);
		tag_at += (tag->size + 7ull) & ~7ull;
		if (tag_at > end)
			return "multiboot2: the last tag is missing";
	}
	return error ? error : "multiboot2: the last tag is missing";
}

static const char *read_pvh(const struct pvh_info *info, struct handover *h)
{
	h->protocol = "PVH";
	if (info->magic != PVH_MAGIC)
		return "PVH: the start information has a wrong magic number";
	h->rsdp = info->rsdp;
	if (info->version >= 1 && info->memory_map_entries <= 4 * RANGES_MAX &&
	    reachable(info->memory_map, info->memory_map_entries * sizeof(struct pvh_memory))) {
		const struct pvh_memory *m = at(info->memory_map);

		for (uint32_t i = 0; i < info->memory_map_entries; i++)
			add_range(h, m[i].address, m[i].length, m[i].type);
	}
	return info->command_line ? copy_command_line(h, info->command_line) : NULL;
}

const char *handover_read(uint32_t magic, uint32_t info, struct handover *h)
{
	const char *error;

	*h = (struct handover){ .protocol = "none" };
	if (magic != MULTIBOOT_LOADER_MAGIC && magic != MULTIBOOT2_LOADER_MAGIC &&
	    magic != PVH_MAGIC)
		return "the loader uses neither multiboot 1 or 2 nor PVH";
	if (info % 4 || !reachable(info, sizeof(struct multiboot_info)))
		return "the address of the loader's information is invalid";
	if (magic == MULTIBOOT_LOADER_MAGIC)
		error = read_multiboot(at(info), h);
	else if (magic == MULTIBOOT2_LOADER_MAGIC)
		error = read_multiboot2(at(info), h);
	else
		error = read_pvh(at(info), h);
	if (!error && !h->range_count)
		error = "the loader passed no memory map; boot by multiboot 1, 2 or PVH";
	return error;
}

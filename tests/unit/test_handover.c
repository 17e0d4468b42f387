// SPDX-License-Identifier: GPL-2.0-only
/* What loaders hand over, whole and broken in every byte. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <string.h>
#include <sys/mman.h>

#include "boot/handover.h"
#include "boot/multiboot.h"

#define MEMORY_SIZE 65536

/* Addresses in it fit into 32 bits, as a loader's do; a page without access follows. */
static uint8_t *memory;
static size_t used;
static struct handover h;

static int map_memory(void **state)
{
	uint8_t *pages = mmap(NULL, MEMORY_SIZE + 4096, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	(void)state;
	if (pages == MAP_FAILED || mprotect(pages + MEMORY_SIZE, 4096, PROT_NONE))
		return -1;
	memory = pages;
	return 0;
}

static int clear_memory(void **state)
{
	(void)state;
	memset(memory, 0, MEMORY_SIZE);
	used = 0;
	return 0;
}

static uint32_t address(const void *p)
{
	return (uint32_t)(uintptr_t)p;
}

/* @size bytes of it, at a multiple of 8. */
static void *take(size_t size)
{
	void *p = memory + used;

	used = (used + size + 7) & ~(size_t)7;
	assert_true(used <= MEMORY_SIZE);
	return p;
}

static char *take_text(const char *text)
{
	return strcpy(take(strlen(text) + 1), text);
}

static struct multiboot_info *multiboot(void)
{
	struct multiboot_info *info = take(sizeof(*info));
	struct multiboot_mmap *map = take(3 * sizeof(*map));

	info->flags = MULTIBOOT_INFO_CMDLINE | MULTIBOOT_INFO_MMAP | MULTIBOOT_INFO_LOADER_NAME |
		      MULTIBOOT_INFO_MEMORY | MULTIBOOT_INFO_MODULES;
	info->mem_upper = 1024;
	info->cmdline = address(take_text("probe.elf ops=nop"));
	info->boot_loader_name = address(take_text("qemu"));
	map[0] = (struct multiboot_mmap){ 20, 0, 0x9fc00, 1 };
	map[1] = (struct multiboot_mmap){ 20, 0xf0000, 0x10000, 2 };
	map[2] = (struct multiboot_mmap){ 20, 0x100000, 0x3f00000, 1 };
	info->mmap_addr = address(map);
	info->mmap_length = 3 * sizeof(*map);
	return info;
}

static void test_multiboot(void **state)
{
	struct multiboot_info *info = multiboot();
	struct multiboot_module *module = take(sizeof(*module));

	(void)state;
	module->start = address(take_text("font"));
	module->end = module->start + 4;
	info->mods_count = 1;
	info->mods_addr = address(module);
	assert_null(handover_read(MULTIBOOT_LOADER_MAGIC, address(info), &h));
	assert_string_equal(h.protocol, "multiboot");
	assert_string_equal(h.command_line, "probe.elf ops=nop");
	assert_true(h.has_path);
	assert_int_equal(h.range_count, 2);
	assert_int_equal(h.ranges[1].from, 0x100000);
	assert_int_equal(h.ranges[1].to, 0x4000000);
	assert_int_equal(h.module_size, 4);
	assert_memory_equal(h.module, "font", 4);
	assert_int_equal(h.screen.kind, SCREEN_NONE);

	info->boot_loader_name = address(take_text("GRUB 0.97"));
	assert_null(handover_read(MULTIBOOT_LOADER_MAGIC, address(info), &h));
	assert_false(h.has_path);
}

static void test_multiboot_without_a_map(void **state)
{
	struct multiboot_info *info = multiboot();

	(void)state;
	info->flags &= ~MULTIBOOT_INFO_MMAP;
	assert_null(handover_read(MULTIBOOT_LOADER_MAGIC, address(info), &h));
	assert_int_equal(h.range_count, 1);
	assert_int_equal(h.ranges[0].to, 0x200000);
	info->flags &= ~MULTIBOOT_INFO_MEMORY;
	assert_string_equal(handover_read(MULTIBOOT_LOADER_MAGIC, address(info), &h),
			    "the loader passed no memory map; boot by multiboot 1, 2 or PVH");
}

static void test_long_command_line(void **state)
{
	struct multiboot_info *info = multiboot();
	char *line = take(COMMAND_LINE_SIZE + 1);

	(void)state;
	memset(line, 'a', COMMAND_LINE_SIZE);
	info->cmdline = address(line);
	assert_string_equal(handover_read(MULTIBOOT_LOADER_MAGIC, address(info), &h),
			    "the command line is longer than 4095 characters");
	line[COMMAND_LINE_SIZE - 1] = '\0';
	assert_null(handover_read(MULTIBOOT_LOADER_MAGIC, address(info), &h));
	assert_int_equal(strlen(h.command_line), COMMAND_LINE_SIZE - 1);
}

static void *add_tag(uint32_t type, uint32_t size)
{
	struct multiboot2_tag *tag = take(size);

	tag->type = type;
	tag->size = size;
	return tag;
}

static struct multiboot2_info *multiboot2(void)
{
	struct multiboot2_info *info = take(sizeof(*info));
	struct multiboot2_tag *line = add_tag(MULTIBOOT2_TAG_CMDLINE, 16);
	struct multiboot2_module *module = add_tag(MULTIBOOT2_TAG_MODULE, sizeof(*module) + 3);
	struct multiboot2_mmap *map = add_tag(
		MULTIBOOT2_TAG_MMAP, sizeof(*map) + 2 * sizeof(struct multiboot2_mmap_entry));
	struct multiboot2_mmap_entry *entry = (void *)(map + 1);
	struct multiboot2_framebuffer *screen =
		add_tag(MULTIBOOT2_TAG_FRAMEBUFFER, sizeof(*screen));
	struct multiboot2_tag *rsdp = add_tag(MULTIBOOT2_TAG_RSDP_2, 8 + 36);

	strcpy((char *)(line + 1), "ops=a b");
	module->start = 0x200000;
	module->end = 0x201000;
	map->entry_size = sizeof(*entry);
	entry[0] = (struct multiboot2_mmap_entry){ 0x100000, 0x700000, 1, 0 };
	entry[1] = (struct multiboot2_mmap_entry){ 0x100000000, 0x40000000, 1, 0 };
	screen->address = 0x80000000;
	screen->pitch = 4096;
	screen->width = 1024;
	screen->height = 768;
	screen->bits_per_pixel = 32;
	screen->type = MULTIBOOT2_FRAMEBUFFER_RGB;
	memcpy(rsdp + 1, "RSD PTR ", 8);
	add_tag(MULTIBOOT2_TAG_END, 8);
	info->size = (uint32_t)(memory + used - (uint8_t *)info);
	return info;
}

static void test_multiboot2(void **state)
{
	struct multiboot2_info *info = multiboot2();

	(void)state;
	assert_null(handover_read(MULTIBOOT2_LOADER_MAGIC, address(info), &h));
	assert_string_equal(h.protocol, "multiboot2");
	assert_string_equal(h.command_line, "ops=a b");
	assert_false(h.has_path);
	assert_int_equal(h.range_count, 2);
	assert_int_equal(h.ranges[1].to, 0x140000000);
	assert_ptr_equal(h.module, (void *)0x200000);
	assert_int_equal(h.module_size, 0x1000);
	assert_int_equal(h.screen.kind, SCREEN_PIXELS);
	assert_int_equal(h.screen.width, 1024);
	assert_memory_equal((void *)(uintptr_t)h.rsdp, "RSD PTR ", 8);

	/* What the loader gave may be overwritten afterwards. */
	memset(memory, 0xff, MEMORY_SIZE);
	assert_string_equal(h.command_line, "ops=a b");
	assert_memory_equal((void *)(uintptr_t)h.rsdp, "RSD PTR ", 8);
}

static void test_a_screen_above_4_gib_is_none(void **state)
{
	struct multiboot2_info *info = take(sizeof(*info));
	struct multiboot2_framebuffer *screen =
		add_tag(MULTIBOOT2_TAG_FRAMEBUFFER, sizeof(*screen));
	struct multiboot2_mmap *map =
		add_tag(MULTIBOOT2_TAG_MMAP, sizeof(*map) + sizeof(struct multiboot2_mmap_entry));
	struct multiboot2_mmap_entry *entry = (void *)(map + 1);

	(void)state;
	add_tag(MULTIBOOT2_TAG_END, 8);
	info->size = (uint32_t)used;
	map->entry_size = sizeof(*entry);
	*entry = (struct multiboot2_mmap_entry){ 0x100000, 0x700000, 1, 0 };
	*screen =
		(struct multiboot2_framebuffer){ screen->tag, 0xfffff000, 4096, 1024, 768, 32, 1 };
	assert_null(handover_read(MULTIBOOT2_LOADER_MAGIC, address(info), &h));
	assert_int_equal(h.screen.kind, SCREEN_NONE);
	screen->address = 0xfd000000;
	assert_null(handover_read(MULTIBOOT2_LOADER_MAGIC, address(info), &h));
	assert_int_equal(h.screen.kind, SCREEN_PIXELS);
}

static struct pvh_info *pvh(void)
{
	struct pvh_info *info = take(sizeof(*info));
	struct pvh_memory *map = take(2 * sizeof(*map));

	map[0] = (struct pvh_memory){ 0, 0xa0000, 1, 0 };
	map[1] = (struct pvh_memory){ 0x100000, 0x1000000, 1, 0 };
	*info = (struct pvh_info){
		.magic = PVH_MAGIC,
		.version = 1,
		.command_line = address(take_text("list")),
		.rsdp = 0xe0000,
		.memory_map = address(map),
		.memory_map_entries = 2,
	};
	return info;
}

static void test_pvh(void **state)
{
	struct pvh_info *info = pvh();

	(void)state;
	assert_null(handover_read(PVH_MAGIC, address(info), &h));
	assert_string_equal(h.protocol, "PVH");
	assert_string_equal(h.command_line, "list");
	assert_int_equal(h.rsdp, 0xe0000);
	assert_int_equal(h.range_count, 2);
	info->version = 0;
	assert_string_equal(handover_read(PVH_MAGIC, address(info), &h),
			    "the loader passed no memory map; boot by multiboot 1, 2 or PVH");
	info->magic = 1;
	assert_string_equal(handover_read(PVH_MAGIC, address(info), &h),
			    "PVH: the start information has a wrong magic number");
}

static void test_no_loader(void **state)
{
	(void)state;
	assert_string_equal(handover_read(0, address(memory), &h),
			    "the loader uses neither multiboot 1 or 2 nor PVH");
	for (uint32_t bad = 0; bad < 4; bad++)
		assert_string_equal(handover_read(MULTIBOOT_LOADER_MAGIC, bad, &h),
				    "the address of the loader's information is invalid");
	assert_non_null(handover_read(MULTIBOOT2_LOADER_MAGIC, 0xfffffffc, &h));
}

/*
 * Every byte of @part set to several values: an answer or one line, and no
 * access behind what is mapped.  Only parts without addresses: the probe may
 * read all of the first 4 GiB, this process not.
 */
static void break_every_byte(uint32_t magic, const void *info, void *part, size_t size)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	uint8_t *bytes = part;

	for (size_t i = 0; i < size; i++) {
		uint8_t was = bytes[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			const char *error;

			bytes[i] = values[v];
			error = handover_read(magic, address(info), &h);
			assert_true(!error || strlen(error) < 100);
			assert_true(h.range_count <= RANGES_MAX);
		}
		bytes[i] = was;
	}
	assert_null(handover_read(magic, address(info), &h));
}

static void test_broken_multiboot2(void **state)
{
	struct multiboot2_info *info;

	(void)state;
	/* At the end of what is mapped: a step too far is a fault. */
	info = multiboot2();
	memmove(memory + MEMORY_SIZE - info->size, info, info->size);
	info = (void *)(memory + MEMORY_SIZE - info->size);
	break_every_byte(MULTIBOOT2_LOADER_MAGIC, info, info, info->size);
}

static void test_broken_memory_map(void **state)
{
	struct multiboot_info *info = multiboot();

	(void)state;
	break_every_byte(MULTIBOOT_LOADER_MAGIC, info, (void *)(uintptr_t)info->mmap_addr,
			 info->mmap_length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_multiboot, clear_memory),
		cmocka_unit_test_setup(test_multiboot_without_a_map, clear_memory),
		cmocka_unit_test_setup(test_long_command_line, clear_memory),
		cmocka_unit_test_setup(test_multiboot2, clear_memory),
		cmocka_unit_test_setup(test_a_screen_above_4_gib_is_none, clear_memory),
		cmocka_unit_test_setup(test_pvh, clear_memory),
		cmocka_unit_test_setup(test_no_loader, clear_memory),
		cmocka_unit_test_setup(test_broken_multiboot2, clear_memory),
		cmocka_unit_test_setup(test_broken_memory_map, clear_memory),
	};

	return cmocka_run_group_tests(tests, map_memory, NULL);
}

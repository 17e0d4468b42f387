// SPDX-License-Identifier: GPL-2.0-only
/*
 * For lab/machine/init: print the file "opt/exitprobe/job" of QEMU's fw_cfg device.
 *
 * QEMU copies each page by DMA while the processor executes the OUT instruction, so the
 * time that this takes does not depend on the machine that QEMU runs on. Linux' own driver
 * (qemu_fw_cfg) reads the device byte by byte, and from the first byte for each page.
 *
 * Source: QEMU, docs/specs/fw_cfg.rst. Numbers in memory are big-endian. The exit status is 1
 * if there is no such file, or if something fails, which is printed.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE  4096
#define PAGES 16 /* that are written at once: what a pipe holds */

#define PORT_DMA_HIGH 0x514
#define PORT_DMA_LOW  0x518
#define DMA_ERROR     1u
#define DMA_READ      2u
#define DMA_SELECT    8u /* the key is in bits 16 to 31 */

#define KEY_DIRECTORY 0x19

struct dma {
	uint32_t control, length;
	uint64_t address;
};

struct entry {
	uint32_t size;
	uint16_t key, reserved;
	char name[56];
};

struct memory {
	union {
		volatile struct dma dma;
		uint8_t page[PAGE];
	};
	uint8_t data[PAGES][PAGE];
};

static struct memory *memory;

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The physical address of @page (Documentation/admin-guide/mm/pagemap.rst). */
static uint64_t physical(const void *page)
{
	static int pagemap = -1;
	uint64_t entry;

	if (pagemap < 0)
		pagemap = open("/proc/self/pagemap", O_RDONLY);
	if (pread(pagemap, &entry, sizeof(entry), (uintptr_t)page / PAGE * sizeof(entry)) !=
	    sizeof(entry))
		die("/proc/self/pagemap");
	return (entry & ((1ull << 55) - 1)) * PAGE;
}

/* Read the next @size bytes, at most a page, to @page. */
static void read_page(uint32_t control, void *page, uint32_t size)
{
	uint64_t command = physical(memory->page);

	memory->dma.control = htobe32(control | DMA_READ);
	memory->dma.length = htobe32(size);
	memory->dma.address = htobe64(physical(page));
	/* The device reads and writes memory: have the compiler keep nothing of it in registers. */
	asm volatile("" : : : "memory");
	outl(htobe32((uint32_t)(command >> 32)), PORT_DMA_HIGH);
	outl(htobe32((uint32_t)command), PORT_DMA_LOW);
	asm volatile("" : : : "memory");
	if (be32toh(memory->dma.control) & DMA_ERROR) {
		fprintf(stderr, "take-job: QEMU's fw_cfg does not read\n");
		exit(1);
	}
}

/* Select the file @name. Return its size, or exit if it does not exist. */
static uint32_t select_file(const char *name)
{
	struct entry *entry = (struct entry *)memory->data[0];
	uint32_t files;

	read_page(KEY_DIRECTORY << 16 | DMA_SELECT, entry, sizeof(files));
	memcpy(&files, entry, sizeof(files));
	for (uint32_t i = be32toh(files); i > 0; i--) {
		read_page(0, entry, sizeof(*entry));
		if (strcmp(entry->name, name) == 0) {
			uint32_t size = be32toh(entry->size);

			read_page((uint32_t)be16toh(entry->key) << 16 | DMA_SELECT, entry, 0);
			return size;
		}
	}
	fprintf(stderr, "take-job: QEMU's fw_cfg has no file %s\n", name);
	exit(1);
}

static void write_all(const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t written = write(STDOUT_FILENO, data, size);

		if (written < 0)
			die("standard output");
		data += written;
		size -= (size_t)written;
	}
}

int main(void)
{
	memory = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
	if (memory == MAP_FAILED)
		die("memory");
	if (ioperm(PORT_DMA_HIGH, 8, 1))
		die("ioperm");
	for (uint32_t left = select_file("opt/exitprobe/job"); left > 0;) {
		uint32_t size = 0;

		for (int i = 0; i < PAGES && size < left; i++) {
			uint32_t part = left - size < PAGE ? left - size : PAGE;

			read_page(0, memory->data[i], part);
			size += part;
		}
		write_all(memory->data[0], size);
		left -= size;
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work around a defect of QEMU's VMRUN, as a plugin of its emulator, so that QEMU delivers
 * an interrupt that the hypervisor injects only once.
 *
 * QEMU (7.2 to 10.0, helper_vmrun()) delivers it and leaves its vector in
 * cpu->exception_index.  If the processor's loop ends before something else resets that,
 * as it does for every deadline of -icount, cpu_handle_exception() delivers the vector
 * again, whether or not the guest has interrupts enabled (docs/lab.md).
 *
 * A request that the loop itself handles resets it. VMRUN ends its translation block, so the
 * loop handles a request that is made right before VMRUN right after it, and before it checks
 * whether it must end. The loop handles CPU_INTERRUPT_POLL first, also with interrupts
 * masked, and this request polls the APIC only as QEMU would do anyway. The loop handles one
 * request at a time. cpu_exit() makes it run once more, so that another request, such as a
 * virtual interrupt, does not wait until after the guest's first instructions.
 *
 * The plugin calls tcg_handle_interrupt() and not cpu_interrupt(), because with -icount the
 * latter aborts if the translation block does no I/O.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_versions.h"

/* CPU_INTERRUPT_POLL, which is CPU_INTERRUPT_TGT_EXT_1 (target/i386/cpu.h). */
#define INTERRUPT_POLL 0x0010

#define INSN_BYTES 15

static const unsigned char vmrun[] = { 0x0f, 0x01, 0xd8 };

static struct {
	void *(*get_cpu)(int index);
	void (*handle_interrupt)(void *cpu, int mask);
	void (*exit)(void *cpu);
	void (*lock)(const char *file, int line); /* QEMU's big lock, which guards requests */
	void (*unlock)(void);
} qemu;

static void guest_begins(unsigned int vcpu, void *unused)
{
	void *cpu = qemu.get_cpu((int)vcpu);

	(void)unused;
	qemu.lock(__FILE__, __LINE__);
	qemu.handle_interrupt(cpu, INTERRUPT_POLL);
	qemu.exit(cpu);
	qemu.unlock();
}

/* Recognize the instruction with any prefixes. */
static bool is_vmrun(const struct qemu_plugin_insn *insn)
{
	size_t size = qemu_plugin_insn_size(insn);
	unsigned char data[INSN_BYTES];

	if (size < sizeof(vmrun) || size > sizeof(data))
		return false;
	copy_insn(insn, data, size);
	return !memcmp(data + size - sizeof(vmrun), vmrun, sizeof(vmrun));
}

/* VMRUN is the last instruction of a block. */
static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, qemu_plugin_tb_n_insns(tb) - 1);

	(void)id;
	if (is_vmrun(last))
		qemu_plugin_register_vcpu_insn_exec_cb(last, guest_begins, QEMU_PLUGIN_CB_NO_REGS,
						       NULL);
}

/* In Debian the emulator's functions are in a module whose names are not global. */
static int find_in_module(struct dl_phdr_info *info, size_t size, void *symbol)
{
	const char *name = *(const char **)symbol;
	void *module;

	(void)size;
	if (!strstr(info->dlpi_name, "/accel-tcg-"))
		return 0;
	module = dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
	*(void **)symbol = module ? dlsym(module, name) : NULL;
	return 1;
}

/* Return QEMU's function of that name, or NULL. */
static void *find(const char *name)
{
	void *symbol = dlsym(RTLD_DEFAULT, name);

	if (symbol)
		return symbol;
	symbol = (void *)(uintptr_t)name;
	return dl_iterate_phdr(find_in_module, &symbol) ? symbol : NULL;
}

/* The same, by its name since QEMU 9.0 or by its older name. */
static void *need(const char *name, const char *before)
{
	void *symbol = find(name);

	if (!symbol && before)
		symbol = find(before);
	if (!symbol) {
		fprintf(stderr,
			"lab's VMRUN plugin: error: this QEMU has no %s(); install Debian's "
			"qemu-system-x86\n",
			name);
		exit(EXIT_FAILURE);
	}
	return symbol;
}

/* The module is loaded only now, because QEMU loads plugins first. */
static void vcpu_begins(qemu_plugin_id_t id, unsigned int vcpu)
{
	(void)id;
	(void)vcpu;
	qemu.handle_interrupt = need("tcg_handle_interrupt", NULL);
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	set_insn_data(info, need("qemu_plugin_insn_data", NULL));
	qemu.get_cpu = need("qemu_get_cpu", NULL);
	qemu.exit = need("cpu_exit", NULL);
	qemu.lock = need("bql_lock_impl", "qemu_mutex_lock_iothread_impl");
	qemu.unlock = need("bql_unlock", "qemu_mutex_unlock_iothread");
	qemu_plugin_register_vcpu_init_cb(id, vcpu_begins);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test KVM's exit statistics (kvm.exit_stats) by reading CPUID leaves 0x4fffff00
 * to 0x4fffffff in a guest; asm/kvm_exit_stats.h is the contract.
 *
 * Usage: exit_stats_test [SUBTEST...]
 *
 * A vCPU does what its struct work says, writes to DONE_PORT and starts again.
 * The host then checks the answers and decides what the vCPU does next.
 *
 * The counts of an exit reason are exact.  Sums over all reasons are not, because
 * the host's interrupts are exits too; the test repeats such a reading until it
 * contains no exits but its own CPUIDs.  Readings of the host's TSC before and
 * after bound the times, instead of a tolerance.
 */
#define _GNU_SOURCE /* pthread_setaffinity_np(), before Linux 6.11 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "apic.h"
#include "kvm_util.h"
#include "processor.h"
#include "svm_util.h"
#include "test_util.h"
#include "vmx.h"

#include <asm/kvm_exit_stats.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#define NR_VCPUS     4
#define NR_ASKS	     320
#define DONE_PORT    0x2000
#define TIMER_VECTOR 0xec
#define TIMEOUT_SECS 60
#define MAX_TRIES    100
#define SLEEP_USECS  20000
#define NR_CPUIDS    200 /* per round of run_rounds() */
#define NR_L2_RUNS   100
#define L2_STACK     64		/* in words */
#define INTEL_EBX    0x756e6547 /* "Genu", CPUID 0 */
#define RFLAGS_IOPL  (3ul << 12)

#ifndef APIC_LVTT
#define APIC_LVTT		   0x320
#define APIC_LVT_TIMER_TSCDEADLINE (2 << 17)
#endif

enum {
	EXITS = KVM_EXIT_STATS_EXITS,
	KERNEL = KVM_EXIT_STATS_KERNEL,
	USER = KVM_EXIT_STATS_USER,
	HALTED = KVM_EXIT_STATS_HALTED,
	NR_PER_REASON = HALTED + 1,
	SCHED = KVM_EXIT_STATS_SCHED,
	GUEST = KVM_EXIT_STATS_GUEST,
	L2_EXITS = KVM_EXIT_STATS_L2_EXITS,
	RETURNS = KVM_EXIT_STATS_USER_RETURNS,
	PAUSED = KVM_EXIT_STATS_PAUSED,
	NR_SELECTORS = PAUSED + 1,
};

/* KVM's parameters, or those of kvm_exit_stats.ko beside an unchanged KVM. */
static const char *mode_file = "/sys/module/kvm/parameters/exit_stats";
static const char *cpl0_file = "/sys/module/kvm/parameters/exit_stats_cpl0";
static const char *layout_file = "/sys/module/kvm/parameters/exit_stats_layout";

/* The index of the leaves per reason. */
#define INDEX(reason, sel) ((reason) | (sel) << 16)

struct ask {
	u32 leaf, index;
	u32 eax, ebx, ecx, edx;
};

/* A vCPU calls @action(@arg) @times times, then executes the @nr CPUIDs in @ask. */
struct work {
	void (*action)(u64 arg);
	u64 arg, times;
	u64 begin, end; /* the guest's TSC, around the CPUIDs */
	u32 nr;
	struct ask ask[NR_ASKS];
};

static struct work works[NR_VCPUS];

/*
 * The reasons that the guest causes, one that it never causes, some that KVM never enables,
 * numbers that are no reasons, and the functions with which L1 runs an L2.
 */
struct isa {
	u32 cpuid, io, wrmsr, hlt, enter, never;
	u32 disabled[9];
	u32 undefined[8];
	bool (*nested)(void);
	vm_vaddr_t (*alloc)(struct kvm_vm *vm);
	void (*start)(u64 pages);
	void (*run)(u64 unused);
};

static bool svm_nested(void);
static vm_vaddr_t svm_alloc(struct kvm_vm *vm);
static void guest_start_svm(u64 pages);
static void guest_run_svm(u64 unused);
static bool vmx_nested(void);
static vm_vaddr_t vmx_alloc(struct kvm_vm *vm);
static void guest_start_vmx(u64 pages);
static void guest_run_vmx(u64 unused);

static const struct isa isas[] = {
	[KVM_EXIT_STATS_ISA_VMX] = {
		.cpuid = EXIT_REASON_CPUID,
		.io = EXIT_REASON_IO_INSTRUCTION,
		.wrmsr = EXIT_REASON_MSR_WRITE,
		.hlt = EXIT_REASON_HLT,
		.enter = EXIT_REASON_VMRESUME,
		.never = EXIT_REASON_TRIPLE_FAULT,
		.disabled = { 3, 4, 5, 6, 11, 16, 17, 65, 66 },
		.undefined = { 35, 38, 42, 71, 0x72, 0x400, 0xfffd, 0xffff },
		.nested = vmx_nested,
		.alloc = vmx_alloc,
		.start = guest_start_vmx,
		.run = guest_run_vmx,
	},
	[KVM_EXIT_STATS_ISA_SVM] = {
		.cpuid = SVM_EXIT_CPUID,
		.io = SVM_EXIT_IOIO,
		.wrmsr = SVM_EXIT_MSR,
		.hlt = SVM_EXIT_HLT,
		.enter = SVM_EXIT_VMRUN,
		.never = SVM_EXIT_SHUTDOWN,
		.disabled = { 0x01, 0x12, 0x28, 0x40, 0x66, 0x6e, 0x70, 0x75, 0xa3 },
		.undefined = { 0xa7, 0xa8, 0xff, 0x3ff, 0x404, 0x4000, 0xfffd, 0xffff },
		.nested = svm_nested,
		.alloc = svm_alloc,
		.start = guest_start_svm,
		.run = guest_run_svm,
	},
};

static const struct isa *isa;
static bool failed;
static const char *skipped;

/* Fail the subtest, but continue it, unless @op holds between @a and @b. */
#define EXPECT_OP(a, op, b)                                                                        \
	do {                                                                                       \
		u64 __a = (a), __b = (b);                                                          \
		if (!(__a op __b)) {                                                               \
			failed = true;                                                             \
			ksft_print_msg("line %d: %s (%lu) " #op " %s (%lu)\n", __LINE__, #a, __a,  \
				       #b, __b);                                                   \
		}                                                                                  \
	} while (0)
#define EXPECT_EQ(a, b) EXPECT_OP(a, ==, b)
#define EXPECT_NE(a, b) EXPECT_OP(a, !=, b)
#define EXPECT_LE(a, b) EXPECT_OP(a, <=, b)
#define EXPECT_LT(a, b) EXPECT_OP(a, <, b)
#define EXPECT(a)	EXPECT_NE(a, 0)

/* ---- the guest ---- */

static void guest_code(struct work *w)
{
	struct ask *a;
	u64 i;

	for (;;) {
		for (i = 0; i < w->times; i++)
			w->action(w->arg);
		w->begin = rdtsc();
		for (a = w->ask; a < w->ask + w->nr; a++)
			__cpuid(a->leaf, a->index, &a->eax, &a->ebx, &a->ecx, &a->edx);
		w->end = rdtsc();
		barrier();
		outl(DONE_PORT, 0);
		barrier();
	}
}

static void guest_do_cpuid(u64 leaf)
{
	u32 eax, ebx, ecx, edx;

	cpuid(leaf, &eax, &ebx, &ecx, &edx);
}

static void guest_start_apic(u64 unused)
{
	x2apic_enable();
	x2apic_write_reg(APIC_LVTT, APIC_LVT_TIMER_TSCDEADLINE | TIMER_VECTOR);
}

/* Zero stops the timer. */
static void guest_set_deadline(u64 cycles)
{
	wrmsr(MSR_IA32_TSC_DEADLINE, cycles ? rdtsc() + cycles : 0);
}

static void guest_halt(u64 cycles)
{
	guest_set_deadline(cycles);
	asm volatile("sti; hlt; cli" : : : "memory");
}

static void guest_timer_handler(struct ex_regs *regs)
{
	x2apic_write_reg(APIC_EOI, 0);
}

static u64 guest_sched_cycles(void)
{
	u32 eax, ebx, ecx, edx;

	__cpuid(KVM_EXIT_STATS_VCPU, SCHED, &eax, &ebx, &ecx, &edx);
	return (u64)ebx << 32 | ecx;
}

/* Run until the thread has been switched out, for at most @cycles. */
static void guest_wait_for_sched(u64 cycles)
{
	u64 before = guest_sched_cycles(), begin = rdtsc();

	while (guest_sched_cycles() == before && rdtsc() - begin < cycles)
		;
}

/* KVM provides this MSR even if the processor does not. */
static void guest_adjust_tsc(u64 by)
{
	wrmsr(MSR_IA32_TSC_ADJUST, rdmsr(MSR_IA32_TSC_ADJUST) + by);
}

static void guest_read_cs(u64 to)
{
	WRITE_ONCE(*(u16 *)to, get_cs());
}

/* ---- the host ---- */

static struct work *work_of(struct kvm_vcpu *vcpu)
{
	return addr_gva2hva(vcpu->vm, (vm_vaddr_t)&works[vcpu->id]);
}

static void work(struct kvm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	vcpu_run(vcpu);
	TEST_ASSERT(run->exit_reason == KVM_EXIT_IO && run->io.port == DONE_PORT,
		    "Wanted an OUT to port 0x%x, got exit reason %u (%s)", DONE_PORT,
		    run->exit_reason, exit_reason_str(run->exit_reason));
}

static void guest_do(struct kvm_vcpu *vcpu, void (*action)(u64), u64 arg, u64 times)
{
	struct work *w = work_of(vcpu);

	w->action = action;
	w->arg = arg;
	w->times = times;
	w->nr = 0;
	work(vcpu);
	w->times = 0;
}

static void ask_nothing(struct kvm_vcpu *vcpu)
{
	work_of(vcpu)->nr = 0;
}

/* Add a CPUID to the next work() and return where its answer will be. */
static struct ask *ask(struct kvm_vcpu *vcpu, u32 leaf, u32 index)
{
	struct work *w = work_of(vcpu);
	struct ask *a = &w->ask[w->nr++];

	TEST_ASSERT(w->nr <= NR_ASKS, "More than %d CPUIDs", NR_ASKS);
	a->leaf = leaf;
	a->index = index;
	return a;
}

static struct ask guest_cpuid(struct kvm_vcpu *vcpu, u32 leaf, u32 index)
{
	struct ask *a;

	ask_nothing(vcpu);
	a = ask(vcpu, leaf, index);
	work(vcpu);
	return *a;
}

static u64 value(const struct ask *a)
{
	return (u64)a->ebx << 32 | a->ecx;
}

static u64 guest_value(struct kvm_vcpu *vcpu, u32 leaf, u32 index)
{
	struct ask a = guest_cpuid(vcpu, leaf, index);

	return value(&a);
}

/* Return this vCPU's @sel for @reason. */
static u64 by_reason(struct kvm_vcpu *vcpu, u32 reason, u32 sel)
{
	return guest_value(vcpu, KVM_EXIT_STATS_VCPU_REASON, INDEX(reason, sel));
}

/*
 * @first and @last ask for all exits of the vCPU.  Return whether the CPUIDs were
 * the only exits between them.
 */
static bool undisturbed(const struct ask *first, const struct ask *last)
{
	return value(last) - value(first) == last - first;
}

static void work_undisturbed(struct kvm_vcpu *vcpu, struct ask *first)
{
	struct ask *last = ask(vcpu, KVM_EXIT_STATS_VCPU, EXITS);
	int tries = 0;

	do {
		work(vcpu);
	} while (!undisturbed(first, last) && ++tries < MAX_TRIES);
	EXPECT_LT(tries, MAX_TRIES);
}

/* All of a vCPU's selectors, and the host's TSC before and after. */
struct sample {
	u64 begin, end;
	u64 val[NR_SELECTORS];
};

static struct sample take_sample(struct kvm_vcpu *vcpu)
{
	struct sample s;
	u32 sel;

	ask_nothing(vcpu);
	for (sel = 0; sel < NR_SELECTORS; sel++)
		ask(vcpu, KVM_EXIT_STATS_VCPU, sel);
	s.begin = rdtsc();
	work(vcpu);
	s.end = rdtsc();
	for (sel = 0; sel < NR_SELECTORS; sel++)
		s.val[sel] = value(&work_of(vcpu)->ask[sel]);
	return s;
}

/* Return what was added since @a, from the begin of @a to the end of a new sample. */
static struct sample sample_since(struct kvm_vcpu *vcpu, const struct sample *a)
{
	struct sample s = take_sample(vcpu);
	u32 sel;

	s.begin = a->begin;
	for (sel = 0; sel < NR_SELECTORS; sel++)
		s.val[sel] -= a->val[sel];
	return s;
}

/* Return the time in all states. */
static u64 states(const struct sample *s)
{
	return s->val[KERNEL] + s->val[USER] + s->val[HALTED] + s->val[SCHED] + s->val[GUEST] +
	       s->val[PAUSED];
}

/* Sleep, and return for how many ticks of the TSC. */
static u64 sleep_cycles(void)
{
	u64 begin = rdtsc();

	usleep(SLEEP_USECS);
	return rdtsc() - begin;
}

/* ---- VMs and parameters ---- */

static char saved_mode[16], saved_cpl0[16], saved_layout[16];

static void read_param(const char *path, char *val, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	TEST_ASSERT(fd >= 0, "Cannot open %s", path);
	n = read(fd, val, size - 1);
	TEST_ASSERT(n > 0, "Cannot read %s", path);
	val[n] = 0;
	close(fd);
}

static void write_param(const char *path, const char *val)
{
	int fd = open(path, O_WRONLY);

	TEST_ASSERT(fd >= 0, "Cannot open %s for writing", path);
	TEST_ASSERT(write(fd, val, strlen(val)) > 0, "Cannot write '%s' to %s", val, path);
	close(fd);
}

static void restore_params(void)
{
	write_param(cpl0_file, saved_cpl0);
	write_param(layout_file, saved_layout);
	write_param(mode_file, saved_mode);
}

/* The host's TSC before and after the creation of vCPU 0, which is the last one. */
static u64 created_begin, created_end;

static struct kvm_vm *create_vm(const char *mode, int nr, struct kvm_vcpu *vcpus[])
{
	struct kvm_vm *vm;
	int i;

	write_param(mode_file, mode);
	vm = vm_create(nr);
	for (i = nr - 1; i >= 0; i--) {
		created_begin = rdtsc();
		vcpus[i] = vm_vcpu_add(vm, i, guest_code);
		created_end = rdtsc();
		vcpu_args_set(vcpus[i], 1, &works[i]);
		vcpu_set_cpuid_feature(vcpus[i], X86_FEATURE_TSC_DEADLINE_TIMER);
	}
#ifndef SELFTEST_KVM_UTIL_ARCH_H /* Linux 6.1: the library does not do this */
	vm_init_descriptor_tables(vm);
	for (i = 0; i < nr; i++)
		vcpu_init_descriptor_tables(vcpus[i]);
#endif
	vm_install_exception_handler(vm, TIMER_VECTOR, guest_timer_handler);
	return vm;
}

static struct kvm_vm *create_one(const char *mode, struct kvm_vcpu **vcpu)
{
	return create_vm(mode, 1, vcpu);
}

static bool same(const struct ask *a, u32 eax, u32 ebx, u32 ecx, u32 edx)
{
	if (a->eax == eax && a->ebx == ebx && a->ecx == ecx && a->edx == edx)
		return true;
	ksft_print_msg("leaf 0x%x.0x%x: %x %x %x %x, not %x %x %x %x\n", a->leaf, a->index, a->eax,
		       a->ebx, a->ecx, a->edx, eax, ebx, ecx, edx);
	return false;
}

static bool has_signature(struct kvm_vcpu *vcpu)
{
	struct ask a = guest_cpuid(vcpu, KVM_EXIT_STATS_SIGNATURE, 0);

	return same(&a, KVM_EXIT_STATS_TOTAL, KVM_EXIT_STATS_SIGNATURE_EBX,
		    KVM_EXIT_STATS_SIGNATURE_ECX, KVM_EXIT_STATS_SIGNATURE_EDX);
}

/*
 * Return whether all leaves answer as without the feature: on Intel with the data of
 * the highest basic leaf (SDM vol. 2A, CPUID), on AMD with zeros.
 */
static bool untouched(struct kvm_vcpu *vcpu)
{
	const u32 indices[] = { 0, isa->cpuid };
	struct ask basic = guest_cpuid(vcpu, 0, 0), want = {};
	bool intel = basic.ebx == INTEL_EBX;
	struct work *w = work_of(vcpu);
	u32 leaf, i, j;

	for (i = 0; i < ARRAY_SIZE(indices); i++) {
		if (intel)
			want = guest_cpuid(vcpu, basic.eax, indices[i]);
		ask_nothing(vcpu);
		for (leaf = KVM_EXIT_STATS_SIGNATURE; leaf <= KVM_EXIT_STATS_TOTAL; leaf++)
			ask(vcpu, leaf, indices[i]);
		work(vcpu);
		for (j = 0; j < w->nr; j++)
			if (!same(&w->ask[j], want.eax, want.ebx, want.ecx, want.edx))
				return false;
	}
	return true;
}

/* ---- the subtests: modes ---- */

static void test_off(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("off", &vcpu);

	EXPECT(untouched(vcpu));
	kvm_vm_free(vm);
}

static void test_host(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("host", &vcpu);

	EXPECT(untouched(vcpu));
	kvm_vm_free(vm);
}

static void test_latch(void)
{
	struct kvm_vcpu *off, *host, *guest;
	struct kvm_vm *vm_off = create_one("off", &off);
	struct kvm_vm *vm_host = create_one("host", &host);
	struct kvm_vm *vm_guest = create_one("guest", &guest);

	EXPECT(untouched(off));
	EXPECT(untouched(host));
	write_param(mode_file, "off");
	EXPECT(has_signature(guest));
	kvm_vm_free(vm_off);
	kvm_vm_free(vm_host);
	EXPECT_EQ(by_reason(guest, isa->cpuid, EXITS), 2);
	kvm_vm_free(vm_guest);
}

static void test_info(void)
{
	const struct kvm_cpuid2 *supported = kvm_get_supported_cpuid();
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct ask vendor = guest_cpuid(vcpu, 0, 0);
	struct ask info = guest_cpuid(vcpu, KVM_EXIT_STATS_INFO, 0);
	bool intel = vendor.ebx == INTEL_EBX;
	struct work *w = work_of(vcpu);
	u32 i, nr = info.ebx >> 16;

	EXPECT(has_signature(vcpu));
	EXPECT_EQ(info.eax & 0xffff, KVM_EXIT_STATS_VERSION);
	EXPECT_EQ(info.ebx & 0xffff, intel ? KVM_EXIT_STATS_ISA_VMX : KVM_EXIT_STATS_ISA_SVM);
	EXPECT(info.edx);
	/* A sleep is never shorter than asked for.  The 5 % are for a clock that is slewed. */
	EXPECT_LE(info.edx * (SLEEP_USECS / 1000ull), sleep_cycles() * 21 / 20);

	ask_nothing(vcpu);
	for (i = 0; i <= nr; i++)
		ask(vcpu, KVM_EXIT_STATS_SLOT, i);
	ask(vcpu, KVM_EXIT_STATS_SLOT, 0xffffffff);
	work(vcpu);
	for (i = 1; i < nr; i++)
		EXPECT_LT(w->ask[i - 1].eax, w->ask[i].eax);
	EXPECT_EQ(w->ask[nr - 1].eax, KVM_EXIT_STATS_REASON_OTHER);
	EXPECT_EQ(w->ask[nr].eax, KVM_EXIT_STATS_SLOT_NONE);
	EXPECT_EQ(w->ask[nr + 1].eax, KVM_EXIT_STATS_SLOT_NONE);
	kvm_vm_free(vm);

	for (i = 0; i < supported->nent; i++)
		EXPECT_NE(supported->entries[i].function & 0xffffff00, KVM_EXIT_STATS_SIGNATURE);
}

struct named_reason {
	u32 reason;
	const char *name;
};

/*
 * Every reason that KVM has a name for has a slot of its own.  KVM uses the bits
 * above bit 15 for itself; no exit has them.
 */
static void test_slots(void)
{
	static const struct named_reason svm[] = { SVM_EXIT_REASONS };
	static const struct named_reason vmx[] = { VMX_EXIT_REASONS };
	bool is_svm = isa == &isas[KVM_EXIT_STATS_ISA_SVM];
	const struct named_reason *named = is_svm ? svm : vmx;
	size_t i, nr = is_svm ? ARRAY_SIZE(svm) : ARRAY_SIZE(vmx);
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct ask info = guest_cpuid(vcpu, KVM_EXIT_STATS_INFO, 0);
	u32 slots[NR_ASKS], slot, nr_slots = info.ebx >> 16;
	struct ask a;

	ask_nothing(vcpu);
	for (slot = 0; slot < nr_slots; slot++)
		ask(vcpu, KVM_EXIT_STATS_SLOT, slot);
	work(vcpu);
	for (slot = 0; slot < nr_slots; slot++)
		slots[slot] = work_of(vcpu)->ask[slot].eax;

	for (i = 0; i < nr; i++) {
		if (named[i].reason > 0xffff)
			continue;
		a = guest_cpuid(vcpu, KVM_EXIT_STATS_VCPU_REASON, named[i].reason);
		for (slot = 0; slot < nr_slots && slots[slot] != named[i].reason; slot++)
			;
		if (a.edx == KVM_EXIT_STATS_UNDEFINED || slot == nr_slots) {
			failed = true;
			ksft_print_msg("reason 0x%x (%s): no slot\n", named[i].reason,
				       named[i].name);
		}
	}
	kvm_vm_free(vm);
}

/* An entry of KVM_SET_CPUID2 takes precedence over KVM's answer. */
static void test_set_cpuid2(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	int nr = vcpu->cpuid->nent;
	struct kvm_cpuid2 *entries = allocate_kvm_cpuid2(nr + 1);
	struct ask a;

	memcpy(entries, vcpu->cpuid, kvm_cpuid2_size(nr));
	entries->nent = nr + 1;
	entries->entries[nr] = (struct kvm_cpuid_entry2){
		.function = KVM_EXIT_STATS_TOTAL,
		.eax = 1,
		.ebx = 2,
		.ecx = 3,
		.edx = 4,
	};
	vcpu_init_cpuid(vcpu, entries);
	free(entries);

	a = guest_cpuid(vcpu, KVM_EXIT_STATS_TOTAL, 0);
	EXPECT(same(&a, 1, 2, 3, 4));
	EXPECT(has_signature(vcpu));
	kvm_vm_free(vm);
}

/* ---- counts and states ---- */

static void test_count(void)
{
	static const u32 leaves[] = { KVM_EXIT_STATS_VM_REASON, KVM_EXIT_STATS_VCPU_REASON };
	static const u64 counts[] = { 0, 1, 1000 };
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	u64 cpuids = 0, outs = 0;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(leaves); i++) {
		for (j = 0; j < ARRAY_SIZE(counts); j++) {
			guest_do(vcpu, guest_do_cpuid, 0, counts[j]);
			cpuids += counts[j] + 1;
			EXPECT_EQ(guest_value(vcpu, leaves[i], isa->cpuid), cpuids);
			outs += 2;
		}
		EXPECT_EQ(guest_value(vcpu, leaves[i], isa->io), outs);
		cpuids++;
		outs++;
	}
	kvm_vm_free(vm);
}

/* With VMX's preemption timer vmx_vcpu_run() handles the exit itself. */
static void test_fastpath(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	u64 before;

	guest_do(vcpu, guest_start_apic, 0, 1);
	before = by_reason(vcpu, isa->wrmsr, EXITS);
	guest_do(vcpu, guest_set_deadline, 1 << 30, 1000);
	guest_do(vcpu, guest_set_deadline, 0, 1);
	EXPECT_EQ(by_reason(vcpu, isa->wrmsr, EXITS) - before, 1001);
	EXPECT_LE(1001, by_reason(vcpu, isa->wrmsr, KERNEL));
	kvm_vm_free(vm);
}

/* The VMM sleeps between two KVM_RUN. */
static void test_user(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct sample s = take_sample(vcpu);
	u64 slept = sleep_cycles();

	s = sample_since(vcpu, &s);
	EXPECT_LE(slept, s.val[USER]);
	EXPECT_LE(slept, by_reason(vcpu, isa->io, USER));
	/* No other state has grown by the sleep. */
	EXPECT_LE(states(&s), s.end - s.begin);
	EXPECT_EQ(s.val[PAUSED], 0);
	EXPECT_EQ(s.val[RETURNS], 1);
	kvm_vm_free(vm);
}

/* The VMM sleeps after KVM_RUN was interrupted, or before it entered the guest. */
static void test_paused(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct sample s;
	u64 slept;

	vcpu->run->kvm_valid_regs = -1ull;
	EXPECT_EQ(__vcpu_run(vcpu), -1);
	vcpu->run->kvm_valid_regs = 0;
	slept = sleep_cycles();
	s = take_sample(vcpu);
	EXPECT_LE(slept, s.val[PAUSED]);
	EXPECT_EQ(s.val[USER], 0);

	vcpu_run_complete_io(vcpu);
	slept = sleep_cycles();
	s = sample_since(vcpu, &s);
	EXPECT_LE(slept, s.val[PAUSED]);
	EXPECT_LE(states(&s), s.end - s.begin);
	EXPECT_EQ(s.val[RETURNS], 2);
	kvm_vm_free(vm);
}

static u64 msecs_to_cycles(struct kvm_vcpu *vcpu, u64 msecs)
{
	struct ask info = guest_cpuid(vcpu, KVM_EXIT_STATS_INFO, 0);

	return info.edx * msecs;
}

static void test_halted(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	u64 cycles = msecs_to_cycles(vcpu, 5);
	struct sample s;

	guest_do(vcpu, guest_start_apic, 0, 1);
	s = take_sample(vcpu);
	guest_do(vcpu, guest_halt, cycles, 4);
	s = sample_since(vcpu, &s);
	EXPECT_EQ(by_reason(vcpu, isa->hlt, EXITS), 4);
	/* The rest passes between the WRMSR of the deadline and the block. */
	EXPECT_LE(4 * cycles / 2, s.val[HALTED]);
	EXPECT_LE(states(&s), s.end - s.begin);
	EXPECT_EQ(s.val[HALTED], by_reason(vcpu, isa->hlt, HALTED));
	kvm_vm_free(vm);
}

static void pin(pthread_t thread, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	TEST_ASSERT(!pthread_setaffinity_np(thread, sizeof(set), &set), "No CPU %d", cpu);
}

/* Get the first @nr processors that the test may run on.  Return false if there are fewer. */
static bool allowed_cpus(int *cpus, int nr)
{
	cpu_set_t set;
	int cpu, n = 0;

	TEST_ASSERT(!sched_getaffinity(0, sizeof(set), &set), "sched_getaffinity() failed");
	for (cpu = 0; cpu < CPU_SETSIZE && n < nr; cpu++)
		if (CPU_ISSET(cpu, &set))
			cpus[n++] = cpu;
	return n == nr;
}

static bool stop;

static void *spin(void *unused)
{
	while (!READ_ONCE(stop))
		;
	return NULL;
}

/* Another thread competes for the vCPU's processor. */
static void test_sched(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	u64 cycles = msecs_to_cycles(vcpu, 2000);
	pthread_t spinner, self = pthread_self();
	struct sample s;
	cpu_set_t set;
	int cpu;

	TEST_ASSERT(allowed_cpus(&cpu, 1), "No processor");
	pthread_getaffinity_np(self, sizeof(set), &set);
	pin(self, cpu);
	WRITE_ONCE(stop, false);
	TEST_ASSERT(!pthread_create(&spinner, NULL, spin, NULL), "No thread");
	s = take_sample(vcpu);
	guest_do(vcpu, guest_wait_for_sched, cycles, 1);
	s = sample_since(vcpu, &s);
	WRITE_ONCE(stop, true);
	pthread_join(spinner, NULL);
	pthread_setaffinity_np(self, sizeof(set), &set);

	EXPECT(s.val[SCHED]);
	EXPECT_LE(states(&s), s.end - s.begin);
	kvm_vm_free(vm);
}

/* ---- sums ---- */

/* Cause some exits of each kind: CPUIDs, WRMSRs, HLTs, OUTs, sleep in and out of KVM_RUN. */
static void live(struct kvm_vcpu *vcpu)
{
	u64 cycles = msecs_to_cycles(vcpu, 5);

	guest_do(vcpu, guest_start_apic, 0, 1);
	guest_do(vcpu, guest_do_cpuid, 0, 1000);
	guest_do(vcpu, guest_halt, cycles, 2);
	sleep_cycles();
	vcpu_run_complete_io(vcpu);
	sleep_cycles();
}

/*
 * A selector is exact at the exit of the CPUID that reads it.  So the sum of six
 * selectors that are read one after the other is the vCPU's age at some time between
 * them.  The bounds differ by the duration of that KVM_RUN and of the creation.
 */
static struct sample expect_age(struct kvm_vcpu *vcpu)
{
	struct sample s = take_sample(vcpu);

	EXPECT_EQ(s.val[KVM_EXIT_STATS_CLAMPED], 0);
	EXPECT_LE(s.begin - created_end, states(&s));
	EXPECT_LE(states(&s), s.end - created_begin);
	return s;
}

static void test_age(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct sample s = expect_age(vcpu);
	int i;

	for (i = 0; i < 3; i++) {
		live(vcpu);
		s = sample_since(vcpu, &s);
		EXPECT(s.val[KERNEL] && s.val[USER] && s.val[HALTED] && s.val[GUEST] &&
		       s.val[PAUSED]);
		s = expect_age(vcpu);
	}
	kvm_vm_free(vm);
}

static void test_sums(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct ask info = guest_cpuid(vcpu, KVM_EXIT_STATS_INFO, 0);
	struct ask *a, *of_reasons, *of_vcpu, *of_vm, *last;
	u32 reasons[NR_ASKS], seen[NR_ASKS], sel, nr = info.ebx >> 16, nr_seen, i;
	struct work *w = work_of(vcpu);
	u64 sum[NR_PER_REASON], begin, cycles;
	int tries = 0;

	ask_nothing(vcpu);
	for (i = 0; i < nr; i++)
		ask(vcpu, KVM_EXIT_STATS_SLOT, i);
	work(vcpu);
	for (i = 0; i < nr; i++)
		reasons[i] = w->ask[i].eax;
	live(vcpu);

	do {
		/* Reading all reasons takes long; reading only those that occurred does not. */
		ask_nothing(vcpu);
		for (i = 0; i < nr; i++)
			ask(vcpu, KVM_EXIT_STATS_VCPU_REASON, INDEX(reasons[i], EXITS));
		work(vcpu);
		for (i = 0, nr_seen = 0; i < nr; i++)
			if (value(&w->ask[i]) && reasons[i] != isa->cpuid)
				seen[nr_seen++] = reasons[i];
		/* CPUID is last, because the reading adds to it. */
		seen[nr_seen++] = isa->cpuid;

		ask_nothing(vcpu);
		ask(vcpu, KVM_EXIT_STATS_VCPU, EXITS);
		of_reasons = w->ask + w->nr;
		for (i = 0; i < nr_seen; i++)
			for (sel = 0; sel < NR_PER_REASON; sel++)
				ask(vcpu, KVM_EXIT_STATS_VCPU_REASON, INDEX(seen[i], sel));
		of_vcpu = w->ask + w->nr;
		for (sel = 0; sel < NR_PER_REASON; sel++)
			ask(vcpu, KVM_EXIT_STATS_VCPU, sel);
		of_vm = w->ask + w->nr;
		for (sel = 0; sel < NR_PER_REASON; sel++)
			ask(vcpu, KVM_EXIT_STATS_VM, sel);
		last = ask(vcpu, KVM_EXIT_STATS_VCPU, EXITS);
		begin = rdtsc();
		work(vcpu);
		cycles = rdtsc() - begin;

		memset(sum, 0, sizeof(sum));
		for (a = of_reasons; a < of_vcpu; a++)
			sum[a->index >> 16] += value(a);
		/* After the exits of CPUID were read came the other three and of_vcpu. */
		sum[EXITS] += NR_PER_REASON;
	} while ((!undisturbed(w->ask, last) || sum[EXITS] != value(of_vcpu)) &&
		 ++tries < MAX_TRIES);

	EXPECT_LE(4, nr_seen);
	EXPECT(undisturbed(w->ask, last));
	EXPECT_EQ(sum[EXITS], value(of_vcpu));
	EXPECT_EQ(value(of_vcpu) + NR_PER_REASON, value(of_vm));
	/* Only the CPUIDs in between added to it, and not more than they took. */
	EXPECT_LT(value(of_vcpu + KERNEL) - sum[KERNEL], cycles);
	EXPECT_LT(value(of_vm + KERNEL) - value(of_vcpu + KERNEL), cycles);
	for (sel = USER; sel < NR_PER_REASON; sel++) {
		EXPECT(sum[sel]);
		EXPECT_EQ(sum[sel], value(of_vcpu + sel));
		EXPECT_EQ(sum[sel], value(of_vm + sel));
	}
	kvm_vm_free(vm);
}

/* Read KVM's own count, the binary statistic "exits". */
static u64 kvm_exits(struct kvm_vcpu *vcpu)
{
	struct kvm_stats_desc *descs, *desc;
	struct kvm_stats_header header;
	int fd = vcpu_get_stats_fd(vcpu), i;
	u64 val = 0;

	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	for (i = 0; i < header.num_desc; i++) {
		desc = get_stats_descriptor(descs, i, &header);
		if (!strcmp(desc->name, "exits"))
			read_stat_data(fd, &header, desc, &val, 1);
	}
	free(descs);
	close(fd);
	return val;
}

static void test_kvm_exits(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	u64 before, ours, after;
	int tries = 0;

	live(vcpu);
	do {
		before = kvm_exits(vcpu);
		ours = guest_value(vcpu, KVM_EXIT_STATS_VCPU, EXITS);
		after = kvm_exits(vcpu);
	} while (after != before + 2 && ++tries < MAX_TRIES);
	/* The CPUID, which the exit statistics include, and the OUT. */
	EXPECT_EQ(after, before + 2);
	EXPECT_EQ(ours, before + 1);
	kvm_vm_free(vm);
}

/* ---- the other leaves ---- */

static u64 exit_of(const struct ask *last)
{
	return (u64)last->ebx << 32 | last->eax;
}

static u64 entry_of(const struct ask *last)
{
	return (u64)last->edx << 32 | last->ecx;
}

/* One tick of the guest's TSC is @host_ticks ticks of the host's. */
static void expect_last(struct kvm_vcpu *vcpu, u32 host_ticks)
{
	struct work *w = work_of(vcpu);
	struct ask *first, *kernel1, *last1, *last2, *kernel2;
	u64 exit1, entry1, exit2, entry2;

	guest_do(vcpu, guest_do_cpuid, 0, 10);
	first = ask(vcpu, KVM_EXIT_STATS_VCPU, EXITS);
	kernel1 = ask(vcpu, KVM_EXIT_STATS_VCPU, KERNEL);
	last1 = ask(vcpu, KVM_EXIT_STATS_LAST, 0);
	last2 = ask(vcpu, KVM_EXIT_STATS_LAST, 0);
	kernel2 = ask(vcpu, KVM_EXIT_STATS_VCPU, KERNEL);
	work_undisturbed(vcpu, first);

	exit1 = exit_of(last1);
	entry1 = entry_of(last1);
	exit2 = exit_of(last2);
	entry2 = entry_of(last2);
	EXPECT_LE(w->begin, exit1);
	EXPECT_LT(exit1, entry1);
	EXPECT_LT(entry1, exit2);
	EXPECT_LT(exit2, entry2);
	EXPECT_LE(entry2, w->end);
	/* Between the two were the exits of kernel1, last1 and last2. */
	EXPECT_LT((entry1 - exit1 + entry2 - exit2) * host_ticks, value(kernel2) - value(kernel1));
	EXPECT_LT(value(kernel2) - value(kernel1), (w->end - w->begin + 1) * host_ticks);
}

static void test_last(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);

	expect_last(vcpu, 1);
	kvm_vm_free(vm);
}

/* The guest's TSC is half as fast as the host's. */
static void test_scaled(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	struct ask info;

	if (!kvm_has_cap(KVM_CAP_TSC_CONTROL)) {
		skipped = "no TSC scaling";
		return;
	}
	vm = create_one("guest", &vcpu);
	info = guest_cpuid(vcpu, KVM_EXIT_STATS_INFO, 0);
	vcpu_ioctl(vcpu, KVM_SET_TSC_KHZ, (void *)(unsigned long)(info.edx / 2));
	expect_last(vcpu, 2);
	kvm_vm_free(vm);
}

/*
 * The last exit before the two readings is that of a WRMSR to TSC_ADJUST, unless
 * a host interrupt comes between.
 */
static void test_tsc(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct work *w = work_of(vcpu);
	struct ask *changed, *after;
	int tries = 0;

	/* Writing the current value changes nothing. */
	guest_do(vcpu, guest_adjust_tsc, 0, 1);
	changed = ask(vcpu, KVM_EXIT_STATS_LAST, 0);
	w->times = 1;
	work(vcpu);
	EXPECT_LT(exit_of(changed), entry_of(changed));
	EXPECT_LE(entry_of(changed), w->begin);

	w->arg = 1ull << 40;
	after = ask(vcpu, KVM_EXIT_STATS_LAST, 0);
	do {
		work(vcpu);
		EXPECT_LE(w->begin, exit_of(after));
		EXPECT_LT(exit_of(after), entry_of(after));
		EXPECT_LE(entry_of(after), w->end);
	} while (exit_of(changed) && ++tries < MAX_TRIES);
	EXPECT(same(changed, 0, 0, 0, 0));
	kvm_vm_free(vm);
}

static void test_legacy(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct ask *first, *n, *k1, *reason, *alt, *rk1, *cycles, *rk2, *total, *k2;

	live(vcpu);
	ask_nothing(vcpu);
	first = ask(vcpu, KVM_EXIT_STATS_VCPU, EXITS);
	n = ask(vcpu, KVM_EXIT_STATS_VM_REASON, INDEX(isa->cpuid, EXITS));
	k1 = ask(vcpu, KVM_EXIT_STATS_VM, KERNEL);
	reason = ask(vcpu, KVM_EXIT_STATS_REASON, isa->cpuid);
	alt = ask(vcpu, KVM_EXIT_STATS_REASON_ALT, isa->cpuid);
	rk1 = ask(vcpu, KVM_EXIT_STATS_VM_REASON, INDEX(isa->cpuid, KERNEL));
	cycles = ask(vcpu, KVM_EXIT_STATS_REASON_CYCLES, isa->cpuid);
	rk2 = ask(vcpu, KVM_EXIT_STATS_VM_REASON, INDEX(isa->cpuid, KERNEL));
	total = ask(vcpu, KVM_EXIT_STATS_TOTAL, 0xffffffff);
	k2 = ask(vcpu, KVM_EXIT_STATS_VM, KERNEL);
	work_undisturbed(vcpu, first);

	EXPECT_EQ(reason->eax, value(n) + (reason - n));
	EXPECT_EQ(alt->eax, value(n) + (alt - n));
	EXPECT_EQ(cycles->eax, value(first) + (cycles - first));
	EXPECT_EQ(total->eax, value(first) + (total - first));
	EXPECT_EQ(total->edx, 0);
	/* Each value lies between those of the 64-bit leaves before and after it. */
	EXPECT_LT(value(k1), value(reason));
	EXPECT_LT(value(reason), value(alt));
	EXPECT_LT(value(alt), value(total));
	EXPECT_LT(value(total), value(k2));
	EXPECT_LT(value(rk1), value(cycles));
	EXPECT_LT(value(cycles), value(rk2));
	kvm_vm_free(vm);
}

static void expect_error(struct kvm_vcpu *vcpu, u32 leaf, u32 index)
{
	struct ask a = guest_cpuid(vcpu, leaf, index);

	EXPECT(same(&a, 0, 0, 0, KVM_EXIT_STATS_UNDEFINED));
}

static void expect_zero(struct kvm_vcpu *vcpu, u32 leaf, u32 index)
{
	struct ask a = guest_cpuid(vcpu, leaf, index);

	EXPECT(same(&a, 0, 0, 0, 0));
}

static void test_errors(void)
{
	static const u32 leaves[] = {
		KVM_EXIT_STATS_VM_REASON,  KVM_EXIT_STATS_VCPU_REASON,	 KVM_EXIT_STATS_REASON,
		KVM_EXIT_STATS_REASON_ALT, KVM_EXIT_STATS_REASON_CYCLES,
	};
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	u32 leaf, sel, i, j;

	for (i = 0; i < ARRAY_SIZE(leaves); i++) {
		for (j = 0; j < ARRAY_SIZE(isa->undefined); j++)
			expect_error(vcpu, leaves[i], isa->undefined[j]);
		expect_error(vcpu, leaves[i], 0xffffffff);
		expect_error(vcpu, leaves[i], 0x01000000 | isa->cpuid);
	}
	for (leaf = KVM_EXIT_STATS_VM; leaf <= KVM_EXIT_STATS_VCPU; leaf += 2) {
		expect_error(vcpu, leaf, NR_SELECTORS);
		expect_error(vcpu, leaf, 0x10000);
		expect_error(vcpu, leaf, 0xffffffff);
		expect_zero(vcpu, leaf, KVM_EXIT_STATS_L2_EXITS);
		/* The leaf that gives it for a reason. */
		expect_error(vcpu, leaf + 1, INDEX(isa->cpuid, NR_PER_REASON));
		expect_error(vcpu, leaf + 1, INDEX(isa->cpuid, 0xff));
		for (sel = 0; sel < NR_PER_REASON; sel++)
			expect_zero(vcpu, leaf + 1, INDEX(isa->never, sel));
	}
	for (leaf = KVM_EXIT_STATS_LAST + 1; leaf < KVM_EXIT_STATS_REASON_CYCLES; leaf++)
		expect_zero(vcpu, leaf, 0);
	kvm_vm_free(vm);
}

/* ---- layouts of the course's leaves ---- */

/* What a register pair of a leaf has: nothing, the values of all reasons, or of ECX's. */
enum { NONE, ALL, ONE };

static const struct {
	const char *name;
	struct {
		u8 exits, cycles;
	} leaves[4]; /* 0x4ffffffc to 0x4fffffff */
} layouts[] = {
	[KVM_EXIT_STATS_LAYOUT_MERGED] = {
		"merged", { { ALL, ONE }, { ONE, ALL }, { ONE, ALL }, { ALL, ALL } },
	},
	[KVM_EXIT_STATS_LAYOUT_1] = {
		"1", { { NONE, NONE }, { NONE, NONE }, { ONE, NONE }, { ALL, ALL } },
	},
	[KVM_EXIT_STATS_LAYOUT_2] = {
		"2", { { NONE, ONE }, { ONE, NONE }, { NONE, ALL }, { ALL, NONE } },
	},
	[KVM_EXIT_STATS_LAYOUT_3] = {
		"3", { { ALL, NONE }, { NONE, ALL }, { ONE, NONE }, { NONE, ONE } },
	},
};

/* Check EAX of leaf @a against @what, of which the truth was asked one CPUID before. */
static void expect_exits(const struct ask *a, u8 what, const struct ask *all, const struct ask *one)
{
	if (what == NONE)
		EXPECT_EQ(a->eax, 0);
	else if (what == ALL)
		EXPECT_EQ(a->eax, value(all) + (a - all));
	else
		EXPECT_EQ(a->eax, value(one) + (a - one));
}

/* The same of EBX:ECX.  The truth is in @before and @after, four of each. */
static void expect_cycles(const struct ask *a, u8 what, const struct ask *before,
			  const struct ask *after)
{
	u32 i = what == ALL ? 1 : 3;

	if (what == NONE) {
		EXPECT_EQ(value(a), 0);
		return;
	}
	EXPECT_LT(value(&before[i]), value(a));
	EXPECT_LT(value(a), value(&after[i]));
}

static void ask_truth(struct kvm_vcpu *vcpu)
{
	ask(vcpu, KVM_EXIT_STATS_VCPU, EXITS);
	ask(vcpu, KVM_EXIT_STATS_VM, KERNEL);
	ask(vcpu, KVM_EXIT_STATS_VM_REASON, INDEX(isa->cpuid, EXITS));
	ask(vcpu, KVM_EXIT_STATS_VM_REASON, INDEX(isa->cpuid, KERNEL));
}

/* Leaf @i of @layout, between two readings of the truth. */
static void check_leaf(struct kvm_vcpu *vcpu, int layout, u32 i)
{
	u8 exits = layouts[layout].leaves[i].exits, cycles = layouts[layout].leaves[i].cycles;
	bool merged = layout == KVM_EXIT_STATS_LAYOUT_MERGED;
	struct ask *before = work_of(vcpu)->ask, *a;

	ask_nothing(vcpu);
	ask_truth(vcpu);
	a = ask(vcpu, KVM_EXIT_STATS_REASON_CYCLES + i, isa->cpuid);
	ask_truth(vcpu);
	work_undisturbed(vcpu, before);
	expect_exits(a, exits, &before[0], &before[2]);
	expect_cycles(a, cycles, before, a + 1);
	EXPECT_EQ(a->edx, 0);
	if (merged || (exits != ONE && cycles != ONE))
		return;
	for (i = 0; i < ARRAY_SIZE(isa->disabled); i++)
		expect_zero(vcpu, a->leaf, isa->disabled[i]);
	for (i = 0; i < ARRAY_SIZE(isa->undefined); i++)
		expect_error(vcpu, a->leaf, isa->undefined[i]);
	expect_error(vcpu, a->leaf, KVM_EXIT_STATS_REASON_OTHER);
	expect_error(vcpu, a->leaf, 0xffffffff);
}

static void test_layouts(void)
{
	struct kvm_vcpu *vcpus[ARRAY_SIZE(layouts)];
	struct kvm_vm *vms[ARRAY_SIZE(layouts)];
	struct ask info;
	int i;
	u32 j;

	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		write_param(layout_file, layouts[i].name);
		vms[i] = create_one("guest", &vcpus[i]);
	}
	write_param(layout_file, "merged");
	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		live(vcpus[i]);
		EXPECT(has_signature(vcpus[i]));
		info = guest_cpuid(vcpus[i], KVM_EXIT_STATS_INFO, 0);
		EXPECT_EQ((info.eax & KVM_EXIT_STATS_LAYOUT_MASK) >> KVM_EXIT_STATS_LAYOUT_SHIFT,
			  i);
		for (j = 0; j < 4; j++)
			check_leaf(vcpus[i], i, j);
		kvm_vm_free(vms[i]);
	}
}

/* ---- CPL 3 ---- */

/* Allow CPL 3 to access everything that is mapped. */
static void map_for_user(struct kvm_vm *vm, u64 table, int level)
{
	u64 *pte = addr_gpa2hva(vm, table);
	int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*pte); i++) {
		if (!(pte[i] & PTE_PRESENT_MASK))
			continue;
		pte[i] |= PTE_USER_MASK;
		if (level > 1)
			map_for_user(vm, pte[i] & PHYSICAL_PAGE_MASK, level - 1);
	}
}

/* Make the guest continue at @cpl.  I/O is allowed at any CPL. */
static void set_cpl(struct kvm_vcpu *vcpu, int cpl)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	vcpu_run_complete_io(vcpu);
	vcpu_sregs_get(vcpu, &sregs);
	sregs.cs.dpl = cpl;
	sregs.cs.selector = (sregs.cs.selector & ~3) | cpl;
	sregs.ss.dpl = cpl;
	sregs.ss.selector = (sregs.ss.selector & ~3) | cpl;
	vcpu_sregs_set(vcpu, &sregs);
	vcpu_regs_get(vcpu, &regs);
	regs.rflags |= RFLAGS_IOPL;
	vcpu_regs_set(vcpu, &regs);
}

static void test_cpl(void)
{
	static u16 cs;
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);

	map_for_user(vm, vm->pgd, vm->pgtable_levels);
	EXPECT(has_signature(vcpu));
	set_cpl(vcpu, 3);
	guest_do(vcpu, guest_read_cs, (u64)&cs, 1);
	sync_global_from_guest(vm, cs);
	EXPECT_EQ(cs & 3, 3);
	EXPECT(has_signature(vcpu));

	write_param(cpl0_file, "Y");
	EXPECT(untouched(vcpu));
	set_cpl(vcpu, 0);
	EXPECT(has_signature(vcpu));
	set_cpl(vcpu, 3);
	EXPECT(untouched(vcpu));
	write_param(cpl0_file, "N");
	EXPECT(has_signature(vcpu));
	kvm_vm_free(vm);
}

/* ---- nested ---- */

/* The guest's data of its L2. */
static struct svm_test_data *svm;
static u64 l2_stack[L2_STACK];
static u64 l2_runs; /* that ended with the expected exit */
static struct ask l2_ask;

static void l2_cpuids(void)
{
	for (;;)
		guest_do_cpuid(0);
}

static void l2_asks(void)
{
	struct ask *a = &l2_ask;

	__cpuid(a->leaf, a->index, &a->eax, &a->ebx, &a->ecx, &a->edx);
	asm volatile("vmmcall" : : : "memory");
}

static bool svm_nested(void)
{
	return kvm_cpu_has(X86_FEATURE_SVM);
}

static vm_vaddr_t svm_alloc(struct kvm_vm *vm)
{
	vm_vaddr_t pages;

	vcpu_alloc_svm(vm, &pages);
	return pages;
}

static void guest_start_svm(u64 pages)
{
	svm = (struct svm_test_data *)pages;
	generic_svm_setup(svm, l2_cpuids, &l2_stack[L2_STACK]);
	svm->vmcb->control.intercept |= 1ull << INTERCEPT_CPUID;
}

static void guest_run_svm(u64 unused)
{
	run_guest(svm->vmcb, svm->vmcb_gpa);
	l2_runs += svm->vmcb->control.exit_code == SVM_EXIT_CPUID;
	svm->vmcb->save.rip += 2;
}

/* L1 lets KVM answer an L2's CPUID. */
static void guest_ask_svm(u64 unused)
{
	svm->vmcb->control.intercept &= ~(1ull << INTERCEPT_CPUID);
	svm->vmcb->save.rip = (u64)l2_asks;
	svm->vmcb->save.rsp = (u64)&l2_stack[L2_STACK];
	run_guest(svm->vmcb, svm->vmcb_gpa);
	l2_runs += svm->vmcb->control.exit_code == SVM_EXIT_VMMCALL;
}

static bool vmx_nested(void)
{
	return kvm_cpu_has(X86_FEATURE_VMX);
}

static vm_vaddr_t vmx_alloc(struct kvm_vm *vm)
{
	vm_vaddr_t pages;

	vcpu_alloc_vmx(vm, &pages);
	return pages;
}

/* On VMX CPUID in an L2 always exits to L1 (SDM vol. 3C, 25.1.2). */
static void guest_end_vmx_run(bool failed)
{
	l2_runs += !failed && vmreadz(VM_EXIT_REASON) == EXIT_REASON_CPUID;
	vmwrite(GUEST_RIP, vmreadz(GUEST_RIP) + vmreadz(VM_EXIT_INSTRUCTION_LEN));
}

static void guest_start_vmx(u64 pages)
{
	struct vmx_pages *vmx = (struct vmx_pages *)pages;

	if (!prepare_for_vmx_operation(vmx) || !load_vmcs(vmx))
		return;
	prepare_vmcs(vmx, l2_cpuids, &l2_stack[L2_STACK]);
	guest_end_vmx_run(vmlaunch());
}

static void guest_run_vmx(u64 unused)
{
	guest_end_vmx_run(vmresume());
}

/* Create a VM with an L2 that has run once.  Return NULL if that is impossible. */
static struct kvm_vm *create_nested(struct kvm_vcpu **vcpu)
{
	struct kvm_vm *vm;

	if (!isa->nested()) {
		skipped = "no nested virtualization";
		return NULL;
	}
	vm = create_one("guest", vcpu);
	guest_do(*vcpu, isa->start, isa->alloc(vm), 1);
	guest_do(*vcpu, isa->run, 0, 1);
	return vm;
}

static u64 runs_ended(struct kvm_vm *vm)
{
	sync_global_from_guest(vm, l2_runs);
	return l2_runs;
}

/*
 * L2's exits are its CPUIDs.  All others are L1's, also those for entering L2.  The
 * host's interrupts and page faults may come while either of them is active.
 */
static void test_nested(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_nested(&vcpu);
	struct ask *cpuids, *l2_exits, *enters, *all;
	u64 before[4], runs;
	int tries = 0;

	if (!vm)
		return;
	do {
		ask_nothing(vcpu);
		cpuids = ask(vcpu, KVM_EXIT_STATS_VCPU_REASON, INDEX(isa->cpuid, EXITS));
		enters = ask(vcpu, KVM_EXIT_STATS_VCPU_REASON, INDEX(isa->enter, EXITS));
		l2_exits = ask(vcpu, KVM_EXIT_STATS_VCPU, L2_EXITS);
		all = ask(vcpu, KVM_EXIT_STATS_VCPU, EXITS);
		work(vcpu);
		before[0] = value(cpuids);
		before[1] = value(enters);
		before[2] = value(l2_exits);
		before[3] = value(all);
		runs = runs_ended(vm);

		work_of(vcpu)->action = isa->run;
		work_of(vcpu)->times = NR_L2_RUNS;
		work(vcpu);
		work_of(vcpu)->times = 0;
		EXPECT_EQ(runs_ended(vm) - runs, NR_L2_RUNS);
		EXPECT_EQ(value(cpuids) - before[0], NR_L2_RUNS + 4);
		EXPECT_EQ(value(enters) - before[1], NR_L2_RUNS);
		EXPECT_LE(NR_L2_RUNS, value(l2_exits) - before[2]);
		EXPECT_LE(2 * NR_L2_RUNS + 4, value(all) - before[3]);
	} while (value(l2_exits) - before[2] != NR_L2_RUNS && ++tries < MAX_TRIES);
	EXPECT_EQ(value(l2_exits) - before[2], NR_L2_RUNS);
	/* There is one vCPU, so the VM's exits are its exits. */
	EXPECT_EQ(guest_value(vcpu, KVM_EXIT_STATS_VM, L2_EXITS), value(l2_exits));
	kvm_vm_free(vm);
}

static bool l2_has_signature(struct kvm_vcpu *vcpu)
{
	struct kvm_vm *vm = vcpu->vm;
	u64 runs = runs_ended(vm);

	l2_ask = (struct ask){ .leaf = KVM_EXIT_STATS_SIGNATURE, .eax = 1 };
	sync_global_to_guest(vm, l2_ask);
	guest_do(vcpu, guest_ask_svm, 0, 1);
	EXPECT_EQ(runs_ended(vm) - runs, 1);
	sync_global_from_guest(vm, l2_ask);
	EXPECT_NE(l2_ask.eax, 1);
	return l2_ask.eax == KVM_EXIT_STATS_TOTAL;
}

/* An L2's CPL 0 is not the guest's.  On VMX L1 answers all CPUIDs of an L2. */
static void test_nested_cpl(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;

	if (isa != &isas[KVM_EXIT_STATS_ISA_SVM]) {
		skipped = "VMX";
		return;
	}
	vm = create_nested(&vcpu);
	if (!vm)
		return;
	EXPECT(l2_has_signature(vcpu));
	write_param(cpl0_file, "Y");
	EXPECT(!l2_has_signature(vcpu));
	EXPECT(has_signature(vcpu));
	write_param(cpl0_file, "N");
	EXPECT(l2_has_signature(vcpu));
	kvm_vm_free(vm);
}

/* ---- several vCPUs ---- */

static void test_two_vms(void)
{
	struct kvm_vcpu *a, *b;
	struct kvm_vm *vm_a = create_one("guest", &a), *vm_b;
	struct ask info_a, info_b;
	struct sample s;

	guest_do(a, guest_do_cpuid, 0, 1000);
	s = take_sample(a);

	vm_b = create_one("guest", &b);
	EXPECT_EQ(guest_value(b, KVM_EXIT_STATS_VM_REASON, isa->cpuid), 1);
	guest_do(b, guest_do_cpuid, 0, 500);
	EXPECT_EQ(guest_value(b, KVM_EXIT_STATS_VM_REASON, isa->cpuid), 502);
	EXPECT_EQ(guest_value(b, KVM_EXIT_STATS_VM_REASON, isa->io), 3);

	EXPECT_EQ(guest_value(a, KVM_EXIT_STATS_VM_REASON, isa->cpuid), 1001 + NR_SELECTORS);
	EXPECT_EQ(guest_value(a, KVM_EXIT_STATS_VM_REASON, isa->io), 3);
	s = sample_since(a, &s);
	EXPECT_EQ(s.val[RETURNS], 3);
	info_a = guest_cpuid(a, KVM_EXIT_STATS_INFO, 0);
	info_b = guest_cpuid(b, KVM_EXIT_STATS_INFO, 0);
	EXPECT_NE(info_a.ecx, info_b.ecx);
	kvm_vm_free(vm_a);
	kvm_vm_free(vm_b);
}

struct thread {
	pthread_t thread;
	struct kvm_vcpu *vcpu;
	u64 rounds; /* to do, 0: until stop; at the end those done */
};

static void *run_rounds(void *arg)
{
	struct thread *t = arg;
	u64 i;

	for (i = 0; t->rounds ? i < t->rounds : !READ_ONCE(stop); i++)
		guest_do(t->vcpu, guest_do_cpuid, 0, NR_CPUIDS);
	t->rounds = i;
	return NULL;
}

static void start_rounds(struct thread *t, struct kvm_vcpu *vcpu, u64 rounds)
{
	t->vcpu = vcpu;
	t->rounds = rounds;
	TEST_ASSERT(!pthread_create(&t->thread, NULL, run_rounds, t), "No thread");
}

/* Move the vCPU's thread from one processor to another 100 times. */
static void test_hop(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	struct thread t;
	int cpus[2], i;

	if (!allowed_cpus(cpus, 2)) {
		skipped = "one processor";
		return;
	}
	vm = create_one("guest", &vcpu);
	WRITE_ONCE(stop, false);
	start_rounds(&t, vcpu, 0);
	for (i = 0; i < 100; i++) {
		pin(t.thread, cpus[i % 2]);
		usleep(2000);
	}
	WRITE_ONCE(stop, true);
	pthread_join(t.thread, NULL);

	EXPECT_LT(1, t.rounds);
	EXPECT_EQ(by_reason(vcpu, isa->cpuid, EXITS), t.rounds * NR_CPUIDS + 1);
	EXPECT_EQ(by_reason(vcpu, isa->io, EXITS), t.rounds + 1);
	EXPECT(guest_value(vcpu, KVM_EXIT_STATS_VCPU, SCHED));
	expect_age(vcpu);
	kvm_vm_free(vm);
}

static void test_four(void)
{
	struct kvm_vcpu *vcpus[NR_VCPUS];
	struct thread t[NR_VCPUS];
	struct kvm_vm *vm = create_vm("guest", NR_VCPUS, vcpus);
	u64 cpuids = 0, outs = 0, sum, total;
	int i, tries = 0;

	/* Two of them with 100,000 CPUIDs, two with a few. */
	for (i = 0; i < NR_VCPUS; i++)
		start_rounds(&t[i], vcpus[i], i < 2 ? 100000 / NR_CPUIDS : 20 + i);
	for (i = 0; i < NR_VCPUS; i++)
		pthread_join(t[i].thread, NULL);

	for (i = 0; i < NR_VCPUS; i++) {
		EXPECT_EQ(by_reason(vcpus[i], isa->cpuid, EXITS), t[i].rounds * NR_CPUIDS + 1);
		cpuids += t[i].rounds * NR_CPUIDS + 1;
		outs += t[i].rounds + 1;
	}
	EXPECT_EQ(guest_value(vcpus[0], KVM_EXIT_STATS_VM_REASON, isa->cpuid), cpuids + 1);
	EXPECT_EQ(guest_value(vcpus[0], KVM_EXIT_STATS_VM_REASON, isa->io), outs + 1);

	/* All exits are those of each vCPU, and the OUT after it if no other exit came. */
	do {
		for (i = 0, sum = 0; i < NR_VCPUS; i++)
			sum += guest_value(vcpus[i], KVM_EXIT_STATS_VCPU, EXITS) + 1;
		total = guest_value(vcpus[0], KVM_EXIT_STATS_VM, EXITS);
	} while (total != sum + 1 && ++tries < MAX_TRIES);
	EXPECT_EQ(total, sum + 1);
	kvm_vm_free(vm);
}

/* ---- all of them ---- */

static const struct {
	const char *name, *description;
	void (*run)(void);
} tests[] = {
	{ "off", "mode off leaves CPUID untouched", test_off },
	{ "host", "mode host leaves CPUID untouched", test_host },
	{ "latch", "a VM keeps the mode it was created with", test_latch },
	{ "info", "signature, version and slots; not in KVM_GET_SUPPORTED_CPUID", test_info },
	{ "slots", "every reason that KVM names has a slot", test_slots },
	{ "cpuid2", "an entry of KVM_SET_CPUID2 wins", test_set_cpuid2 },
	{ "count", "N CPUIDs add exactly N", test_count },
	{ "fastpath", "writes to TSC_DEADLINE are counted", test_fastpath },
	{ "user", "a VMM that sleeps grows user, not kernel", test_user },
	{ "paused", "an interrupted KVM_RUN grows paused, not user", test_paused },
	{ "halted", "HLT with a timer grows halted", test_halted },
	{ "sched", "a competing thread grows sched", test_sched },
	{ "age", "the states add up to the vCPU's age", test_age },
	{ "sums", "the reasons add up to the vCPU, the vCPU to the VM", test_sums },
	{ "exits", "KVM's own count of exits is the same", test_kvm_exits },
	{ "last", "the stamps of the last exit lie where the guest saw the exit", test_last },
	{ "scaled", "the same with a TSC of half the host's frequency", test_scaled },
	{ "tsc", "an exit in which the guest's TSC changes has no stamps", test_tsc },
	{ "legacy", "the legacy leaves return the same values", test_legacy },
	{ "errors", "error values for unknown reasons and selectors", test_errors },
	{ "layouts", "each layout of the course's leaves, at once in four VMs", test_layouts },
	{ "cpl", "CPL 3 is refused if the host restricts the leaves to CPL 0", test_cpl },
	{ "nested", "exits of L2 are counted separately", test_nested },
	{ "nested_cpl", "L2 is refused if CPL 3 is", test_nested_cpl },
	{ "two", "two VMs are isolated", test_two_vms },
	{ "hop", "a vCPU that moves between processors loses no counts", test_hop },
	{ "four", "four vCPUs at once have exact sums", test_four },
};

static void timed_out(int sig)
{
	static const char msg[] = "Bail out! a subtest took too long\n";
	ssize_t n = write(STDOUT_FILENO, msg, sizeof(msg) - 1);

	restore_params();
	_exit(n < 0 ? 254 : KSFT_FAIL);
}

static bool wanted(const char *name, int argc, char *argv[])
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 1;
}

/* Find out which processor this is and whether it has the leaves. */
static void find_isa(void)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = create_one("guest", &vcpu);
	struct ask info = guest_cpuid(vcpu, KVM_EXIT_STATS_INFO, 0);
	u32 i = info.ebx & 0xffff;

	TEST_ASSERT(has_signature(vcpu), "Mode guest does not answer the guest");
	TEST_ASSERT(i && i < ARRAY_SIZE(isas), "Unknown instruction set %u", i);
	isa = &isas[i];
	kvm_vm_free(vm);
}

int main(int argc, char *argv[])
{
	int i, nr = 0;

	if (access(mode_file, F_OK)) {
		mode_file = "/sys/module/kvm_exit_stats/parameters/exit_stats";
		cpl0_file = "/sys/module/kvm_exit_stats/parameters/exit_stats_cpl0";
		layout_file = "/sys/module/kvm_exit_stats/parameters/exit_stats_layout";
	}
	TEST_REQUIRE(!access(mode_file, W_OK));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_TSC_DEADLINE_TIMER));
	read_param(mode_file, saved_mode, sizeof(saved_mode));
	read_param(cpl0_file, saved_cpl0, sizeof(saved_cpl0));
	read_param(layout_file, saved_layout, sizeof(saved_layout));

	for (i = 0; i < ARRAY_SIZE(tests); i++)
		nr += wanted(tests[i].name, argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	ksft_print_header();
	ksft_set_plan(nr);

	atexit(restore_params);
	signal(SIGALRM, timed_out);
	alarm(TIMEOUT_SECS);
	write_param(cpl0_file, "N");
	write_param(layout_file, "merged");
	find_isa();

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (!wanted(tests[i].name, argc, argv))
			continue;
		failed = false;
		skipped = NULL;
		alarm(TIMEOUT_SECS);
		tests[i].run();
		if (skipped)
			ksft_test_result_skip("%s: %s\n", tests[i].description, skipped);
		else
			ksft_test_result(!failed, "%s\n", tests[i].description);
	}
	alarm(0);
	ksft_finished();
}

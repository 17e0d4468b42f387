// SPDX-License-Identifier: GPL-2.0-only
#include "nested/vmx_state.h"

#include <stddef.h>

#include "cpu/insn.h"
#include "nested/paging.h"
#include "nested/vmcs.h"

/* What controls may be: SDM vol. 3D, appendix A. */
#define MSR_VMX_BASIC	   0x480
#define VMX_BASIC_TRUE	   (1ull << 55)
#define MSR_VMX_PIN	   0x481
#define MSR_VMX_CONTROLS   0x482
#define MSR_VMX_EXIT	   0x483
#define MSR_VMX_ENTRY	   0x484
#define MSR_VMX_SECOND	   0x48b
#define MSR_VMX_TRUE_PIN   0x48d
#define MSR_VMX_TRUE_EXTRA (MSR_VMX_TRUE_PIN - MSR_VMX_PIN)

#define MSR_SYSENTER_CS 0x174
#define MSR_SYSENTER_SP 0x175
#define MSR_SYSENTER_IP 0x176
#define MSR_FS_BASE	0xc0000100
#define MSR_GS_BASE	0xc0000101

/* Access rights: SDM vol. 3C, 24.4.1. */
#define ACCESS_CODE	0xa09b
#define ACCESS_DATA	0xc093
#define ACCESS_TSS	0x008b /* busy, 64 bits */
#define ACCESS_UNUSABLE 0x10000

/* An exit wants a TR that is not null, but does not read the GDT (SDM 26.2.3, 27.5.2). */
#define TSS_SELECTOR 0x18
#define TSS_SIZE     104

#define EPTP_WRITE_BACK	 6ull
#define EPTP_FOUR_LEVELS (3ull << 3)
#define VPID		 1
#define RFLAGS_FIXED	 0x2
#define DR7_RESET	 0x400

static uint8_t tss[TSS_SIZE] __attribute__((aligned(8)));

/* The first field that VMWRITE did not take. */
static uint32_t refused;

static void put(uint32_t field, uint64_t value)
{
	if (!vmwrite(field, value) && !refused)
		refused = field;
}

/* The low half of the MSR has the bits that must be 1, the high half those that may be. */
static void put_controls(uint32_t field, uint32_t msr, uint32_t wanted)
{
	uint64_t allowed;

	if (msr != MSR_VMX_SECOND && rdmsr(MSR_VMX_BASIC) & VMX_BASIC_TRUE)
		msr += MSR_VMX_TRUE_EXTRA;
	allowed = rdmsr(msr);
	put(field, (wanted | (uint32_t)allowed) & (uint32_t)(allowed >> 32));
}

bool vmx_second_allows(uint32_t bit)
{
	uint64_t controls = rdmsr(MSR_VMX_CONTROLS);

	return controls >> 32 & CONTROL_SECOND && rdmsr(MSR_VMX_SECOND) >> 32 & bit;
}

/*
 * What L2 should not do ends it: exceptions, HLT, L1's interrupts. Ports do not exit to
 * L1 (unconditional I/O exiting is off).
 */
static void put_all_controls(void)
{
	uint32_t second = 0;

	if (vmx_second_allows(SECOND_EPT)) {
		second |= SECOND_EPT;
		put(VMCS_EPTP, paging_ept() | EPTP_FOUR_LEVELS | EPTP_WRITE_BACK);
	}
	if (vmx_second_allows(SECOND_VPID)) {
		second |= SECOND_VPID;
		put(VMCS_VPID, VPID);
	}
	put_controls(VMCS_PIN_CONTROLS, MSR_VMX_PIN, PIN_INTERRUPT | PIN_NMI);
	put_controls(VMCS_CONTROLS, MSR_VMX_CONTROLS, CONTROL_HLT | (second ? CONTROL_SECOND : 0));
	if (second)
		put_controls(VMCS_SECOND_CONTROLS, MSR_VMX_SECOND, second);
	put_controls(VMCS_EXIT_CONTROLS, MSR_VMX_EXIT, EXIT_64_BIT);
	put_controls(VMCS_ENTRY_CONTROLS, MSR_VMX_ENTRY, ENTRY_64_BIT);
	put(VMCS_EXCEPTIONS, UINT32_MAX);
	put(VMCS_LINK, UINT64_MAX);
}

/* Zero is what all these are without a list, a mask or an event. */
static void put_zeros(void)
{
	static const uint16_t fields[] = {
		VMCS_PF_MASK,	      VMCS_PF_MATCH,	   VMCS_CR3_TARGETS,
		VMCS_EXIT_MSR_STORES, VMCS_EXIT_MSR_LOADS, VMCS_ENTRY_MSR_LOADS,
		VMCS_ENTRY_INTERRUPT, VMCS_CR0_MASK,	   VMCS_CR4_MASK,
		VMCS_CR0_SHADOW,      VMCS_CR4_SHADOW,	   VMCS_GUEST_DEBUGCTL,
		VMCS_GUEST_BLOCKING,  VMCS_GUEST_ACTIVITY, VMCS_GUEST_PENDING_DB,
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		put(fields[i], 0);
}

static void put_guest_segment(enum vmcs_segment s, uint64_t selector, uint64_t base, uint32_t limit,
			      uint32_t access)
{
	put(VMCS_GUEST_SELECTOR(s), selector);
	put(VMCS_GUEST_BASE(s), base);
	put(VMCS_GUEST_LIMIT(s), limit);
	put(VMCS_GUEST_ACCESS(s), access);
}

static void put_segments(void)
{
	const uint64_t fs = rdmsr(MSR_FS_BASE), gs = rdmsr(MSR_GS_BASE);
	uint16_t cs, ss;

	asm("mov %%cs, %0" : "=r"(cs));
	asm("mov %%ss, %0" : "=r"(ss));
	put_guest_segment(VMCS_CS, cs, 0, UINT32_MAX, ACCESS_CODE);
	put_guest_segment(VMCS_SS, ss, 0, UINT32_MAX, ACCESS_DATA);
	put_guest_segment(VMCS_DS, ss, 0, UINT32_MAX, ACCESS_DATA);
	put_guest_segment(VMCS_ES, ss, 0, UINT32_MAX, ACCESS_DATA);
	put_guest_segment(VMCS_FS, 0, fs, 0, ACCESS_UNUSABLE);
	put_guest_segment(VMCS_GS, 0, gs, 0, ACCESS_UNUSABLE);
	put_guest_segment(VMCS_LDTR, 0, 0, 0, ACCESS_UNUSABLE);
	put_guest_segment(VMCS_TR, TSS_SELECTOR, (uintptr_t)tss, TSS_SIZE - 1, ACCESS_TSS);

	for (enum vmcs_segment s = VMCS_ES; s <= VMCS_GS; s++)
		put(VMCS_HOST_SELECTOR(s), s == VMCS_CS ? cs : s < VMCS_FS ? ss : 0);
	put(VMCS_HOST_SELECTOR(VMCS_HOST_TR), TSS_SELECTOR);
	put(VMCS_HOST_FS_BASE, fs);
	put(VMCS_HOST_GS_BASE, gs);
	put(VMCS_HOST_TR_BASE, (uintptr_t)tss);
}

static void put_tables(void)
{
	struct table_register table;

	asm volatile("sgdt %0" : "=m"(table));
	put(VMCS_GUEST_GDTR_BASE, table.base);
	put(VMCS_GUEST_GDTR_LIMIT, table.limit);
	put(VMCS_HOST_GDTR_BASE, table.base);
	asm volatile("sidt %0" : "=m"(table));
	put(VMCS_GUEST_IDTR_BASE, table.base);
	put(VMCS_GUEST_IDTR_LIMIT, table.limit);
	put(VMCS_HOST_IDTR_BASE, table.base);
}

static void put_both(uint32_t guest, uint32_t host, uint64_t value)
{
	put(guest, value);
	put(host, value);
}

static void put_registers(void)
{
	uint64_t value;

	asm volatile("mov %%cr0, %0" : "=r"(value));
	put_both(VMCS_GUEST_CR0, VMCS_HOST_CR0, value);
	asm volatile("mov %%cr3, %0" : "=r"(value));
	put_both(VMCS_GUEST_CR3, VMCS_HOST_CR3, value);
	asm volatile("mov %%cr4, %0" : "=r"(value));
	put_both(VMCS_GUEST_CR4, VMCS_HOST_CR4, value);
	put_both(VMCS_GUEST_SYSENTER_CS, VMCS_HOST_SYSENTER_CS, rdmsr(MSR_SYSENTER_CS));
	put_both(VMCS_GUEST_SYSENTER_SP, VMCS_HOST_SYSENTER_SP, rdmsr(MSR_SYSENTER_SP));
	put_both(VMCS_GUEST_SYSENTER_IP, VMCS_HOST_SYSENTER_IP, rdmsr(MSR_SYSENTER_IP));
	put(VMCS_GUEST_DR7, DR7_RESET);
	put(VMCS_GUEST_RFLAGS, RFLAGS_FIXED);
}

uint32_t vmx_fill(const void *exit, const void *stack)
{
	refused = 0;
	put_all_controls();
	put_zeros();
	put_segments();
	put_tables();
	put_registers();
	put_both(VMCS_GUEST_RSP, VMCS_HOST_RSP, (uintptr_t)stack);
	put(VMCS_HOST_RIP, (uintptr_t)exit);
	return refused;
}

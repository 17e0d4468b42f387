/* SPDX-License-Identifier: GPL-2.0-only */
/* Single instructions as functions. The names and meanings are those of the manuals. */
#ifndef CPU_INSN_H
#define CPU_INSN_H

#include <stdint.h>

/* Leaves and features that several files use: SDM vol. 2A, CPUID. */
#define CPUID_1_ECX_DEADLINE (1u << 24)
#define CPUID_EXTENDED	     0x80000000

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid c;

	asm volatile("cpuid"
		     : "=a"(c.eax), "=b"(c.ebx), "=c"(c.ecx), "=d"(c.edx)
		     : "a"(leaf), "c"(subleaf)
		     : "memory");
	return c;
}

/*
 * Read the TSC after all earlier instructions have completed and before any later one
 * begins (SDM vol. 2B, RDTSC; LFENCE is dispatch-serializing on AMD, APM vol. 3).
 */
static inline uint64_t rdtsc_fenced(void)
{
	uint32_t low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %w1, %b0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %b0, %w1" : : "a"(value), "Nd"(port));
}

static inline void outw(uint16_t port, uint16_t value)
{
	asm volatile("outw %w0, %w1" : : "a"(value), "Nd"(port));
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	asm volatile("inl %w1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outl(uint16_t port, uint32_t value)
{
	asm volatile("outl %0, %w1" : : "a"(value), "Nd"(port));
}

/* It may raise #GP. See msr.h for forms that survive this. */
static inline uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

/* It may raise #GP as well. */
static inline void wrmsr(uint32_t msr, uint64_t value)
{
	asm volatile("wrmsr"
		     :
		     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
		     : "memory");
}

#endif

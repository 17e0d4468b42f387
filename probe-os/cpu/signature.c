// SPDX-License-Identifier: GPL-2.0-only
#include "cpu/signature.h"

#include <stddef.h>

#include "lib/text.h"

/*
 * SDM vol. 2A, CPUID, "Version Information Returned by CPUID in EAX"; APM
 * vol. 3, CPUID Fn0000_0001_EAX. Both add the extended family to family 15 only. AMD
 * uses the extended model from family 15 on, Intel in families 6 and 15. From family 6
 * on is also right for Zhaoxin's family 7.
 */
struct cpu_signature cpu_signature(uint32_t eax, bool amd)
{
	uint32_t base_family = eax >> 8 & 0xf, base_model = eax >> 4 & 0xf;
	uint32_t extended_family = eax >> 20 & 0xff, extended_model = eax >> 16 & 0xf;
	struct cpu_signature s = {
		.family = base_family,
		.model = base_model,
		.stepping = eax & 0xf,
	};

	if (base_family == 0xf)
		s.family += extended_family;
	if (base_family >= (amd ? 0xf : 6))
		s.model |= extended_model << 4;
	return s;
}

const char *hypervisor_name(const char *signature)
{
	static const struct {
		const char *signature, *name;
	} known[] = {
		{ "KVMKVMKVM", "KVM" },
		{ "TCGTCGTCGTCG", "QEMU TCG" },
		{ "Microsoft Hv", "Hyper-V" },
		{ "Linux KVM Hv", "KVM, as Hyper-V" },
		{ "VMwareVMware", "VMware" },
		{ "VBoxVBoxVBox", "VirtualBox" },
		{ "XenVMMXenVMM", "Xen" },
		{ "bhyve bhyve", "bhyve" },
		{ "BHyVE BHyVE", "bhyve" },
		{ "ACRNACRNACRN", "ACRN" },
		/* The second is the first with the bytes of each register reversed. */
		{ "prl hyperv", "Parallels" },
		{ "lrpepyh  vr", "Parallels" },
		{ "lrpepyh vr", "Parallels" },
		{ "QNXQVMBSQG", "QNX Hypervisor" },
		{ "HAXMHAXMHAXM", "Intel HAXM" },
		{ "EVMMEVMMEVMM", "Intel KGT" },
		{ "___ NVMM ___", "NetBSD NVMM" },
		{ "OpenBSDVMM58", "OpenBSD vmm" },
		{ "Jailhouse", "Jailhouse" },
		{ "SRESRESRESRE", "LMHS SRE" },
		{ "UnisysSpar64", "Unisys s-Par" },
		{ "Apple VZ", "Apple Virtualization" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (text_equal(signature, known[i].signature))
			return known[i].name;
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
#include "nested/hypervisor.h"

#include "cpu/machine.h"

const struct hypervisor *hypervisor(void)
{
	return machine()->amd ? &svm_hypervisor : &vmx_hypervisor;
}

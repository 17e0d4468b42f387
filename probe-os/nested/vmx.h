/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What only VMX has (SDM vol. 3C, ch. 23 and 30). vmx_hypervisor of hypervisor.h does
 * the rest.
 */
#ifndef NESTED_VMX_H
#define NESTED_VMX_H

#include <stdint.h>

#include "nested/hypervisor.h"

/* A region for VMXON or for a VMCS, with the revision that begin() fills in. */
struct vmx_region {
	uint32_t revision;
	uint8_t data[4092];
};

/* VMXON's, the VMCS that begin() makes current, and another one. */
extern struct vmx_region vmx_on, vmx_vmcs, vmx_other;

/* In place of a reason: VM entry failed with this error number (SDM vol. 3C, 30.4). */
#define VMX_FAILED(error) (0x10000u + (error))
#define VMX_ERROR_CONTROL 7 /* a control is not valid */

/* Why INVEPT or INVVPID of all contexts cannot be used here, or NULL. */
const char *vmx_skip_invept(void);
const char *vmx_skip_invvpid(void);

/* After begin(): leave VMX operation. VMXON can then be executed. */
void vmx_leave(void);

/* After begin(): clear the VMCS, so that the next enter() executes VMLAUNCH. */
void vmx_unlaunch(void);

#endif

; SPDX-License-Identifier: GPL-2.0-only
;
; What L2 executes: l2.h. Each program is there twice, because the instruction that
; calls L1 differs: VMMCALL (APM vol. 3) and VMCALL (SDM vol. 3C, 30.3). L2 has L1's
; general registers, because VMRUN and VMX transitions do not change them, except for
; RAX and RSP on SVM and RSP on VMX.

PORT_ELCR1		equ 0x4d0	; ops/ports.h

section .text
bits 64

%macro programs 2			; vendor, call
align 64
l2_%1_call:
	%2
	ud2
l2_%1_cpuid:
	xor eax, eax
	cpuid
	%2
	ud2
l2_%1_port:
	mov edx, PORT_ELCR1
	in al, dx
	%2
	ud2
l2_%1_load:
	mov al, [rdi]
	%2
	ud2
%endmacro

programs svm, vmmcall
; What virtualization lets L2 execute. RAX is the address of the VMCB.
l2_svm_vmload:
	vmload
	vmmcall
	ud2
l2_svm_vmsave:
	vmsave
	vmmcall
	ud2
l2_svm_stgi:
	stgi
	vmmcall
	ud2
l2_svm_clgi:
	clgi
	vmmcall
	ud2

programs vmx, vmcall

; In the order of enum l2_program.
section .rodata
align 8
global l2_svm_programs, l2_vmx_programs
l2_svm_programs:
	dq l2_svm_call, l2_svm_cpuid, l2_svm_port, l2_svm_load
	dq l2_svm_vmload, l2_svm_vmsave, l2_svm_stgi, l2_svm_clgi
l2_vmx_programs:
	dq l2_vmx_call, l2_vmx_cpuid, l2_vmx_port, l2_vmx_load

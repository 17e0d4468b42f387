; SPDX-License-Identifier: GPL-2.0-only
;
; The start of another processor (smp.c). After SIPI (SDM vol. 3A, 8.4.4; APM vol. 2,
; ch. 16, on interprocessor interrupts) it is in real mode at CS:0 = AP_PAGE. The code
; takes it to ap_main() in long mode with the tables and control registers of the
; processor that started it.

; SIPI needs a page below 1 MiB. This one is free on every PC after the loader's
; information has been read. The code stays there for a processor that starts late.
AP_PAGE			equ 0x8000
STACK_SIZE		equ 8192

CR0_PE			equ 1 << 0
CR0_CACHE_OFF		equ (1 << 30) | (1 << 29)	; CD, NW: set by INIT
MSR_EFER		equ 0xc0000080

; struct ap_parameters
PARAMETER_CR0		equ 0
PARAMETER_CR3		equ 4
PARAMETER_CR4		equ 8
PARAMETER_EFER		equ 12
PARAMETER_CS		equ 16
PARAMETER_SS		equ 18
PARAMETER_LIMIT		equ 20
PARAMETER_NEXT		equ 24
PARAMETER_STACKS	equ 32
PARAMETER_GDT		equ 40
PARAMETER_IDT		equ 50
PARAMETERS_SIZE		equ 64

global ap_page
ap_page			equ AP_PAGE

section .text
extern ap_main

; The code as it will be in AP_PAGE.
%define MOVED(label) (AP_PAGE + label - ap_start)

global ap_start, ap_end
align 16
ap_start:
bits 16
	cli
	cld
	mov ax, cs
	mov ds, ax
	o32 lgdt [gdt_pointer - ap_start]
	mov eax, cr0
	or al, CR0_PE
	mov cr0, eax
	jmp dword GDT_CODE32:MOVED(protected)

bits 32
protected:
	mov eax, GDT_DATA
	mov ds, eax
	mov es, eax
	mov ss, eax
	xor eax, eax
	mov fs, eax
	mov gs, eax

	mov esi, ap_parameters
	mov eax, [esi + PARAMETER_CR4]
	mov cr4, eax
	mov eax, [esi + PARAMETER_CR3]
	mov cr3, eax
	mov ecx, MSR_EFER
	xor edx, edx
	mov eax, [esi + PARAMETER_EFER]
	wrmsr
	mov eax, [esi + PARAMETER_CR0]
	and eax, ~CR0_CACHE_OFF
	mov cr0, eax
	jmp GDT_CODE64:ap_long

align 8
gdt:
	dq 0
GDT_CODE64 equ $ - gdt
	dq 0x00af9b000000ffff		; 64-bit code, ring 0
GDT_DATA equ $ - gdt
	dq 0x00cf93000000ffff		; data, ring 0
GDT_CODE32 equ $ - gdt
	dq 0x00cf9b000000ffff		; 32-bit code, ring 0
gdt_end:
gdt_pointer:
	dw gdt_end - gdt - 1
	dd MOVED(gdt)
ap_end:

; This part is not copied. The first jump in long mode reaches it by its address.
bits 64
ap_long:
	mov ebx, ap_parameters
	mov eax, 1
	lock xadd [rbx + PARAMETER_NEXT], eax
	cmp eax, [rbx + PARAMETER_LIMIT]
	jae .halt
	mov edi, eax
	inc eax
	imul rax, rax, STACK_SIZE
	add rax, [rbx + PARAMETER_STACKS]
	mov rsp, rax

	lgdt [rbx + PARAMETER_GDT]
	lidt [rbx + PARAMETER_IDT]
	movzx eax, word [rbx + PARAMETER_SS]
	mov ds, eax
	mov es, eax
	mov ss, eax
	movzx eax, word [rbx + PARAMETER_CS]
	push rax
	mov eax, .reloaded
	push rax
	retfq
.reloaded:
	xor ebp, ebp
	call ap_main			; does not return
.halt:
	cli
	hlt
	jmp .halt

section .bss nobits align=16
global ap_parameters
ap_parameters: resb PARAMETERS_SIZE

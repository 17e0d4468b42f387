; SPDX-License-Identifier: GPL-2.0-only
;
; 256 interrupt stubs, 16 bytes apart, that give every vector the same frame
; and hand it to trap() (trap.h).  APM vol. 2, 8.9.

STUB_SIZE		equ 16

; Vectors for which the processor pushes an error code (APM vol. 2, 8.2).
%define HAS_ERROR_CODE(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)

section .text
bits 64
extern trap
global isr_stubs
align STUB_SIZE
isr_stubs:
%assign vector 0
%rep 256
	align STUB_SIZE
%if !HAS_ERROR_CODE(vector)
	push 0
%endif
	push strict dword vector
	jmp isr_common
%assign vector vector + 1
%endrep

isr_common:
	push rax
	push rcx
	push rdx
	push rbx
	push rbp
	push rsi
	push rdi
	push r8
	push r9
	push r10
	push r11
	push r12
	push r13
	push r14
	push r15
	cld
	mov rdi, rsp
	call trap
	pop r15
	pop r14
	pop r13
	pop r12
	pop r11
	pop r10
	pop r9
	pop r8
	pop rdi
	pop rsi
	pop rbp
	pop rbx
	pop rdx
	pop rcx
	pop rax
	add rsp, 16
	iretq

; int recover_set(void): return 0 now, and recover_jump()'s value later. It saves the
; registers that the System V ABI preserves.
global recover_set
recover_set:
	mov [recovery], rbx
	mov [recovery + 8], rbp
	mov [recovery + 16], r12
	mov [recovery + 24], r13
	mov [recovery + 32], r14
	mov [recovery + 40], r15
	lea rax, [rsp + 8]
	mov [recovery + 48], rax
	mov rax, [rsp]
	mov [recovery + 56], rax
	xor eax, eax
	ret

; void recover_jump(int value): does not return.
global recover_jump
recover_jump:
	mov rbx, [recovery]
	mov rbp, [recovery + 8]
	mov r12, [recovery + 16]
	mov r13, [recovery + 24]
	mov r14, [recovery + 32]
	mov r15, [recovery + 40]
	mov rsp, [recovery + 48]
	mov eax, edi
	jmp [recovery + 56]

section .bss nobits align=8
recovery: resq 8

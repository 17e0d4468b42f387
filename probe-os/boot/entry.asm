; SPDX-License-Identifier: GPL-2.0-only
;
; From the loader to C in long mode.
;
; Multiboot 0.6.96, 3.2, Multiboot2 2.0, 3.2: the loader jumps to entry32 in
; 32-bit protected mode with paging off, EAX = its magic number and EBX = the
; physical address of its information.  PVH (Xen's x86/HVM direct boot ABI): the
; same at entry_pvh, without EAX.  Long mode: AMD APM vol. 2, 14.6.

MULTIBOOT_MAGIC		equ 0x1badb002
MULTIBOOT_FLAGS		equ 0x00000003	; modules on pages, memory information

MULTIBOOT2_MAGIC	equ 0xe85250d6
MULTIBOOT2_I386		equ 0
TAG_END			equ 0
TAG_CONSOLE		equ 4
CONSOLE_TEXT		equ 1 << 1	; a text screen will do
TAG_FRAMEBUFFER		equ 5
TAG_OPTIONAL		equ 1

; The preferred mode: 128 columns by 48 rows of the image's font. GRUB uses it and
; overwrites its own variable gfxpayload with it.
FRAMEBUFFER_WIDTH	equ 1024
FRAMEBUFFER_HEIGHT	equ 768

PVH_MAGIC		equ 0x336ec578	; boot/multiboot.h
XEN_PHYS32_ENTRY	equ 18		; type of the note

CR0_PE			equ 1 << 0
CR0_MP			equ 1 << 1
CR0_NE			equ 1 << 5
CR0_WP			equ 1 << 16
CR0_PG			equ 1 << 31
CR4_PAE			equ 1 << 5
CR4_OSFXSR		equ 1 << 9
CR4_OSXMMEXCPT		equ 1 << 10
MSR_EFER		equ 0xc0000080
EFER_LME		equ 1 << 8
CPUID_EXT_FEATURES	equ 0x80000001
CPUID_EXT_LM		equ 1 << 29

PTE_PRESENT		equ 1 << 0
PTE_WRITABLE		equ 1 << 1
PTE_UNCACHED		equ (1 << 3) | (1 << 4)	; PWT, PCD: UC with the reset PAT
PTE_LARGE		equ 1 << 7

PAGE_SIZE		equ 4096
LARGE_PAGE_SIZE		equ 2 << 20
STACK_SIZE		equ 64 << 10
COM1			equ 0x3f8
DEBUG_CONSOLE		equ 0xe9
VGA_TEXT		equ 0xb8000
VGA_GREY		equ 0x07
DEBUG_EXIT		equ 0xf4	; platform/shutdown.c
SHUTDOWN_FAILURE	equ 0x11

section .multiboot align=8
	dd MULTIBOOT_MAGIC
	dd MULTIBOOT_FLAGS
	dd -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
	align 8
multiboot2:
	dd MULTIBOOT2_MAGIC
	dd MULTIBOOT2_I386
	dd multiboot2_end - multiboot2
	dd -(MULTIBOOT2_MAGIC + MULTIBOOT2_I386 + (multiboot2_end - multiboot2))
	dw TAG_CONSOLE, TAG_OPTIONAL
	dd 12, CONSOLE_TEXT
	align 8
	dw TAG_FRAMEBUFFER, TAG_OPTIONAL
	dd 20, FRAMEBUFFER_WIDTH, FRAMEBUFFER_HEIGHT, 32
	align 8
	dw TAG_END, 0
	dd 8
multiboot2_end:

section .note.pvh note align=4
	dd 4, 4, XEN_PHYS32_ENTRY	; length of name and value, type
	db "Xen", 0
	dd entry_pvh

section .text
bits 32
extern probe_main
global entry32, entry_pvh
entry_pvh:
	mov eax, PVH_MAGIC
entry32:
	cli
	cld
	mov esp, stack_top
	mov edi, eax			; first two arguments of probe_main()
	mov esi, ebx

	; Stop on a processor without long mode.
	mov eax, 0x80000000
	cpuid
	cmp eax, CPUID_EXT_FEATURES
	jb no_long_mode
	mov eax, CPUID_EXT_FEATURES
	cpuid
	test edx, CPUID_EXT_LM
	jz no_long_mode

	; Identity map of the first 4 GiB by 2 MiB pages; the last one, where
	; the APICs and devices are, uncached.
	mov eax, pdpt
	or eax, PTE_PRESENT | PTE_WRITABLE
	mov [pml4], eax
	mov ecx, 4
	mov ebx, pdpt
	mov eax, pd
	or eax, PTE_PRESENT | PTE_WRITABLE
.directory:
	mov [ebx], eax
	add ebx, 8
	add eax, PAGE_SIZE
	loop .directory

	mov ebx, pd
	mov eax, PTE_PRESENT | PTE_WRITABLE | PTE_LARGE
	mov ecx, 4 * 512
.page:
	cmp ecx, 512
	jne .cached
	or eax, PTE_UNCACHED
.cached:
	mov [ebx], eax
	add ebx, 8
	add eax, LARGE_PAGE_SIZE
	loop .page

	mov eax, cr4
	or eax, CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT
	mov cr4, eax
	mov eax, pml4
	mov cr3, eax
	mov ecx, MSR_EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov eax, CR0_PE | CR0_MP | CR0_NE | CR0_WP | CR0_PG
	mov cr0, eax
	lgdt [gdt_pointer]
	jmp GDT_CODE:entry64

; Print on every console that needs no setup. A console that is absent ignores it.
no_long_mode:
	mov esi, no_long_mode_text
	mov edi, VGA_TEXT
.character:
	lodsb
	test al, al
	jz .stop
	mov dx, COM1
	out dx, al
	mov dx, DEBUG_CONSOLE
	out dx, al
	mov ah, VGA_GREY
	stosw
	jmp .character
.stop:
	mov eax, SHUTDOWN_FAILURE
	mov dx, DEBUG_EXIT
	out dx, eax
	cli
	hlt
	jmp .stop

bits 64
entry64:
	mov eax, GDT_DATA
	mov ds, eax
	mov es, eax
	mov ss, eax
	xor eax, eax
	mov fs, eax
	mov gs, eax
	mov rsp, stack_top
	xor ebp, ebp
	call probe_main			; does not return
	ud2

section .rodata
no_long_mode_text:
	db "exitprobe: this processor has no long mode (CPUID 0x80000001 EDX bit 29)", 10, 0

align 8
gdt:
	dq 0
GDT_CODE equ $ - gdt
	dq 0x00af9b000000ffff		; 64-bit code, ring 0
GDT_DATA equ $ - gdt
	dq 0x00cf93000000ffff		; data, ring 0
gdt_end:
gdt_pointer:
	dw gdt_end - gdt - 1
	dq gdt

section .bss nobits align=4096
pml4:	resb PAGE_SIZE
pdpt:	resb PAGE_SIZE
pd:	resb 4 * PAGE_SIZE
	resb STACK_SIZE
stack_top:

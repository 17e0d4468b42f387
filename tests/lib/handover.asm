; SPDX-License-Identifier: GPL-2.0-only
;
; A loader that hands over what no loader should.  It is started by multiboot, with
; the probe as its module, places the probe's segments (ELF32, p. 2-2 of the ELF
; specification 1.2) and enters it as CASE says:
;
;	qemu-system-x86_64 -m 64 -kernel handover.bin -initrd probe.elf
;
; after: nasm -f bin -DCASE=NO_MAP -o handover.bin handover.asm

MULTIBOOT_MAGIC		equ 0x1badb002
MULTIBOOT_FLAGS		equ 0x00010003	; modules on pages, memory, addresses below
MULTIBOOT_LOADER_MAGIC	equ 0x2badb002
MULTIBOOT2_LOADER_MAGIC	equ 0x36d76289

; Far above the probe.
LOAD			equ 32 << 20
PROBE			equ 1 << 20

; struct multiboot_info, probe-os/boot/multiboot.h
INFO_FLAGS		equ 0
INFO_CMDLINE		equ 16
INFO_MODULES		equ 24
INFO_MAP_LENGTH		equ 44
INFO_MAP		equ 48
INFO_HAS_MEMORY		equ 1 << 0
INFO_HAS_MAP		equ 1 << 6

ELF_ENTRY		equ 24
ELF_SEGMENTS		equ 28
ELF_SEGMENT_COUNT	equ 44
SEGMENT_OFFSET		equ 4
SEGMENT_ADDRESS		equ 12
SEGMENT_FILE_SIZE	equ 16
SEGMENT_SIZE		equ 20
SEGMENT_HEADER_SIZE	equ 32
SEGMENT_LOAD		equ 1

MSR_APIC_BASE		equ 0x1b
APIC_BASE_X2APIC	equ 1 << 10

; The cases.
NO_MAP			equ 1		; neither a memory map nor a size
MAP_LENGTH		equ 2		; a map longer than memory
MAP_ENTRY		equ 3		; an entry of size 0
LITTLE_MEMORY		equ 4		; less than the probe takes
MAGIC			equ 5		; no loader's number
ADDRESS			equ 6		; information behind the end of memory
COMMAND_LINE		equ 7		; likewise
MULTIBOOT2_SIZE		equ 8		; shorter than its own header
MULTIBOOT2_TAG		equ 9		; a tag longer than the whole
X2APIC			equ 10		; nothing wrong, but x2APIC mode is on

bits 32
org LOAD
	dd MULTIBOOT_MAGIC
	dd MULTIBOOT_FLAGS
	dd -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
	dd LOAD, LOAD, end, end, start

start:
	cld
	mov esp, stack_top
	mov ebp, ebx
	mov edx, [ebp + INFO_MODULES]
	mov edx, [edx]
	movzx ecx, word [edx + ELF_SEGMENT_COUNT]
	mov ebx, [edx + ELF_SEGMENTS]
	add ebx, edx
.segment:
	cmp dword [ebx], SEGMENT_LOAD
	jne .next
	push ecx
	mov edi, [ebx + SEGMENT_ADDRESS]
	mov esi, [ebx + SEGMENT_OFFSET]
	add esi, edx
	mov ecx, [ebx + SEGMENT_FILE_SIZE]
	rep movsb
	mov ecx, [ebx + SEGMENT_SIZE]
	sub ecx, [ebx + SEGMENT_FILE_SIZE]
	xor eax, eax
	rep stosb
	pop ecx
.next:
	add ebx, SEGMENT_HEADER_SIZE
	loop .segment
	mov edi, [edx + ELF_ENTRY]

	mov ebx, ebp
%if CASE == NO_MAP
	and dword [ebp + INFO_FLAGS], ~(INFO_HAS_MEMORY | INFO_HAS_MAP)
%elif CASE == MAP_LENGTH
	mov dword [ebp + INFO_MAP_LENGTH], -16
%elif CASE == MAP_ENTRY
	mov eax, [ebp + INFO_MAP]
	mov dword [eax], 0
%elif CASE == LITTLE_MEMORY
	mov dword [ebp + INFO_MAP], little
	mov dword [ebp + INFO_MAP_LENGTH], little_end - little
%elif CASE == ADDRESS
	mov ebx, -4
%elif CASE == COMMAND_LINE
	mov dword [ebp + INFO_CMDLINE], -16
%elif CASE == MULTIBOOT2_SIZE
	mov ebx, too_short
%elif CASE == MULTIBOOT2_TAG
	mov ebx, long_tag
%elif CASE == X2APIC
	mov ecx, MSR_APIC_BASE
	rdmsr
	or eax, APIC_BASE_X2APIC
	wrmsr
%elif CASE != MAGIC
%error no such CASE
%endif

%if CASE == MAGIC
	xor eax, eax
%elif CASE == MULTIBOOT2_SIZE || CASE == MULTIBOOT2_TAG
	mov eax, MULTIBOOT2_LOADER_MAGIC
%else
	mov eax, MULTIBOOT_LOADER_MAGIC
%endif
	jmp edi

align 8
little:	dd 20			; size of what follows
	dq PROBE, 64 << 10
	dd 1			; available
little_end:

align 8
too_short:
	dd 4, 0
align 8
long_tag:
	dd 24, 0		; all of it
	dd 1, 4096		; a command line
	dd 0, 8

align 16
	times 64 dd 0
stack_top:
end:

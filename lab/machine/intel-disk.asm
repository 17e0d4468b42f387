; SPDX-License-Identifier: GPL-2.0-only
;
; The disk of the lab's Bochs up to the kernel: a boot sector, and the structures
; that tell the kernel where everything is.  No boot loader and no decompression,
; which would take longer than the rest: the sector reads the unpacked kernel and
; the initramfs and enters the kernel by the PVH boot protocol
; (xen/include/public/arch-x86/hvm/start_info.h).
;
; Needs CHUNK (sectors), ENTRY, KERNEL, KERNEL_CHUNKS, INITRD, INITRD_CHUNKS,
; INITRD_SIZE, MEMORY, CMDLINE.
GDT_CODE	equ 8
GDT_DATA	equ 16
; First ATA channel (ATA-4, 7.2): registers, READ SECTORS, status bits.
ATA_DATA	equ 0x1f0
ATA_COUNT	equ 0x1f2
ATA_LBA_7_0	equ 0x1f3
ATA_DEVICE	equ 0x1f6
ATA_COMMAND	equ 0x1f7
  READ_SECTORS	equ 0x20
  DEVICE_LBA	equ 0xe0
  BUSY		equ 0x80
  DATA_REQUEST	equ 0x08

	org 0x7c00
	bits 16
	cli
	xor eax, eax
	mov ds, ax
	lgdt [gdtr]
	inc ax
	mov cr0, eax			; PE; the BIOS has left A20 open
	jmp GDT_CODE:flat

	bits 32
flat:	mov al, GDT_DATA
	mov ds, eax
	mov es, eax
	mov ss, eax
	mov esp, 0x7c00
	cld
	mov ebx, 1			; next sector
	mov edi, info
	mov ecx, 1
	call load
	mov edi, KERNEL
	mov ecx, KERNEL_CHUNKS
	call load
	mov edi, INITRD
	mov ecx, INITRD_CHUNKS
	call load
	mov ebx, info
	mov eax, ENTRY
	jmp eax

; ECX chunks from sector EBX on to EDI; EBX and EDI advance.
load:	push ecx
	mov dx, ATA_COUNT
	mov al, CHUNK
	out dx, al
	mov eax, ebx
	mov dx, ATA_LBA_7_0
	out dx, al
	inc edx
	shr eax, 8
	out dx, al
	inc edx
	shr eax, 8
	out dx, al
	shr eax, 8
	or al, DEVICE_LBA
	mov dx, ATA_DEVICE
	out dx, al
	mov dx, ATA_COMMAND
	mov al, READ_SECTORS
	out dx, al
	mov esi, CHUNK
.sector:
	mov dx, ATA_COMMAND
.wait:	in al, dx
	and al, BUSY | DATA_REQUEST
	cmp al, DATA_REQUEST
	jne .wait
	mov dx, ATA_DATA
	mov ecx, 512 / 4
	rep insd
	dec esi
	jnz .sector
	add ebx, CHUNK
	pop ecx
	loop load
	ret

	align 8
gdt:	dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff	; flat code, flat data
gdtr:	dw gdtr - gdt - 1
	dd gdt
	times 510 - ($ - $$) db 0
	dw 0xaa55

info:	dd 0x336ec578, 1, 0, 1		; hvm_start_info: magic, version, flags, modules
	dq initrd, cmdline, 0, map
	dd 3, 0				; entries of map
initrd:	dq INITRD, INITRD_SIZE, 0, 0
map:	dq 0, 0x9f000			; start, length, E820 type
	dd 1, 0
	dq 0x100000, MEMORY - 0x110000
	dd 1, 0
	dq MEMORY - 0x10000, 0x10000	; Bochs's BIOS has put the ACPI tables here
	dd 3, 0
cmdline: db CMDLINE, 0
	times (1 + CHUNK) * 512 - ($ - $$) db 0

/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest loader (guests/loader), an ELF file: LOADER is its path. */

	.section .rodata
	.balign	8
	.globl	loader_start
loader_start:
	.incbin	LOADER
	.globl	loader_end
loader_end:

	.section .note.GNU-stack, "", %progbits

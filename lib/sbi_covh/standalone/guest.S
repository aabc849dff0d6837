/* SPDX-License-Identifier: BSD-2-Clause */
/* The ELF file of the TVM that standalone mode runs. */

	.section .rodata.covh_guest, "a", %progbits
	.balign 4096
	.globl covh_guest_elf_start
covh_guest_elf_start:
	.incbin COVH_GUEST_ELF
	.globl covh_guest_elf_end
covh_guest_elf_end:

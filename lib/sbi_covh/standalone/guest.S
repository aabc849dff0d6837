/* SPDX-License-Identifier: BSD-2-Clause */
/* What image.py made of the ELF file of the TVM that standalone mode runs. */

	.section .rodata.covh_guest, "a", %progbits
	.balign 4096
	.globl covh_guest
covh_guest:
	.incbin COVH_GUEST_IMAGE

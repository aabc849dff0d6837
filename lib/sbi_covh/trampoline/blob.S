/* SPDX-License-Identifier: BSD-2-Clause */
/* The linked trampoline image, copied to its own region at cold boot. */

	.section .rodata.covh_trampoline, "a", %progbits
	.balign 4096
	.globl covh_trampoline_start
covh_trampoline_start:
	.incbin COVH_TRAMPOLINE_BIN
	.globl covh_trampoline_end
covh_trampoline_end:

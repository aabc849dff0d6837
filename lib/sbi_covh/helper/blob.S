/* SPDX-License-Identifier: BSD-2-Clause */
/* The linked helper image, copied to a context for each job. */

	.section .rodata.covh_helper, "a", %progbits
	.balign 8
	.globl covh_helper_start
covh_helper_start:
	.incbin COVH_HELPER_BIN
	.globl covh_helper_end
covh_helper_end:

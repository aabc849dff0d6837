/* SPDX-License-Identifier: BSD-2-Clause */
/* Placeholder: an image that does nothing. */

	.section .entry, "ax", %progbits
	.globl tramp_entry
tramp_entry:
	wfi
	j	tramp_entry

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * core/ prints through this name; OpenSBI has no function that takes a
 * va_list.
 */

	.section .text.covh_print, "ax", %progbits
	.global covh_print
covh_print:
	tail	sbi_printf

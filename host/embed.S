/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest inside the host, for fw_payload: make GUEST_ELF=file. */

	.section .rodata.guest, "a"
	.globl	embedded_guest, embedded_guest_end
	.balign 16
embedded_guest:
#ifdef GUEST_ELF
	.incbin	GUEST_ELF
#endif
embedded_guest_end:

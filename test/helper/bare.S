/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * bare.c's way into and out of the helper: M-mode on one hart.
 */

#define MIE_MTIE	0x80
#define MIP_STIP	0x20
#define MSTATUS_MPP	0x1800
#define MSTATUS_MPP_S	0x800
#define MSTATUS_SIE	0x2
#define MSTATUS_SPP	0x100
#define HSTATUS_SPV	0x80

	.section .text.start, "ax"
	.global _start
_start:
	lla	sp, stack_end
	lla	t0, trap
	csrw	mtvec, t0
	call	bare_main
1:	j	1b

	/* a0 = address to enter in HS-mode, with nothing of use in registers and
	 * in the CSRs that the helper sets itself. Comes back at the next ecall:
	 * with its function; the rest is in bare_trap */
	.global bare_enter
bare_enter:
	addi	sp, sp, -128
	sd	ra, 0(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sd	s\n, 8 + 8 * \n(sp)
	.endr
	csrw	mscratch, sp
	csrw	mepc, a0
	li	t0, MSTATUS_MPP | MSTATUS_SIE | MSTATUS_SPP
	csrc	mstatus, t0
	li	t0, MSTATUS_MPP_S
	csrs	mstatus, t0
	li	t0, HSTATUS_SPV
	csrs	0x600, t0
	li	t0, -1
	csrw	sscratch, t0
	csrw	stvec, zero
	csrw	sepc, t0
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, \
		18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	li	x\n, 0x5A5A0000 + \n
	.endr
	fence.i
	csrr	x31, minstret
	sd	x31, bare_before, x30
	mret

	.balign	4
trap:
	csrrw	sp, mscratch, sp
	sd	t0, 112(sp)
	csrr	t0, mcause
	bgez	t0, call
	/* The timer: an interrupt of the helper's, and no more of ours */
	li	t0, MIE_MTIE
	csrc	mie, t0
	li	t0, MIP_STIP
	csrs	mip, t0
	ld	t0, 112(sp)
	csrrw	sp, mscratch, sp
	mret
call:
	csrr	t0, minstret
	sd	t0, bare_after, t1
	csrr	t0, mcause
	sd	t0, bare_trap, t1
	csrr	t0, mepc
	sd	t0, bare_trap + 8, t1
	sd	a0, bare_trap + 16, t1
	sd	a1, bare_trap + 24, t1
	sd	a6, bare_trap + 32, t1
	sd	a7, bare_trap + 40, t1
	csrr	t0, mscratch
	sd	t0, bare_trap + 48, t1
	ld	ra, 0(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	ld	s\n, 8 + 8 * \n(sp)
	.endr
	addi	sp, sp, 128
	ret

	.section .bss
	.balign	16
	.skip	16384
stack_end:

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * canary_leave(mode, out, page): canaries into all registers, one exit, all
 * registers to out. sscratch keeps our stack pointer meanwhile.
 */

#include <guest/canary.h>

#define OUT_F 256
#define OUT_FCSR 512
#define OUT_CSR 520

	.section .text.canary, "ax"
	.globl	canary_leave
canary_leave:
	addi	sp, sp, -160
	sd	ra, 0(sp)
	sd	gp, 8(sp)
	sd	tp, 16(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sd	s\n, 24 + 8 * \n(sp)
	.endr
	sd	a1, 128(sp)
	sd	a0, 136(sp)
	csrw	sscratch, sp

	li	t0, CANARY_STVAL
	csrw	stval, t0
	li	t0, CANARY_SCAUSE
	csrw	scause, t0
	li	t0, CANARY_SEPC
	csrw	sepc, t0
	li	t0, CANARY_FCSR
	fscsr	t0
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	li	t0, CANARY_F_BASE | \n
	fmv.d.x	f\n, t0
	.endr
	/* The choice is made while there are registers for it */
	li	t0, CANARY_WFI
	beq	a0, t0, leave_wfi
	li	t0, CANARY_FAULT
	beq	a0, t0, leave_fault
	li	t0, CANARY_LOAD
	beq	a0, t0, leave_fault
	li	t0, CANARY_STORE
	beq	a0, t0, leave_store
	li	t0, CANARY_SPIN
	beq	a0, t0, leave_spin
	li	t0, CANARY_SRST
	beq	a0, t0, leave_srst

	.macro	fill from, to
	.set	i, \from
	.rept	\to - \from + 1
	fill_one %i
	.set	i, i + 1
	.endr
	.endm
	.altmacro
	.macro	fill_one n
	li	x\n, CANARY_X_BASE | \n
	.endm

	fill	1, 9
	fill	12, 15
	fill	18, 31
	li	a0, CANARY_X_BASE | CANARY_CHAR
	li	a1, CANARY_X_BASE | 11
	li	a6, 2
	li	a7, 0x4442434E
	ecall
	j	left

leave_wfi:
	fill	1, 31
	wfi
	j	left

leave_fault:
	mv	t0, a2
	fill	1, 4
	fill	6, 31
	ld	t1, 0(t0)
	j	left

leave_store:
	mv	t0, a2
	fill	1, 4
	li	t1, CANARY_STORED
	fill	7, 31
	sd	t1, 0(t0)
	j	left

/* Until the host's interrupt has come and gone: the time tells nothing */
leave_spin:
	fill	1, 31
1:	j	1b

	/* Shutdown, no reason: does not come back */
leave_srst:
	fill	1, 9
	fill	12, 15
	fill	18, 31
	li	a0, 0
	li	a1, 0
	li	a6, 0
	li	a7, 0x53525354
	ecall

left:
	csrrw	sp, sscratch, sp
	addi	sp, sp, -16
	sd	x31, 0(sp)
	ld	x31, 16 + 128(sp)
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	sd	x\n, 8 * \n(x31)
	.endr
	ld	t0, 0(sp)
	sd	t0, 8 * 31(x31)
	csrr	t0, sscratch
	sd	t0, 8 * 2(x31)
	addi	sp, sp, 16
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fsd	f\n, OUT_F + 8 * \n(x31)
	.endr
	frcsr	t0
	sd	t0, OUT_FCSR(x31)
	csrr	t0, stval
	sd	t0, OUT_CSR(x31)
	csrr	t0, scause
	sd	t0, OUT_CSR + 8(x31)
	csrr	t0, sepc
	sd	t0, OUT_CSR + 16(x31)

	ld	ra, 0(sp)
	ld	gp, 8(sp)
	ld	tp, 16(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	ld	s\n, 24 + 8 * \n(sp)
	.endr
	addi	sp, sp, 160
	ret

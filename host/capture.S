/* SPDX-License-Identifier: BSD-2-Clause */
/* capture_ecall(in, out, fp): see host/capture.h. */

#include <host/capture.h>

/* Stack frame: ra, gp, tp, s0-s11, sscratch, sstatus, fp */
#define FRAME 160
#define F_RA 0
#define F_GP 8
#define F_TP 16
#define F_S 24
#define F_SSCRATCH 120
#define F_SSTATUS 128
#define F_FP 136
#define F_OUT 144

#define SSTATUS_FS_DIRTY 0x6000

	.option arch, +d
	.text
	.globl	capture_ecall
capture_ecall:
	addi	sp, sp, -FRAME
	sd	ra, F_RA(sp)
	sd	gp, F_GP(sp)
	sd	tp, F_TP(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sd	s\n, F_S + 8 * \n(sp)
	.endr
	csrr	t0, sscratch
	sd	t0, F_SSCRATCH(sp)
	csrr	t0, sstatus
	sd	t0, F_SSTATUS(sp)
	sd	a2, F_FP(sp)
	sd	a1, F_OUT(sp)

	/*
	 * sscratch holds our stack while every register belongs to the
	 * caller of the ecall
	 */
	csrw	sscratch, sp
	beqz	a2, 1f
	li	t0, SSTATUS_FS_DIRTY
	csrs	sstatus, t0
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fld	f\n, CAPTURE_F + 8 * \n(a0)
	.endr
	ld	t0, CAPTURE_FCSR(a0)
	fscsr	t0
1:	mv	x31, a0
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	ld	x\n, CAPTURE_X + 8 * \n(x31)
	.endr
	ld	x31, CAPTURE_X + 8 * 31(x31)
	ecall
	csrrw	sp, sscratch, sp
	/* Below the frame there is room to free one register */
	addi	sp, sp, -16
	sd	x31, 0(sp)
	ld	x31, 16 + F_OUT(sp)
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	sd	x\n, CAPTURE_X + 8 * \n(x31)
	.endr
	ld	t0, 0(sp)
	sd	t0, CAPTURE_X + 8 * 31(x31)
	csrr	t0, sscratch
	sd	t0, CAPTURE_X + 8 * 2(x31)
	sd	zero, CAPTURE_X(x31)
	addi	sp, sp, 16

	ld	t0, F_FP(sp)
	beqz	t0, 2f
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fsd	f\n, CAPTURE_F + 8 * \n(x31)
	.endr
	frcsr	t0
	sd	t0, CAPTURE_FCSR(x31)
2:	ld	t0, F_SSTATUS(sp)
	csrw	sstatus, t0
	ld	t0, F_SSCRATCH(sp)
	csrw	sscratch, t0
	ld	ra, F_RA(sp)
	ld	gp, F_GP(sp)
	ld	tp, F_TP(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	ld	s\n, F_S + 8 * \n(sp)
	.endr
	addi	sp, sp, FRAME
	ret

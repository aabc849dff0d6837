/* SPDX-License-Identifier: BSD-2-Clause */
/* vs_enter(vs): see host/vs.h. */

#include <host/vs.h>

/* Stack frame: ra, gp, tp, s0-s11, vs, the CSRs that are changed, x31 */
#define FRAME 176
#define F_RA 0
#define F_GP 8
#define F_TP 16
#define F_S 24
#define F_VS 120
#define F_STVEC 128
#define F_SSCRATCH 136
#define F_SSTATUS 144
#define F_HSTATUS 152
#define F_X31 160

#define HSTATUS_SPV 0x80
#define SSTATUS_SPP 0x100

	.text
	.globl	vs_enter
vs_enter:
	addi	sp, sp, -FRAME
	sd	ra, F_RA(sp)
	sd	gp, F_GP(sp)
	sd	tp, F_TP(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sd	s\n, F_S + 8 * \n(sp)
	.endr
	sd	a0, F_VS(sp)

	lla	t0, 8f
	csrrw	t0, stvec, t0
	sd	t0, F_STVEC(sp)
	csrrw	t0, sscratch, sp
	sd	t0, F_SSCRATCH(sp)
	li	t1, SSTATUS_SPP
	csrrs	t0, sstatus, t1
	sd	t0, F_SSTATUS(sp)
	li	t1, HSTATUS_SPV
	csrrs	t0, 0x600, t1
	sd	t0, F_HSTATUS(sp)

	ld	t0, VS_PC(a0)
	csrw	sepc, t0
	mv	x31, a0
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
		19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	x\n, VS_X + 8 * \n(x31)
	.endr
	sret

	.balign 4
8:	csrrw	sp, sscratch, sp
	sd	x31, F_X31(sp)
	ld	x31, F_VS(sp)
	.irp	n, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
		19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	sd	x\n, VS_X + 8 * \n(x31)
	.endr
	ld	t0, F_X31(sp)
	sd	t0, VS_X + 8 * 31(x31)
	csrr	t0, sscratch
	sd	t0, VS_X + 8 * 2(x31)
	csrr	t0, sepc
	sd	t0, VS_PC(x31)
	csrr	t0, scause
	sd	t0, VS_SCAUSE(x31)
	csrr	t0, stval
	sd	t0, VS_STVAL(x31)
	csrr	t0, 0x643
	sd	t0, VS_HTVAL(x31)

	ld	t0, F_HSTATUS(sp)
	csrw	0x600, t0
	ld	t0, F_SSTATUS(sp)
	csrw	sstatus, t0
	ld	t0, F_SSCRATCH(sp)
	csrw	sscratch, t0
	ld	t0, F_STVEC(sp)
	csrw	stvec, t0

	ld	ra, F_RA(sp)
	ld	gp, F_GP(sp)
	ld	tp, F_TP(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	ld	s\n, F_S + 8 * \n(sp)
	.endr
	addi	sp, sp, FRAME
	ret

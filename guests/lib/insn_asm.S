/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * insn_run(r): sret to r->pc with all of the registers in r; the next trap,
 * whatever its cause, comes back here. sscratch holds r meanwhile.
 */

#include <guest/insn.h>

#define SSTATUS_SIE  0x002
#define SSTATUS_SPIE 0x020
#define SSTATUS_SPP  0x100

	.section .text.insn_run, "ax"
	.globl	insn_run
insn_run:
	addi	sp, sp, -128
	sd	ra, 0(sp)
	sd	gp, 8(sp)
	sd	tp, 16(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sd	s\n, 24 + 8 * \n(sp)
	.endr
	sd	sp, INSN_SP(a0)
	csrw	sscratch, a0
	csrrci	t0, sstatus, SSTATUS_SIE
	sd	t0, INSN_SSTATUS(a0)
	li	t0, SSTATUS_SPIE
	csrc	sstatus, t0
	li	t0, SSTATUS_SPP
	csrs	sstatus, t0
	lla	t0, back
	csrrw	t0, stvec, t0
	sd	t0, INSN_STVEC(a0)
	ld	t0, INSN_PC(a0)
	csrw	sepc, t0
	/* The instruction may be new */
	fence.i
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, \
		18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	ld	x\n, 8 * \n(a0)
	.endr
	ld	a0, 8 * 10(a0)
	sret

	.balign	4
back:
	csrrw	a0, sscratch, a0
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, \
		18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sd	x\n, 8 * \n(a0)
	.endr
	csrr	t0, sscratch
	sd	t0, 8 * 10(a0)
	csrr	t0, sepc
	sd	t0, INSN_PC(a0)
	csrr	t0, scause
	sd	t0, INSN_CAUSE(a0)
	csrr	t0, stval
	sd	t0, INSN_TVAL(a0)
	ld	t0, INSN_STVEC(a0)
	csrw	stvec, t0
	ld	t0, INSN_SSTATUS(a0)
	csrw	sstatus, t0
	ld	sp, INSN_SP(a0)
	ld	ra, 0(sp)
	ld	gp, 8(sp)
	ld	tp, 16(sp)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	ld	s\n, 24 + 8 * \n(sp)
	.endr
	addi	sp, sp, 128
	ret

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A call into HS-mode that ends with the first trap into M-mode, whatever it
 * is. For cold boot: no interrupt is taken, and nobody else's vector is in the
 * way. mscratch holds our stack pointer meanwhile.
 */

#include <sbi/riscv_encoding.h>

#define FRAME	(18 * 8)

.macro saved op
	\op	ra, 0(sp)
	\op	gp, 8(sp)
	\op	tp, 16(sp)
	\op	s0, 24(sp)
	\op	s1, 32(sp)
	\op	s2, 40(sp)
	\op	s3, 48(sp)
	\op	s4, 56(sp)
	\op	s5, 64(sp)
	\op	s6, 72(sp)
	\op	s7, 80(sp)
	\op	s8, 88(sp)
	\op	s9, 96(sp)
	\op	s10, 104(sp)
	\op	s11, 112(sp)
.endm

/* What M-mode needs back, and where it is kept */
.macro each_csr op
	\op	CSR_MTVEC, 120
	\op	CSR_MIE, 128
	\op	CSR_MSTATUS, 136
.endm

.macro keep csr, offset
	csrr	t0, \csr
	sd	t0, \offset(sp)
.endm

.macro back csr, offset
	ld	t0, \offset(sp)
	csrw	\csr, t0
.endm

	.section .text
	.balign	4
	.global covh_helper_call
covh_helper_call:
	addi	sp, sp, -FRAME
	saved	sd
	each_csr keep
	csrw	CSR_MIE, zero
	lla	t0, 1f
	csrw	CSR_MTVEC, t0
	csrw	CSR_MEPC, a0
	csrw	CSR_MSTATUS, a1
	csrrw	s0, CSR_MSCRATCH, sp
	/* Not a register of the helper's: it has all of them */
	addi	sp, sp, -16
	sd	s0, 0(sp)
	mret

	.balign	4
1:	csrr	sp, CSR_MSCRATCH
	ld	t0, -16(sp)
	csrw	CSR_MSCRATCH, t0
	mv	a1, a6
	csrr	a0, CSR_MCAUSE
	each_csr back
	saved	ld
	addi	sp, sp, FRAME
	ret

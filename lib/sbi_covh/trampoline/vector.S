/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Vector registers: a0 = struct covh_vector; sstatus.VS is on.
 */

#include "layout.h"

	.section .text.vector, "ax", %progbits
	.option arch, +v

	/* All 32 registers at a0, eight at a time; t0 = bytes of eight */
	.macro v_each op
	addi	a0, a0, VECTOR_REGS
	csrr	t0, vlenb
	slli	t0, t0, 3
	.irp n, 0, 8, 16, 24
	\op	v\n, (a0)
	add	a0, a0, t0
	.endr
	.endm

	.global tramp_vector_save
tramp_vector_save:
	csrr	t0, vstart
	sd	t0, VECTOR_VSTART(a0)
	csrr	t0, vcsr
	sd	t0, VECTOR_VCSR(a0)
	csrr	t0, vl
	sd	t0, VECTOR_VL(a0)
	csrr	t0, vtype
	sd	t0, VECTOR_VTYPE(a0)
	/* Else the first elements would be left out */
	csrw	vstart, zero
	v_each	vs8r.v
	ret

	.global tramp_vector_load
tramp_vector_load:
	mv	t1, a0
	csrw	vstart, zero
	v_each	vl8re8.v
	/* vl and vtype can be written by this instruction only; it sets
	 * vstart to 0, and a vtype with vill comes back as such */
	ld	t0, VECTOR_VL(t1)
	ld	t2, VECTOR_VTYPE(t1)
	vsetvl	zero, t0, t2
	ld	t0, VECTOR_VCSR(t1)
	csrw	vcsr, t0
	ld	t0, VECTOR_VSTART(t1)
	csrw	vstart, t0
	ret

	.global tramp_vector_clear
tramp_vector_clear:
	vsetvli	t0, zero, e8, m8, ta, ma
	.irp n, 0, 8, 16, 24
	vmv.v.i	v\n, 0
	.endr
	li	t0, -1
	vsetvl	zero, zero, t0
	csrw	vcsr, zero
	ret

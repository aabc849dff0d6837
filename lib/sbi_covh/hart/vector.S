/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * See vector.h. mscratch holds the hart's struct sbi_scratch, which is the end
 * of its stack, too. It is empty: what we take comes from HS-mode.
 */

#include <sbi/riscv_encoding.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_trap.h>
#include <sbi_covh/abi.h>
#include "../trampoline/layout.h"
#include "vector.h"

/* struct sbi_trap_regs begins with x0 to x31. All but t0, t1, tp and a0 */
.macro for_regs op
	.irp n, 1, 2, 3, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, \
		21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	x\n, 8*(\n)(a0)
	.endr
.endm

/* t0 = the hart's state, with tp = scratch */
.macro hart_t0
	ld	t0, covh_hart_offset
	add	t0, t0, tp
	ld	t0, 0(t0)
.endm

/* Nested traps are allowed from here on, as in OpenSBI's handler */
.macro clear_mdt
	li	t1, MSTATUS_MDT
	csrc	CSR_MSTATUS, t1
.endm

	.section .text
	.balign	4
	.global covh_vector
covh_vector:
	csrrw	tp, CSR_MSCRATCH, tp
	sd	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	li	t0, COVH_EID_COVH
	beq	a7, t0, call
	li	t0, COVH_TRAMP_EID
	beq	a7, t0, private
other:
	ld	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	csrrw	tp, CSR_MSCRATCH, tp
	j	_trap_handler_hyp

wrong_world:
	ld	t1, -8(tp)
	j	other

	/* Leaves t0 = 0 if the trap is an ecall from HS-mode: VS has 10, U and VU
	 * have 8 */
.macro is_ecall
	csrr	t0, CSR_MCAUSE
	addi	t0, t0, -CAUSE_SUPERVISOR_ECALL
.endm

call:
	is_ecall
	bnez	t0, other
	sd	t1, -8(tp)
	hart_t0
	lbu	t1, HART_IN_GUEST(t0)
	bnez	t1, wrong_world
	ld	t1, -8(tp)
	sd	a0, SBI_TRAP_REGS_OFFSET(a0)(t0)
	mv	a0, t0
	for_regs sd
	sd	t1, SBI_TRAP_REGS_OFFSET(t1)(a0)
	ld	t0, SBI_SCRATCH_TMP0_OFFSET(tp)
	sd	t0, SBI_TRAP_REGS_OFFSET(t0)(a0)
	mv	sp, tp
	csrrw	tp, CSR_MSCRATCH, tp
	sd	tp, SBI_TRAP_REGS_OFFSET(tp)(a0)
	csrr	t0, CSR_MEPC
	addi	t0, t0, 4
	sd	t0, SBI_TRAP_REGS_OFFSET(mepc)(a0)
	csrr	t0, CSR_MSTATUS
	sd	t0, SBI_TRAP_REGS_OFFSET(mstatus)(a0)
	clear_mdt
	addi	t0, a6, -HART_RUN
	beqz	t0, covh_run
	tail	covh_call

private:
	is_ecall
	bnez	t0, other
	addi	t0, a6, -COVH_TRAMP_LEAVE
	bnez	t0, 1f
	sd	t1, -8(tp)
	hart_t0
	lbu	t1, HART_IN_GUEST(t0)
	beqz	t1, wrong_world
	/* It does not come back: nothing of it is kept */
	csrw	CSR_MSCRATCH, tp
	mv	sp, tp
	mv	a3, t0
	clear_mdt
	j	covh_leave

1:	li	t0, COVH_TRAMP_WORK
	bltu	a6, t0, other
	sd	t1, -8(tp)
	hart_t0
	lbu	t1, HART_IN_GUEST(t0)
	beqz	t1, wrong_world
	csrw	CSR_MSCRATCH, tp
	mv	sp, tp
	mv	a1, a6
	mv	a2, t0
	clear_mdt
	j	covh_work

	.global covh_vector_to_host
covh_vector_to_host:
	ld	t0, SBI_TRAP_REGS_OFFSET(mstatus)(a0)
	csrw	CSR_MSTATUS, t0
	ld	t0, SBI_TRAP_REGS_OFFSET(mepc)(a0)
	csrw	CSR_MEPC, t0
	for_regs ld
	ld	tp, SBI_TRAP_REGS_OFFSET(tp)(a0)
	ld	t0, SBI_TRAP_REGS_OFFSET(t0)(a0)
	ld	t1, SBI_TRAP_REGS_OFFSET(t1)(a0)
	ld	a0, SBI_TRAP_REGS_OFFSET(a0)(a0)

	.global covh_vector_mret
covh_vector_mret:
	mret

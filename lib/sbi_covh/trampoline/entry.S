/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The trampoline: entry from M-mode, traps from the TVM, return into it.
 *
 * sscratch holds the vCPU state page while the TVM runs and 0 while this code
 * runs. So a trap that finds 0 comes from the trampoline itself: a monitor
 * fault, never guest state.
 */

#include "layout.h"
#include "sbi_ids.h"

#define CSR_VSTIMECMP	0x24D

/* x1, x3..x9, x11..x31: all but sp and a0, which come last and first */
.macro for_gprs op
	.irp n, 1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	x\n, VCPU_GPR(\n)(a0)
	.endr
.endm

	.section .entry, "ax", %progbits
	.global tramp_entry
tramp_entry:
	/* a0..a7 as layout.h says, stvec is tramp_trap */
	.option push
	.option norvc
	j	1f
	/* COVH_TRAMP_TRAP_OFFSET */
tramp_trap:
	j	trap
	.option pop
1:
	mv	sp, a1
	/* A reservation of the host, or of the vCPU's last run, ends here */
	addi	t0, sp, -8
	sc.d	zero, zero, (t0)
	call	tramp_enter
	/* Falls into the guest with a0 = vCPU state page */

resume:
	csrw	sscratch, a0
	ld	sp, VCPU_GPR(2)(a0)
	for_gprs ld
	ld	a0, VCPU_GPR(10)(a0)
	sret

trap:
	csrrw	a0, sscratch, a0
	beqz	a0, monitor_fault
	sd	t0, VCPU_GPR(5)(a0)
	csrrw	t0, sscratch, zero
	sd	t0, VCPU_GPR(10)(a0)

	/* Calls that need three registers and no decision */
	csrr	t0, scause
	addi	t0, t0, -10
	bnez	t0, trap_save
	li	t0, SBI_TIME
	beq	a7, t0, time
	li	t0, SBI_BASE
	bne	a7, t0, trap_save

base:
	li	t0, BASE_PROBE_EXTENSION
	beq	a6, t0, probe
	li	t0, BASE_LAST
	bgtu	a6, t0, trap_save
	li	a1, SBI_SPEC_VERSION
	beqz	a6, answer
	addi	t0, a6, -BASE_IMPL_ID
	li	a1, COVH_TSM_IMPL_ID
	beqz	t0, answer
	addi	t0, a6, -BASE_IMPL_VERSION
	li	a1, COVH_TSM_VERSION
	beqz	t0, answer
	li	a1, 0
	j	answer

probe:
	ld	a1, VCPU_GPR(10)(a0)
	.irp	id, SBI_KNOWN
	li	t0, \id
	beq	a1, t0, 1f
	.endr
	li	a1, 0
	j	answer
1:	li	a1, 1
	j	answer

time:
	bnez	a6, trap_save
	ld	t0, VCPU_GPR(10)(a0)
	csrw	CSR_VSTIMECMP, t0
	li	a1, 0

	/* No error, a1 */
answer:
	csrr	t0, sepc
	addi	t0, t0, 4
	csrw	sepc, t0
#ifdef CONFIG_SBI_COVH_COUNTERS
	li	t0, VCPU_COUNT(10)
	add	t0, t0, a0
	ld	a1, 0(t0)
	addi	a1, a1, 1
	sd	a1, 0(t0)
#endif
	ld	t0, VCPU_GPR(5)(a0)
	csrw	sscratch, a0
	li	a0, 0
	sret

trap_save:
	ld	t0, VCPU_GPR(5)(a0)
	sd	sp, VCPU_GPR(2)(a0)
	for_gprs sd
	ld	sp, VCPU_HART(a0)
	mv	s0, a0
	call	tramp_handle
	/* 0: back into the guest; else tramp_handle() has made the exit */
	mv	a0, s0
	j	resume

	/* A call that comes back: a0..a2 = arguments, a3 = function */
	.global tramp_call
tramp_call:
	mv	a6, a3
	li	a7, COVH_TRAMP_EID
	ecall
	ret

	/* The same with the guest's a0..a5: a0 = vCPU state page, a1 = function */
	.global tramp_call_all
tramp_call_all:
	mv	a6, a1
	mv	t0, a0
	.irp	n, 10, 11, 12, 13, 14, 15
	ld	x\n, VCPU_GPR(\n)(t0)
	.endr
	li	a7, COVH_TRAMP_EID
	ecall
	ret

	/* Leave to M-mode: a0 = kind, a1 = scause, a2 = stval */
	.global tramp_leave
tramp_leave:
	addi	t0, sp, -8
	sc.d	zero, zero, (t0)
	li	a6, COVH_TRAMP_LEAVE
	li	a7, COVH_TRAMP_EID
	ecall
	j	monitor_fault

	/* The same, but the helper goes on */
	.global tramp_to_helper
tramp_to_helper:
	addi	t0, sp, -8
	sc.d	zero, zero, (t0)
	li	a6, COVH_TRAMP_WORK
	li	a7, COVH_TRAMP_EID
	ecall
monitor_fault:
	csrw	sscratch, zero
	/* The TVM dies. If its FP and V registers are loaded, nobody knows
	 * whose page they belong to: they must not be seen */
	csrr	a1, sstatus
	srli	a1, a1, 13
	andi	a1, a1, 3
	beqz	a1, 1f
	call	tramp_fp_clear
1:	csrr	a1, sstatus
	srli	a1, a1, 9
	andi	a1, a1, 3
	beqz	a1, 1f
	call	tramp_vector_clear
1:	li	a0, COVH_TRAMP_MONITOR_FAULT
	csrr	a1, scause
	csrr	a2, sepc
	li	a6, COVH_TRAMP_LEAVE
	li	a7, COVH_TRAMP_EID
	ecall
	j	monitor_fault

	/*
	 * Reading a guest's instruction: the only place with HLVX, with a
	 * stvec of its own. a0 = guest pc; returns a0 = instruction, a1 = 0;
	 * a1 = 1 if it cannot be read. The caller has saved the trap CSRs.
	 */
	.global tramp_fetch
tramp_fetch:
	lla	t0, 2f
	csrrw	t0, stvec, t0
	mv	t1, a0
	li	a1, 1
	/* Where harts fetch 4 bytes at once, so that a program may replace
	 * them at once, this is no mixture of two instructions either */
	andi	t2, t1, 2
	bnez	t2, 3f
	.insn r	0x73, 4, 0x34, a0, t1, x3	/* hlvx.wu a0, (t1) */
	j	1f
3:	.insn r	0x73, 4, 0x32, a0, t1, x3	/* hlvx.hu a0, (t1) */
	andi	t2, a0, 3
	addi	t2, t2, -3
	bnez	t2, 1f
	addi	t1, t1, 2
	.insn r	0x73, 4, 0x32, t2, t1, x3
	slli	t2, t2, 16
	or	a0, a0, t2
1:	li	a1, 0
	.balign	4
2:	csrw	stvec, t0
	ret

	/* Take a trap whose htinst is 0. The caller has saved the trap CSRs */
	.global tramp_clear_htinst
tramp_clear_htinst:
	lla	t0, 1f
	csrrw	t0, stvec, t0
	unimp
	.balign	4
1:	csrw	stvec, t0
	ret

	/* Floating point: a0 = struct covh_fp; sstatus.FS is on */
	.macro fp_each op
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	f\n, 8*(\n)(a0)
	.endr
	.endm

	.option push
	.option arch, +d
	.global tramp_fp_save
tramp_fp_save:
	fp_each	fsd
	csrr	t0, fcsr
	sd	t0, 256(a0)
	ret

	.macro fp_zero
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	fmv.d.x	f\n, zero
	.endr
	.endm
tramp_fp_clear:
	fp_zero
	csrw	fcsr, zero
	ret

	.global tramp_fp_load
tramp_fp_load:
	fp_each	fld
	ld	t0, 256(a0)
	csrw	fcsr, t0
	ret
	.option pop

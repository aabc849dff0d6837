/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First instructions of a guest, in VS-mode without paging: a0 = vCPU id,
 * a1 = argument of the host. Memory holds the ELF file's segments and zeros
 * elsewhere, as in every confidential VM: nothing is to be cleared.
 */

#include <guest/smp.h>

	.section .text.start, "ax"
	.globl	_start
_start:
	mv	tp, a0
	lla	sp, _stack_top
	lla	t0, guest_trap_entry
	csrw	stvec, t0
	csrw	sie, zero
	/* sstatus.FS = Initial: the compiler may use FP anywhere */
	li	t0, 1 << 13
	csrs	sstatus, t0
	call	main
	mv	a1, a0
	li	a0, 0
	call	guest_exit
1:	wfi
	j	1b

/*
 * A vCPU that another one has started: a0 = its id, a1 = its struct
 * guest_vcpu. Stops when the function returns. tp is the id on every vCPU.
 */
	.globl	guest_secondary
guest_secondary:
	mv	tp, a0
	ld	sp, VCPU_STACK(a1)
	lla	t0, guest_trap_entry
	csrw	stvec, t0
	csrw	sie, zero
	li	t0, 1 << 13
	csrs	sstatus, t0
	ld	t0, VCPU_FN(a1)
	ld	a1, VCPU_ARG(a1)
	jalr	t0
	call	guest_stop
	j	1b

/*
 * Traps. Saves what a C function may change, so that an interrupt handler
 * can return; guest_trap() is weak, a guest may bring its own.
 */
	.balign 4
	.globl	guest_trap_entry
guest_trap_entry:
	addi	sp, sp, -304
	.irp	n, 1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
	sd	x\n, 8 * \n(sp)
	.endr
	csrr	t0, sstatus
	sd	t0, 256(sp)
	csrr	t0, sepc
	sd	t0, 264(sp)
	csrr	a0, scause
	csrr	a1, sepc
	csrr	a2, stval
	call	guest_trap
	/* It returns how many bytes to go on behind the trapped pc */
	ld	t0, 264(sp)
	add	t0, t0, a0
	csrw	sepc, t0
	ld	t0, 256(sp)
	csrw	sstatus, t0
	.irp	n, 1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
	ld	x\n, 8 * \n(sp)
	.endr
	addi	sp, sp, 304
	sret

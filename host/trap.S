/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traps of the host. Interrupts are never enabled in sstatus, so whatever
 * arrives at trap_entry is a mistake; the probes expect their traps and
 * point stvec at themselves for one instruction.
 */

	.text
	.globl	trap_entry
	.balign 4
trap_entry:
	csrr	a0, scause
	csrr	a1, sepc
	csrr	a2, stval
	andi	sp, sp, -16
	call	trap_unexpected
1:	wfi
	j	1b

/* \insn is tried with a0 = address; what follows it is done on success */
	.macro	probe name, insn:vararg
	.globl	\name
	.balign 4
\name:
	lla	t1, 8f
	csrrw	t0, stvec, t1
	\insn
	csrw	stvec, t0
	.endm

	.macro	probe_end
	li	a0, 0
	ret
	.balign 4
8:	csrw	stvec, t0
	csrr	a0, scause
	ret
	.endm

	probe	probe_load, ld t2, 0(a0)
	beqz	a1, 1f
	sd	t2, 0(a1)
1:	probe_end

	probe	probe_load8, lbu t2, 0(a0)
	beqz	a1, 1f
	sb	t2, 0(a1)
1:	probe_end

	probe	probe_store, sd a1, 0(a0)
	probe_end

	probe	probe_store32, sw a1, 0(a0)
	probe_end

	probe	probe_amo, amoadd.d t2, zero, (a0)
	probe_end

/* The callee may be anything: keep all that we need in saved registers */
	.globl	probe_exec
	.balign 4
probe_exec:
	addi	sp, sp, -32
	sd	ra, 0(sp)
	sd	s0, 8(sp)
	sd	s1, 16(sp)
	mv	s1, sp
	lla	t1, 8f
	csrrw	s0, stvec, t1
	fence.i
	jalr	a0
	li	a0, 0
	j	9f
	.balign 4
8:	csrr	a0, scause
9:	mv	sp, s1
	csrw	stvec, s0
	ld	ra, 0(sp)
	ld	s0, 8(sp)
	ld	s1, 16(sp)
	addi	sp, sp, 32
	ret

/* int jump_save(struct jump *): 0, or what jump_back passes */
	.globl	jump_save
jump_save:
	sd	ra, 0(a0)
	sd	sp, 8(a0)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	sd	s\n, 16 + 8 * \n(a0)
	.endr
	li	a0, 0
	ret

/* void jump_back(struct jump *, int) */
	.globl	jump_back
jump_back:
	ld	ra, 0(a0)
	ld	sp, 8(a0)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	ld	s\n, 16 + 8 * \n(a0)
	.endr
	mv	a0, a1
	ret

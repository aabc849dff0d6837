/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of the host: a0 = hart id, a1 = device tree, satp = Bare, anywhere
 * in memory. The head is that of a Linux RISC-V image, so that any boot
 * loader learns how much memory the image needs beyond the file.
 */

#include <host/hart.h>

#define R_RISCV_RELATIVE 3

	.section .head, "ax"
	.globl	_start
_start:
	.option push
	.option norvc
	j	boot
	nop
	.option pop
	/* host.ld puts the load offset and the size of the image here */
	.section .head2, "a"
	.dword	0			/* flags: little-endian */
	.word	2			/* header version 0.2 */
	.word	0
	.dword	0
	.ascii	"RISCV\0\0\0"
	.ascii	"RSC\x05"
	.word	0

	.text
boot:
	/* Firmware that hides the counter is no reason to stop here */
	lla	t0, 0f
	csrw	stvec, t0
	li	s2, 0
	rdinstret s2
	.balign	4
0:	csrw	sie, zero
	csrci	sstatus, 2
	csrw	satp, zero
	mv	s0, a0
	mv	s1, a1

	lla	t0, _bss_start
	lla	t1, _end
1:	bgeu	t0, t1, 2f
	sd	zero, 0(t0)
	addi	t0, t0, 8
	j	1b
2:
	/* Linked at 0: add the load address to every absolute pointer */
	lla	t0, _rela_start
	lla	t1, _rela_end
	lla	t2, _start
	li	t3, R_RISCV_RELATIVE
3:	bgeu	t0, t1, 5f
	ld	t4, 8(t0)
	bne	t4, t3, 4f
	ld	t5, 0(t0)
	ld	t6, 16(t0)
	add	t5, t5, t2
	add	t6, t6, t2
	sd	t6, 0(t5)
4:	addi	t0, t0, 24
	j	3b
5:
	lla	sp, _stack_top
	li	tp, 0
	lla	t0, trap_entry
	csrw	stvec, t0
	fence	rw, rw
	fence.i
	mv	a0, s0
	mv	a1, s1
	mv	a2, s2
	call	host_main
6:	wfi
	j	6b

/* A secondary hart: a0 = hart id, a1 = its struct hart */
	.globl	secondary_entry
	.balign 4
secondary_entry:
	csrw	sie, zero
	csrci	sstatus, 2
	csrw	satp, zero
	mv	tp, a1
	ld	sp, HART_SP(tp)
	lla	t0, trap_entry
	csrw	stvec, t0
	call	hart_main
7:	wfi
	j	7b

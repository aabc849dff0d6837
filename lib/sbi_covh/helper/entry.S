/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The helper: entry from M-mode, traps, the end of a job. See job.h.
 *
 * sscratch holds the address of the register frame while a job runs and 0 while
 * the code below does: a trap that finds 0 is a fault of this code. Nothing
 * here depends on the hart: what one has begun another may go on with.
 */

#include "job.h"
#include "../trampoline/layout.h"

#define CSR_HSTATUS	0x600
#define HSTATUS_SPV	0x80
#define SSTATUS_SIE	0x2
#define SSTATUS_SPIE	0x20
#define SSTATUS_SPP	0x100

#define FRAME_SEPC	0
#define FRAME_GPR(n)	(8 * (n))
#define FRAME_SIZE	(8 * 32)

/* x1..x9, x11..x31: all but a0 */
.macro for_gprs op
	.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, \
		19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	x\n, FRAME_GPR(\n)(a0)
	.endr
.endm

	/* The linker script puts the words of the header behind it */
	.section .entry, "ax", %progbits
	.global helper_entry
	.option push
	.option norvc
helper_entry:
	j	start		/* COVH_HELPER_START */
	j	resume		/* COVH_HELPER_RESUME */
	.option pop

	.section .text.entry, "ax", %progbits
	.balign	4
start:
	lla	sp, helper_stack_end
	lla	t0, helper_bss
	lla	t1, helper_bss_end
	call	clear
	lla	t0, trap
	csrw	stvec, t0
	lla	t0, frame
	csrw	sscratch, t0
	csrsi	sstatus, SSTATUS_SIE
	lla	a0, helper_job
	call	helper_main
	/* Nothing but the job's result shall outlast it: mbedTLS leaves copies of
	 * keys on the stack. Registers before the frame, which an interrupt
	 * stores them in */
	lla	t0, helper_stack
	lla	t1, helper_stack_end
	call	clear
	.irp n, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, \
		21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	li	x\n, 0
	.endr
	lla	t0, frame
	addi	t1, t0, FRAME_SIZE
	call	clear
1:	li	a6, COVH_TRAMP_WORK_DONE
	li	a7, COVH_TRAMP_EID
	ecall
	j	1b

	/* t0 to t1, in words of 8 bytes */
clear:
	sd	zero, 0(t0)
	addi	t0, t0, 8
	bltu	t0, t1, clear
	ret

	.balign	4
trap:
	csrrw	a0, sscratch, a0
	beqz	a0, fault
	for_gprs sd
	csrrw	t0, sscratch, zero
	sd	t0, FRAME_GPR(10)(a0)
	csrr	t0, sepc
	sd	t0, FRAME_SEPC(a0)
	csrr	a0, scause
	bgez	a0, fault
	li	a6, COVH_TRAMP_WORK_PAUSE
	li	a7, COVH_TRAMP_EID
	ecall
	/* It goes on at resume, never here */
fault:
	csrw	sscratch, zero
	csrr	a0, scause
	csrr	a1, sepc
	li	a6, COVH_TRAMP_WORK_FAULT
	li	a7, COVH_TRAMP_EID
	ecall
	j	fault

resume:
	lla	t0, trap
	csrw	stvec, t0
	lla	a0, frame
	ld	t0, FRAME_SEPC(a0)
	csrw	sepc, t0
	/* Back into HS-mode, whatever the hart has done meanwhile */
	li	t0, HSTATUS_SPV
	csrc	CSR_HSTATUS, t0
	li	t0, SSTATUS_SPP | SSTATUS_SPIE
	csrs	sstatus, t0
	csrw	sscratch, a0
	for_gprs ld
	ld	a0, FRAME_GPR(10)(a0)
	sret

	.section .bss.frame, "aw", %nobits
	.balign	8
frame:
	.skip	FRAME_SIZE

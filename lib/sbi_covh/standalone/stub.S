/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Standalone mode's stand-in for a host: position-independent HS-mode code
 * that runs the one vCPU and forwards its console. It is copied to where the
 * next boot stage would start, with a0 = hart id and a1 = guest id, and sees
 * of the TVM what any host sees.
 */

#include <sbi_covh/abi.h>

#define SBI_DBCN	0x4442434E
#define SBI_SRST	0x53525354
#define CAUSE_VS_ECALL	10
#define CAUSE_WFI	22

/* NACL memory: behind this page, wherever it is copied */
	.set	nacl, covh_stub_start + 4096

	.section .rodata.covh_stub, "a", %progbits
	.balign	4096
	.globl	covh_stub_start
covh_stub_start:
	mv	s0, a1
	lla	s1, nacl

	li	a7, COVH_EID_NACL
	li	a6, COVH_NACL_SET_SHMEM
	mv	a0, s1
	li	a1, 0
	li	a2, 0
	ecall
	bnez	a0, failed

run:
	li	a7, COVH_EID_COVH
	li	a6, COVH_RUN_TVM_VCPU
	mv	a0, s0
	li	a1, 0
	ecall
	bnez	a0, failed
	csrr	t0, scause
	li	t1, CAUSE_WFI
	beq	t0, t1, run
	li	t1, CAUSE_VS_ECALL
	bne	t0, t1, failed
	ld	a0, COVH_NACL_GPR_OFFSET(10)(s1)
	ld	a6, COVH_NACL_GPR_OFFSET(16)(s1)
	ld	a7, COVH_NACL_GPR_OFFSET(17)(s1)
	bnez	a1, finished

	/* A byte for the console. The only other call that a single vCPU can
	 * bring here is a share, which firmware refuses to do for a host */
	ecall
	sd	a0, COVH_NACL_GPR_OFFSET(10)(s1)
	sd	zero, COVH_NACL_GPR_OFFSET(11)(s1)
	j	run

finished:
	li	t0, SBI_SRST
	bne	a7, t0, failed
	li	a1, 0
	j	shutdown
failed:
	li	a1, 1
shutdown:
	li	a7, SBI_SRST
	li	a6, 0
	li	a0, 0
	ecall
1:	j	1b
	.globl	covh_stub_end
covh_stub_end:

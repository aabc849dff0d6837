/* SPDX-License-Identifier: BSD-2-Clause */
/* Several vCPUs: starting them, and what they do to each other. */

#ifndef GUEST_SMP_H
#define GUEST_SMP_H

/* Offsets for crt.S */
#define VCPU_STACK 0
#define VCPU_FN	   8
#define VCPU_ARG   16

#define GUEST_MAX_VCPUS 64

#ifndef __ASSEMBLER__

#include <guest/guest.h>

#define SBI_EID_IPI    0x735049
#define SBI_EID_RFENCE 0x52464E43
#define SBI_EID_HSM    0x48534D

#define HSM_START   0
#define HSM_STOP    1
#define HSM_STATUS  2
#define HSM_SUSPEND 3
#define HSM_STARTED 0
#define HSM_STOPPED 1

#define RFENCE_FENCE_I	       0
#define RFENCE_SFENCE_VMA      1
#define RFENCE_SFENCE_VMA_ASID 2

#define SSTATUS_SIE (1UL << 1)
#define IRQ_SOFT    (1UL << 1)
#define CAUSE_IRQ   (1UL << 63)

/** What a vCPU starts with; crt.S reads it. */
struct guest_vcpu {
	void *stack;
	void (*fn)(unsigned long id, unsigned long arg);
	unsigned long arg;
};

/** The caller's id. */
static inline unsigned long guest_vcpu_id(void)
{
	unsigned long id;

	__asm__ __volatile__("mv %0, tp" : "=r"(id));
	return id;
}

/** Start a vCPU (below GUEST_MAX_VCPUS), which runs fn(id, arg). SBI error. */
long guest_start(unsigned long id,
		 void (*fn)(unsigned long id, unsigned long arg),
		 unsigned long arg);

/** Stop the calling vCPU. */
void guest_stop(void);

/** HSM state of a vCPU, or an SBI error (negative). */
long guest_status(unsigned long id);

/** SBI send_ipi; @base -1: to all. SBI error. */
long guest_ipi(unsigned long mask, unsigned long base);

/** SBI remote fence of any kind, of everything. SBI error. */
long guest_rfence(unsigned long kind, unsigned long mask, unsigned long base);

/**
 * One 4 KiB page of virtual memory, GUEST_VA, beside guest memory where it
 * is: guest_paging() turns that on for the caller, guest_map() says which
 * page lies there. Nothing is flushed.
 */
#define GUEST_VA 0xc0000000UL
void guest_paging(void);
void guest_map(unsigned long gpa);

#endif

#endif

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

#define SSTATUS_SIE  (1UL << 1)
#define IRQ_SOFT     (1UL << 1)
#define IRQ_EXTERNAL (1UL << 9)
#define CAUSE_IRQ    (1UL << 63)

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
 * Pages of virtual memory from GUEST_VA on, beside guest memory where it is:
 * guest_paging() turns that on for the caller, guest_map() says what lies at
 * the first one, guest_map_page() at any. Nothing is flushed.
 */
#define GUEST_VA       0xc0000000UL
#define GUEST_VA_PAGES 512
#define GUEST_NOWHERE  (~0UL)
void guest_paging(void);
void guest_map(unsigned long gpa);
/** @gpa may be GUEST_NOWHERE; the page's entry. */
uint64_t *guest_map_page(unsigned long page, unsigned long gpa);
/** Once paging is on: another table for these pages, and a fence. */
void guest_map_table(unsigned long gpa);

#endif

#endif

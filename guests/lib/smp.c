/* SPDX-License-Identifier: BSD-2-Clause */
/* vCPUs, and a page table that they share. */

#include <guest/smp.h>

#define STACK_SIZE 8192

#define PTE_TABLE 0x01
#define PTE_LEAF  0xcf
#define SATP_SV39 (8UL << 60)

extern char guest_secondary[];

static char stack[GUEST_MAX_VCPUS][STACK_SIZE] __attribute__((aligned(16)));
static struct guest_vcpu vcpu[GUEST_MAX_VCPUS];

long guest_start(unsigned long id,
		 void (*fn)(unsigned long id, unsigned long arg),
		 unsigned long arg)
{
	vcpu[id] = (struct guest_vcpu){ stack[id + 1], fn, arg };
	return sbi_call(SBI_EID_HSM, HSM_START, id,
			(unsigned long)guest_secondary,
			(unsigned long)&vcpu[id])
		.error;
}

void guest_stop(void)
{
	sbi_call(SBI_EID_HSM, HSM_STOP, 0);
}

long guest_status(unsigned long id)
{
	struct sbiret r = sbi_call(SBI_EID_HSM, HSM_STATUS, id);

	return r.error ? r.error : r.value;
}

long guest_ipi(unsigned long mask, unsigned long base)
{
	return sbi_call(SBI_EID_IPI, 0, mask, base).error;
}

long guest_rfence(unsigned long kind, unsigned long mask, unsigned long base)
{
	return sbi_call(SBI_EID_RFENCE, kind, mask, base, 0, -1UL, 0).error;
}

static uint64_t root[512] __attribute__((aligned(PAGE_SIZE)));
static uint64_t middle[512] __attribute__((aligned(PAGE_SIZE)));
static uint64_t last[GUEST_VA_PAGES] __attribute__((aligned(PAGE_SIZE)));

static uint64_t pte(unsigned long pa, unsigned long bits)
{
	return pa >> 12 << 10 | bits;
}

uint64_t *guest_map_page(unsigned long page, unsigned long gpa)
{
	uint64_t *e = &last[page % GUEST_VA_PAGES];

	__atomic_store_n(e, gpa == GUEST_NOWHERE ? 0 : pte(gpa, PTE_LEAF),
			 __ATOMIC_SEQ_CST);
	return e;
}

void guest_map(unsigned long gpa)
{
	guest_map_page(0, gpa);
}

void guest_map_table(unsigned long gpa)
{
	middle[0] = pte(gpa, PTE_TABLE);
	__asm__ __volatile__("sfence.vma" ::: "memory");
}

void guest_paging(void)
{
	/* Gigabytes 0 to 2 as they are, the next one for GUEST_VA */
	root[0] = pte(0, PTE_LEAF);
	root[1] = pte(0x40000000, PTE_LEAF);
	root[2] = pte(0x80000000, PTE_LEAF);
	root[GUEST_VA >> 30] = pte((unsigned long)middle, PTE_TABLE);
	middle[0] = pte((unsigned long)last, PTE_TABLE);
	__asm__ __volatile__("fence rw, rw" ::: "memory");
	csr_write(satp, SATP_SV39 | (unsigned long)root >> 12);
	__asm__ __volatile__("sfence.vma" ::: "memory");
}

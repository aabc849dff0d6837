/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses through page tables that are switched on for one instruction. */

#include <host/csr.h>
#include <host/mem.h>
#include <host/paging.h>
#include <host/probe.h>

#define PTE_V	  0x01UL
#define PTE_LEAF  0xcfUL /* V R W X A D */
#define PTE_U	  0x10UL
#define SV39	  (8UL << 60)
#define VMID	  (1UL << 44)
#define GIB_SHIFT 30
#define MIB_SHIFT 21

/* Beyond the identity map of the first 64 GiB */
#define ALIAS_SLOT   192
#define ALIAS	     ((unsigned long)ALIAS_SLOT << GIB_SHIFT)
#define IDENTITY_GIB 64

#define CSR_VSATP    0x280
#define HSTATUS_SPVP (1UL << 8)

typedef unsigned long table[512] __attribute__((aligned(4096)));

static table root, middle, leaf;
static unsigned long groot[2048] __attribute__((aligned(16384)));

static unsigned long pte(unsigned long pa, unsigned long flags)
{
	return pa >> PAGE_SHIFT << 10 | flags;
}

unsigned long access_fault(enum access kind)
{
	switch (kind) {
	case ACCESS_LOAD:
		return CAUSE_LOAD_ACCESS;
	case ACCESS_EXEC:
		return CAUSE_FETCH_ACCESS;
	default:
		return CAUSE_STORE_ACCESS;
	}
}

unsigned long access_bare(enum access kind, unsigned long addr)
{
	unsigned long val;

	switch (kind) {
	case ACCESS_LOAD:
		return probe_load(addr, &val);
	case ACCESS_STORE:
		return probe_store(addr, 0x5555555555555555);
	case ACCESS_AMO:
		return probe_amo(addr);
	default:
		return probe_exec(addr);
	}
}

static void satp_set(unsigned long val)
{
	csr_write(satp, val);
	__asm__ __volatile__("sfence.vma" ::: "memory");
}

static unsigned long with_paging(enum access kind, unsigned long addr)
{
	unsigned long i, cause;

	for (i = 0; i < IDENTITY_GIB; i++)
		root[i] = pte(i << GIB_SHIFT, PTE_LEAF);
	root[ALIAS_SLOT] = pte((unsigned long)middle, PTE_V);
	satp_set(SV39 | (unsigned long)root >> PAGE_SHIFT);
	cause = access_bare(kind, addr);
	satp_set(0);
	return cause;
}

unsigned long access_mapped(enum access kind, unsigned long pa)
{
	middle[0] = pte((unsigned long)leaf, PTE_V);
	leaf[0] = pte(pa, PTE_LEAF);
	return with_paging(kind, ALIAS | (pa & (PAGE_SIZE - 1)));
}

unsigned long access_through(enum access kind, unsigned long t)
{
	middle[0] = pte(t, PTE_V);
	return with_paging(kind, ALIAS);
}

static unsigned long hlv(unsigned long addr)
{
	unsigned long cause;

	__asm__ __volatile__("	lla	%0, 1f\n"
			     "	csrrw	t0, stvec, %0\n"
			     "	li	%0, 0\n"
			     "	.insn r	0x73, 4, 0x36, t1, %1, x0\n"
			     "	j	2f\n"
			     "	.balign 4\n"
			     "1:	csrr	%0, scause\n"
			     "2:	csrw	stvec, t0\n"
			     : "=&r"(cause)
			     : "r"(addr)
			     : "t0", "t1", "memory");
	return cause;
}

static unsigned long hsv(unsigned long addr)
{
	unsigned long cause;

	__asm__ __volatile__("	lla	%0, 1f\n"
			     "	csrrw	t0, stvec, %0\n"
			     "	li	%0, 0\n"
			     "	.insn r	0x73, 4, 0x37, x0, %1, %1\n"
			     "	j	2f\n"
			     "	.balign 4\n"
			     "1:	csrr	%0, scause\n"
			     "2:	csrw	stvec, t0\n"
			     : "=&r"(cause)
			     : "r"(addr)
			     : "t0", "memory");
	return cause;
}

static void hgatp_set(unsigned long val)
{
	csr_write(CSR_HGATP, val);
	/* hfence.gvma */
	__asm__ __volatile__(".insn r 0x73, 0, 0x31, x0, x0, x0" ::: "memory");
}

static unsigned long with_gstage(enum access kind, unsigned long gpa)
{
	unsigned long vsatp, cause = 0;

	vsatp = csr_swap(CSR_VSATP, 0);
	csr_set(CSR_HSTATUS, HSTATUS_SPVP);
	hgatp_set(SV39 | VMID | (unsigned long)groot >> PAGE_SHIFT);
	if (kind == ACCESS_LOAD)
		cause = hlv(gpa);
	else if (kind == ACCESS_STORE)
		cause = hsv(gpa);
	hgatp_set(0);
	csr_clear(CSR_HSTATUS, HSTATUS_SPVP);
	csr_write(CSR_VSATP, vsatp);
	return cause;
}

unsigned long access_guest(enum access kind, unsigned long pa)
{
	groot[0] = pte((unsigned long)middle, PTE_V);
	middle[0] = pte((unsigned long)leaf, PTE_V);
	leaf[0] = pte(pa, PTE_LEAF | PTE_U);
	return with_gstage(kind, pa & (PAGE_SIZE - 1));
}

unsigned long access_guest_through(enum access kind, unsigned long t)
{
	groot[0] = pte(t, PTE_V);
	return with_gstage(kind, 0);
}

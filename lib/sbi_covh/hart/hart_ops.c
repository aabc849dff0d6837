/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * hart_ops.h for OpenSBI.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_hartmask.h>
#include <sbi/sbi_heap.h>
#include <sbi/sbi_hfence.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_irqchip.h>
#include <sbi/sbi_platform.h>
#include <sbi/sbi_scratch.h>
#include "../core/lock.h"
#include "compat.h"
#include "fencelog.h"
#include "hart.h"
#include "stretch.h"

static u32 nharts;

unsigned long covh_hart_offset;
bool covh_ready;
u32 covh_cboz;
u32 covh_cbom;
bool covh_advertise_nacl;

#ifdef CONFIG_SBI_COVH_TEST
void (*covh_flush_hook)(void) = covh_test_flush;
#else
void (*covh_flush_hook)(void);
#endif

int covh_hart_init(void)
{
	struct covh_hart *harts;
	unsigned long offset;
	u32 i;

	nharts = covh_sbi_hart_count();
	if (nharts > COVH_MAX_HARTS)
		return SBI_ENOSPC;
	harts = sbi_calloc(sizeof(*harts), nharts);
	offset = sbi_scratch_alloc_type_offset(struct covh_hart *);
	if (!harts || !offset)
		return SBI_ENOMEM;
	for (i = 0; i < nharts; i++)
		if (sbi_hartindex_to_scratch(i))
			sbi_scratch_write_type(sbi_hartindex_to_scratch(i),
					       struct covh_hart *, offset,
					       &harts[i]);
	covh_hart_offset = offset;
	return 0;
}

u32 covh_hart_self(void)
{
	return current_hartindex();
}

u32 covh_hart_count(void)
{
	return nharts;
}

/* Not HSM's state, which takes long to ask for: a horizon looks at all harts,
 * with a lock held */
static bool running[COVH_MAX_HARTS];

void covh_hart_set_running(bool on)
{
	__atomic_store_n(&running[current_hartindex()], on, __ATOMIC_SEQ_CST);
}

bool covh_hart_stopped(u32 h)
{
	return !__atomic_load_n(&running[h], __ATOMIC_SEQ_CST);
}

void *covh_host_map(u64 pa, u64 len)
{
	covh_sbi_map(pa, len);
	return (void *)pa;
}

void covh_host_unmap(u64 pa, u64 len)
{
	covh_sbi_unmap(pa, len);
}

static void clear_words(u64 pa)
{
	volatile u64 *p, *end = (volatile u64 *)(pa + COVH_PAGE_SIZE);

#pragma GCC unroll 32
	for (p = (volatile u64 *)pa; p != end; p++)
		*p = 0;
}

/* 16 blocks, of 256 bytes at most, by cbo.zero (4) or cbo.flush (2), which are
 * spelt out for assemblers that lack them */
#define CBO(__op, __pa, __block)                                      \
	__asm__ __volatile__(".rept 16\n\t"                           \
			     ".insn i 0x0f, 2, x0, %0, " #__op "\n\t" \
			     "add %0, %0, %1\n\t"                     \
			     ".endr"                                  \
			     : "+r"(__pa)                             \
			     : "r"(__block)                           \
			     : "memory")

static inline void clear(u64 pa)
{
	u64 end = pa + COVH_PAGE_SIZE, block = covh_cboz;

	if (!block)
		clear_words(pa);
	else
		while (pa != end)
			CBO(4, pa, block);
}

void covh_clear_page(u64 pa)
{
	clear(pa);
}

void covh_flush_page(u64 pa)
{
	u64 end = pa + COVH_PAGE_SIZE, block = covh_cbom;

	while (block && pa != end)
		CBO(2, pa, block);
	__asm__ __volatile__("fence rw, rw" : : : "memory");
}

void covh_scrub_page(u64 pa)
{
	clear(pa);
	if (covh_cbom)
		covh_flush_page(pa);
}

void covh_hart_flush_vmid(u32 vmid)
{
	__sbi_hfence_gvma_vmid(vmid);
}

void covh_hart_serve_ipis(void)
{
	u64 pending = csr_read(CSR_MIP) & csr_read(CSR_MIE);

	covh_lock_none_held();
	covh_stretch_serve();
	if (pending & MIP_MSIP)
		sbi_ipi_process();
	/* With an IMSIC they are external interrupts */
	if (pending & MIP_MEIP)
		sbi_irqchip_process();
}

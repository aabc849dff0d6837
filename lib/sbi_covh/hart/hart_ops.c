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
#include <sbi/sbi_heap.h>
#include <sbi/sbi_hfence.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_platform.h>
#include <sbi/sbi_scratch.h>
#include "../core/lock.h"
#include "compat.h"
#include "hart.h"

static struct covh_hart *harts;
static u32 nharts;

bool covh_ready;
u32 covh_cboz;
u32 covh_cbom;
bool covh_advertise_nacl;

int covh_hart_init(void)
{
	nharts = covh_sbi_hart_count();
	if (nharts > COVH_MAX_HARTS)
		return SBI_ENOSPC;
	harts = sbi_calloc(sizeof(*harts), nharts);
	return harts ? 0 : SBI_ENOMEM;
}

struct covh_hart *covh_hart_this(void)
{
	return harts ? &harts[current_hartindex()] : NULL;
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

void *covh_conf_ptr(u64 pa)
{
	return (void *)pa;
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
	volatile u64 *p = (volatile u64 *)pa;
	u32 i;

	for (i = 0; i < COVH_PAGE_SIZE / sizeof(*p); i += 8) {
		p[i] = 0;
		p[i + 1] = 0;
		p[i + 2] = 0;
		p[i + 3] = 0;
		p[i + 4] = 0;
		p[i + 5] = 0;
		p[i + 6] = 0;
		p[i + 7] = 0;
	}
}

static void clear_blocks(u64 pa, u64 block)
{
	u64 end = pa + COVH_PAGE_SIZE;

	/* cbo.zero (a0), spelt out for assemblers without Zicboz */
	for (; pa < end; pa += block)
		__asm__ __volatile__("mv a0, %0\n\t.insn i 0x0f, 2, x0, a0, 4"
				     :
				     : "r"(pa)
				     : "a0", "memory");
}

void covh_clear_page(u64 pa)
{
	if (covh_cboz)
		clear_blocks(pa, covh_cboz);
	else
		clear_words(pa);
}

void covh_flush_page(u64 pa)
{
	u64 end = pa + COVH_PAGE_SIZE;

	if (!covh_cbom)
		return;
	/* cbo.flush (a0) */
	for (; pa < end; pa += covh_cbom)
		__asm__ __volatile__("mv a0, %0\n\t.insn i 0x0f, 2, x0, a0, 2"
				     :
				     : "r"(pa)
				     : "a0", "memory");
	__asm__ __volatile__("fence rw, rw" : : : "memory");
}

void covh_hart_flush_vmid(u32 vmid)
{
	__sbi_hfence_gvma_vmid(vmid);
}

void covh_hart_serve_ipis(void)
{
	covh_lock_none_held();
	if (csr_read(CSR_MIP) & MIP_MSIP)
		sbi_ipi_process();
}

#ifdef COVH_DEBUG
/* minstret: the counter may stand, as it does in the guest world. It then
 * goes on from where it stood */
#define INSTRET BIT(2)

void covh_watch_start(struct covh_watch *w)
{
	w->inhibit = csr_read_clear(CSR_MCOUNTINHIBIT, INSTRET);
	w->instret = csr_read(CSR_MINSTRET);
}

u64 covh_watch_stop(const struct covh_watch *w)
{
	u64 n = csr_read(CSR_MINSTRET) - w->instret;

	csr_write(CSR_MCOUNTINHIBIT, w->inhibit);
	if (w->inhibit & INSTRET)
		csr_write(CSR_MINSTRET, w->instret);
	return n;
}
#endif

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Standalone mode does with the TSM's own calls what a host does, in the same
 * order: convert, fence, create, measure, finalize. Only the source pages go
 * through a page of ordinary RAM first, because a source must be the host's.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_system.h>
#include <sbi/sbi_timer.h>
#include <sbi_covh/abi.h>
#include "../core/fence.h"
#include "../core/hostmem.h"
#include "../core/tvm.h"
#include "../hart/hart.h"
#include "../trampoline/layout.h"
#include "standalone.h"

/* RAM behind the stub: its NACL memory, then a page to copy through */
#define STUB_SIZE    COVH_PAGE_SIZE
#define STAGE_OFFSET (STUB_SIZE + COVH_NACL_SHMEM_SIZE)
/* Zero pages behind the last segment, for a stack */
#define EXTRA_BYTES 0x100000UL

extern const char covh_stub_start[], covh_stub_end[];

/* The guest as image.py has laid it out; its pages begin a page behind */
extern const struct {
	u64 base;
	u64 bytes;
	u64 entry;
} covh_guest;

enum { START, CREATED, MEASURED, FINALIZED, STAMPS };

static struct covh_stamp stamps[STAMPS];
static bool reported;

static void stamp(u32 i)
{
	stamps[i].cycle = csr_read(CSR_MCYCLE);
	stamps[i].instret = csr_read(CSR_MINSTRET);
	stamps[i].time = sbi_timer_value();
}

static void check(const char *what, long err)
{
	if (!err)
		return;
	sbi_printf("standalone: %s failed (error %ld)\n", what, err);
	sbi_system_reset(SBI_SRST_RESET_TYPE_SHUTDOWN,
			 SBI_SRST_RESET_REASON_SYSFAIL);
}

/* Confidential pages are handed out one after the other */
static u64 next_page;

static u64 take(u64 pages)
{
	u64 pa = next_page;

	next_page += pages << COVH_PAGE_SHIFT;
	return pa;
}

static u64 create(u64 stage)
{
	u64 bytes = covh_guest.bytes + EXTRA_BYTES;
	u64 tables = 3 + 2 * (bytes >> 21) + 6;
	u64 pages = 4 + COVH_TVM_STATE_PAGES + COVH_VCPU_STATE_PAGES + tables +
		    (bytes >> COVH_PAGE_SHIFT);
	struct covh_tvm_create_params p;
	u64 id = 0;

	next_page = covh_place.pool;
	next_page = (next_page + COVH_PGD_SIZE - 1) & ~(COVH_PGD_SIZE - 1);
	if (!covh_place.pool || next_page + (pages << COVH_PAGE_SHIFT) >
					covh_place.pool + covh_place.pool_size)
		check("finding room in the pool", COVH_ERR_FAILED);

	check("convert_pages", covh_convert(next_page, pages));
	check("global_fence", covh_global_fence());
	p.tvm_page_directory_addr = take(4);
	p.tvm_state_addr = take(COVH_TVM_STATE_PAGES);
	covh_put_to_host(stage, &p, sizeof(p));
	check("create_tvm", covh_create_tvm(stage, sizeof(p), &id));
	check("add_tvm_page_table_pages",
	      covh_add_pt_pages(id, take(tables), tables));
	check("add_tvm_memory_region",
	      covh_add_region(id, covh_guest.base, bytes));
	check("create_tvm_vcpu",
	      covh_create_vcpu(id, 0, take(COVH_VCPU_STATE_PAGES)));
	return id;
}

static void measure(u64 id, u64 stage)
{
	const u8 *page = (const u8 *)&covh_guest;
	u64 off;

	for (off = 0; off < covh_guest.bytes; off += COVH_PAGE_SIZE) {
		page += COVH_PAGE_SIZE;
		covh_put_to_host(stage, page, COVH_PAGE_SIZE);
		check("add_tvm_measured_pages",
		      covh_add_measured(id, stage, take(1), COVH_PAGE_4K, 1,
					covh_guest.base + off));
	}
}

static void add_zero(u64 id)
{
	u64 pages = EXTRA_BYTES >> COVH_PAGE_SHIFT;

	check("add_tvm_zero_pages",
	      covh_add_zero(id, take(pages), COVH_PAGE_4K, pages,
			    covh_guest.base + covh_guest.bytes));
}

void covh_standalone_start(void)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	u64 stage = scratch->next_addr + STAGE_OFFSET;
	u64 id;

	covh_put_to_host(scratch->next_addr, covh_stub_start,
			 (u64)(covh_stub_end - covh_stub_start));

	stamp(START);
	id = create(stage);
	stamp(CREATED);
	measure(id, stage);
	stamp(MEASURED);
	check("finalize_tvm", covh_finalize_tvm(id, covh_guest.entry, 0, 0));
	add_zero(id);
	stamp(FINALIZED);
	scratch->next_arg1 = id;
	sbi_printf("standalone: TVM 0x%lx, %lu measured pages\n",
		   (unsigned long)id,
		   (unsigned long)(covh_guest.bytes >> COVH_PAGE_SHIFT));
}

static void report_step(const char *name, const struct covh_stamp *from,
			const struct covh_stamp *to)
{
	sbi_printf(
		"standalone: %-18s %12lu cycles %12lu instructions %10lu ticks\n",
		name, (unsigned long)(to->cycle - from->cycle),
		(unsigned long)(to->instret - from->instret),
		(unsigned long)(to->time - from->time));
}

void covh_standalone_report(void)
{
	/* The trampoline left its stamp at the start of the hart's area */
	const struct covh_stamp *first =
		(const struct covh_stamp *)(covh_tramp.harts +
					    covh_hart_self() *
						    COVH_TRAMP_HART_SIZE +
					    COVH_TRAMP_STAMP_OFFSET);

	if (reported)
		return;
	reported = true;
	report_step("create", &stamps[START], &stamps[CREATED]);
	report_step("measure", &stamps[CREATED], &stamps[MEASURED]);
	report_step("finalize", &stamps[MEASURED], &stamps[FINALIZED]);
	report_step("first instruction", &stamps[FINALIZED], first);
}

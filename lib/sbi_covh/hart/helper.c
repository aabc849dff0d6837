/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Copies of the helper's image, and the one job that is done at boot.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_string.h>
#include "../core/helper.h"
#include "../trampoline/layout.h"
#include "hart.h"
#include "helper.h"
#include "pmp_switch.h"

#define R_RISCV_RELATIVE 3

struct rela {
	u64 offset;
	u64 info;
	u64 addend;
};

extern const u8 covh_helper_start[], covh_helper_end[];

static u32 header(u32 offset)
{
	u32 word;

	memcpy(&word, covh_helper_start + offset, sizeof(word));
	return word;
}

u64 covh_helper_bytes(u32 n)
{
	return (u64)n * header(COVH_HELPER_SIZE);
}

void covh_helper_put(u64 pa, u32 n)
{
	covh_helper_init(pa, header(COVH_HELPER_SIZE), n,
			 header(COVH_HELPER_JOB_OFFSET));
}

u64 covh_helper_entry(u32 i, bool start)
{
	return covh_helper_base(i) +
	       (start ? COVH_HELPER_START : COVH_HELPER_RESUME);
}

/* The linker has made sure that there is no other kind */
static void relocate(u64 base)
{
	u32 offset = header(COVH_HELPER_RELA_OFFSET);
	u32 n = header(COVH_HELPER_RELA_SIZE) / sizeof(struct rela), i;
	const struct rela *r = (const struct rela *)(base + offset);

	for (i = 0; i < n; i++)
		if (r[i].info == R_RISCV_RELATIVE)
			*(u64 *)(base + r[i].offset) = base + r[i].addend;
}

void covh_helper_load(u32 i)
{
	const u64 *from = (const u64 *)covh_helper_start;
	u64 base = covh_helper_base(i), *to = (u64 *)base;
	u64 k, words = header(COVH_HELPER_IMAGE_SIZE) / sizeof(u64);

	for (k = 0; k < words; k++) {
		to[k] = from[k];
		if (k % 512 == 511)
			covh_hart_serve_ipis();
	}
	relocate(base);
}

bool covh_helper_do(struct covh_hart *h, u32 i)
{
	struct covh_helper_trap t;

	csr_write(CSR_SATP, 0);
	covh_pmp_switch(h, h->view.guest.reg);
	__asm__ __volatile__("sfence.vma\n\tfence.i" : : : "memory");
	t = covh_helper_call(covh_helper_entry(i, true), COVH_GUEST_MSTATUS);
	covh_pmp_switch(h, h->view.host.reg);
	__asm__ __volatile__("sfence.vma" : : : "memory");
	csr_write(CSR_STVEC, 0);
	csr_write(CSR_SSCRATCH, 0);
	return t.cause == CAUSE_SUPERVISOR_ECALL &&
	       t.function == COVH_TRAMP_WORK_DONE;
}

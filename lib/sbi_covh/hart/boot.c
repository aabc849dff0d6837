/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Cold boot of the TSM.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_hsm.h>
#include <sbi/sbi_string.h>
#include <sbi_covh/abi.h>
#include "../core/fence.h"
#include "../attest/sha512.h"
#include "../trampoline/layout.h"
#include "boot.h"
#include "compat.h"
#include "dice.h"
#include "hart.h"
#include "helper.h"

#define VMID_MAX 0x3FFFUL

struct covh_tramp covh_tramp;

static const char *failed;

extern const char covh_trampoline_start[], covh_trampoline_end[];

u32 covh_boot_heap_size(u32 harts)
{
	return harts * (sizeof(struct covh_hart) + 64);
}

static void give_up(const char *why, int rc)
{
	if (!failed)
		sbi_printf("opensbi-cove: no TSM: %s (error %d)\n", why, rc);
	failed = why;
	covh_dice_forget();
}

/* A TVM may be measured on any hart */
static void choose_sha512(const void *fdt)
{
	static const char *const needs[] = {
		[COVH_SHA512_ZBB] = "zbb",
		[COVH_SHA512_ZKNH] = "zknh",
	};
	unsigned int kind;

	for (kind = COVH_SHA512_ZBB; kind < array_size(needs); kind++) {
		if (!covh_fdt_isa_has(fdt, needs[kind]))
			continue;
		covh_sha512_kinds |= 1U << kind;
		covh_sha512_kind = (enum covh_sha512_kind)kind;
	}
}

void covh_boot_reserve(const void *fdt)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	const char *why;
	int scanned, rc;

	/* Before anything can be missing. The host of a machine without a TSM
	 * must not find the secret, and with a cache, neither what was written
	 * back of it before it was wiped */
	covh_cbom = covh_fdt_block_size(fdt, "riscv,cbom-block-size");
	scanned = covh_place_scan(fdt);
	covh_dice_take(fdt);
	if (!misa_extension('H'))
		return give_up("the hart has no H extension", SBI_ENODEV);
	if (!sbi_hart_has_extension(scratch, SBI_HART_EXT_SSTC))
		return give_up("the hart has no Sstc", SBI_ENODEV);
	if (!sbi_hart_pmp_count(scratch))
		return give_up("the hart has no PMP", SBI_ENODEV);
	if (sbi_hart_pmp_log2gran(scratch) > COVH_PAGE_SHIFT)
		return give_up("the hart's PMP is too coarse", SBI_ENODEV);
	rc = covh_hart_init();
	if (rc)
		return give_up("no memory for the harts' state", rc);
	why = "RAM map unusable or no place in it";
	rc = scanned ? scanned : covh_place_choose(fdt, &why);
	if (rc)
		return give_up(why, rc);
	covh_fdt_find_reset(fdt);
	covh_cboz = covh_fdt_block_size(fdt, "riscv,cboz-block-size");
	choose_sha512(fdt);
	covh_advertise_nacl = covh_fdt_advertise_nacl(fdt);
	/* Whether or not there will be a TSM this time */
	covh_previous_scrub();
}

/* Pages that OpenSBI's own regions keep from S-mode: firmware, ourselves */
static void mark_reserved(void)
{
	const struct sbi_domain *dom = sbi_domain_thishart_ptr();
	struct sbi_domain_memregion *reg;
	u64 size;

	sbi_domain_for_each_memregion(dom, reg)
	{
		if (reg->order >= 64 ||
		    (reg->flags & SBI_DOMAIN_MEMREGION_SU_ACCESS_MASK))
			continue;
		size = 1UL << reg->order;
		covh_page_boot_set(reg->base & ~(COVH_PAGE_SIZE - 1),
				   (size + COVH_PAGE_SIZE - 1) >>
					   COVH_PAGE_SHIFT,
				   COVH_PG_RSVD);
	}
}

/*
 * Of the next image only the size is known that it needs, or not even that.
 * Were a page in it confidential, a reset from outside would leave it to
 * choose between new data that is zeroed and old data that is not. So none is:
 * the pages are pinned for ever.
 */
static void pin_next_image(void)
{
	u64 pa = covh_next_image.base & ~(COVH_PAGE_SIZE - 1);

	for (; pa < covh_next_image.end && covh_page_is_ram(pa);
	     pa += COVH_PAGE_SIZE)
		covh_page_pin(pa, 1, COVH_PG_NC_SHMEM);
}

static int init_records(void)
{
	u64 *rec = (u64 *)covh_place.records;
	u64 pages;
	u32 i;

	for (i = 0; i < covh_nram; i++) {
		pages = (covh_ram[i].end - covh_ram[i].base) >> COVH_PAGE_SHIFT;
		if (covh_page_add_bank(covh_ram[i].base, pages, rec))
			return SBI_EINVAL;
		covh_page_boot_set(covh_ram[i].base, pages, COVH_PG_NC);
		rec += pages;
	}
	mark_reserved();
	if (covh_place.pool)
		covh_page_boot_set(covh_place.pool,
				   covh_place.pool_size >> COVH_PAGE_SHIFT,
				   COVH_PG_POOL);
	pin_next_image();
	return 0;
}

static void put_trampoline(void)
{
	u64 size = (u64)(covh_trampoline_end - covh_trampoline_start);

	sbi_memset((void *)covh_place.tramp, 0, covh_place.tramp_size);
	sbi_memcpy((void *)covh_place.tramp, covh_trampoline_start, size);
	covh_tramp.entry = covh_place.tramp;
	covh_tramp.trap = covh_place.tramp + COVH_TRAMP_TRAP_OFFSET;
	covh_tramp.harts = covh_place.tramp + ((size + COVH_PAGE_SIZE - 1) &
					       ~(COVH_PAGE_SIZE - 1));
	covh_helper_put(covh_tramp.harts +
				covh_hart_count() * COVH_TRAMP_HART_SIZE,
			CONFIG_SBI_COVH_HELPERS);
	__asm__ __volatile__("fence.i" : : : "memory");
}

/* What G-stage the hart has: Sv48x4 if there is, and how wide a VMID is */
static int probe_gstage(u32 *levels, u32 *vmid_bits)
{
	unsigned long old = csr_read(CSR_HGATP), val;

	*levels = 4;
	csr_write(CSR_HGATP, HGATP_MODE_SV48X4 << HGATP_MODE_SHIFT |
				     VMID_MAX << HGATP_VMID_SHIFT);
	val = csr_read(CSR_HGATP);
	if (val >> HGATP_MODE_SHIFT != HGATP_MODE_SV48X4) {
		*levels = 3;
		csr_write(CSR_HGATP, HGATP_MODE_SV39X4 << HGATP_MODE_SHIFT |
					     VMID_MAX << HGATP_VMID_SHIFT);
		val = csr_read(CSR_HGATP);
	}
	csr_write(CSR_HGATP, old);
	if (val >> HGATP_MODE_SHIFT < HGATP_MODE_SV39X4)
		return SBI_ENODEV;
	val = (val >> HGATP_VMID_SHIFT) & VMID_MAX;
	for (*vmid_bits = 0; val; val >>= 1)
		(*vmid_bits)++;
	return 0;
}

/* Levels that all TVMs have */
static u32 gstage_levels;

bool covh_boot_gstage_suffices(void)
{
	u32 levels, vmid_bits;

	return !probe_gstage(&levels, &vmid_bits) && levels >= gstage_levels;
}

/*
 * The pool, the windows and the reset device are kept from the root domain's
 * harts; another domain's regions would have to be searched for holes.
 */
static bool other_domains(void)
{
	struct sbi_domain *dom;
	u32 n = 0;

	sbi_domain_for_each(dom) n++;
	return n > 1;
}

/* A buffer must be the host's RAM; a start address may be anywhere but ours */
static bool may_touch(unsigned long addr, unsigned long size, bool range)
{
	return range ? covh_page_host_range(addr, size)
		     : covh_page_host_may_touch(addr, size);
}

static void print_facts(void)
{
	sbi_printf("opensbi-cove: TSM %d.%d, Sv%dx4, %u harts\n",
		   COVH_TSM_VERSION_MAJOR, COVH_TSM_VERSION_MINOR,
		   gstage_levels == 4 ? 48 : 39, covh_hart_count());
	if (covh_place.pool)
		sbi_printf(
			"opensbi-cove: pool 0x%lx, %lu pages; trampoline 0x%lx\n",
			covh_place.pool,
			covh_place.pool_size >> COVH_PAGE_SHIFT,
			covh_place.tramp);
	else
		sbi_printf("opensbi-cove: no pool; trampoline 0x%lx\n",
			   covh_place.tramp);
	if (covh_place.tramp != covh_place.block)
		sbi_printf(
			"opensbi-cove: guards 0x%lx and 0x%lx, %lu KiB each\n",
			covh_place.block,
			covh_place.block + covh_place.block_size -
				(covh_place.tramp - covh_place.block),
			(covh_place.tramp - covh_place.block) >> 10);
	sbi_printf("opensbi-cove: page records 0x%lx, %lu KiB\n",
		   covh_place.records, covh_place.records_size >> 10);
	sbi_printf("opensbi-cove: SHA-384 by %s instructions\n",
		   covh_sha512_kind == COVH_SHA512_ZKNH	 ? "Zknh"
		   : covh_sha512_kind == COVH_SHA512_ZBB ? "Zbb"
							 : "base");
#ifdef CONFIG_SBI_COVH_TEST
	sbi_printf(
		"opensbi-cove: TEST BUILD: a host can see what a TVM does\n");
#endif
}

void covh_boot_start(void *fdt)
{
	u32 vmid_bits;
	int rc;

	if (failed)
		return;
	if (other_domains())
		return give_up("there are OpenSBI domains beside root",
			       SBI_ENOTSUPP);
	if (!covh_vector_fits())
		return give_up("the trap vector is not OpenSBI's",
			       SBI_ENOTSUPP);
	rc = probe_gstage(&gstage_levels, &vmid_bits);
	if (rc)
		return give_up("no usable G-stage", rc);
	rc = init_records();
	if (rc)
		return give_up("RAM map unusable", rc);
	put_trampoline();
	covh_previous_note();
	rc = covh_fdt_fixup(fdt);
	if (rc)
		return give_up("device tree cannot be changed", rc);
	rc = covh_kick_init();
	if (rc)
		return give_up("no IPI event left", rc);
	covh_tvm_init(gstage_levels, vmid_bits);
	covh_reset_init();
	covh_compat_hook_addr(may_touch);
	sbi_hsm_set_resumed_hook(covh_fence_resume);
	rc = covh_compat_hook_pmp(covh_pmp_configured);
	if (rc)
		return give_up("no hook into the PMP configuration", rc);
	print_facts();
	/* covh_pmp_configured() makes it READY, once the views exist */
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Cold boot: find places in RAM for the trampoline, the pool and the page
 * records. Nothing is hard-coded; the device tree says what is in use.
 */

#include <libfdt.h>
#include <sbi/sbi_bitops.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_math.h>
#include <sbi/sbi_platform.h>
#include <sbi/sbi_scratch.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include <sbi_covh/abi.h>
#include <sbi_covh/handover.h>
#include "../core/page.h"
#include "../trampoline/layout.h"
#include "hart.h"
#include "helper.h"
#include "place.h"

#define MAX_AVOID 32
#define MIB	  0x100000UL
/* What OpenSBI's own changes of the FDT may need */
#define FDT_ROOM 0x10000
/* Image without a size: U-Boot, say */
#define UNKNOWN_IMAGE (4 * MIB)
/* With guards: a pool that is of some use */
#define LEAST_POOL MIB

/* Bytes at either end of the block */
#ifdef CONFIG_SBI_COVH_GUARD_KIB
#define GUARD ((CONFIG_SBI_COVH_GUARD_KIB * 1024UL + 4095) & ~4095UL)
#else
#define GUARD 0UL
#endif

struct covh_place covh_place;
struct covh_range covh_ram[COVH_MAX_BANKS];
u32 covh_nram;
bool covh_ram_known;

struct covh_range covh_loaded[COVH_MAX_LOADED];
u32 covh_nloaded;
struct covh_range covh_next_image;

static struct covh_range avoid[MAX_AVOID];
static u32 navoid;

extern struct sbi_domain root;
extern const char covh_trampoline_start[], covh_trampoline_end[];

static int avoid_add(u64 base, u64 size)
{
	if (!size)
		return 0;
	if (navoid == MAX_AVOID)
		return SBI_ENOSPC;
	avoid[navoid].base = base;
	avoid[navoid++].end = base + size;
	return 0;
}

/* Filled by the boot loader; room bytes behind it are not free either */
static int loaded_add(u64 base, u64 size, u64 room)
{
	if (covh_nloaded == COVH_MAX_LOADED)
		return SBI_ENOSPC;
	covh_loaded[covh_nloaded].base = base;
	covh_loaded[covh_nloaded++].end = base + size;
	return avoid_add(base, size + room);
}

/* What OpenSBI keeps from S-mode: itself, and what a board adds */
static int find_firmware(void)
{
	struct sbi_domain_memregion *reg;
	int rc = 0;

	sbi_domain_for_each_memregion(&root, reg)
	{
		if (!rc && reg->order < 64 &&
		    !(reg->flags & SBI_DOMAIN_MEMREGION_SU_ACCESS_MASK))
			rc = loaded_add(reg->base, 1UL << reg->order, 0);
	}
	return rc;
}

/* RAM banks. Two that overlap are an alias or a lie: T-20 */
static int find_ram(const void *fdt)
{
	u64 addr, size;
	int node, i;
	u32 b;

	fdt_for_each_subnode (node, fdt, 0) {
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);

		if (!type || strcmp(type, "memory") ||
		    !fdt_node_is_enabled(fdt, node))
			continue;
		for (i = 0; !fdt_get_node_addr_size(fdt, node, i, &addr, &size);
		     i++) {
			u64 end = (addr + size) & ~(COVH_PAGE_SIZE - 1);

			if (addr + size < addr)
				return SBI_EINVAL;
			addr = (addr + COVH_PAGE_SIZE - 1) &
			       ~(COVH_PAGE_SIZE - 1);
			if (end <= addr)
				continue;
			if (covh_nram == COVH_MAX_BANKS)
				return SBI_ENOSPC;
			for (b = 0; b < covh_nram; b++)
				if (addr < covh_ram[b].end &&
				    covh_ram[b].base < end)
					return SBI_EINVAL;
			covh_ram[covh_nram].base = addr;
			covh_ram[covh_nram++].end = end;
		}
	}
	return covh_nram ? 0 : SBI_ENODEV;
}

static u64 initrd_prop(const void *fdt, int chosen, const char *name)
{
	const fdt32_t *val;
	int len;

	val = fdt_getprop(fdt, chosen, name, &len);
	if (!val)
		return 0;
	if (len == 4)
		return fdt32_to_cpu(val[0]);
	if (len == 8)
		return (u64)fdt32_to_cpu(val[0]) << 32 | fdt32_to_cpu(val[1]);
	return 0;
}

/*
 * The next image's size is only in its own header, if it is a Linux Image. The
 * header is the host's, who must not decide by it where we are, or whether: it
 * would find in RAM what the run before has left (T-72). Half of what is behind
 * its start is more than images have, and below the places that we choose.
 */
static u64 believable(u64 addr, u64 size)
{
	u64 most;
	u32 i;

	for (i = 0; i < covh_nram; i++) {
		most = (covh_ram[i].end - addr) / 2;
		if (addr >= covh_ram[i].base && addr < covh_ram[i].end &&
		    size > most)
			return most;
	}
	return size;
}

static u64 next_image_size(u64 addr)
{
	const u8 *p = (const u8 *)addr;
	u64 size;

	if (p[0x38] != 'R' || p[0x39] != 'S' || p[0x3A] != 'C' ||
	    p[0x3B] != 0x05)
		return UNKNOWN_IMAGE;
	memcpy(&size, p + 0x10, sizeof(size));
	return addr + size < addr ? UNKNOWN_IMAGE : believable(addr, size);
}

static int find_loaded(const void *fdt)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	u64 size, start, end;
	int chosen, rc;

	rc = find_firmware();
	if (!rc)
		rc = loaded_add((u64)fdt, fdt_totalsize(fdt), FDT_ROOM);
	if (!rc && scratch->next_arg1 != (u64)fdt)
		rc = loaded_add(scratch->next_arg1, fdt_totalsize(fdt),
				FDT_ROOM);

	size = next_image_size(scratch->next_addr);
	covh_next_image.base = scratch->next_addr;
	covh_next_image.end = scratch->next_addr + size;
	if (!rc)
		rc = avoid_add(scratch->next_addr,
			       size < 64 * MIB ? 64 * MIB : size);

	chosen = fdt_path_offset(fdt, "/chosen");
	if (rc || chosen < 0)
		return rc;
	start = initrd_prop(fdt, chosen, "linux,initrd-start");
	end = initrd_prop(fdt, chosen, "linux,initrd-end");
	return start < end ? loaded_add(start, end - start, 0) : 0;
}

static int find_used(const void *fdt)
{
	u64 addr, size;
	int node, parent, i, rc;

	rc = find_loaded(fdt);
	parent = fdt_path_offset(fdt, "/reserved-memory");
	if (parent >= 0) {
		fdt_for_each_subnode (node, fdt, parent)
			for (i = 0; !rc && !fdt_get_node_addr_size(
						   fdt, node, i, &addr, &size);
			     i++)
				rc = avoid_add(addr, size);
	}

	/* Nothing that outlives a run may lie where it is: its copy is zeroed */
	if (!rc && !covh_fdt_handover(fdt, &addr))
		rc = avoid_add(addr, sizeof(struct covh_handover));

	for (i = 0; !rc && i < fdt_num_mem_rsv(fdt); i++)
		if (!fdt_get_mem_rsv(fdt, i, &addr, &size))
			rc = avoid_add(addr, size);
	return rc;
}

/*
 * The highest free, naturally aligned place of a power-of-two size. The top of
 * each bank stays free: boot loaders relocate themselves there before they
 * read the reserved-memory nodes.
 */
static u64 find_place_in(const struct covh_range *ram, u64 size)
{
	u64 len = ram->end - ram->base, gap = len / 8;
	u64 base;
	u32 i;

	if (gap > 64 * MIB)
		gap = 64 * MIB;
	if (len < gap + size)
		return 0;
	base = (ram->end - gap - size) & ~(size - 1);
	while (base >= ram->base) {
		for (i = 0; i < navoid; i++)
			if (base < avoid[i].end && avoid[i].base < base + size)
				break;
		if (i == navoid)
			return base;
		if (avoid[i].base < size)
			return 0;
		base = (avoid[i].base - size) & ~(size - 1);
	}
	return 0;
}

static u64 find_place(u64 size)
{
	u64 base = 0;
	u32 i;

	for (i = 0; !base && i < covh_nram; i++)
		base = find_place_in(&covh_ram[i], size);
	if (base)
		avoid_add(base, size);
	return base;
}

/* Pool size in bytes: /chosen/opensbi-cove, property pool-size (two cells),
 * else Kconfig; never more than an eighth of RAM. 0: no pool */
static u64 pool_size(const void *fdt, u64 ram_bytes)
{
	u64 size = CONFIG_SBI_COVH_POOL_MIB * MIB, most = ram_bytes / 8;
	const fdt32_t *val;
	int node, len;

	node = fdt_path_offset(fdt, "/chosen/opensbi-cove");
	if (node >= 0) {
		val = fdt_getprop(fdt, node, "pool-size", &len);
		if (val && len == 8)
			size = (u64)fdt32_to_cpu(val[0]) << 32 |
			       fdt32_to_cpu(val[1]);
	}
	if (!size)
		return 0;
	if (size > most)
		size = most;
	return 1UL << log2roundup(size / 2 + 1);
}

static int reserve(u64 base, u64 size, const char *what)
{
	struct sbi_domain_memregion reg;
	int rc;

	/* Neither S nor U may touch it: so it becomes a no-map node as well */
	sbi_domain_memregion_init(base, size,
				  SBI_DOMAIN_MEMREGION_M_READABLE |
					  SBI_DOMAIN_MEMREGION_M_WRITABLE,
				  &reg);
	rc = sbi_domain_root_add_memrange(reg.base, 1UL << reg.order,
					  1UL << reg.order, reg.flags);
	if (rc)
		sbi_printf("opensbi-cove: cannot reserve the %s (error %d)\n",
			   what, rc);
	return rc;
}

int covh_place_scan(const void *fdt)
{
	int ram = find_ram(fdt), used = find_used(fdt);

	covh_ram_known = !ram;
	return ram ? ram : used;
}

/* Trampoline, harts' areas, the helper's contexts, the note for the next boot */
static u64 tramp_size(void)
{
	u64 size = (u64)(covh_trampoline_end - covh_trampoline_start);

	size = (size + COVH_PAGE_SIZE - 1) & ~(COVH_PAGE_SIZE - 1);
	size += covh_hart_count() * COVH_TRAMP_HART_SIZE;
	return size + covh_helper_bytes(CONFIG_SBI_COVH_HELPERS) +
	       COVH_PAGE_SIZE;
}

/* Sizes of the block and of what is in it; false: nothing is left of the pool */
static bool divide_block(u64 pool)
{
	u64 used = 2 * GUARD + tramp_size();
	u64 size = 1UL << log2roundup(used);

	if (size < pool)
		size = pool;
	covh_place.block_size = size;
	covh_place.tramp_size = tramp_size();
	covh_place.pool_size = pool ? size - used : 0;
	return !pool || !GUARD || covh_place.pool_size >= LEAST_POOL;
}

int covh_place_choose(const void *fdt, const char **why)
{
	u64 pages = 0;
	u32 i;
	int rc;

	for (i = 0; i < covh_nram; i++)
		pages +=
			(covh_ram[i].end - covh_ram[i].base) >> COVH_PAGE_SHIFT;

	if (!divide_block(pool_size(fdt, pages << COVH_PAGE_SHIFT))) {
		*why = "the guards leave too little of the pool";
		return SBI_ENOSPC;
	}
	covh_place.records_size = 1UL << log2roundup(pages * sizeof(u64));
	covh_place.block = find_place(covh_place.block_size);
	covh_place.records = find_place(covh_place.records_size);
	if (!covh_place.block || !covh_place.records)
		return SBI_ENOMEM;
	covh_place.tramp = covh_place.block + GUARD;
	if (covh_place.pool_size)
		covh_place.pool = covh_place.tramp + covh_place.tramp_size;
	rc = reserve(covh_place.block, covh_place.block_size, "pool");
	if (!rc)
		rc = reserve(covh_place.records, covh_place.records_size,
			     "page records");
	return rc;
}

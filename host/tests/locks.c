/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that hold locks longest: full tables, full window sets, as many
 * TVMs as there are, the largest number of pages that a call maps without
 * giving its lock up. The runner looks at what was held for how long, see
 * lock-limit= in test_locks.c.
 */

#include <string.h>
#include <host/attack.h>
#include "puppet.h"

#define MANY	 1000
#define REGIONS	 128
#define SHORT	 4 /* pages that the TSM maps in one go */
#define GPA_HIGH (BLANK_GPA + 0x40000000UL)

static void need_limit(void)
{
	need_debug();
	if (!locks_limit())
		SKIP("needs lock-limit= and QEMU's -icount");
}

static long add_region(const struct tvm *t, unsigned long gpa)
{
	return covh_add_tvm_memory_region(t->id, gpa, PAGE_SIZE).error;
}

/* Downwards, so that each new one moves all others */
static void regions(void)
{
	struct tvm *t = test_blank(0, !free_pool.nr);
	unsigned long gpa = GPA_HIGH, n = 1;
	long err;

	need_limit();
	for (; !(err = add_region(t, gpa)); gpa -= 2 * PAGE_SIZE)
		n++;
	CHECK_EQ(err, SBI_ERR_FAILED);
	CHECK(n >= 128);
	/* A full table: refused for both reasons, first and last entry */
	REFUSED(covh_add_tvm_memory_region(t->id, BLANK_GPA, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_memory_region(t->id, GPA_HIGH, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_memory_region(t->id, 0, PAGE_SIZE),
		SBI_ERR_FAILED);
}

/* T-59: the same by a guest, and what goes from the middle, or all at once */
static void mmio_regions(void)
{
	const unsigned long low = BLANK_GPA - 4 * REGIONS * PAGE_SIZE;
	static struct puppet p;
	unsigned long n = 0, gpa, i;
	long err;

	need_limit();
	puppet_make(&p, 1);
	for (gpa = BLANK_GPA - 4 * PAGE_SIZE; gpa > low; gpa -= 4 * PAGE_SIZE) {
		err = (long)puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
				   COVG_ADD_MMIO_REGION, gpa, 3 * PAGE_SIZE);
		if (err)
			break;
		n++;
	}
	CHECK_EQ(err, SBI_ERR_FAILED);
	CHECK(n > REGIONS - 8);
	gpa += 4 * PAGE_SIZE;
	/* With one end, with a hole, the first one */
	for (i = 0; i < 3; i++)
		puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
		       COVG_REMOVE_MMIO_REGION, gpa + (2 - i) * PAGE_SIZE,
		       PAGE_SIZE);
	puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG, COVG_REMOVE_MMIO_REGION,
	       gpa + 5 * PAGE_SIZE, PAGE_SIZE);
	CHECK_EQ(puppet_ret(&p, 0, 0), 0);
	puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG, COVG_REMOVE_MMIO_REGION, 0,
	       1UL << 40);
	CHECK_EQ(puppet_ret(&p, 0, 0), 0);
}

static void block(const struct tvm *t, unsigned long gpa, unsigned long n)
{
	unsigned long len = n * PAGE_SIZE;

	CHECK_EQ(covh_tvm_invalidate_pages(t->id, gpa, len).error, 0);
	CHECK_EQ(covh_tvm_fence(t->id).error, 0);
	CHECK(covh_tvm_remove_pages(t->id, gpa, len).error);
	CHECK_EQ(covh_tvm_validate_pages(t->id, gpa, len).error, 0);
}

/* Table pages, vCPUs, an identity; pages at the edge of two tables */
static void pages(void)
{
	static uint8_t id[64] __attribute__((aligned(64)));
	struct tvm *t = test_blank(5 * SHORT + 64, !free_pool.nr);
	unsigned long i, at, edge = 0x80200000 - SHORT / 2 * PAGE_SIZE;

	need_limit();
	CHECK_EQ(covh_add_tvm_memory_region(t->id, BLANK_GPA + 0x1f0000,
					    0x200000)
			 .error,
		 0);
	for (i = 1; i <= SHORT + 1; i += SHORT) {
		at = conf_alloc(&t->conf, i, PAGE_SIZE);
		CHECK_EQ(covh_add_tvm_page_table_pages(t->id, at, i).error, 0);
	}
	for (i = 0; i < t->info.tvm_max_vcpus && i < 16; i++)
		CHECK_EQ(tvm_add_vcpu(t, i), 0);
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0, pa(id)).error, 0);
	/* One, for which no table is there yet: it is cleared with the lock held */
	at = conf_alloc(&t->conf, 1, PAGE_SIZE);
	CHECK_EQ(covh_add_tvm_zero_pages(t->id, at, 0, 1, edge - PAGE_SIZE)
			 .error,
		 0);
	at = conf_alloc(&t->conf, SHORT, PAGE_SIZE);
	CHECK_EQ(covh_add_tvm_zero_pages(t->id, at, 0, SHORT, edge).error, 0);
	at = conf_alloc(&t->conf, SHORT, PAGE_SIZE);
	REFUSED(covh_add_tvm_zero_pages(t->id, at, 0, SHORT, edge + PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_add_tvm_zero_pages(t->id, at, 0, SHORT,
					 BLANK_GPA + 0x240000)
			 .error,
		 0);
	at = conf_alloc(&t->conf, SHORT + 1, PAGE_SIZE);
	CHECK_EQ(covh_add_tvm_zero_pages(t->id, at, 0, SHORT + 1,
					 BLANK_GPA + 0x280000)
			 .error,
		 0);
	block(t, edge, SHORT);
	block(t, BLANK_GPA + 0x280000, SHORT + 1);
	CHECK_EQ(covh_destroy_tvm(t->id).error, 0);
	t->id = 0;
}

/* As many TVMs as there are slots */
static void tvms(void)
{
	struct covh_tvm_create_params p;
	static unsigned long id[MANY];
	struct conf *c = test_conf();
	unsigned long n, total = 8 * 65;
	struct sbiret r;

	need_limit();
	CHECK_EQ(conf_convert(c, free_pool.nr != 0, total, COVH_PGD_SIZE), 0);
	CHECK_EQ(conf_fence(), 0);
	for (n = 0; n < total / 8; n++) {
		p.tvm_page_directory_addr =
			c->range[0].base + 8 * n * PAGE_SIZE;
		p.tvm_state_addr = p.tvm_page_directory_addr + COVH_PGD_SIZE;
		r = covh_create_tvm(pa(&p), sizeof(p));
		if (r.error)
			break;
		id[n] = r.value;
	}
	CHECK_EQ(r.error, SBI_ERR_FAILED);
	CHECK(n >= 64);
	while (n--)
		CHECK_EQ(covh_destroy_tvm(id[n]).error, 0);
}

/* More PMP entries than there are: then in the middle, and over the pool */
static void windows(void)
{
	unsigned long base = pa(page_alloc(128, 128 * PAGE_SIZE)), n, i;
	unsigned long pool = free_pool.nr ? free_pool.r[0].start : 0;

	need_limit();
	for (n = 0; n < 64; n++)
		if (covh_convert_pages(base + 2 * n * PAGE_SIZE, 1).error)
			break;
	CHECK_EQ(conf_fence(), 0);
	for (i = 0; i + 1 < n; i++) {
		CHECK_EQ(covh_convert_pages(base + (2 * i + 1) * PAGE_SIZE, 1)
				 .error,
			 0);
		CHECK_EQ(covh_reclaim_pages(base + (2 * i + 1) * PAGE_SIZE, 1)
				 .error,
			 0);
		CHECK_EQ(covh_reclaim_pages(base + 2 * i * PAGE_SIZE, 1).error,
			 0);
		CHECK_EQ(covh_convert_pages(base + 2 * i * PAGE_SIZE, 1).error,
			 0);
	}
	/* Two more, on both sides of the pool, which do not fit */
	if (pool)
		covh_convert_pages(pool - 64 * PAGE_SIZE,
				   ranges_total(&free_pool) / PAGE_SIZE + 128);
	CHECK_EQ(conf_fence(), 0);
	CHECK_EQ(covh_reclaim_pages(base, 128).error, 0);
	CHECK_EQ(conf_fence(), 0);
	page_free((void *)base, 128);
}

/* Long calls look for IPIs: no lock may be held then */
static void long_calls(void)
{
	struct tvm *t = test_blank(3000, !free_pool.nr);
	unsigned long at, i;

	need_limit();
	at = conf_alloc(&t->conf, 2, PAGE_SIZE);
	for (i = 0; i < 2; i++)
		CHECK_EQ(covh_create_tvm_vcpu(t->id, i, at + i * PAGE_SIZE)
				 .error,
			 0);
	at = conf_alloc(&t->conf, 32, PAGE_SIZE);
	CHECK_EQ(covh_add_tvm_page_table_pages(t->id, at, 32).error, 0);
	CHECK_EQ(covh_add_tvm_memory_region(t->id, GPA_HIGH, 0x1000000).error,
		 0);
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0, 0).error, 0);
	at = conf_alloc(&t->conf, 2048, PAGE_SIZE);
	CHECK(at);
	CHECK_EQ(covh_add_tvm_zero_pages(t->id, at, 0, 2048, GPA_HIGH).error,
		 0);
	/* Its first run faults: there is nothing at the entry */
	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
}

TEST_GROUP(locks, { "T-59 MMIO regions, a full table", mmio_regions },
	   { "regions, a full table", regions },
	   { "pages of a TVM, mapped under its lock", pages },
	   { "all TVMs that there can be", tvms },
	   { "windows, as many as fit", windows },
	   { "calls that take long", long_calls }, );

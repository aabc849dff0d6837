/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * TVMs: life cycle, errors and their order, attacks by a host.
 */

#include <string.h>

#include "fake_hart.h"

static struct maker a, b;

static u64 free_pages(void)
{
	u64 count[COVH_PG_STATES];

	covh_page_census(count);
	return count[COVH_PG_CONF_FREE];
}

static u64 owned_pages(void)
{
	u64 count[COVH_PG_STATES], n = 0;

	covh_page_census(count);
	for (int st = COVH_PG_PGD; st < COVH_PG_STATES; st++)
		n += count[st];
	return n;
}

/* Life cycle */

static void whole_life(void **state)
{
	struct covh_run run;
	u64 code, data, v = 1;

	(void)state;
	maker_init(&a);
	code = maker_pages(&a, 2, PG);
	fake_pattern(SRC, 1);
	assert_rc(OK, covh_add_measured(a.id, SRC, code, 0, 2, GPA));
	assert_rc(OK, covh_finalize_tvm(a.id, GPA + 8, 7, 0));
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));

	assert_rc(OK, covh_run_begin(a.id, 0, 1000, &run));
	assert_int_equal(run.resume, COVH_RESUME_START);
	assert_int_equal(run.pc, GPA + 8);
	assert_int_equal(run.arg, 7);
	assert_int_equal(run.vcpu_page, a.vcpu0);
	assert_int_equal(run.tvm_page, a.state);
	assert_int_equal(run.nacl, NACL_AREA);
	assert_int_equal(run.htimedelta, -1000);
	assert_int_equal(run.vcpu_id, 0);
	fake_enter(0, &run);
	assert_true(fake_guest_load(0, &run, GPA, &v));
	assert_memory_equal(&v, fake_ram(SRC), 8);
	assert_false(fake_guest_load(0, &run, GPA + 2 * PG, &v));
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);

	/* On demand */
	data = maker_pages(&a, 1, PG);
	assert_rc(OK, covh_add_zero(a.id, data, 0, 1, GPA + 2 * PG));
	AS_HART(2)
	{
		assert_rc(OK, covh_nacl_set_shmem(NACL_AREA + 4 * PG, 0, 0));
		assert_rc(OK, covh_run_begin(a.id, 0, 5000, &run));
	}
	assert_int_equal(run.resume, COVH_RESUME_PLAIN);
	assert_int_equal(run.htimedelta, -1000);
	assert_int_equal(run.vcpu->hart, 2);
	assert_true(fake_guest_load(2, &run, GPA + 2 * PG, &v));
	assert_int_equal(v, 0);
	covh_run_end(&run, COVH_EXIT_VCPU_DEAD, 0);
	assert_rc(INV_PARAM, covh_run_begin(a.id, 0, 0, &run));

	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_int_equal(owned_pages(), 0);
	assert_rc(OK, covh_reclaim(POOL_BASE, (a.next - POOL_BASE) / PG));
	for (u64 pa = POOL_BASE; pa < a.next; pa += PG)
		for (u64 i = 0; i < PG; i += 8) {
			memcpy(&v, fake_ram(pa + i), 8);
			assert_int_equal(v, 0);
		}
}

static void hgatp_names_mode_vmid_and_root(void **state)
{
	struct covh_run run;

	(void)state;
	maker_run(&a);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(run.hgatp & (BIT64(44) - 1), a.pgd >> 12);
	assert_int_equal(run.hgatp >> 60,
			 maker_page(&a)->gstage_levels == 4 ? 9 : 8);
	assert_int_equal(run.hgatp >> 44 & 0x3FFF, 0x3FFF);
	assert_int_equal(maker_page(&a)->gstage_root, a.pgd);
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
}

static void few_vmid_bits_mean_vmid_0(void **state)
{
	struct covh_run run;

	(void)state;
	covh_tvm_init(4, 6);
	maker_run(&a);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(run.hgatp >> 44 & 0x3FFF, 0);
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	assert_rc(OK, covh_destroy_tvm(a.id));
	covh_tvm_init(4, 7);
	maker_second(&b, &a);
	assert_rc(OK, covh_finalize_tvm(b.id, 0, 0, 0));
	assert_rc(OK, covh_run_begin(b.id, 0, 0, &run));
	assert_int_equal(run.hgatp >> 44 & 0x3FFF, 127);
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
}

static void many_tvms(void **state)
{
	u64 id[COVH_MAX_TVMS + 1], pgd, st, free;
	struct maker m = { .next = POOL_BASE };

	(void)state;
	pgd = maker_pages(&m, 4 * (COVH_MAX_TVMS + 1), COVH_PGD_SIZE);
	st = maker_pages(&m, COVH_MAX_TVMS + 1, PG);
	for (u64 i = 0; i < COVH_MAX_TVMS; i++) {
		assert_rc(OK, maker_create(pgd + i * COVH_PGD_SIZE, st + i * PG,
					   &id[i]));
		for (u64 k = 0; k < i; k++)
			assert_int_not_equal(id[i], id[k]);
		assert_int_not_equal(id[i], 0);
	}
	/* No slot: pages stay as they are */
	free = free_pages();
	assert_rc(FAILED, maker_create(pgd + COVH_MAX_TVMS * COVH_PGD_SIZE,
				       st + COVH_MAX_TVMS * PG, &id[64]));
	assert_int_equal(free_pages(), free);
	/* Addresses before resources */
	assert_rc(INV_ADDR,
		  maker_create(pgd, st + COVH_MAX_TVMS * PG, &id[64]));
	assert_rc(OK, covh_destroy_tvm(id[10]));
	assert_rc(OK, maker_create(pgd + COVH_MAX_TVMS * COVH_PGD_SIZE,
				   st + COVH_MAX_TVMS * PG, &id[64]));
	assert_int_not_equal(id[64], id[10]);
	for (u64 i = 0; i <= COVH_MAX_TVMS; i++)
		if (i != 10)
			assert_rc(OK, covh_destroy_tvm(id[i]));
	assert_int_equal(owned_pages(), 0);
}

static void t65_stale_and_guessed_ids(void **state)
{
	struct covh_run run;
	u64 old, ids[10], page;

	(void)state;
	maker_run(&a);
	old = a.id;
	assert_rc(OK, covh_destroy_tvm(old));
	maker_second(&b, &a);
	assert_int_not_equal(b.id, old);
	page = maker_pages(&b, 1, PG);
	ids[0] = old;
	ids[1] = 0;
	ids[2] = ~0UL;
	ids[3] = b.id + 0x10000;
	ids[4] = b.id ^ 1UL << 63;
	ids[5] = b.id & 0xFFFF;
	ids[6] = (b.id & ~0xFFFFUL) | 65;
	ids[7] = b.id & ~0xFFFFUL;
	ids[8] = b.id | 0xFFFF;
	ids[9] = b.id + 1;
	for (int i = 0; i < 10; i++) {
		assert_rc(INV_PARAM, covh_destroy_tvm(ids[i]));
		assert_rc(INV_PARAM, covh_finalize_tvm(ids[i], 0, 0, 0));
		assert_rc(INV_PARAM, covh_add_region(ids[i], 0, PG));
		assert_rc(INV_PARAM, covh_add_pt_pages(ids[i], page, 1));
		assert_rc(INV_PARAM,
			  covh_add_measured(ids[i], SRC, page, 0, 1, GPA));
		assert_rc(INV_PARAM, covh_add_zero(ids[i], page, 0, 1, GPA));
		assert_rc(INV_PARAM, covh_create_vcpu(ids[i], 1, page));
		assert_rc(INV_PARAM, covh_run_begin(ids[i], 0, 0, &run));
	}
	assert_state(page, CONF_FREE);
	assert_rc(OK, covh_destroy_tvm(b.id));
}

/* create_tvm */

static void errors_of_create(void **state)
{
	struct maker m = { .next = POOL_BASE };
	u64 pgd = maker_pages(&m, 8, COVH_PGD_SIZE);
	u64 st = maker_pages(&m, 1, PG), id = 0, free = free_pages();
	struct covh_tvm_create_params p = { pgd, st };

	(void)state;
	memcpy(fake_ram(PARAMS), &p, 16);
	/* Length before address */
	assert_rc(INV_PARAM, covh_create_tvm(FW_BASE, 15, &id));
	assert_rc(INV_PARAM, covh_create_tvm(PARAMS, 0, &id));
	assert_rc(INV_ADDR, covh_create_tvm(PARAMS + 4, 16, &id));
	assert_rc(INV_ADDR, covh_create_tvm(FW_BASE, 16, &id));
	assert_rc(INV_ADDR, covh_create_tvm(pgd, 16, &id));
	assert_rc(INV_ADDR, covh_create_tvm(POOL_BASE - 8, 16, &id));
	assert_rc(INV_ADDR, covh_create_tvm(~0UL - 7, 16, &id));

	assert_rc(INV_ADDR, maker_create(pgd + PG, st, &id));
	assert_rc(INV_ADDR, maker_create(pgd + 1, st, &id));
	assert_rc(INV_ADDR, maker_create(pgd, st + 1, &id));
	assert_rc(INV_ADDR, maker_create(pgd, st + PG, &id));
	assert_rc(INV_ADDR, maker_create(st, pgd, &id));
	assert_rc(INV_ADDR, maker_create(HOST_BASE, st, &id));
	assert_rc(INV_ADDR, maker_create(pgd, HOST_BASE, &id));
	assert_rc(INV_ADDR, maker_create(FW_BASE, st, &id));
	assert_rc(INV_ADDR, maker_create(-COVH_PGD_SIZE, st, &id));
	assert_int_equal(free_pages(), free);
	assert_int_equal(id, 0);
	/* A longer buffer is fine */
	memcpy(fake_ram(PARAMS), &p, 16);
	assert_rc(OK, covh_create_tvm(PARAMS, 4096, &id));
	assert_rc(OK, covh_destroy_tvm(id));
}

static void t09_directory_over_state_pages(void **state)
{
	struct maker m = { .next = POOL_BASE };
	u64 pgd = maker_pages(&m, 8, COVH_PGD_SIZE), id;

	(void)state;
	for (u64 i = 0; i < 4; i++)
		assert_rc(INV_ADDR, maker_create(pgd, pgd + i * PG, &id));
	assert_int_equal(free_pages(), 8);
	assert_rc(OK, maker_create(pgd, pgd + 4 * PG, &id));
	assert_state(pgd, PGD);
	assert_state(pgd + 3 * PG, PGD);
	assert_state(pgd + 4 * PG, TVMSTATE);
	assert_rc(OK, covh_destroy_tvm(id));
}

static void structures_are_cleared_before_use(void **state)
{
	static const u8 zero[PG];
	struct maker m = { .next = POOL_BASE };
	u64 pgd = maker_pages(&m, 4, COVH_PGD_SIZE);
	u64 pages = maker_pages(&m, 4, PG), id;

	(void)state;
	for (u64 i = 0; i < 4; i++) {
		memset(fake_ram(pgd + i * PG), 0xFF, PG);
		memset(fake_ram(pages + i * PG), 0xFF, PG);
	}
	assert_rc(OK, maker_create(pgd, pages, &id));
	for (u64 i = 0; i < 4; i++)
		assert_memory_equal(fake_ram(pgd + i * PG), zero, PG);
	assert_rc(OK, covh_add_pt_pages(id, pages + PG, 1));
	assert_memory_equal(fake_ram(pages + PG), zero, PG);
	assert_rc(OK, covh_create_vcpu(id, 0, pages + 2 * PG));
	assert_memory_equal(fake_ram(pages + 2 * PG), zero, PG);
	assert_rc(OK, covh_destroy_tvm(id));
	/* Key material goes at once */
	assert_memory_equal(fake_ram(pages), zero, PG);
}

/* The rows of D.1 for the calls that give a page a use, every state */
static void rows_of_d1_for_assignment(void **state)
{
	u64 pa, id, other;

	(void)state;
	maker_init(&a);
	maker_second(&b, &a);
	assert_rc(OK, covh_finalize_tvm(b.id, 0, 0, 0));
	pa = (b.next + 0xFFFF) & ~0xFFFFUL;
	b.next = pa + 0x10000;
	other = maker_pages(&b, 8, COVH_PGD_SIZE);
	fake_give(pa, 4);
	for (int st = 0; st < COVH_PG_STATES; st++) {
		u64 info = st == COVH_PG_CONVERTING ? 1UL << 40
						    : COVH_PG_OWNED(9, 0);

		/* NC states do not exist in the pool; the record decides */
		if (st == COVH_PG_CONF_FREE)
			continue;
		fake_poke(pa, st, info);
		assert_rc(INV_ADDR, maker_create(pa, other, &id));
		assert_rc(INV_ADDR, maker_create(other, pa, &id));
		assert_rc(INV_ADDR, covh_create_vcpu(a.id, 1, pa));
		assert_rc(INV_ADDR, covh_add_pt_pages(a.id, pa, 1));
		assert_rc(INV_ADDR, covh_add_pt_pages(b.id, pa, 1));
		assert_rc(INV_ADDR,
			  covh_add_measured(a.id, SRC, pa, 0, 1, GPA));
		assert_rc(INV_ADDR, covh_add_zero(b.id, pa, 0, 1, GPA));
		assert_int_equal(*fake_rec(pa),
				 COVH_PG_POOLED | st | info << 16);
	}
	fake_poke(pa, COVH_PG_CONF_FREE, 0);
}

/* Sources: NC, NC_SHMEM and NC_SHARED only */
static void t05_row_measured_source_of_d1(void **state)
{
	u64 dst, page;

	(void)state;
	maker_init(&a);
	dst = maker_pages(&a, COVH_PG_STATES, PG);
	for (int st = 0; st < COVH_PG_STATES; st++) {
		bool ok = st == COVH_PG_NC || st == COVH_PG_NC_SHMEM ||
			  st == COVH_PG_NC_SHARED;

		page = dst + st * PG;
		fake_poke(HOST_BASE, st, 1);
		assert_rc(ok ? OK : INV_ADDR,
			  covh_add_measured(a.id, HOST_BASE, page, 0, 1,
					    GPA + st * PG));
		assert_int_equal(covh_page_state(page),
				 ok ? COVH_PG_DATA : COVH_PG_CONF_FREE);
		fake_poke(HOST_BASE, COVH_PG_NC, 0);
	}
	/* A pool page as source, and the TVM's own page */
	page = dst + COVH_PG_DATA * PG;
	assert_rc(INV_ADDR,
		  covh_add_measured(a.id, page, page, 0, 1, GPA + 40 * PG));
	assert_rc(INV_ADDR, covh_add_measured(a.id, POOL_BASE + POOL_SIZE - PG,
					      page, 0, 1, GPA + 40 * PG));
}

/* Regions */

static void errors_of_add_region(void **state)
{
	u64 limit;

	(void)state;
	maker_init(&a);
	limit = covh_gstage_gpa_limit(maker_page(&a)->gstage_levels);
	assert_rc(INV_PARAM, covh_add_region(a.id, 0, 0));
	assert_rc(INV_PARAM, covh_add_region(a.id, 1, 0));
	assert_rc(INV_PARAM, covh_add_region(a.id, 0, 1));
	assert_rc(INV_PARAM, covh_add_region(a.id, 0, PG + 8));
	assert_rc(INV_PARAM, covh_add_region(a.id, -PG, PG));
	assert_rc(INV_PARAM, covh_add_region(a.id, -PG, 2 * PG));
	assert_rc(INV_PARAM, covh_add_region(a.id, PG, -PG));
	assert_rc(INV_ADDR, covh_add_region(a.id, 8, PG));
	assert_rc(INV_ADDR, covh_add_region(a.id, limit, PG));
	assert_rc(INV_ADDR, covh_add_region(a.id, limit - PG, 2 * PG));
	assert_rc(INV_ADDR, covh_add_region(a.id, 0, -PG));
	assert_rc(INV_ADDR, covh_add_region(a.id, GPA, PG));
	assert_rc(INV_ADDR, covh_add_region(a.id, GPA - PG, 2 * PG));
	assert_int_equal(maker_page(&a)->regions.n, 1);
	assert_rc(OK, covh_add_region(a.id, limit - PG, PG));
	assert_rc(OK, covh_add_region(a.id, 0, PG));
	for (u64 i = 3; i < COVH_MAX_REGIONS; i++)
		assert_rc(OK, covh_add_region(a.id, 2 * i * PG, PG));
	assert_rc(FAILED, covh_add_region(a.id, 0x40000000, PG));
	/* State before arguments */
	assert_rc(OK, covh_finalize_tvm(a.id, 0, 0, 0));
	assert_rc(INV_PARAM, covh_add_region(a.id, 8, PG));
	assert_rc(INV_PARAM, covh_add_region(a.id, 0x40000000, PG));
}

/* Pages: scalars before addresses before resources, for both calls */
static const struct {
	u64 pa, type, n, gpa;
	long rc;
} page_errors[] = {
#define P (POOL_BASE + 0x200000) /* free, 2 MiB-aligned, 512 pages */
	{ P, 3, 1, GPA, INV_PARAM },
	{ P, 4, 1, GPA, INV_PARAM },
	{ P, ~0UL, 1, GPA, INV_PARAM },
	{ P, 1UL << 32, 1, GPA, INV_PARAM },
	{ P, 0, 0, GPA, INV_PARAM },
	{ P, 0, COVH_MAX_PAGES_PER_CALL + 1, GPA, INV_PARAM },
	{ P, 1, COVH_MAX_PAGES_PER_CALL / 512 + 1, GPA, INV_PARAM },
	{ P, 2, 2, GPA, INV_PARAM },
	{ P, 0, 1UL << 52, GPA, INV_PARAM },
	{ P, 1, 1UL << 43, GPA, INV_PARAM },
	{ P, 0, ~0UL, GPA, INV_PARAM },
	{ -PG, 0, 1, GPA, INV_PARAM },
	{ -PG, 0, 2, GPA, INV_PARAM },
	{ P, 0, 1, -PG, INV_PARAM },
	{ P, 0, 2, -PG, INV_PARAM },
	{ P + 1, 0, 0, GPA + 1, INV_PARAM },
	{ P + 1, 0, 1, GPA, INV_ADDR },
	{ P + PG, 1, 1, GPA + 0x200000, INV_ADDR },
	{ P, 0, 1, GPA + 1, INV_ADDR },
	{ P, 1, 1, GPA + PG, INV_ADDR },
	{ P, 2, 1, GPA, INV_ADDR },
	{ P, 0, 1, GPA - PG, INV_ADDR },
	{ P, 0, 1, GPA + GPA_LEN, INV_ADDR },
	{ P, 0, 2, GPA + GPA_LEN - PG, INV_ADDR },
	{ P, 0, 1, 0, INV_ADDR },
	{ P, 0, 1, 1UL << 60, INV_ADDR },
	{ FW_BASE, 0, 1, GPA, INV_ADDR },
	{ HOST_BASE, 0, 1, GPA, INV_ADDR },
	{ RAM_END, 0, 1, GPA, INV_ADDR },
	{ RAM_END - PG, 0, 2, GPA, INV_ADDR },
	{ P + 0x1FF000, 0, 2, GPA, INV_ADDR },
	{ 0, 0, 1, GPA, INV_ADDR },
	/* Far away in the region: tables are missing, but dest comes first */
	{ HOST_BASE, 0, 1, 0x4000000000, INV_ADDR },
	{ P, 0, 1, 0x4000000000, COVH_ERR_OUT_OF_PTPAGES },
};

static void use_up_tables(u64 id, u64 from)
{
	/* maker gives 8 tables: 2 or 3 for the first page, 1 for each 2 MiB
	 * more, 2 for the second region. 2 more are needed, 0 or 1 are left */
	for (u64 i = 0; i < 4; i++)
		assert_rc(OK, covh_add_measured(id, SRC, from + i * PG, 0, 1,
						GPA + i * 0x200000 + 0x10000));
	assert_rc(OK, covh_add_measured(id, SRC, from + 4 * PG, 0, 1,
					0x6000000000));
}

static void errors_of_measured_and_zero(void **state)
{
	u64 five;

	(void)state;
	fake_give(P, 512);
	for (int zero = 0; zero < 2; zero++) {
		u64 free, owned;

		if (zero)
			maker_second(&a, &a);
		else
			maker_init(&a);
		assert_rc(OK, covh_add_region(a.id, 0x4000000000, 1UL << 30));
		assert_rc(OK, covh_add_region(a.id, 0x6000000000, 1UL << 30));
		five = maker_pages(&a, 5, PG);
		use_up_tables(a.id, five);
		if (zero)
			assert_rc(OK, covh_finalize_tvm(a.id, 0, 0, 0));
		free = free_pages();
		owned = owned_pages();
		for (u32 i = 0; i < COVH_ARRAY_SIZE(page_errors); i++) {
			u64 pa = page_errors[i].pa, n = page_errors[i].n;
			u64 type = page_errors[i].type;
			u64 gpa = page_errors[i].gpa;

			assert_rc(page_errors[i].rc,
				  zero ? covh_add_zero(a.id, pa, type, n, gpa)
				       : covh_add_measured(a.id, SRC, pa, type,
							   n, gpa));
		}
		assert_int_equal(free_pages(), free);
		assert_int_equal(owned_pages(), owned);
		fake_check();
	}
}

static void errors_of_measured_source(void **state)
{
	u64 dst;

	(void)state;
	maker_init(&a);
	dst = maker_pages(&a, 512, 0x200000);
	assert_rc(INV_PARAM, covh_add_measured(a.id, -PG, dst, 0, 2, GPA));
	/* Wrap before alignment of another address */
	assert_rc(INV_PARAM, covh_add_measured(a.id, -PG, dst + 1, 0, 1, GPA));
	assert_rc(INV_ADDR, covh_add_measured(a.id, SRC + 8, dst, 0, 1, GPA));
	assert_rc(INV_ADDR,
		  covh_add_measured(a.id, SRC + PG, dst, 1, 1, GPA + 0x200000));
	assert_rc(INV_ADDR,
		  covh_add_measured(a.id, RAM_END - PG, dst, 0, 2, GPA));
	assert_rc(INV_ADDR,
		  covh_add_measured(a.id, 0x10000000, dst, 0, 1, GPA));
	assert_rc(INV_ADDR, covh_add_measured(a.id, FW_BASE, dst, 0, 1, GPA));
	assert_state(dst, CONF_FREE);
}

static void t27_measured_pages_after_finalize(void **state)
{
	u64 page;

	(void)state;
	maker_run(&a);
	page = maker_pages(&a, 1, PG);
	/* State before everything about the arguments */
	assert_rc(INV_PARAM, covh_add_measured(a.id, SRC, page, 0, 1, GPA));
	assert_rc(INV_PARAM, covh_add_measured(a.id, FW_BASE, 1, 0, 1, 1));
	assert_state(page, CONF_FREE);
	assert_rc(INV_PARAM, covh_create_vcpu(a.id, 1, page));
	assert_rc(INV_PARAM, covh_create_vcpu(a.id, 1, FW_BASE));
	assert_rc(INV_PARAM, covh_finalize_tvm(a.id, 0, 0, 0));
	assert_rc(OK, covh_add_pt_pages(a.id, page, 1));
}

static void zero_pages_before_finalize(void **state)
{
	u64 page;

	(void)state;
	maker_init(&a);
	page = maker_pages(&a, 1, PG);
	assert_rc(INV_PARAM, covh_add_zero(a.id, page, 0, 1, GPA));
	assert_rc(INV_PARAM, covh_add_zero(a.id, FW_BASE, 0, 1, 1));
	assert_state(page, CONF_FREE);
}

static void errors_of_pt_pages(void **state)
{
	u64 p;

	(void)state;
	maker_init(&a);
	p = maker_pages(&a, 2, PG);
	assert_rc(INV_PARAM, covh_add_pt_pages(a.id, p, 0));
	assert_rc(INV_PARAM, covh_add_pt_pages(a.id, p + 1, 0));
	assert_rc(INV_PARAM, covh_add_pt_pages(a.id, p, 65537));
	assert_rc(INV_PARAM, covh_add_pt_pages(a.id, p, 1UL << 52));
	assert_rc(INV_PARAM, covh_add_pt_pages(a.id, -PG, 1));
	assert_rc(INV_ADDR, covh_add_pt_pages(a.id, p + 8, 1));
	assert_rc(INV_ADDR, covh_add_pt_pages(a.id, p, 3));
	assert_rc(INV_ADDR, covh_add_pt_pages(a.id, HOST_BASE, 1));
	assert_rc(INV_ADDR, covh_add_pt_pages(a.id, a.pt, 1));
	assert_state(p, CONF_FREE);
	assert_rc(OK, covh_add_pt_pages(a.id, p, 2));
	assert_state(p + PG, PT);
}

static void errors_of_create_vcpu(void **state)
{
	u64 p;

	(void)state;
	maker_init(&a);
	p = maker_pages(&a, 64, PG);
	assert_rc(INV_PARAM, covh_create_vcpu(a.id, 0, p));
	assert_rc(INV_PARAM, covh_create_vcpu(a.id, 64, p));
	assert_rc(INV_PARAM, covh_create_vcpu(a.id, ~0UL, p));
	assert_rc(INV_PARAM, covh_create_vcpu(a.id, 1UL << 32, p));
	assert_rc(INV_PARAM, covh_create_vcpu(a.id, 64, FW_BASE));
	assert_rc(INV_ADDR, covh_create_vcpu(a.id, 1, p + 8));
	assert_rc(INV_ADDR, covh_create_vcpu(a.id, 1, HOST_BASE));
	assert_rc(INV_ADDR, covh_create_vcpu(a.id, 1, a.vcpu0));
	for (u64 i = 1; i < 64; i++)
		assert_rc(OK, covh_create_vcpu(a.id, i, p + i * PG));
	assert_rc(INV_PARAM, covh_create_vcpu(a.id, 63, p));
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_int_equal(owned_pages(), 0);
}

static void errors_of_finalize(void **state)
{
	struct maker m = { .next = POOL_BASE };
	u64 pgd = maker_pages(&m, 4, COVH_PGD_SIZE), id;
	u64 p = maker_pages(&m, 3, PG);
	struct covh_run run;

	(void)state;
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));
	assert_rc(OK, maker_create(pgd, p, &id));
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, 0));
	assert_rc(OK, covh_create_vcpu(id, 1, p + PG));
	/* vCPU 0 is the boot vCPU */
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, 0));
	assert_rc(OK, covh_create_vcpu(id, 0, p + 2 * PG));
	/* T-05: INV_PARAM for identity */
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, HOST_BASE + 8));
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, 1));
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, FW_BASE));
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, pgd));
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, 0x10000000));
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, -64UL));
	/* T-17: not before finalize; then the boot vCPU only */
	assert_rc(INV_PARAM, covh_run_begin(id, 0, 0, &run));
	assert_rc(OK, covh_finalize_tvm(id, 0, 0, 0));
	assert_rc(INV_PARAM, covh_run_begin(id, 1, 0, &run));
	assert_rc(INV_PARAM, covh_run_begin(id, 2, 0, &run));
	assert_rc(INV_PARAM, covh_run_begin(id, 64, 0, &run));
	assert_rc(INV_PARAM, covh_run_begin(id, ~0UL, 0, &run));
	assert_rc(INV_PARAM, covh_finalize_tvm(id, 0, 0, 0));
	assert_rc(OK, covh_destroy_tvm(id));
}

/* Runs */

static void t16_one_vcpu_on_two_harts(void **state)
{
	struct covh_run run, second;

	(void)state;
	maker_run(&a);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	AS_HART(1)
	{
		assert_rc(OK, covh_nacl_set_shmem(NACL_AREA + 4 * PG, 0, 0));
		assert_rc(INV_PARAM, covh_run_begin(a.id, 0, 0, &second));
		assert_rc(FAILED, covh_destroy_tvm(a.id));
	}
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	AS_HART(1)
	{
		assert_rc(OK, covh_run_begin(a.id, 0, 0, &second));
		covh_run_end(&second, COVH_EXIT_RESUMABLE, 0);
		assert_rc(OK, covh_destroy_tvm(a.id));
	}
}

static void t67_run_needs_nacl_memory(void **state)
{
	struct covh_run run;

	(void)state;
	maker_run(&a);
	covh_nacl_drop();
	assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
	/* Ids and states first */
	assert_rc(INV_PARAM, covh_run_begin(a.id, 1, 0, &run));
	assert_rc(INV_PARAM, covh_run_begin(a.id + 1, 0, 0, &run));
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(run.resume, COVH_RESUME_START);
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
}

static void dead_tvm_can_only_be_destroyed(void **state)
{
	struct covh_run run;

	(void)state;
	maker_run(&a);
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	covh_run_end(&run, COVH_EXIT_TVM_DEAD, 0);
	assert_rc(INV_PARAM, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_destroy_tvm(a.id));
}

/* The guest shuts down on one vCPU while another one runs: that one is
 * TERMINATED, however it comes out */
static void all_vcpus_of_a_dead_tvm_terminate(void **state)
{
	struct covh_run first, second;

	(void)state;
	maker_init(&a);
	for (u64 i = 1; i < 4; i++)
		assert_rc(OK,
			  covh_create_vcpu(a.id, i, maker_pages(&a, 1, PG)));
	assert_rc(OK, covh_finalize_tvm(a.id, 0, 0, 0));
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &first));
	/* As the guest's hart_start will do */
	first.tvm->vcpu[1].state = COVH_VCPU_RUNNABLE;
	first.tvm->vcpu[2].state = COVH_VCPU_RUNNABLE;
	AS_HART(1)
	{
		assert_rc(OK, covh_nacl_set_shmem(NACL_AREA + 4 * PG, 0, 0));
		assert_rc(OK, covh_run_begin(a.id, 1, 0, &second));
	}
	assert_true(covh_run_end(&first, COVH_EXIT_TVM_DEAD, 0));
	assert_rc(FAILED, covh_destroy_tvm(a.id));
	/* It leaves for a reason of its own, and can never run again */
	assert_true(covh_run_end(&second, COVH_EXIT_RESUMABLE, 0));
	for (u64 i = 0; i < 4; i++) {
		assert_int_equal(first.tvm->vcpu[i].state,
				 COVH_VCPU_TERMINATED);
		assert_rc(INV_PARAM, covh_run_begin(a.id, i, 0, &first));
	}
	assert_rc(OK, covh_destroy_tvm(a.id));
	/* The slot's next TVM starts afresh */
	maker_second(&b, &a);
	assert_rc(INV_PARAM, covh_run_begin(b.id, 1, 0, &first));
	assert_rc(OK, covh_create_vcpu(b.id, 1, maker_pages(&b, 1, PG)));
	assert_rc(OK, covh_finalize_tvm(b.id, 0, 0, 0));
	assert_rc(OK, covh_run_begin(b.id, 0, 77, &first));
	assert_int_equal(first.htimedelta, -77);
	covh_run_end(&first, COVH_EXIT_RESUMABLE, 0);
	assert_rc(INV_PARAM, covh_run_begin(b.id, 1, 0, &first));
}

/* Attacks */

static void t04_foreign_page_refused(void **state)
{
	u64 data, pages[6], id, other;

	(void)state;
	maker_init(&a);
	data = maker_pages(&a, 1, PG);
	fake_pattern(SRC, 5);
	assert_rc(OK, covh_add_measured(a.id, SRC, data, 0, 1, GPA));
	maker_second(&b, &a);
	other = maker_pages(&b, 8, COVH_PGD_SIZE);
	pages[0] = data;
	pages[1] = a.pgd;
	pages[2] = a.state;
	pages[3] = a.pt;
	pages[4] = a.vcpu0;
	pages[5] = b.vcpu0;
	for (int i = 0; i < 6; i++) {
		u64 r = *fake_rec(pages[i]);

		assert_rc(INV_ADDR,
			  covh_add_measured(b.id, SRC, pages[i], 0, 1, GPA));
		assert_rc(INV_ADDR, covh_add_pt_pages(b.id, pages[i], 1));
		assert_rc(INV_ADDR, covh_create_vcpu(b.id, 1, pages[i]));
		assert_rc(INV_ADDR, maker_create(other, pages[i], &id));
		assert_rc(INV_ADDR, maker_create(pages[i], other, &id));
		assert_int_equal(*fake_rec(pages[i]), r);
	}
	assert_rc(OK, covh_finalize_tvm(b.id, 0, 0, 0));
	for (int i = 0; i < 6; i++)
		assert_rc(INV_ADDR, covh_add_zero(b.id, pages[i], 0, 1, GPA));
	assert_memory_equal(fake_ram(data), fake_ram(SRC), PG);
}

static void t08_page_of_another_tvm_reads_zero(void **state)
{
	struct covh_run run;
	u64 data, v = 1, i;

	(void)state;
	maker_init(&a);
	data = maker_pages(&a, 1, PG);
	fake_pattern(SRC, 5);
	assert_rc(OK, covh_add_measured(a.id, SRC, data, 0, 1, GPA));
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_state(data, CONF_FREE);
	maker_second(&b, &a);
	assert_rc(OK, covh_finalize_tvm(b.id, 0, 0, 0));
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));
	assert_rc(OK, covh_add_zero(b.id, data, 0, 1, GPA + PG));
	assert_rc(OK, covh_run_begin(b.id, 0, 0, &run));
	fake_enter(0, &run);
	for (i = 0; i < PG; i += 8) {
		assert_true(fake_guest_load(0, &run, GPA + PG + i, &v));
		assert_int_equal(v, 0);
	}
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
}

static void t21_one_page_at_two_addresses(void **state)
{
	u64 p;

	(void)state;
	maker_init(&a);
	p = maker_pages(&a, 2, PG);
	assert_rc(OK, covh_add_measured(a.id, SRC, p, 0, 1, GPA));
	assert_rc(INV_ADDR, covh_add_measured(a.id, SRC, p, 0, 1, GPA + PG));
	assert_rc(OK, covh_finalize_tvm(a.id, 0, 0, 0));
	assert_rc(INV_ADDR, covh_add_zero(a.id, p, 0, 1, GPA + PG));
	assert_rc(OK, covh_add_zero(a.id, p + PG, 0, 1, GPA + PG));
	assert_rc(INV_ADDR, covh_add_zero(a.id, p + PG, 0, 1, GPA + 2 * PG));
	assert_int_equal(COVH_PG_GPA(covh_page_info(p)), GPA);
	assert_int_equal(COVH_PG_GPA(covh_page_info(p + PG)), GPA + PG);
}

static void t22_zero_page_over_a_mapping(void **state)
{
	struct covh_run run;
	u64 p, v;

	(void)state;
	maker_init(&a);
	p = maker_pages(&a, 3, PG);
	fake_pattern(SRC, 9);
	assert_rc(OK, covh_add_measured(a.id, SRC, p, 0, 1, GPA + PG));
	assert_rc(INV_ADDR,
		  covh_add_measured(a.id, SRC, p + PG, 0, 1, GPA + PG));
	assert_rc(OK, covh_finalize_tvm(a.id, 0, 0, 0));
	assert_rc(INV_ADDR, covh_add_zero(a.id, p + PG, 0, 1, GPA + PG));
	/* As the second of two: the first must not be mapped either */
	assert_rc(INV_ADDR, covh_add_zero(a.id, p + PG, 0, 2, GPA));
	assert_state(p + PG, CONF_FREE);
	assert_state(p + 2 * PG, CONF_FREE);
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	fake_enter(0, &run);
	assert_false(fake_guest_load(0, &run, GPA, &v));
	assert_true(fake_guest_load(0, &run, GPA + PG, &v));
	assert_memory_equal(&v, fake_ram(SRC), 8);
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
}

static void t52_vmid_reuse_sees_no_old_translation(void **state)
{
	struct covh_run run;
	u64 p, v;

	(void)state;
	maker_init(&a);
	p = maker_pages(&a, 1, PG);
	assert_rc(OK, covh_add_measured(a.id, SRC, p, 0, 1, GPA));
	assert_rc(OK, covh_finalize_tvm(a.id, 0, 0, 0));
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));
	AS_HART(1)
	{
		assert_rc(OK, covh_nacl_set_shmem(NACL_AREA + 4 * PG, 0, 0));
		assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
		fake_enter(1, &run);
		assert_true(fake_guest_load(1, &run, GPA, &v));
		covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	}
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	fake_enter(0, &run);
	assert_true(fake_guest_load(0, &run, GPA, &v));
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	assert_rc(OK, covh_destroy_tvm(a.id));
	/* The destroying hart has forgotten, even before an entry */
	assert_false(fake_guest_cached(0, &run, GPA, &v));
	assert_true(fake_guest_cached(1, &run, GPA, &v));

	maker_second(&b, &a);
	assert_rc(OK, covh_finalize_tvm(b.id, 0, 0, 0));
	AS_HART(1)
	{
		assert_rc(OK, covh_run_begin(b.id, 0, 0, &run));
		fake_enter(1, &run);
		assert_false(fake_guest_load(1, &run, GPA, &v));
		covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	}
}

/* Large mappings */

static void superpages(void **state)
{
	struct covh_run run;
	u64 p, v, i;

	(void)state;
	maker_run(&a);
	p = maker_pages(&a, 512, 0x200000);
	memset(fake_ram(p), 0x77, 0x200000);
	assert_rc(OK, covh_add_zero(a.id, p, 1, 1, GPA + 0x400000));
	for (i = 0; i < 512; i++) {
		assert_state(p + i * PG, DATA);
		assert_int_equal(COVH_PG_GPA(covh_page_info(p + i * PG)),
				 GPA + 0x400000 + i * PG);
	}
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_true(fake_guest_load(0, &run, GPA + 0x5FFFF8, &v));
	assert_int_equal(v, 0);
	assert_false(fake_guest_load(0, &run, GPA + 0x600000, &v));
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_state(p, CONF_FREE);
	assert_state(p + 511 * PG, CONF_FREE);
	assert_int_equal(owned_pages(), 0);
}

static void many_small_pages_in_one_call(void **state)
{
	struct covh_run run;
	u64 p, v;

	(void)state;
	maker_run(&a);
	p = maker_pages(&a, 600, PG);
	assert_rc(OK, covh_add_zero(a.id, p, 0, 600, GPA + PG));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_true(fake_guest_load(0, &run, GPA + 600 * PG, &v));
	assert_false(fake_guest_load(0, &run, GPA + 601 * PG, &v));
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_int_equal(owned_pages(), 0);
}

static void plain_pages_serve_as_well(void **state)
{
	u64 v, p = HOST_BASE + 0x100000;

	(void)state;
	maker_run(&a);
	fake_give(p, 4);
	assert_rc(OK, covh_add_zero(a.id, p, 0, 4, GPA));
	fake_check();
	assert_rc(INV_ADDR, covh_reclaim(p, 4));
	assert_rc(OK, covh_destroy_tvm(a.id));
	memset(fake_ram(p), 0x33, PG);
	assert_rc(OK, covh_reclaim(p, 4));
	assert_state(p, NC);
	assert_true(fake_host_load(0, p, &v));
	assert_int_equal(v, 0);
}

/* Another hart's calls between two pages of a long one */

static void meet_measured(void)
{
	struct covh_run run;
	u64 free = a.next - PG;

	AS_HART(1)
	{
		assert_rc(FAILED, covh_add_region(a.id, 0, PG));
		assert_rc(FAILED, covh_finalize_tvm(a.id, 0, 0, 0));
		assert_rc(FAILED, covh_destroy_tvm(a.id));
		assert_rc(FAILED, covh_create_vcpu(a.id, 1, free));
		assert_rc(FAILED, covh_add_pt_pages(a.id, free, 1));
		assert_rc(FAILED, covh_add_zero(a.id, free, 0, 1, GPA));
		assert_rc(FAILED, covh_run_begin(a.id, 0, 0, &run));
		/* Bad ids are still bad ids */
		assert_rc(INV_PARAM, covh_destroy_tvm(a.id + 0x10000));
	}
}

static void busy_tvm_refuses_calls(void **state)
{
	u64 p;

	(void)state;
	maker_init(&a);
	p = maker_pages(&a, 3, PG);
	fake.ipi_hook = meet_measured;
	assert_rc(OK, covh_add_measured(a.id, SRC, p, 0, 2, GPA));
	assert_null(fake.ipi_hook);
	assert_state(p + 2 * PG, CONF_FREE);
	fake.ipi_hook = meet_measured;
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_null(fake.ipi_hook);
	assert_int_equal(owned_pages(), 0);
}

static void destroy_meanwhile(void)
{
	AS_HART(1)
	assert_rc(OK, covh_destroy_tvm(a.id));
}

/* Pages are cleared without the TVM held: it may be gone afterwards */
static void tvm_destroyed_while_its_pages_are_cleared(void **state)
{
	u64 p;

	(void)state;
	maker_run(&a);
	p = maker_pages(&a, 2, PG);
	fake.ipi_hook = destroy_meanwhile;
	assert_rc(INV_PARAM, covh_add_zero(a.id, p, 0, 2, GPA));
	assert_state(p, CONF_FREE);
	assert_state(p + PG, CONF_FREE);
	assert_int_equal(owned_pages(), 0);

	maker_second(&a, &a);
	fake.ipi_hook = destroy_meanwhile;
	assert_rc(INV_PARAM, covh_add_pt_pages(a.id, p, 2));
	assert_state(p, CONF_FREE);
	assert_int_equal(owned_pages(), 0);
}

static u64 meanwhile_page;

static void map_meanwhile(void)
{
	AS_HART(1)
	assert_rc(OK, covh_add_zero(a.id, meanwhile_page, 0, 1, GPA + PG));
}

static void gpa_mapped_while_pages_are_cleared(void **state)
{
	u64 p;

	(void)state;
	maker_run(&a);
	p = maker_pages(&a, 3, PG);
	meanwhile_page = p + 2 * PG;
	fake.ipi_hook = map_meanwhile;
	assert_rc(INV_ADDR, covh_add_zero(a.id, p, 0, 2, GPA));
	assert_state(p, CONF_FREE);
	assert_state(p + PG, CONF_FREE);
	assert_state(meanwhile_page, DATA);
	assert_rc(OK, covh_destroy_tvm(a.id));
}

static void t50_converting_page_is_not_assigned(void **state)
{
	u64 p;

	(void)state;
	maker_run(&a);
	p = a.next;
	assert_rc(OK, covh_convert(p, 1));
	assert_rc(OK, covh_global_fence());
	assert_rc(INV_ADDR, covh_add_zero(a.id, p, 0, 1, GPA));
	AS_HART(1)
	covh_local_fence();
	AS_HART(2)
	covh_local_fence();
	assert_rc(INV_ADDR, covh_add_zero(a.id, p, 0, 1, GPA));
	AS_HART(3)
	covh_local_fence();
	assert_rc(OK, covh_add_zero(a.id, p, 0, 1, GPA));
}

static void smepmp_needs_no_page_of_the_host(void **state)
{
	u64 p = HOST_BASE + 0x100000;

	(void)state;
	fake.smepmp = true;
	maker_init(&a);
	fake_give(p, 4);
	assert_rc(OK, covh_add_measured(a.id, SRC, p, 0, 2, GPA));
	assert_rc(OK, covh_finalize_tvm(a.id, 0, 0, HOST_BASE));
	assert_rc(OK, covh_add_zero(a.id, p + 2 * PG, 0, 2, GPA + 2 * PG));
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_rc(OK, covh_reclaim(p, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(whole_life),
		t39(whole_life),
		t(hgatp_names_mode_vmid_and_root),
		t39(hgatp_names_mode_vmid_and_root),
		t(few_vmid_bits_mean_vmid_0),
		t(many_tvms),
		t(t65_stale_and_guessed_ids),
		t(errors_of_create),
		t(t09_directory_over_state_pages),
		t(structures_are_cleared_before_use),
		t(rows_of_d1_for_assignment),
		t(t05_row_measured_source_of_d1),
		t(errors_of_add_region),
		t39(errors_of_add_region),
		t(errors_of_measured_and_zero),
		t39(errors_of_measured_and_zero),
		t(errors_of_measured_source),
		t(t27_measured_pages_after_finalize),
		t(zero_pages_before_finalize),
		t(errors_of_pt_pages),
		t(errors_of_create_vcpu),
		t(errors_of_finalize),
		t(t16_one_vcpu_on_two_harts),
		t(t67_run_needs_nacl_memory),
		t(dead_tvm_can_only_be_destroyed),
		t(all_vcpus_of_a_dead_tvm_terminate),
		t(t04_foreign_page_refused),
		t(t08_page_of_another_tvm_reads_zero),
		t(t21_one_page_at_two_addresses),
		t(t22_zero_page_over_a_mapping),
		t(t52_vmid_reuse_sees_no_old_translation),
		t(superpages),
		t39(superpages),
		t(many_small_pages_in_one_call),
		t(plain_pages_serve_as_well),
		t(busy_tvm_refuses_calls),
		t(tvm_destroyed_while_its_pages_are_cleared),
		t(gpa_mapped_while_pages_are_cleared),
		t(t50_converting_page_is_not_assigned),
		t(smepmp_needs_no_page_of_the_host),
	};

	return cmocka_run_group_tests_name("tvm", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Bad addresses in every argument that names a buffer of the host's. */

#include <string.h>
#include <host/attack.h>

#define SECRET "LEAKED-SECRET"

static struct spot spots[MAX_SPOTS];
static int nr_spots;
static struct tvm *victim, *blank;
static struct watch watch;

/* In the pages that become windows next; the console must never show it */
static void leave_secret(void)
{
	unsigned long i, page;

	page = ranges_alloc_top(&free_ram, 4 * PAGE_SIZE, PAGE_SIZE);
	for (i = 0; i < 4; i++)
		memcpy((void *)(page + (i << PAGE_SHIFT)), SECRET,
		       sizeof(SECRET));
	page_free((void *)page, 4);
}

/* A TVM whose pages hold something, and all addresses to try */
static void setup(void)
{
	int i;

	leave_secret();
	victim = test_victim(!free_pool.nr, 2);
	blank = test_blank(8, !free_pool.nr);
	nr_spots = collect_spots(spots, victim, true);
	memset(&watch, 0, sizeof(watch));
	/* Firmware's data and page records change by themselves */
	for (i = 0; i < nr_spots; i++) {
		if (!strstr(spots[i].what, "firmware") &&
		    !strstr(spots[i].what, "RAM"))
			watch_add(&watch, ALIGN_DOWN(spots[i].addr, PAGE_SIZE),
				  1);
	}
	watch_start(&watch);
}

static void each(const char *call, long want, long (*fn)(unsigned long addr))
{
	long error;
	int i;

	for (i = 0; i < nr_spots; i++) {
		error = fn(spots[i].addr);
		if (want ? error != want : error >= 0)
			FAIL("%s with %s 0x%lx: expected %ld, got %ld", call,
			     spots[i].what, spots[i].addr, want, error);
	}
	if (!watch_same(&watch))
		FAIL("%s: memory has changed", call);
}

static long info(unsigned long addr)
{
	return covh_get_tsm_info(addr, covh_tsm_info_size()).error;
}

static void tsm_info_buffer(void)
{
	setup();
	each("get_tsm_info", SBI_ERR_INVALID_ADDRESS, info);
}

static long create(unsigned long addr)
{
	return covh_create_tvm(addr, sizeof(struct covh_tvm_create_params))
		.error;
}

/* Good parameters, but in a place where they must not be read */
static void params_buffer(void)
{
	struct tvm *b;

	setup();
	b = blank;
	/* A host page that ends in the middle of the structure is "ends" */
	each("create_tvm", SBI_ERR_INVALID_ADDRESS, create);
	CHECK_STATE(b->pgd, PG_PGD);
}

static long source(unsigned long addr)
{
	unsigned long dest = blank_page(blank);
	long error;

	/* Sources are whole pages: the last spot would be misaligned anyway */
	error = covh_add_tvm_measured_pages(blank->id,
					    ALIGN_DOWN(addr, PAGE_SIZE), dest,
					    COVH_PAGE_4K, 1, BLANK_GPA)
			.error;
	conf_free(&blank->conf, dest, 1);
	return error;
}

static void measured_source(void)
{
	setup();
	/* Its page is the host's own */
	nr_spots--;
	each("add_measured", SBI_ERR_INVALID_ADDRESS, source);
}

static long source_two(unsigned long addr)
{
	unsigned long dest = conf_alloc(&blank->conf, 2, PAGE_SIZE);
	long error;

	CHECK(dest);
	error = covh_add_tvm_measured_pages(
			blank->id, ALIGN_DOWN(addr, PAGE_SIZE) - PAGE_SIZE,
			dest, COVH_PAGE_4K, 2, BLANK_GPA)
			.error;
	conf_free(&blank->conf, dest, 2);
	return error;
}

static void measured_source_second(void)
{
	setup();
	nr_spots--;
	each("add_measured, second page", SBI_ERR_INVALID_ADDRESS, source_two);
}

static long identity(unsigned long addr)
{
	return covh_finalize_tvm(blank->id, BLANK_GPA, 0,
				 ALIGN_DOWN(addr, COVH_IDENTITY_SIZE))
		.error;
}

/* INV_PARAM here, says the ABI; and the TVM stays INITIALIZING */
static void identity_buffer(void)
{
	if (covh_spec05)
		SKIP("spec 0.5 has no identity");
	setup();
	CHECK_EQ(tvm_add_vcpu(blank, 0), 0);
	nr_spots--;
	each("finalize", SBI_ERR_INVALID_PARAM, identity);
	CHECK_EQ(covh_run_tvm_vcpu(blank->id, 0).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_finalize_tvm(blank->id, BLANK_GPA, 0, 0).error, 0);
}

static long shmem(unsigned long addr)
{
	return nacl_set_shmem(ALIGN_DOWN(addr, PAGE_SIZE), 0, 0).error;
}

/* The shared memory is three pages: each of them is the bad one in turn */
static long shmem_middle(unsigned long addr)
{
	return nacl_set_shmem(ALIGN_DOWN(addr, PAGE_SIZE) - PAGE_SIZE, 0, 0)
		.error;
}

static long shmem_end(unsigned long addr)
{
	return nacl_set_shmem(ALIGN_DOWN(addr, PAGE_SIZE) - 2 * PAGE_SIZE, 0, 0)
		.error;
}

static void shmem_buffer(void)
{
	setup();
	CHECK_EQ(nacl_setup(), 0);
	each("set_shmem", SBI_ERR_INVALID_ADDRESS, shmem);
	nr_spots--;
	each("set_shmem, second page", SBI_ERR_INVALID_ADDRESS, shmem_middle);
	each("set_shmem, third page", SBI_ERR_INVALID_ADDRESS, shmem_end);
	/* The old registration still stands */
	CHECK_STATE(pa(this_hart()->shmem), PG_NC_SHMEM);
	CHECK_EQ(tvm_run(victim, 0), TVM_SHUTDOWN);
}

static long dbcn(unsigned long fid, unsigned long addr)
{
	return sbi_call(SBI_EID_DBCN, fid, 16, addr, 0).error;
}

static long dbcn_write(unsigned long addr)
{
	return dbcn(SBI_DBCN_WRITE, addr);
}

static long dbcn_read(unsigned long addr)
{
	return dbcn(SBI_DBCN_READ, addr);
}

/* MMIO and holes are for OpenSBI to judge */
static void only_ram(void)
{
	int i, n = 0;

	for (i = 0; i < nr_spots; i++) {
		if (!strstr(spots[i].what, "RAM"))
			spots[n++] = spots[i];
	}
	nr_spots = n;
}

static void console_buffer(void)
{
	setup();
	only_ram();
	each("DBCN write", 0, dbcn_write);
	each("DBCN read", 0, dbcn_read);
}

/*
 * One that no naturally aligned block holds but one with the firmware in it:
 * with Smepmp M-mode must not reach for it as a whole
 */
static void large_boundary(void)
{
	static struct covh_tsm_info want;
	unsigned long size = covh_tsm_info_size(), at = 0, order,
		      start = machine.ram[0].start;

	for (order = 22; order < 40 && !at; order++)
		if (ranges_contain(&free_ram,
				   start + (1UL << order) - PAGE_SIZE,
				   start + (1UL << order) + PAGE_SIZE))
			at = start + (1UL << order);
	CHECK(at);
	CHECK_EQ(covh_get_tsm_info(pa(&want), size).error, 0);
	memset((void *)(at - 16), 0xff, size);
	CHECK_EQ(covh_get_tsm_info(at - 16, size).error, 0);
	CHECK(!memcmp((void *)(at - 16), &want, size));
	memset((void *)(at - 8), 0, sizeof(struct covh_tvm_create_params));
	REFUSED(covh_create_tvm(at - 8, sizeof(struct covh_tvm_create_params)),
		SBI_ERR_INVALID_ADDRESS);
}

TEST_GROUP(buffers, { "buffers across a large boundary", large_boundary },
	   { "T-05 get_tsm_info", tsm_info_buffer },
	   { "T-05 create_tvm parameters", params_buffer },
	   { "T-05 add_measured source", measured_source },
	   { "T-05 add_measured source, second page", measured_source_second },
	   { "T-05 finalize identity", identity_buffer },
	   { "T-05 set_shmem", shmem_buffer },
	   { "T-05 T-71 DBCN write and read", console_buffer });

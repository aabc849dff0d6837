/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSBI's own services as a way into confidential memory. */

#include <string.h>
#include <host/attack.h>

#define EID_DBTR 0x44425452
#define EID_SSE	 0x535345
#define EID_PMU	 0x504D55
#define EID_MPXY 0x4D505859

#define DBTR_SETUP_SHMEM 1
#define DBTR_READ	 2
#define DBTR_INSTALL	 3
#define DBTR_UPDATE	 4

#define SSE_READ_ATTRS	  0
#define SSE_WRITE_ATTRS	  1
#define SSE_EVENT_LOCAL	  0xffff0000
#define SSE_ATTR_PRIORITY 1
#define SSE_ATTRS	  4
#define PMU_SNAPSHOT	  7
#define PMU_EVENT_INFO	  8
#define HSM_NON_RETENTIVE 0x80000000UL

static struct spot spots[MAX_SPOTS];
static int nr_spots;
static struct watch watch;

static void setup(void)
{
	struct tvm *victim = test_victim(!free_pool.nr, 2);
	int i, n = collect_spots(spots, victim, true);

	memset(&watch, 0, sizeof(watch));
	for (nr_spots = 0, i = 0; i < n; i++) {
		/* What is no RAM is for OpenSBI to judge */
		if (strstr(spots[i].what, "RAM"))
			continue;
		if (!strstr(spots[i].what, "firmware"))
			watch_add(&watch, ALIGN_DOWN(spots[i].addr, PAGE_SIZE),
				  1);
		spots[nr_spots++] = spots[i];
	}
	watch_start(&watch);
}

static void need(unsigned long eid, const char *why)
{
	if (!sbi_probe(eid))
		SKIP(why);
}

static void each(const char *call, long (*fn)(unsigned long addr))
{
	long error;
	int i;

	for (i = 0; i < nr_spots; i++) {
		error = fn(spots[i].addr);
		if (error >= 0)
			FAIL("%s with %s 0x%lx: got %ld", call, spots[i].what,
			     spots[i].addr, error);
	}
	if (!watch_same(&watch))
		FAIL("%s: memory has changed", call);
}

static long sse_read(unsigned long addr)
{
	return sbi_call(EID_SSE, SSE_READ_ATTRS, SSE_EVENT_LOCAL, 0, SSE_ATTRS,
			addr, 0)
		.error;
}

static long sse_write(unsigned long addr)
{
	return sbi_call(EID_SSE, SSE_WRITE_ATTRS, SSE_EVENT_LOCAL,
			SSE_ATTR_PRIORITY, 2, addr, 0)
		.error;
}

static void sse(void)
{
	unsigned long *own = page_zalloc(1, PAGE_SIZE);

	need(EID_SSE, "OpenSBI has no SSE here");
	CHECK_EQ(sse_read(pa(own)), 0);
	setup();
	each("SSE read_attrs", sse_read);
	each("SSE write_attrs", sse_write);
	page_free(own, 1);
}

static long pmu_info(unsigned long addr)
{
	return sbi_call(EID_PMU, PMU_EVENT_INFO, ALIGN_DOWN(addr, 16), 0, 2, 0)
		.error;
}

static long pmu_snapshot(unsigned long addr)
{
	return sbi_call(EID_PMU, PMU_SNAPSHOT, ALIGN_DOWN(addr, PAGE_SIZE), 0,
			0)
		.error;
}

static void pmu(void)
{
	void *own = page_zalloc(1, PAGE_SIZE);
	long have = pmu_info(pa(own));

	page_free(own, 1);
	setup();
	nr_spots--;
	each("PMU snapshot_set_shmem", pmu_snapshot);
	nr_spots++;
	if (have == SBI_ERR_NOT_SUPPORTED)
		SKIP("this OpenSBI has no PMU event info");
	CHECK_EQ(have, 0);
	each("PMU event_get_info", pmu_info);
}

static long dbtr(unsigned long fid, unsigned long a0, unsigned long a1)
{
	return sbi_call(EID_DBTR, fid, a0, a1, 0).error;
}

static long dbtr_setup(unsigned long addr)
{
	long err = dbtr(DBTR_SETUP_SHMEM, ALIGN_DOWN(addr, 8), 0);

	if (!err)
		dbtr(DBTR_SETUP_SHMEM, -1UL, -1UL);
	return err;
}

/* The end of a host page may be registered; its use is what fails */
static long dbtr_use(unsigned long addr)
{
	long err = dbtr(DBTR_SETUP_SHMEM, ALIGN_DOWN(addr, 8), 0);

	if (err)
		return err;
	err = dbtr(DBTR_READ, 0, 1);
	if (err >= 0)
		err = dbtr(DBTR_READ, 0, 2);
	dbtr(DBTR_SETUP_SHMEM, -1UL, -1UL);
	return err;
}

static void dbtr_register(void)
{
	void *own = page_zalloc(1, PAGE_SIZE);

	need(EID_DBTR, "OpenSBI has no DBTR here");
	dbtr(DBTR_SETUP_SHMEM, -1UL, -1UL);
	CHECK_EQ(dbtr_setup(pa(own)), 0);
	page_free(own, 1);
	setup();
	each("DBTR read", dbtr_use);
	nr_spots--;
	each("DBTR setup_shmem", dbtr_setup);
}

/* Memory that was fit when it was registered */
static void dbtr_convert(void)
{
	struct conf *c = test_conf();
	unsigned long page;
	struct watch w = { 0 };

	need(EID_DBTR, "OpenSBI has no DBTR here");
	/* What is registered is what conf_convert() takes next */
	page = ranges_alloc_top(&free_ram, PAGE_SIZE, PAGE_SIZE);
	memset((void *)page, 0, PAGE_SIZE);
	dbtr(DBTR_SETUP_SHMEM, -1UL, -1UL);
	CHECK_EQ(dbtr(DBTR_SETUP_SHMEM, page, 0), 0);
	CHECK_EQ(dbtr(DBTR_READ, 0, 1), 0);
	memset((void *)page, 0xee, PAGE_SIZE);
	page_free((void *)page, 1);
	if (conf_convert(c, false, 1, PAGE_SIZE) == SBI_ERR_INVALID_ADDRESS) {
		/* Pinned: just as good */
		dbtr(DBTR_SETUP_SHMEM, -1UL, -1UL);
		return;
	}
	CHECK_EQ(c->range[0].base, page);
	watch_add(&w, page, 1);
	watch_start(&w);
	CHECK(dbtr(DBTR_READ, 0, 1) < 0);
	CHECK(dbtr(DBTR_READ, 0, 2) < 0);
	CHECK(dbtr(DBTR_INSTALL, 1, 0) < 0);
	CHECK(dbtr(DBTR_UPDATE, 1, 1) < 0);
	CHECK(watch_same(&w));
	CHECK_EQ(conf_fence(), 0);
	watch_start(&w);
	CHECK(dbtr(DBTR_READ, 0, 1) < 0);
	CHECK(dbtr(DBTR_INSTALL, 1, 0) < 0);
	CHECK(dbtr(DBTR_UPDATE, 1, 1) < 0);
	CHECK(watch_same(&w));
	CHECK_EQ(conf_reclaim(c), 0);
	CHECK_EQ(dbtr(DBTR_READ, 0, 1), 0);
	CHECK_EQ(dbtr(DBTR_SETUP_SHMEM, -1UL, -1UL), 0);
}

static void mpxy(void)
{
	need(EID_MPXY, "no MPXY channel on QEMU virt");
	FAIL("MPXY is there: this case must be written");
}

static long start(unsigned long addr)
{
	return sbi_call(SBI_EID_HSM, SBI_HSM_START,
			hart_get(hart_count() - 1)->id,
			ALIGN_DOWN(addr, PAGE_SIZE), 0)
		.error;
}

static long suspend(unsigned long addr)
{
	return sbi_call(SBI_EID_HSM, SBI_HSM_SUSPEND, HSM_NON_RETENTIVE,
			ALIGN_DOWN(addr, PAGE_SIZE), 0)
		.error;
}

/* A hart that would begin in a page that is not the host's */
static void hsm(void)
{
	struct hart *last = hart_get(hart_count() - 1);

	setup();
	nr_spots--;
	each("HSM hart_suspend", suspend);
	if (hart_count() < 2)
		return;
	CHECK_EQ(hart_stop(last), 0);
	each("HSM hart_start", start);
	CHECK_EQ(hart_start(last), 0);
}

/* M-mode's access to nothing would stop the hart with the console locked */
static void no_memory(void)
{
	unsigned long end = machine.ram[machine.nr_ram - 1].end;
	unsigned long fid;

	for (fid = 0; fid < 2; fid++) {
		CHECK(sbi_call(SBI_EID_DBCN, fid, 16, end, 0).error < 0);
		CHECK(sbi_call(SBI_EID_DBCN, fid, 16, end - 8, 0).error < 0);
		CHECK(sbi_call(SBI_EID_DBCN, fid, 16, 0x1000, 0).error < 0);
	}
}

TEST_GROUP(services, { "T-71 a console buffer that is no memory", no_memory },
	   { "T-71 SSE attributes", sse },
	   { "T-71 PMU event info and snapshot", pmu },
	   { "T-71 DBTR memory that is not the host's", dbtr_register },
	   { "T-71 DBTR memory that is converted afterwards", dbtr_convert },
	   { "T-71 MPXY", mpxy },
	   { "T-71 HSM start and resume addresses", hsm });

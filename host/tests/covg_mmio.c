/* SPDX-License-Identifier: BSD-2-Clause */
/* T-14, T-59: COVG 0 and 1, the regions that a guest declares as MMIO. */

#include <string.h>
#include "mmio.h"

/* COVH_MAX_REGIONS: what a TVM can have of them */
#define REGIONS 128
#define TOP	(1UL << 41)

static struct puppet p;

/* A call of the guest that must be refused before the host hears of it */
static long refused(unsigned long fid, unsigned long gpa, unsigned long len)
{
	unsigned long calls = p.t->ecalls;
	long err =
		(long)puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG, fid, gpa, len);

	CHECK_EQ(p.t->ecalls, calls);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
	return err;
}

static long add_refused(unsigned long gpa, unsigned long len)
{
	return refused(COVG_ADD_MMIO_REGION, gpa, len);
}

static long remove_refused(unsigned long gpa, unsigned long len)
{
	return refused(COVG_REMOVE_MMIO_REGION, gpa, len);
}

static unsigned long answer = 0x4057;

/* True if a load at @gpa is an exit for the host; false: the vCPU ends */
static bool is_mmio(unsigned long gpa)
{
	const struct tvm_exit *e = &p.t->exit;

	puppet_post(&p, 0, PUPPET_LOAD, gpa);
	while (!puppet_done(&p, 0)) {
		CHECK_EQ(tvm_run_once(p.t, 0), TVM_CONTINUE);
		if (e->ret.value) {
			CHECK_EQ(e->ret.value, 1);
			CHECK_EQ(e->scause, CAUSE_LOAD_GPF);
			CHECK_EQ(e->gpa, 0);
			CHECK_EQ(e->htinst, 0);
			CHECK_EQ(e->a[0], 0);
			return false;
		}
		if (e->scause == CAUSE_LOAD_GPF && e->gpa == gpa) {
			CHECK(e->htinst);
			puppet_answer(++answer, 0);
			puppet_finish(&p, 0);
			CHECK_EQ(puppet_ret(&p, 0, 1), 0);
			CHECK_EQ(puppet_ret(&p, 0, 0), answer);
			return true;
		}
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	}
	FAIL("0x%lx: no exit, cause %lu", gpa, puppet_ret(&p, 0, 1));
	return false;
}

static void bad_ranges(void)
{
	static const unsigned long len[] = { 0,	   1,	    8,
					     4095, 4097,    0x1800,
					     -1UL, -4095UL, 1UL << 63 | 8 };
	unsigned long start, end, i, fid;

	puppet_make(&p, 1);
	start = p.t->region[0].start;
	end = p.t->region[p.t->nr_region - 1].end;
	for (fid = COVG_ADD_MMIO_REGION; fid <= COVG_REMOVE_MMIO_REGION;
	     fid++) {
		/* B.5: these calls have no INVALID_PARAM */
		for (i = 0; i < ARRAY_SIZE(len); i++)
			CHECK_EQ(refused(fid, MMIO_GPA, len[i]),
				 SBI_ERR_INVALID_ADDRESS);
		for (i = 1; i < PAGE_SIZE; i *= 2)
			CHECK_EQ(refused(fid, MMIO_GPA + i, PAGE_SIZE),
				 SBI_ERR_INVALID_ADDRESS);
		/* Beyond what any G-stage reaches, wrapping, at the very end */
		CHECK_EQ(refused(fid, 1UL << 63, PAGE_SIZE),
			 SBI_ERR_INVALID_ADDRESS);
		CHECK_EQ(refused(fid, 1UL << 50, PAGE_SIZE),
			 SBI_ERR_INVALID_ADDRESS);
		CHECK_EQ(refused(fid, MMIO_GPA, 1UL << 50),
			 SBI_ERR_INVALID_ADDRESS);
		CHECK_EQ(refused(fid, MMIO_GPA, -MMIO_GPA),
			 SBI_ERR_INVALID_ADDRESS);
		CHECK_EQ(refused(fid, MMIO_GPA, -PAGE_SIZE),
			 SBI_ERR_INVALID_ADDRESS);
		CHECK_EQ(refused(fid, -PAGE_SIZE, PAGE_SIZE),
			 SBI_ERR_INVALID_ADDRESS);
		CHECK_EQ(refused(fid, -PAGE_SIZE, 2 * PAGE_SIZE),
			 SBI_ERR_INVALID_ADDRESS);
	}
	/* Its own memory, whole or in part, around it, before, behind */
	CHECK_EQ(add_refused(start, PAGE_SIZE), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(end - PAGE_SIZE, PAGE_SIZE),
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(end - PAGE_SIZE, 2 * PAGE_SIZE),
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(start - PAGE_SIZE, 2 * PAGE_SIZE),
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(start - PAGE_SIZE, end - start + 2 * PAGE_SIZE),
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(0, 1UL << 40), SBI_ERR_INVALID_ADDRESS);
	/* What is shared */
	CHECK_EQ(add_refused(p.box, PAGE_SIZE), SBI_ERR_INVALID_ADDRESS);
	/* Another one of MMIO */
	mmio_add(&p, MMIO_GPA, MMIO_LEN);
	CHECK_EQ(add_refused(MMIO_GPA, MMIO_LEN), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(MMIO_GPA + PAGE_SIZE, PAGE_SIZE),
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(MMIO_GPA - PAGE_SIZE, 2 * PAGE_SIZE),
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(MMIO_GPA + MMIO_LEN - PAGE_SIZE, 2 * PAGE_SIZE),
		 SBI_ERR_INVALID_ADDRESS);
	/* None of them has changed anything */
	CHECK(is_mmio(MMIO_GPA + MMIO_LEN - 8));
	mmio_add(&p, MMIO_GPA + MMIO_LEN, PAGE_SIZE);
	mmio_add(&p, MMIO_GPA - PAGE_SIZE, PAGE_SIZE);
	mmio_add(&p, 0, PAGE_SIZE);
	CHECK(is_mmio(8));
	puppet_store(&p, p.data, 1);
	CHECK(!is_mmio(PAGE_SIZE));
}

/* Memory on its way to the host is no place for a device either */
static void pending(void)
{
	unsigned long gpa;

	puppet_make(&p, 2);
	gpa = p.data + PAGE_SIZE;
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	puppet_share(&p, gpa, PAGE_SIZE);
	puppet(&p, 1, PUPPET_ECALL, COVH_EID_COVG, COVG_ADD_MMIO_REGION, gpa,
	       PAGE_SIZE);
	CHECK_EQ((long)puppet_ret(&p, 1, 0), SBI_ERR_INVALID_ADDRESS);
	puppet(&p, 1, PUPPET_ECALL, COVH_EID_COVG, COVG_ADD_MMIO_REGION,
	       gpa - PAGE_SIZE, 3 * PAGE_SIZE);
	CHECK_EQ((long)puppet_ret(&p, 1, 0), SBI_ERR_INVALID_ADDRESS);
	puppet_answer(-1UL, 0);
	CHECK_EQ((long)puppet_finish(&p, 0), -1);
	/* Nor can MMIO be shared, or taken back */
	mmio_add(&p, MMIO_GPA, MMIO_LEN);
	CHECK_EQ(refused(COVG_SHARE_MEMORY_REGION, MMIO_GPA, PAGE_SIZE),
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(refused(COVG_UNSHARE_MEMORY_REGION, MMIO_GPA, PAGE_SIZE),
		 SBI_ERR_INVALID_PARAM);
}

/* The host can put nothing there, and a fault there is no fault for a page */
static void no_pages(void)
{
	struct watch w = { 0 };
	unsigned long conf, host;

	mmio_make(&p, 1);
	host = pa(page_zalloc(1, PAGE_SIZE));
	conf = blank_page(p.t);
	watch_add(&w, host, 1);
	watch_add(&w, conf, 1);
	watch_start(&w);
	REFUSED(covh_add_tvm_zero_pages(p.t->id, conf, 0, 1, MMIO_GPA),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_shared_pages(p.t->id, host, 0, 1, MMIO_GPA),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_tvm_invalidate_pages(p.t->id, MMIO_GPA, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_tvm_remove_pages(p.t->id, MMIO_GPA, PAGE_SIZE),
		SBI_ERR_INVALID_ADDRESS);
	CHECK(watch_same(&w));
	CHECK(is_mmio(MMIO_GPA));
	conf_free(&p.t->conf, conf, 1);
	page_free((void *)host, 1);
}

/* The notice says what and no more; whatever the host says to it is nothing */
static void notices(void)
{
	static const unsigned long lie[] = { 0, -1UL, 7, 1UL << 63 };
	unsigned int i, n;

	puppet_make(&p, 1);
	for (i = 0; i < ARRAY_SIZE(lie); i++) {
		puppet_covg(&p, COVG_ADD_MMIO_REGION, MMIO_GPA, MMIO_LEN);
		for (n = 0; n < 32; n++)
			*nacl_gpr(n) = lie[i];
		CHECK_EQ((long)puppet_finish(&p, 0), 0);
		CHECK_EQ(puppet_ret(&p, 0, 1), 0);
		CHECK(is_mmio(MMIO_GPA + 16));
		puppet_covg(&p, COVG_REMOVE_MMIO_REGION, MMIO_GPA, MMIO_LEN);
		for (n = 0; n < 32; n++)
			*nacl_gpr(n) = lie[i];
		CHECK_EQ((long)puppet_finish(&p, 0), 0);
		CHECK_EQ(puppet_ret(&p, 0, 1), 0);
	}
	CHECK(!is_mmio(MMIO_GPA + 16));
}

/* Of every three pages the one in the middle goes; then all there is */
static void split(void)
{
	const unsigned long gpa = MMIO_GPA, n = 9;
	unsigned long i;

	puppet_make(&p, 1);
	mmio_add(&p, gpa, n * PAGE_SIZE);
	for (i = 1; i < n; i += 3)
		mmio_remove(&p, gpa + i * PAGE_SIZE, PAGE_SIZE);
	for (i = 0; i < n; i++) {
		if (i % 3 == 1)
			continue;
		CHECK(is_mmio(gpa + i * PAGE_SIZE));
		CHECK(is_mmio(gpa + (i + 1) * PAGE_SIZE - 8));
		CHECK_EQ(add_refused(gpa + i * PAGE_SIZE, PAGE_SIZE),
			 SBI_ERR_INVALID_ADDRESS);
	}
	/* A part of one, all of one, a part of one */
	mmio_remove(&p, gpa + 3 * PAGE_SIZE, 4 * PAGE_SIZE);
	CHECK(is_mmio(gpa + 2 * PAGE_SIZE));
	CHECK(is_mmio(gpa + 8 * PAGE_SIZE));
	mmio_add(&p, gpa + 3 * PAGE_SIZE, 4 * PAGE_SIZE);
	CHECK(is_mmio(gpa + 4 * PAGE_SIZE));
	/* Memory in the middle of what goes stays what it is */
	mmio_remove(&p, 0, 1UL << 40);
	puppet_store(&p, p.data, 0x5ec4e7);
	CHECK_EQ(puppet_load(&p, p.data), 0x5ec4e7);
	CHECK_STATE(tvm_page_at(p.t, p.data)->pa, PG_DATA);
	mmio_add(&p, gpa, n * PAGE_SIZE);
	mmio_remove(&p, gpa + 4 * PAGE_SIZE, PAGE_SIZE);
	CHECK(is_mmio(gpa + 3 * PAGE_SIZE));
	CHECK(!is_mmio(gpa + 4 * PAGE_SIZE));
	/* It has ended, for good */
	CHECK_EQ(covh_run_tvm_vcpu(p.t->id, 0).error, SBI_ERR_INVALID_PARAM);
}

/* A store and a fetch where a region was */
static void gone(void)
{
	static const enum puppet_op op[] = { PUPPET_STORE, PUPPET_EXEC };
	static const unsigned long cause[] = { CAUSE_STORE_GPF,
					       CAUSE_FETCH_GPF };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(op); i++) {
		mmio_make(&p, 1);
		mmio_remove(&p, MMIO_GPA, MMIO_LEN);
		puppet_post(&p, 0, op[i], MMIO_GPA + 0x123 * 8, 0x5ec4e7);
		CHECK_EQ(tvm_run(p.t, 0), TVM_FATAL);
		CHECK_EQ(p.t->exit.scause, cause[i]);
		CHECK_EQ(p.t->exit.ret.value, 1);
		CHECK_EQ(p.t->exit.gpa, 0);
		CHECK_EQ(p.t->exit.htinst, 0);
		CHECK_EQ(p.t->exit.a[0], 0);
		CHECK_EQ(tvm_destroy(p.t), 0);
	}
}

/* Nothing there to remove: B.5 knows no error for that */
static void nothing(void)
{
	puppet_make(&p, 1);
	mmio_remove(&p, MMIO_GPA, PAGE_SIZE);
	mmio_remove(&p, p.data, PAGE_SIZE);
	CHECK_EQ(puppet_load(&p, p.data), 0);
	mmio_remove(&p, p.box, PAGE_SIZE);
	mmio_add(&p, MMIO_GPA, PAGE_SIZE);
	CHECK(is_mmio(MMIO_GPA));
}

/* T-59: one by one, until there is no room; and then there is again */
static void many(void)
{
	unsigned long calls, i, n = 0;
	long err = 0;

	puppet_make(&p, 1);
	for (i = 0; i < 2 * REGIONS && !err; i++) {
		calls = p.t->ecalls;
		err = (long)puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
				   COVG_ADD_MMIO_REGION,
				   MMIO_GPA + 2 * i * PAGE_SIZE, PAGE_SIZE);
		n += p.t->ecalls - calls;
	}
	CHECK_EQ(err, SBI_ERR_FAILED);
	CHECK_EQ(p.t->ecalls, calls);
	NOTE("%lu regions of MMIO", n);
	CHECK(n > 100 && n < REGIONS);
	/* A bad address comes before that */
	CHECK_EQ(add_refused(p.data, PAGE_SIZE), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(add_refused(MMIO_GPA, PAGE_SIZE), SBI_ERR_INVALID_ADDRESS);
	for (i = 0; i < n; i += n / 8)
		CHECK(is_mmio(MMIO_GPA + 2 * i * PAGE_SIZE));
	mmio_remove(&p, MMIO_GPA + 2 * 7 * PAGE_SIZE, PAGE_SIZE);
	mmio_add(&p, MMIO_GPA + 2 * n * PAGE_SIZE, PAGE_SIZE);
	CHECK_EQ(add_refused(MMIO_GPA + 2 * 7 * PAGE_SIZE, PAGE_SIZE),
		 SBI_ERR_FAILED);
	/* All of them at one go */
	mmio_remove(&p, MMIO_GPA, (2 * n + 1) * PAGE_SIZE);
	mmio_add(&p, MMIO_GPA, (2 * n + 1) * PAGE_SIZE);
	CHECK(is_mmio(MMIO_GPA + 15 * PAGE_SIZE));
}

/* A hole in the middle needs room, too */
static void full_split(void)
{
	unsigned long i;
	long err = 0;

	puppet_make(&p, 1);
	mmio_add(&p, MMIO_GPA, 3 * PAGE_SIZE);
	for (i = 2; i < 2 * REGIONS && !err; i++)
		err = (long)puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
				   COVG_ADD_MMIO_REGION,
				   MMIO_GPA + 2 * i * PAGE_SIZE, PAGE_SIZE);
	CHECK_EQ(err, SBI_ERR_FAILED);
	CHECK_EQ(remove_refused(MMIO_GPA + PAGE_SIZE, PAGE_SIZE),
		 SBI_ERR_FAILED);
	CHECK(is_mmio(MMIO_GPA + PAGE_SIZE));
	CHECK(is_mmio(MMIO_GPA + 2 * PAGE_SIZE));
	/* Its end needs none */
	mmio_remove(&p, MMIO_GPA + 2 * PAGE_SIZE, PAGE_SIZE);
	CHECK(is_mmio(MMIO_GPA + PAGE_SIZE));
	CHECK(!is_mmio(MMIO_GPA + 2 * PAGE_SIZE));
}

/* T-59: as long as addresses go; the time is that of a page */
static void huge(void)
{
	const unsigned long gpa = 1UL << 39, len = 1UL << 39;
	unsigned long start, ticks;
	int i;

	puppet_make(&p, 1);
	start = time_now();
	for (i = 0; i < 100; i++) {
		mmio_add(&p, gpa, len);
		CHECK_EQ(add_refused(gpa, len), SBI_ERR_INVALID_ADDRESS);
		mmio_remove(&p, gpa + len / 2, PAGE_SIZE);
		mmio_remove(&p, gpa, len);
	}
	ticks = time_now() - start;
	NOTE("400 calls for half a terabyte in %lu us",
	     ticks * 1000000 / machine.timebase);
	CHECK(ticks < time_us(4000000));
	mmio_add(&p, gpa, len);
	CHECK(is_mmio(gpa + len - 8));
}

static long load_elsewhere(void *arg)
{
	volatile unsigned long *stop = arg;
	unsigned long n = 0;

	if (nacl_setup())
		return -1;
	for (; !*stop; n++) {
		if (tvm_run_once(p.t, 0) != TVM_CONTINUE ||
		    tvm_handle_exit(p.t) != TVM_CONTINUE)
			return -2;
	}
	return (long)n;
}

/* One vCPU declares and removes, the other's loads meet either */
static void while_another_loads(void)
{
	struct hart *h = test_second_hart();
	static volatile unsigned long stop;
	static struct tvm_exit e;
	unsigned long i, n = 0;

	puppet_make(&p, 2);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	mmio_add(&p, MMIO_GPA, PAGE_SIZE);
	/* vCPU 0 changes neighbours of what vCPU 1 uses */
	stop = 0;
	puppet_post(&p, 0, PUPPET_LOOP, COVH_EID_COVG, COVG_ADD_MMIO_REGION,
		    MMIO_GPA + 2 * PAGE_SIZE, PAGE_SIZE,
		    COVG_REMOVE_MMIO_REGION);
	hart_post(h, load_elsewhere, (void *)&stop);
	for (i = 0; i < 2000; i++) {
		puppet_post(&p, 1, PUPPET_LOAD, MMIO_GPA + 8);
		while (!puppet_done(&p, 1)) {
			CHECK_EQ(tvm_vcpu_run(p.t, 1, &e), TVM_CONTINUE);
			if (e.scause == CAUSE_LOAD_GPF &&
			    e.gpa == MMIO_GPA + 8) {
				CHECK_EQ(e.ret.value, 0);
				puppet_answer(i, 0);
				n++;
				continue;
			}
			CHECK_EQ(e.ret.value, 0);
			CHECK_EQ(tvm_vcpu_handle(p.t, &e), TVM_CONTINUE);
		}
		CHECK_EQ(puppet_ret(&p, 1, 0), i);
	}
	stop = 1;
	CHECK(hart_wait(h) > 0);
	CHECK_EQ(n, 2000);
}

TEST_GROUP(covg_mmio, { "ranges that cannot be MMIO", bad_ranges },
	   { "memory on its way, sharing MMIO", pending },
	   { "T-24 pages of the host's for MMIO", no_pages },
	   { "T-14 what the host says to a notice", notices },
	   { "a region in parts", split }, { "a region that was", gone },
	   { "nothing to remove", nothing },
	   { "T-59 more regions than there is room for", many },
	   { "T-59 no room for a hole", full_split },
	   { "T-59 half a terabyte", huge },
	   { "regions change while another vCPU loads", while_another_loads });

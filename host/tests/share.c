/* SPDX-License-Identifier: BSD-2-Clause */
/* T-14, T-24, T-28, T-63, T-64: memory that a guest shares, and takes back. */

#include <string.h>
#include "puppet.h"

#define SECRET 0x5ec4e75ec4e75ec4UL
#define HELLO  0x4e1104e1104e1104UL

static struct puppet p;

static long run_vcpu(unsigned long vcpu)
{
	return covh_run_tvm_vcpu(p.t->id, vcpu).error;
}

/* Where the guest's page is */
static unsigned long frame(unsigned long gpa)
{
	CHECK(tvm_page_at(p.t, gpa)->pa);
	return tvm_page_at(p.t, gpa)->pa;
}

/* A call of the guest that must be refused before the host hears of it */
static long refused_call(unsigned long fid, unsigned long gpa,
			 unsigned long len)
{
	unsigned long calls = p.t->ecalls;
	long err =
		(long)puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG, fid, gpa, len);

	CHECK_EQ(p.t->ecalls, calls);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
	return err;
}

static long share_refused(unsigned long gpa, unsigned long len)
{
	return refused_call(COVG_SHARE_MEMORY_REGION, gpa, len);
}

static long unshare_refused(unsigned long gpa, unsigned long len)
{
	return refused_call(COVG_UNSHARE_MEMORY_REGION, gpa, len);
}

/* What the call that vCPU 0 is in returns to it in the end */
static void finish_call(long want)
{
	CHECK_EQ((long)puppet_finish(&p, 0), want);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
}

static void share(unsigned long gpa, unsigned long len)
{
	puppet_share(&p, gpa, len);
	CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	finish_call(0);
}

static void unshare(unsigned long gpa, unsigned long len)
{
	puppet_unshare(&p, gpa, len);
	CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	finish_call(0);
}

static bool all_zero(unsigned long page)
{
	unsigned long i, val, sum = 0;

	for (i = page; i < page + PAGE_SIZE; i += 8) {
		if (probe_load(i, &val) && !peek(i, &val))
			return false;
		sum |= val;
	}
	return !sum;
}

/* Success, or no room for one more window */
static bool try_pmp(long err)
{
	CHECK(err == 0 || err == SBI_ERR_FAILED);
	return !err;
}

/* Every step of D.4, with what must fail in between */
static void step_by_step(void)
{
	unsigned long gpa, page;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	puppet_store(&p, gpa, SECRET);
	page = frame(gpa);
	CHECK_STATE(page, PG_DATA);

	puppet_share(&p, gpa, PAGE_SIZE);
	puppet_answer(0, 0);
	/* Accepted, but its page is still there: as often as the host tries */
	CHECK_EQ(run_vcpu(0), SBI_ERR_FAILED);
	CHECK_EQ(run_vcpu(0), SBI_ERR_FAILED);
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE).error,
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_STATE(page, PG_BLOCKED);
	CHECK_EQ(run_vcpu(0), SBI_ERR_FAILED);
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE).error,
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	CHECK_EQ(run_vcpu(0), SBI_ERR_FAILED);
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_STATE(page, PG_CONF_FREE);
	check_denied(page);
	/* The former page as the host gets it: T-63. Where it is amid a window,
	 * the PMP may not have the entries for that */
	if (try_pmp(covh_reclaim_pages(page, 1).error))
		CHECK(all_zero(page));
	tvm_page_at(p.t, gpa)->pa = 0;
	tvm_page_at(p.t, gpa)->kind = TVM_PAGE_SHARED;

	puppet_answer(0, 0x1234);
	finish_call(0);
	CHECK_EQ(puppet_load(&p, gpa), 0);
	page = frame(gpa);
	CHECK_STATE(page, PG_NC_SHARED);
	*(volatile uint64_t *)page = HELLO;
	CHECK_EQ(puppet_load(&p, gpa), HELLO);
	puppet_store(&p, gpa + 8, SECRET);
	CHECK_EQ(((volatile uint64_t *)page)[1], SECRET);
}

/* T-63: there and back; neither side finds what the other had */
static void there_and_back(void)
{
	unsigned long gpa, conf, host;
	int i;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	for (i = 0; i < 3; i++) {
		puppet_store(&p, gpa, SECRET + i);
		conf = frame(gpa);
		share(gpa, PAGE_SIZE);
		CHECK_STATE(conf, PG_CONF_FREE);
		CHECK_EQ(puppet_load(&p, gpa), 0);
		host = frame(gpa);
		*(volatile uint64_t *)host = HELLO;
		CHECK_EQ(puppet_load(&p, gpa), HELLO);

		unshare(gpa, PAGE_SIZE);
		CHECK_STATE(host, PG_NC);
		CHECK_EQ(puppet_load(&p, gpa), 0);
		CHECK(frame(gpa) != host);
		CHECK_STATE(frame(gpa), PG_DATA);
		check_denied(frame(gpa));
		puppet_store(&p, gpa, SECRET);
		/* The host's page is the host's, whatever it held */
		CHECK(*(volatile uint64_t *)host != SECRET);
	}
}

/* Unsharing has the same steps */
static void unshare_by_step(void)
{
	unsigned long gpa, page;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	share(gpa, PAGE_SIZE);
	CHECK_EQ(puppet_load(&p, gpa), 0);
	page = frame(gpa);
	/* Removable only now that the guest has asked for it */
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE).error,
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	puppet_store(&p, gpa, HELLO);

	puppet_unshare(&p, gpa, PAGE_SIZE);
	puppet_answer(0, 0);
	CHECK_EQ(run_vcpu(0), SBI_ERR_FAILED);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_EQ(run_vcpu(0), SBI_ERR_FAILED);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_STATE(page, PG_NC);
	CHECK_EQ(*(volatile uint64_t *)page, HELLO);
	page_free((void *)page, 1);
	tvm_page_at(p.t, gpa)->pa = 0;
	tvm_page_at(p.t, gpa)->kind = TVM_PAGE_CONF;
	puppet_answer(0, 0);
	finish_call(0);
	CHECK_EQ(puppet_load(&p, gpa), 0);
	CHECK_STATE(frame(gpa), PG_DATA);
}

/* T-64: while it is shared, a page stays what it is */
static void pinned(void)
{
	unsigned long gpa, page;
	struct watch w = { 0 };

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	share(gpa, PAGE_SIZE);
	puppet_store(&p, gpa, HELLO);
	page = frame(gpa);
	watch_add(&w, page, 1);
	watch_start(&w);
	REFUSED(covh_convert_pages(page, 1), SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_convert_pages(page - PAGE_SIZE, 3),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(nacl_set_shmem(page - PAGE_SIZE, 0, 0),
		SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_reclaim_pages(page, 1).error, 0);
	CHECK(watch_same(&w));
	/* Blocked is not gone */
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	REFUSED(covh_convert_pages(page, 1), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_EQ(puppet_load(&p, gpa), HELLO);
	unshare(gpa, PAGE_SIZE);
	if (try_pmp(covh_convert_pages(page, 1).error))
		CHECK_EQ(covh_reclaim_pages(page, 1).error, 0);
}

/* T-24: each kind of page in the other kind's place */
static void wrong_side(void)
{
	unsigned long gpa, conf, host;
	struct watch w = { 0 };

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	host = pa(page_zalloc(2, PAGE_SIZE));
	conf = blank_page(p.t);
	watch_add(&w, host, 2);
	watch_add(&w, conf, 1);
	watch_start(&w);
	REFUSED(covh_add_tvm_shared_pages(p.t->id, host, 0, 1, gpa),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_shared_pages(p.t->id, host, 0, 1, 0x1000),
		SBI_ERR_INVALID_ADDRESS);
	share(gpa, PAGE_SIZE);
	REFUSED(covh_add_tvm_zero_pages(p.t->id, conf, 0, 1, gpa),
		SBI_ERR_INVALID_ADDRESS);
	/* One page is right, the other is not */
	REFUSED(covh_add_tvm_shared_pages(p.t->id, host, 0, 2, gpa),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_shared_pages(p.t->id, conf, 0, 1, gpa),
		SBI_ERR_INVALID_ADDRESS);
	CHECK(watch_same(&w));
	/* While it is on its way it is neither */
	puppet_unshare(&p, gpa, PAGE_SIZE);
	REFUSED(covh_add_tvm_zero_pages(p.t->id, conf, 0, 1, gpa),
		SBI_ERR_INVALID_ADDRESS);
	REFUSED(covh_add_tvm_shared_pages(p.t->id, host, 0, 1, gpa),
		SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	finish_call(0);
	CHECK(watch_same(&w));
	conf_free(&p.t->conf, conf, 1);
	page_free((void *)host, 2);
}

/* T-28: a jump into shared memory, unmapped, mapped, with code in it */
static void jump(void)
{
	unsigned long gpa, runs;
	int i;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	share(gpa, 2 * PAGE_SIZE);
	for (i = 0; i < 3; i++) {
		runs = p.t->faults;
		puppet(&p, 0, PUPPET_EXEC, gpa + 16);
		CHECK_EQ(puppet_ret(&p, 0, 1), CAUSE_FETCH_ACCESS);
		CHECK_EQ(puppet_ret(&p, 0, 2), gpa + 16);
		CHECK_EQ(p.t->faults, runs);
		CHECK_EQ(puppet_load(&p, gpa), 0);
		/* ret, ret */
		((volatile uint32_t *)frame(gpa))[4] = 0x00008067;
		((volatile uint32_t *)frame(gpa))[5] = 0x00008067;
	}
	/* Through an address of its own that is not the physical one */
	puppet(&p, 0, PUPPET_MAP, gpa);
	puppet(&p, 0, PUPPET_PAGING);
	puppet(&p, 0, PUPPET_EXEC, 0xc0000010UL);
	CHECK_EQ(puppet_ret(&p, 0, 1), CAUSE_FETCH_ACCESS);
	CHECK_EQ(puppet_ret(&p, 0, 2), 0xc0000010UL);
	/* The same code in a page of its own runs */
	puppet_store(&p, p.data, 0x0000806700008067UL);
	puppet(&p, 0, PUPPET_EXEC, p.data);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
}

/* D.4, 3b: what the host answers instead of 0 */
static void refused_by_host(void)
{
	static const struct {
		unsigned long a0;
		long seen;
	} a[] = {
		{ -1UL, -1 },	   { -4UL, -4 },       { -14UL, -14 },
		{ -15UL, -1 },	   { 5, -1 },	       { 1UL << 63, -1 },
		{ -257UL, -1 },	   { 0xffffffff, -1 }, { -1000UL, -1 },
		{ ~0UL >> 1, -1 },
	};
	unsigned long gpa;
	unsigned int i;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	puppet_store(&p, gpa, SECRET);
	for (i = 0; i < ARRAY_SIZE(a); i++) {
		puppet_share(&p, gpa, 2 * PAGE_SIZE);
		puppet_answer(a[i].a0, 0x1234);
		finish_call(a[i].seen);
		/* As it was: content, and what may come there */
		CHECK_EQ(puppet_load(&p, gpa), SECRET);
		CHECK_EQ(unshare_refused(gpa, PAGE_SIZE),
			 SBI_ERR_INVALID_PARAM);
	}
	CHECK_EQ(puppet_load(&p, gpa + PAGE_SIZE), 0);
	CHECK_STATE(frame(gpa + PAGE_SIZE), PG_DATA);
	share(gpa, 2 * PAGE_SIZE);
	for (i = 0; i < ARRAY_SIZE(a); i++) {
		CHECK_EQ(puppet_load(&p, gpa), 0);
		puppet_unshare(&p, gpa, 2 * PAGE_SIZE);
		puppet_answer(a[i].a0, 0);
		finish_call(a[i].seen);
		CHECK_EQ(share_refused(gpa, PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	}
	CHECK_STATE(frame(gpa), PG_NC_SHARED);
}

/* Refused half-way: what was blocked comes back by validate, what was taken
 * away comes as a zero page */
static void refused_late(void)
{
	unsigned long gpa, page;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	puppet_store(&p, gpa, SECRET);
	page = frame(gpa);
	puppet_share(&p, gpa, PAGE_SIZE);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	puppet_answer(-1UL, 0);
	finish_call(-1);
	/* Blocked in a region that is not removable any more */
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE).error,
		 SBI_ERR_INVALID_ADDRESS);
	puppet_post(&p, 0, PUPPET_LOAD, gpa + 8 * 3);
	puppet_once(&p, 0);
	CHECK_EQ(p.t->exit.scause, CAUSE_LOAD_GPF);
	CHECK_EQ(p.t->exit.gpa, gpa);
	CHECK_EQ(covh_tvm_validate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	puppet_finish(&p, 0);
	CHECK_EQ(puppet_load(&p, gpa), SECRET);

	puppet_share(&p, gpa, PAGE_SIZE);
	CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	CHECK_EQ(covh_tvm_fence(p.t->id).error, 0);
	CHECK_EQ(covh_tvm_remove_pages(p.t->id, gpa, PAGE_SIZE).error, 0);
	conf_free(&p.t->conf, page, 1);
	tvm_page_at(p.t, gpa)->pa = 0;
	puppet_answer(-5UL, 0);
	finish_call(-5);
	CHECK_EQ(puppet_load(&p, gpa), 0);
	CHECK_STATE(frame(gpa), PG_DATA);
}

/* What a guest may not ask for: the host hears nothing of it */
static void bad_ranges(void)
{
	static const unsigned long len[] = { 0,	   1,	    4095,	  4097,
					     -1UL, -4095UL, 1UL << 63 | 8 };
	unsigned long gpa, i, end;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	end = p.t->region[p.t->nr_region - 1].end;
	for (i = 0; i < ARRAY_SIZE(len); i++) {
		CHECK_EQ(share_refused(gpa, len[i]), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(unshare_refused(gpa, len[i]), SBI_ERR_INVALID_PARAM);
	}
	for (i = 1; i < PAGE_SIZE; i *= 2)
		CHECK_EQ(share_refused(gpa + i, PAGE_SIZE),
			 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(share_refused(1UL << 63, PAGE_SIZE), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(share_refused(0, 1UL << 62), SBI_ERR_INVALID_ADDRESS);
	/* Wraps, or reaches to the very end */
	CHECK_EQ(share_refused(gpa, -PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(share_refused(-PAGE_SIZE, PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	/* T-59: huge, and not wholly its own */
	for (i = 21; i < 41; i++)
		CHECK_EQ(share_refused(p.t->region[0].start, 1UL << i),
			 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(share_refused(0, PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(share_refused(end, PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(share_refused(end - PAGE_SIZE, 2 * PAGE_SIZE),
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(unshare_refused(gpa, PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	share(gpa, 2 * PAGE_SIZE);
	CHECK_EQ(share_refused(gpa, PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(share_refused(gpa - PAGE_SIZE, 2 * PAGE_SIZE),
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(unshare_refused(gpa + PAGE_SIZE, 2 * PAGE_SIZE),
		 SBI_ERR_INVALID_PARAM);
	/* A part of it, then the rest */
	unshare(gpa + PAGE_SIZE, PAGE_SIZE);
	CHECK_EQ(unshare_refused(gpa, 2 * PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	unshare(gpa, PAGE_SIZE);
	share(gpa, 2 * PAGE_SIZE);
}

/* T-59: a region of half a terabyte that holds nothing, shared at one go */
static void huge(void)
{
	const unsigned long gpa = 1UL << 39, len = 1UL << 39;
	unsigned long start, ticks;

	puppet_plan(&p, 1);
	CHECK_EQ(covh_add_tvm_memory_region(p.t->id, gpa, len).error, 0);
	puppet_begin(&p);
	puppet_share(&p, gpa, len);
	puppet_answer(0, 0);
	start = time_now();
	finish_call(0);
	ticks = time_now() - start;
	NOTE("half a terabyte shared in %lu us",
	     ticks * 1000000 / machine.timebase);
	CHECK(ticks < time_us(1000000));
	CHECK_EQ(share_refused(gpa, PAGE_SIZE), SBI_ERR_INVALID_PARAM);
	puppet_unshare(&p, gpa + len / 2, len / 2);
	puppet_answer(0, 0);
	finish_call(0);
	CHECK_EQ(unshare_refused(gpa, len), SBI_ERR_INVALID_PARAM);
}

/* Every second page, until the TSM has no room for another region */
static void many_regions(void)
{
	unsigned long calls, i, n = 0;
	long err = 0;

	puppet_make(&p, 1);
	for (i = 0; i < PUPPET_PAGES && !err; i += 2) {
		calls = p.t->ecalls;
		err = (long)puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
				   COVG_SHARE_MEMORY_REGION,
				   p.data + i * PAGE_SIZE, PAGE_SIZE);
		n += p.t->ecalls - calls;
	}
	CHECK_EQ(err, SBI_ERR_FAILED);
	CHECK_EQ(p.t->ecalls, calls);
	NOTE("%lu pages shared one by one", n);
	CHECK(n > 50);
	/* What was refused is as it was; the rest works, and gives room */
	CHECK_EQ(puppet_load(&p, p.data + 2 * n * PAGE_SIZE), 0);
	CHECK_STATE(frame(p.data + 2 * n * PAGE_SIZE), PG_DATA);
	CHECK_EQ(puppet_load(&p, p.data + 2 * (n - 1) * PAGE_SIZE), 0);
	CHECK_STATE(frame(p.data + 2 * (n - 1) * PAGE_SIZE), PG_NC_SHARED);
	unshare(p.data, PAGE_SIZE);
	share(p.data + 2 * n * PAGE_SIZE, PAGE_SIZE);
	/* Neighbours make one region of many */
	for (i = 1; i < n; i++)
		unshare(p.data + 2 * i * PAGE_SIZE, PAGE_SIZE);
	share(p.data, n * PAGE_SIZE);
}

static long finish_elsewhere(void *arg)
{
	(void)arg;
	if (nacl_setup())
		return -1;
	puppet_answer(-4UL, 0);
	return tvm_run_once(p.t, 0);
}

/* T-14: the vCPU moves; the answer is that of the hart which runs it */
static void moved(void)
{
	struct hart *h = test_second_hart();
	unsigned long gpa;

	puppet_make(&p, 1);
	gpa = p.data + PAGE_SIZE;
	puppet_share(&p, gpa, PAGE_SIZE);
	puppet_answer(0, 0);
	CHECK_EQ(hart_call(h, finish_elsewhere, NULL), TVM_CONTINUE);
	CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	finish_call(-4);
	puppet_store(&p, gpa, SECRET);
}

/* Blocked is no state that another call ends */
static void while_blocked(void)
{
	unsigned long gpa;

	puppet_make(&p, 2);
	gpa = p.data + PAGE_SIZE;
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	puppet_share(&p, gpa, PAGE_SIZE);
	/* The other one runs, and may not share the same range */
	puppet(&p, 1, PUPPET_ECALL, COVH_EID_COVG, COVG_SHARE_MEMORY_REGION,
	       gpa, PAGE_SIZE);
	CHECK_EQ((long)puppet_ret(&p, 1, 0), SBI_ERR_INVALID_PARAM);
	puppet(&p, 1, PUPPET_ECALL, COVH_EID_COVG, COVG_UNSHARE_MEMORY_REGION,
	       gpa, PAGE_SIZE);
	CHECK_EQ((long)puppet_ret(&p, 1, 0), SBI_ERR_INVALID_PARAM);
	/* A blocked vCPU counts as started, and an interrupt waits for it */
	puppet(&p, 1, PUPPET_ECALL, SBI_EID_HSM, SBI_HSM_STATUS, 0);
	CHECK_EQ(puppet_ret(&p, 1, 1), HSM_STATUS_STARTED);
	puppet(&p, 1, PUPPET_ECALL, SBI_EID_IPI, 0, 1, 0);
	CHECK_EQ((long)puppet_ret(&p, 1, 0), 0);
	puppet_answer(0, 0);
	finish_call(0);
	tvm_page_at(p.t, gpa)->kind = TVM_PAGE_SHARED;
	puppet(&p, 0, PUPPET_IRQ, 0, 0);
	CHECK_EQ(puppet_ret(&p, 0, 1) & SIP_SSIP, SIP_SSIP);
	CHECK_EQ(puppet_load(&p, gpa), 0);
	/* destroy takes a TVM with a blocked vCPU */
	puppet_unshare(&p, gpa, PAGE_SIZE);
	CHECK_EQ(tvm_destroy(p.t), 0);
}

#define BUSY_PAGES 64

/* The host keeps the TVM busy: the guest's call takes longer, that is all */
static void while_busy(void)
{
	struct hart *h = test_second_hart();
	const unsigned long len = BUSY_PAGES * PAGE_SIZE;
	unsigned long i, n = 0, end;

	puppet_make(&p, 2);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	for (i = 0; i < BUSY_PAGES; i++)
		puppet_store(&p, p.data + i * PAGE_SIZE, SECRET);
	puppet_park(&p, 1, h, false);
	end = time_now() + time_us(PUPPET_PATIENCE);
	for (i = 0; i < 40; i++) {
		puppet_post(&p, 1, PUPPET_ECALL, COVH_EID_COVG,
			    COVG_SHARE_MEMORY_REGION, 0x1000, PAGE_SIZE);
		/* Gaps of different lengths: the guest shall not starve */
		for (; !puppet_done(&p, 1); n++) {
			CHECK(time_now() < end);
			time_delay(n & 31);
			CHECK_EQ(covh_tvm_invalidate_pages(p.t->id, p.data, len)
					 .error,
				 0);
			CHECK_EQ(covh_tvm_validate_pages(p.t->id, p.data, len)
					 .error,
				 0);
		}
		CHECK_EQ((long)puppet_ret(&p, 1, 0), SBI_ERR_INVALID_PARAM);
		CHECK_EQ(puppet_ret(&p, 1, 1), 0);
	}
	NOTE("40 calls of the guest beside %lu of the host", 2 * n);
	CHECK(puppet_unpark(&p, 1) <= 4);
}

TEST_GROUP(share, { "T-63 T-51 share, step by step", step_by_step },
	   { "T-63 unshare, step by step", unshare_by_step },
	   { "T-63 there and back", there_and_back },
	   { "T-64 converting what is shared", pinned },
	   { "T-24 pages on the wrong side", wrong_side },
	   { "T-28 a jump into shared memory", jump },
	   { "the host refuses", refused_by_host },
	   { "the host refuses late", refused_late },
	   { "T-59 ranges that no guest can share", bad_ranges },
	   { "T-59 half a terabyte", huge },
	   { "T-59 more regions than there is room for", many_regions },
	   { "a share while the TVM is busy", while_busy },
	   { "T-14 a blocked vCPU moves to another hart", moved },
	   { "what else happens while it is blocked", while_blocked });

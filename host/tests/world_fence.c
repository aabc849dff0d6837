/* SPDX-License-Identifier: BSD-2-Clause */
/* T-54: the exact sequence of PMP views, hgatp writes and fences. */

#include <sbi_covh/test.h>
#include "puppet.h"
#include "world.h"

#define ANY (-1UL)

struct event {
	unsigned int ev;
	unsigned long arg;
};

/* The newest events, the oldest of them first */
static void expect(const char *when, const struct event *e, unsigned int n)
{
	unsigned long arg;
	unsigned int i, ev;

	for (i = 0; i < n; i++) {
		ev = world_log(n - 1 - i, &arg);
		if (ev != e[i].ev || (e[i].arg != ANY && arg != e[i].arg))
			FAIL("%s: event %u of %u is %u (0x%lx), not %u (0x%lx)",
			     when, i + 1, n, ev, arg, e[i].ev, e[i].arg);
	}
}

#define EXPECT(when, ...)                                   \
	do {                                                \
		const struct event __e[] = { __VA_ARGS__ }; \
		expect(when, __e, ARRAY_SIZE(__e));         \
	} while (0)

static void expect_run(const char *when, unsigned long tvm, unsigned long host)
{
	EXPECT(when, { COVH_LOG_VSATP, 0 }, { COVH_LOG_HGATP, tvm },
	       { COVH_LOG_PMP_GUEST, 0 }, { COVH_LOG_SFENCE, 0 },
	       { COVH_LOG_HFENCE_GVMA, 0 }, { COVH_LOG_FENCE_I, 0 },
	       { COVH_LOG_HFENCE_VVMA, tvm }, { COVH_LOG_VSATP, 0 },
	       { COVH_LOG_PMP_HOST, 0 }, { COVH_LOG_HFENCE_VVMA, tvm },
	       { COVH_LOG_HGATP, host }, { COVH_LOG_SFENCE, 0 },
	       { COVH_LOG_HFENCE_GVMA, 0 });
}

static void run_and_exit(void)
{
	struct tvm *t;
	unsigned long tvm, host;
	int i;

	world_need_test_firmware();
	t = world_guest("hello", 0);
	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	tvm = world_hgatp();
	CHECK(tvm >> 60 == 8 || tvm >> 60 == 9);
	CHECK_EQ((tvm & ((1UL << 44) - 1)) << PAGE_SHIFT, t->pgd);
	CHECK((tvm >> 44 & 0x3fff) != 0);
	expect_run("first run", tvm, csr_read(CSR_HGATP));
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	/* The host's own hgatp, under the TVM's own VMID */
	host = 8UL << 60 | (tvm & 0x3fffUL << 44) | 0x82000;
	for (i = 0; i < 3; i++) {
		csr_write(CSR_HGATP, host);
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(csr_read(CSR_HGATP), host);
		csr_write(CSR_HGATP, 0);
		expect_run("run", tvm, host);
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	}
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	expect_run("shutdown", tvm, 0);
}

/* Each world has tables for VS-mode, and neither's are walked in the other */
static void paging(void)
{
	const unsigned long vsatp = 8UL << 60 | 1UL << 44 | 0x82000;
	struct puppet p;
	unsigned long tvm;

	world_need_test_firmware();
	puppet_make(&p, 1);
	puppet(&p, 0, PUPPET_PAGING);
	puppet(&p, 0, PUPPET_IRQ, 0, 0);
	CHECK(puppet_ret(&p, 0, 2) != 0);
	csr_write(CSR_VSATP, vsatp);
	puppet_once(&p, 0);
	CHECK_EQ(csr_swap(CSR_VSATP, 0), vsatp);
	tvm = world_hgatp();
	expect_run("paging", tvm, csr_read(CSR_HGATP));
	puppet(&p, 0, PUPPET_IRQ, 0, 0);
	CHECK(puppet_ret(&p, 0, 2) != 0);
}

/* A run that is refused switches nothing */
static void refused_run(void)
{
	unsigned long before[4], after[4], i;
	unsigned int ev[4];

	world_need_test_firmware();
	for (i = 0; i < 4; i++)
		ev[i] = world_log(i, &before[i]);
	CHECK_EQ(nacl_setup(), 0);
	CHECK(covh_run_tvm_vcpu(0x1234, 0).error != 0);
	for (i = 0; i < 4; i++) {
		CHECK_EQ(world_log(i, &after[i]), ev[i]);
		CHECK_EQ(after[i], before[i]);
	}
}

static void two_vmids(void)
{
	struct tvm *a, *b;
	unsigned long hgatp;

	world_need_test_firmware();
	a = world_guest("hello", 0);
	b = world_guest("hello", 0);
	CHECK_EQ(tvm_run_once(a, 0), TVM_CONTINUE);
	hgatp = world_hgatp();
	CHECK_EQ(tvm_run_once(b, 0), TVM_CONTINUE);
	CHECK((hgatp ^ world_hgatp()) >> 44 & 0x3fff);
}

#define INSTALL(n)                                           \
	{ COVH_LOG_PMP_INSTALL, n }, { COVH_LOG_SFENCE, 0 }, \
	{                                                    \
		COVH_LOG_HFENCE_GVMA, 0                      \
	}

static long last_event(void *arg)
{
	return (long)world_log(*(unsigned long *)arg, (unsigned long *)arg);
}

/* convert of a window, both fences, reclaim; on both harts */
static void window(void)
{
	struct hart *h = test_second_hart();
	unsigned long page = pa(page_alloc(2, 2 * PAGE_SIZE)), old = 0, arg;

	world_need_test_firmware();
	CHECK_EQ(covh_local_fence().error, 0);
	CHECK_EQ(world_log(2, &old), COVH_LOG_PMP_INSTALL);
	CHECK_EQ(covh_convert_pages(page, 2).error, 0);
	EXPECT("convert", INSTALL(old));
	CHECK_EQ(covh_global_fence().error, 0);
	EXPECT("global_fence", INSTALL(old), INSTALL(old + 1));
	CHECK_EQ(probe_load(page, NULL), CAUSE_LOAD_ACCESS);
	/* The other hart has done nothing yet; its own fence does it */
	arg = 2;
	CHECK_EQ(hart_call(h, last_event, &arg), COVH_LOG_PMP_INSTALL);
	CHECK_EQ(arg, old);
	CHECK_EQ(conf_fence(), SBI_ERR_ALREADY_STARTED);
	CHECK_EQ(hart_each((hart_fn)(void *)covh_local_fence, NULL), 0);
	arg = 2;
	CHECK_EQ(hart_call(h, last_event, &arg), COVH_LOG_PMP_INSTALL);
	CHECK_EQ(arg, old + 1);
	/* One page less: two entries, or the other half is NAPOT as well */
	CHECK_EQ(covh_reclaim_pages(page, 1).error, 0);
	EXPECT("reclaim", INSTALL(old + 1));
	CHECK_EQ(probe_load(page, NULL), 0);
	CHECK_EQ(probe_load(page + PAGE_SIZE, NULL), CAUSE_LOAD_ACCESS);
	CHECK_EQ(covh_reclaim_pages(page + PAGE_SIZE, 1).error, 0);
	EXPECT("reclaim of the rest", INSTALL(old));
	CHECK_EQ(probe_load(page + PAGE_SIZE, NULL), 0);
	CHECK_EQ(hart_each((hart_fn)(void *)covh_local_fence, NULL), 0);
	page_free((void *)page, 2);
}

/* A hart that starts installs and flushes before it runs anything */
static void start(void)
{
	struct hart *h = test_second_hart();
	unsigned long arg;
	unsigned int i;
	static const unsigned int want[] = { COVH_LOG_HFENCE_GVMA,
					     COVH_LOG_SFENCE,
					     COVH_LOG_PMP_INSTALL };

	world_need_test_firmware();
	CHECK_EQ(hart_stop(h), 0);
	CHECK_EQ(hart_start(h), 0);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		arg = i;
		CHECK_EQ(hart_call(h, last_event, &arg), want[i]);
	}
}

static long nap(void *arg)
{
	(void)arg;
	csr_write(sie, SIP_SSIP);
	ipi_clear();
	return sbi_call(SBI_EID_HSM, SBI_HSM_SUSPEND, 0).error;
}

/* Suspend it in place, convert while it sleeps if asked to, and wake it up */
static void sleep_over(struct hart *h, unsigned long page)
{
	struct sbiret r;

	hart_post(h, nap, NULL);
	do {
		r = sbi_call(SBI_EID_HSM, SBI_HSM_STATUS, h->id);
	} while (hart_busy(h) && r.value != 4);
	if (page)
		CHECK_EQ(covh_convert_pages(page, 1).error, 0);
	ipi_send(h);
	if (hart_wait(h) == SBI_ERR_NOT_SUPPORTED)
		SKIP("the hart has no retentive suspend");
}

/* One that slept in place installs what it has missed, and only then */
static void resume(void)
{
	static const unsigned int want[] = { COVH_LOG_HFENCE_GVMA,
					     COVH_LOG_SFENCE,
					     COVH_LOG_PMP_INSTALL };
	struct hart *h = test_second_hart();
	unsigned long page = pa(page_alloc(1, PAGE_SIZE)), arg = 2, old;
	unsigned int i;

	world_need_test_firmware();
	CHECK_EQ(hart_call(h, (hart_fn)(void *)covh_local_fence, NULL), 0);
	CHECK_EQ(hart_call(h, last_event, &arg), COVH_LOG_PMP_INSTALL);
	old = arg;
	sleep_over(h, page);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		arg = i;
		CHECK_EQ(hart_call(h, last_event, &arg), want[i]);
	}
	CHECK_EQ(arg, old + 1);
	CHECK_EQ(covh_reclaim_pages(page, 1).error, 0);
	sleep_over(h, 0);
	arg = 2;
	CHECK_EQ(hart_call(h, last_event, &arg), COVH_LOG_PMP_INSTALL);
	CHECK_EQ(arg, old);
	/* Again, and there are no six events of two installs */
	sleep_over(h, 0);
	arg = 5;
	CHECK_EQ(hart_call(h, last_event, &arg), COVH_LOG_PMP_INSTALL);
	CHECK_EQ(arg, old + 1);
	page_free((void *)page, 1);
}

TEST_GROUP(world_fence, { "T-54 fences of RUN and exit", run_and_exit },
	   { "T-54 tables of VS-mode in both worlds", paging },
	   { "T-54 a refused RUN switches nothing", refused_run },
	   { "T-52 two TVMs have two VMIDs", two_vmids },
	   { "T-54 fences of convert, global and local fence, reclaim",
	     window },
	   { "T-74 fences of a hart that starts", start },
	   { "T-73 fences of a hart that resumes", resume });

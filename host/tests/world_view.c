/* SPDX-License-Identifier: BSD-2-Clause */
/* T-54, T-73, T-74: what a host reaches with the TVM's own means. */

#include <sbi_covh/test.h>
#include <host/entry.h>
#include "world.h"

/* hlv.d at a guest physical address (vsatp is Bare): scause or 0 */
/* QEMU 7.2 says guest-page fault of what the PMP denies under a G-stage */
static bool denied(unsigned long cause)
{
	return cause == CAUSE_LOAD_ACCESS || cause == CAUSE_LOAD_GPF;
}

static unsigned long hlv(unsigned long gpa, unsigned long *val)
{
	unsigned long cause, v = 0;

	__asm__ __volatile__("	lla	t1, 1f\n"
			     "	csrrw	t0, stvec, t1\n"
			     "	li	%0, 0\n"
			     "	mv	a0, %2\n"
			     /* hlv.d a0, (a0) */
			     "	.insn r 0x73, 4, 0x36, a0, a0, x0\n"
			     "	mv	%1, a0\n"
			     "	j	2f\n"
			     "	.balign 4\n"
			     "1:	csrr	%0, scause\n"
			     "2:	csrw	stvec, t0\n"
			     : "=&r"(cause), "+&r"(v)
			     : "r"(gpa)
			     : "t0", "t1", "a0", "memory");
	*val = v;
	return cause;
}

/* Every page of the TVM that the host knows of, right after an exit */
static void look_around(struct world *w)
{
	const struct tvm *t = w->tvm;
	const unsigned long page[] = { t->first_page, t->pgd, t->state, t->pt,
				       t->vcpu_state };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(page); i++) {
		CHECK_EQ(probe_load(page[i], NULL), CAUSE_LOAD_ACCESS);
		CHECK_EQ(probe_store(page[i], 0), CAUSE_STORE_ACCESS);
		CHECK_EQ(probe_exec(page[i]), CAUSE_FETCH_ACCESS);
	}
}

static void all_pages(void)
{
	static const unsigned long mode[] = { CANARY_ECALL, CANARY_WFI,
					      CANARY_FAULT };
	struct world w;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mode); i++) {
		w = (struct world){ .look = look_around };
		w.tvm = world_guest("canary", mode[i]);
		CHECK_EQ(world_run(&w), TVM_SHUTDOWN);
		CHECK_EQ(tvm_destroy(w.tvm), 0);
	}
}

static void trampoline(void)
{
	unsigned long at;

	world_need_test_firmware();
	at = (unsigned long)sbi_call(COVH_TEST_EID, COVH_TEST_TRAMPOLINE, 0)
		     .value;
	CHECK_EQ(probe_load(at, NULL), CAUSE_LOAD_ACCESS);
	CHECK_EQ(probe_store(at, 0), CAUSE_STORE_ACCESS);
	CHECK_EQ(probe_exec(at), CAUSE_FETCH_ACCESS);
	CHECK_EQ(probe_exec(at + 4), CAUSE_FETCH_ACCESS);
	/* Its private call is nobody else's */
	CHECK_EQ(sbi_call(0x08C0DE00, 0, 0).error, SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(sbi_call(0x08C0DE00, 0, 15, 0, 0).error,
		 SBI_ERR_NOT_SUPPORTED);
	CHECK(!sbi_probe(0x08C0DE00));
}

/* The G-stage of the TVM, under its VMID, walked for the host */
static void own_gstage(void)
{
	unsigned long hgatp = 0, arg, val, old = csr_read(CSR_HSTATUS), i;
	struct tvm *t;

	world_need_test_firmware();
	t = world_guest("hello", 0);
	do {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		for (i = 0; i < 14; i++) {
			if (world_log(i, &arg) == COVH_LOG_HGATP && arg)
				hgatp = arg;
		}
		CHECK(hgatp);
		csr_write(CSR_HGATP, hgatp);
		csr_set(CSR_HSTATUS, 1UL << 8);
		val = 0;
		i = hlv(t->region[0].start, &val);
		csr_write(CSR_HGATP, 0);
		csr_write(CSR_HSTATUS, old);
		/* The walk itself reaches for the TVM's root page */
		CHECK(denied(i));
		CHECK_EQ(val, 0);
	} while (tvm_handle_exit(t) == TVM_CONTINUE);
	CHECK(t->exit.ret.value);
}

/* A mapping of the host's own over the guest's page: G-stage of 1 GiB pages */
static void own_mapping(void)
{
	unsigned long *root = page_zalloc(4, 4 * PAGE_SIZE), val, i;
	unsigned long old = csr_read(CSR_HSTATUS);
	struct tvm *t = world_guest("hello", 0);
	unsigned long *own = page_alloc(1, PAGE_SIZE);

	for (i = 0; i < 8; i++)
		root[i] = i << 28 | 0xdf;
	own[0] = 0x1234;
	csr_set(CSR_HSTATUS, 1UL << 8);
	do {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		csr_write(CSR_HGATP,
			  8UL << 60 | 0x3ffeUL << 44 | pa(root) >> PAGE_SHIFT);
		CHECK_EQ(hlv(pa(own), &val), 0);
		CHECK_EQ(val, 0x1234);
		val = 0;
		CHECK(denied(hlv(t->first_page, &val)));
		CHECK(denied(hlv(t->vcpu_state, &val)));
		CHECK_EQ(val, 0);
		csr_write(CSR_HGATP, 0);
	} while (tvm_handle_exit(t) == TVM_CONTINUE);
	csr_write(CSR_HSTATUS, old);
	CHECK(t->exit.ret.value);
	page_free(root, 4);
	page_free(own, 1);
}

static long load(void *arg)
{
	return (long)probe_load((unsigned long)arg, NULL);
}

/* One page beside the pool, converted while the hart sleeps or is stopped */
static unsigned long convert_window(struct conf *c)
{
	CHECK_EQ(conf_convert(c, false, 2, 2 * PAGE_SIZE), 0);
	return c->range[0].base;
}

static void started_later(void)
{
	struct hart *h = test_second_hart();
	unsigned long page;

	CHECK_EQ(hart_stop(h), 0);
	page = convert_window(test_conf());
	CHECK_EQ(conf_fence(), 0);
	CHECK_EQ(probe_load(page, NULL), CAUSE_LOAD_ACCESS);
	CHECK_EQ(hart_start(h), 0);
	CHECK_EQ(hart_call(h, load, (void *)page), CAUSE_LOAD_ACCESS);
	CHECK_EQ(hart_stop(h), 0);
	CHECK_EQ(hart_start(h), 0);
	CHECK_EQ(hart_call(h, load, (void *)page), CAUSE_LOAD_ACCESS);
}

static struct {
	unsigned long type, page;
	volatile int phase;
	long result;
} nap;

extern char secondary_entry[];

/* Comes back here by returning, or (non-retentive) by a new start */
static long sleep_and_load(void *arg)
{
	struct hart *h = this_hart();
	struct sbiret r;

	(void)arg;
	if (nap.phase++ == 0) {
		csr_write(sie, SIP_SSIP);
		ipi_clear();
		r = sbi_call(SBI_EID_HSM, SBI_HSM_SUSPEND, nap.type,
			     (unsigned long)secondary_entry, (unsigned long)h);
		if (r.error)
			return r.error;
	}
	return (long)probe_load(nap.page, NULL);
}

static void suspended(unsigned long type)
{
	struct hart *h = test_second_hart();
	struct conf *c = test_conf();
	struct sbiret r;

	nap.type = type;
	nap.phase = 0;
	nap.page = convert_window(c);
	/* Only this hart has fenced when the other one goes to sleep */
	CHECK_EQ(covh_global_fence().error, 0);
	hart_post(h, sleep_and_load, NULL);
	do {
		r = sbi_call(SBI_EID_HSM, SBI_HSM_STATUS, h->id);
	} while (hart_busy(h) && r.value != 4);
	ipi_send(h);
	nap.result = hart_wait(h);
	CHECK_EQ(hart_each((hart_fn)(void *)covh_local_fence, NULL), 0);
	if (nap.result == SBI_ERR_NOT_SUPPORTED ||
	    nap.result == SBI_ERR_INVALID_PARAM)
		SKIP("the hart has no such suspend");
	CHECK_EQ(nap.result, CAUSE_LOAD_ACCESS);
	CHECK_EQ(hart_call(h, load, (void *)nap.page), CAUSE_LOAD_ACCESS);
}

static void suspend_retentive(void)
{
	suspended(0);
}

static void suspend_non_retentive(void)
{
	suspended(0x80000000);
}

TEST_GROUP(world_view,
	   { "T-54 all of a TVM's pages after each exit", all_pages },
	   { "T-54 the trampoline, and its private call", trampoline },
	   { "T-54 the TVM's own G-stage and VMID in the host's hgatp",
	     own_gstage },
	   { "T-03 the host's own G-stage over the TVM's pages", own_mapping },
	   { "T-74 a hart started after a conversion", started_later },
	   { "T-73 a hart in retentive suspend", suspend_retentive },
	   { "T-74 a hart in non-retentive suspend", suspend_non_retentive });

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-14, T-40: the guest's console, call by call: buffers of its own and shared
 * ones, the old calls for one character, and hosts that lie.
 */

#include <string.h>
#include "mmio.h"

#define SBI_EID_GETCHAR	  0x02
#define SBI_EID_CLEAR_IPI 0x03
#define TEXT		  0x5ec4e70a41424344UL
#define JUNK		  0x5ec4e7UL

static struct puppet p;

static void post(unsigned long fid, unsigned long n, unsigned long at)
{
	puppet_post(&p, 0, PUPPET_ECALL, SBI_EID_DBCN, fid, n, at, 0, JUNK + 3,
		    JUNK + 4, JUNK + 5);
}

/* What the call returns in the end */
static void finish(long error, unsigned long value)
{
	puppet_finish(&p, 0);
	CHECK_EQ((long)puppet_ret(&p, 0, 0), error);
	CHECK_EQ(puppet_ret(&p, 0, 1), value);
}

/* Up to its exit: this call with these arguments and nothing else */
static void exit_with(unsigned long eid, unsigned long fid, unsigned long a0,
		      unsigned long a1)
{
	puppet_until(&p, 0, eid, fid);
	CHECK_EQ(p.t->exit.ret.value, 0);
	puppet_check_call(&p.t->exit, eid, fid, a0, a1);
}

/* What a host may answer, and what becomes of it */
static const struct lie {
	unsigned long a0, a1;
	long error;
} lies[] = {
	{ 0, 0, 0 },	      { 0, 1, 0 },	     { 0, -1UL, 0 },
	{ -1UL, 5, -1 },      { -5UL, 1, -5 },	     { -14UL, 1, -14 },
	{ -15UL, 1, -1 },     { -257UL, 1, -1 },     { 1, 1, -1 },
	{ 1UL << 63, 1, -1 }, { 0xffffffff, 1, -1 }, { ~0UL >> 1, 1, -1 },
};

static void write_conf(void)
{
	static const unsigned long count[] = { 1, 2, 8, 4096, 1UL << 20 };
	unsigned long at, i, n;

	puppet_make(&p, 1);
	puppet_store(&p, p.data, TEXT);
	puppet_store(&p, p.data + PAGE_SIZE - 8, TEXT);
	for (i = 0; i < 8; i++) {
		/* Its last byte, more than the page */
		at = p.data + (i & 1 ? PAGE_SIZE - 8 : 0) + i;
		for (n = 0; n < ARRAY_SIZE(count); n++) {
			post(SBI_DBCN_WRITE, count[n], at);
			exit_with(SBI_EID_DBCN, SBI_DBCN_WRITE_BYTE,
				  TEXT >> 8 * i & 0xff, 0);
			puppet_answer(0, 77);
			finish(0, 1);
		}
	}
	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		post(SBI_DBCN_WRITE, 5, p.data);
		exit_with(SBI_EID_DBCN, SBI_DBCN_WRITE_BYTE, TEXT & 0xff, 0);
		puppet_answer(lies[i].a0, lies[i].a1);
		finish(lies[i].error, !lies[i].error);
	}
	CHECK_EQ(puppet_load(&p, p.data), TEXT);
}

static void read_conf(void)
{
	static const unsigned long none[] = {
		-1UL, 256, 0x141, -2UL, 1UL << 63, 1UL << 32 | 65, 0xffffffff
	};
	unsigned long i, at, want = TEXT;

	puppet_make(&p, 1);
	at = p.data + 40;
	puppet_store(&p, at, TEXT);
	for (i = 0; i < 8; i++) {
		post(SBI_DBCN_READ, i & 1 ? 1 : 4096, at + i);
		exit_with(SBI_EID_GETCHAR, 0, 0, 0);
		puppet_answer(0xf8 + i, 5);
		finish(0, 1);
		want &= ~(0xffUL << 8 * i);
		want |= (0xf8UL + i) << 8 * i;
		CHECK_EQ(puppet_load(&p, at), want);
	}
	for (i = 0; i < ARRAY_SIZE(none); i++) {
		post(SBI_DBCN_READ, 8, at);
		exit_with(SBI_EID_GETCHAR, 0, 0, 0);
		puppet_answer(none[i], 1);
		finish(0, 0);
		CHECK_EQ(puppet_load(&p, at), want);
	}
	/* 0 is a character */
	post(SBI_DBCN_READ, 8, at + 7);
	exit_with(SBI_EID_GETCHAR, 0, 0, 0);
	puppet_answer(0, 0);
	finish(0, 1);
	CHECK_EQ(puppet_load(&p, at), want & ~0UL >> 8);
	CHECK_EQ(puppet_load(&p, at - 8), 0);
	CHECK_EQ(puppet_load(&p, at + 8), 0);
}

/* A page that is not there yet: the host brings it, and learns no offset */
static void missing(void)
{
	const struct tvm_exit *e = &p.t->exit;
	unsigned long fid, at;

	puppet_make(&p, 1);
	for (fid = SBI_DBCN_WRITE; fid <= SBI_DBCN_READ; fid++) {
		at = p.data + (5 + fid) * PAGE_SIZE;
		post(fid, 8, at + 0x123);
		puppet_once(&p, 0);
		CHECK_EQ(e->scause, fid == SBI_DBCN_READ ? CAUSE_STORE_GPF
							 : CAUSE_LOAD_GPF);
		CHECK_EQ(e->gpa, at);
		CHECK_EQ(e->stval, 0);
		CHECK_EQ(e->htinst, 0);
		CHECK_EQ(e->a[0], 0);
		CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
		if (fid == SBI_DBCN_WRITE)
			exit_with(SBI_EID_DBCN, SBI_DBCN_WRITE_BYTE, 0, 0);
		else
			exit_with(SBI_EID_GETCHAR, 0, 0, 0);
		puppet_answer(0, 0);
		finish(0, 1);
	}
}

/* What is no buffer: the host hears nothing of it */
static void refused(void)
{
	unsigned long calls, faults, end, fid, i;

	mmio_make(&p, 1);
	end = p.t->region[p.t->nr_region - 1].end;
	const unsigned long at[] = { MMIO_GPA,	MMIO_GPA + 8, 0,
				     0x1000,	end,	      1UL << 40,
				     1UL << 62, 1UL << 63,    -1UL,
				     -4096UL };

	puppet_store(&p, p.data, TEXT);
	calls = p.t->ecalls;
	faults = p.t->faults;
	for (fid = SBI_DBCN_WRITE; fid <= SBI_DBCN_READ; fid++) {
		for (i = 0; i < ARRAY_SIZE(at); i++) {
			post(fid, 4, at[i]);
			finish(SBI_ERR_INVALID_PARAM, 0);
		}
		/* The upper half of an address */
		puppet(&p, 0, PUPPET_ECALL, SBI_EID_DBCN, fid, 4, p.data, 1);
		finish(SBI_ERR_INVALID_PARAM, 0);
		puppet(&p, 0, PUPPET_ECALL, SBI_EID_DBCN, fid, 4, p.data, -1UL);
		finish(SBI_ERR_INVALID_PARAM, 0);
		/* Nothing to do, and it is done */
		post(fid, 0, p.data);
		finish(0, 0);
	}
	puppet(&p, 0, PUPPET_ECALL, SBI_EID_DBCN, 3, 4, p.data, 0);
	finish(SBI_ERR_NOT_SUPPORTED, 0);
	puppet(&p, 0, PUPPET_ECALL, SBI_EID_DBCN, 1UL << 32, 4, p.data, 0);
	finish(SBI_ERR_NOT_SUPPORTED, 0);
	CHECK_EQ(p.t->ecalls, calls);
	CHECK_EQ(p.t->faults, faults);
	CHECK_EQ(puppet_load(&p, p.data), TEXT);
}

/* Shared memory is the host's to read and write, mapped or not */
static void shared(void)
{
	unsigned long at, i, fid;

	puppet_make(&p, 1);
	at = p.data + PAGE_SIZE;
	puppet_share(&p, at, PAGE_SIZE);
	CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	finish(0, 0);
	for (fid = SBI_DBCN_WRITE; fid <= SBI_DBCN_READ; fid++) {
		for (i = 0; i < ARRAY_SIZE(lies); i++) {
			post(fid, 8, at + 16);
			exit_with(SBI_EID_DBCN, fid, 8, at + 16);
			puppet_answer(lies[i].a0, lies[i].a1);
			if (lies[i].a1 == -1UL)
				finish(SBI_ERR_FAILED, 0);
			else
				finish(lies[i].error,
				       lies[i].error ? 0 : lies[i].a1);
		}
		/* All of it, and one too many */
		post(fid, 8, at);
		exit_with(SBI_EID_DBCN, fid, 8, at);
		puppet_answer(0, 8);
		finish(0, 8);
		post(fid, 8, at);
		exit_with(SBI_EID_DBCN, fid, 8, at);
		puppet_answer(0, 9);
		finish(SBI_ERR_FAILED, 0);
		/* What is behind it is not shared: the host is not told more */
		post(fid, 64, at + PAGE_SIZE - 8);
		puppet_until(&p, 0, SBI_EID_DBCN, fid);
		CHECK(p.t->exit.a[0] <= 8);
		puppet_answer(0, 64);
		finish(SBI_ERR_FAILED, 0);
	}
}

static void old_calls(void)
{
	static const struct {
		unsigned long answer, seen;
	} get[] = { { 65, 65 },		  { 0, 0 },
		    { 255, 255 },	  { 256, -1UL },
		    { -1UL, -1UL },	  { -2UL, -1UL },
		    { 1UL << 63, -1UL },  { 0x141, -1UL },
		    { 0xffffffff, -1UL }, { 1UL << 32 | 65, -1UL } };
	unsigned long calls;
	unsigned int i;

	puppet_make(&p, 1);
	for (i = 0; i < ARRAY_SIZE(get); i++) {
		puppet_post(&p, 0, PUPPET_ECALL, SBI_EID_GETCHAR, JUNK,
			    JUNK + 1, JUNK + 2, JUNK + 3);
		exit_with(SBI_EID_GETCHAR, 0, 0, 0);
		puppet_answer(get[i].answer, 7);
		puppet_finish(&p, 0);
		CHECK_EQ(puppet_ret(&p, 0, 0), get[i].seen);
		CHECK_EQ(puppet_ret(&p, 0, 1), JUNK + 2);
	}
	puppet_post(&p, 0, PUPPET_ECALL, SBI_EID_PUTCHAR, JUNK, 0x5ec4e741UL,
		    JUNK + 2, JUNK + 3);
	exit_with(SBI_EID_PUTCHAR, 0, 0x41, 0);
	puppet_answer(0, 7);
	finish(0, JUNK + 2);
	/* IPIs of its own: no exit */
	CHECK_EQ((long)puppet(&p, 0, PUPPET_ECALL, SBI_EID_IPI, 0, 1, 0), 0);
	puppet(&p, 0, PUPPET_IRQ, 0, 0);
	CHECK_EQ(puppet_ret(&p, 0, 1), SIP_SSIP);
	calls = p.t->ecalls;
	puppet(&p, 0, PUPPET_ECALL, SBI_EID_CLEAR_IPI, JUNK, JUNK, JUNK + 2);
	finish(0, JUNK + 2);
	puppet(&p, 0, PUPPET_IRQ, 0, 0);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
	CHECK_EQ(p.t->ecalls, calls);
}

static long answer_elsewhere(void *arg)
{
	(void)arg;
	if (nacl_setup())
		return -1;
	puppet_answer('x', 0);
	return tvm_run_once(p.t, 0);
}

/* A character for a vCPU that goes on elsewhere */
static void moved(void)
{
	struct hart *h = test_second_hart();

	puppet_make(&p, 1);
	puppet_store(&p, p.data, TEXT);
	post(SBI_DBCN_READ, 8, p.data);
	exit_with(SBI_EID_GETCHAR, 0, 0, 0);
	puppet_answer('y', 0);
	CHECK_EQ(hart_call(h, answer_elsewhere, NULL), TVM_CONTINUE);
	CHECK_EQ(tvm_handle_exit(p.t), TVM_CONTINUE);
	finish(0, 1);
	CHECK_EQ(puppet_load(&p, p.data), (TEXT & ~0xffUL) | 'x');
}

/* While it waits for a character, another vCPU gives its buffer away: nothing
 * may be written to the page that was there */
static void buffer_gone(void)
{
	unsigned long page;

	puppet_make(&p, 2);
	CHECK_EQ(puppet(&p, 0, PUPPET_START, 1), 0);
	puppet_store(&p, p.data, TEXT);
	post(SBI_DBCN_READ, 8, p.data);
	exit_with(SBI_EID_GETCHAR, 0, 0, 0);
	page = tvm_page_at(p.t, p.data)->pa;
	puppet(&p, 1, PUPPET_ECALL, COVH_EID_COVG, COVG_SHARE_MEMORY_REGION,
	       p.data, PAGE_SIZE);
	CHECK_EQ((long)puppet_ret(&p, 1, 0), 0);
	CHECK_STATE(page, PG_CONF_FREE);
	/* The host's page that is there now: it was not asked for */
	CHECK_EQ(puppet(&p, 1, PUPPET_LOAD, p.data), 0);
	CHECK_STATE(tvm_page_at(p.t, p.data)->pa, PG_NC_SHARED);
	puppet_answer('x', 0);
	puppet_finish(&p, 0);
	CHECK_EQ(puppet_ret(&p, 0, 1), 0);
	CHECK_STATE(page, PG_CONF_FREE);
	CHECK_EQ(puppet(&p, 1, PUPPET_LOAD, p.data), 0);
}

TEST_GROUP(guest_console,
	   { "T-14 a write from confidential memory", write_conf },
	   { "T-14 a read into confidential memory", read_conf },
	   { "T-40 a buffer whose page is not there yet", missing },
	   { "what is no buffer", refused }, { "T-14 shared buffers", shared },
	   { "T-14 the old calls for one character", old_calls },
	   { "a read that ends on another hart", moved },
	   { "a read whose buffer is gone", buffer_gone });

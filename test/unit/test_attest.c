/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Runtime registers and evidence as the core sees them: arguments, contexts,
 * where the result goes. The helper's work is done here by hand.
 */

#include <string.h>

#include "attest.h"
#include "fake_hart.h"
#include "guest.h"

/* Guest addresses: confidential pages, shared ones, a region without pages */
#define KEY	  GPA
#define CHALLENGE (GPA + PG)
#define DIGEST	  (GPA + 2 * PG)
#define OUT	  (GPA + 3 * PG)
#define OUT_PAGES 3
#define PAGES	  (3 + OUT_PAGES)
#define SHARED	  (GPA + 0x100000UL)
#define MISSING	  (GPA + 0x200000UL)
#define OUTSIDE	  (GPA + 0x10000000UL)
#define HOSTPAGE  (HOST_BASE + 0x100000UL)
#define ANSWER	  (NACL_AREA + COVH_NACL_GPR_OFFSET(10))
#define KEY_LEN	  107UL

static struct maker a;
static struct covh_run run;
static struct covh_identity id;
static u64 pages; /* physical, of the confidential pages */

static void share(void)
{
	s64 zero = 0;

	assert_rc(OK, covh_guest_share(&run, SHARED, PG));
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	memcpy(fake_ram(ANSWER), &zero, sizeof(zero));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_add_shared(a.id, HOSTPAGE, 0, 1, SHARED));
}

static void start(void)
{
	memset(&id, 0x5E, sizeof(id));
	covh_attest_set_identity(&id);
	maker_run(&a);
	pages = maker_pages(&a, PAGES, PG);
	assert_rc(OK, covh_add_zero(a.id, pages, 0, PAGES, GPA));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	share();
	memset(fake_ram(pages), 0xC0, KEY_LEN);
	memset(fake_ram(pages + PG), 0xC4, COVH_CHALLENGE_SIZE);
}

static long ask(u64 key, u64 len, u64 challenge, u64 format, u64 out,
		u64 out_len)
{
	const struct covh_evidence_args arg = { key,	len, challenge,
						format, out, out_len };

	return covh_guest_evidence(&run, &arg);
}

static long ask_well(void)
{
	return ask(KEY, KEY_LEN, CHALLENGE, COVG_CERT_CBOR, OUT,
		   OUT_PAGES * PG);
}

static bool untouched(void)
{
	const u8 *p = fake_ram(pages + 3 * PG);

	for (u64 i = 0; i < OUT_PAGES * PG; i++)
		if (p[i])
			return false;
	return true;
}

/* All contexts: nobody's and zero */
static void assert_wiped(void)
{
	const u8 *p = fake_ram(HELPERS);
	int i[HELPER_COUNT];

	for (u64 k = 0; k < HELPER_COUNT * HELPER_SIZE; k++)
		assert_int_equal(p[k], 0);
	for (u32 k = 0; k < HELPER_COUNT; k++) {
		i[k] = covh_helper_take();
		assert_true(i[k] >= 0);
	}
	assert_int_equal(covh_helper_take(), -1);
	for (u32 k = 0; k < HELPER_COUNT; k++)
		covh_helper_give((u32)i[k]);
}

/* What the helper leaves */
static void finish(long result, u32 len)
{
	struct covh_job *job = covh_helper_job((u32)run.pc);

	job->result = (int)result;
	job->out.evidence.len = len;
	memset(job->out.evidence.bytes, 0xE5, COVH_EVIDENCE_MAX);
}

static void end(void)
{
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_wiped();
}

static void extend(void **state)
{
	u8 want[2][48], *reg;
	struct covh_bytes in = { want, sizeof(want) };

	(void)state;
	start();
	reg = maker_page(&a)->msmt[COVH_MSMT_RUNTIME_FIRST];
	memset(fake_ram(pages + 2 * PG), 0xD1, 48);
	for (int i = 0; i < 2; i++) {
		memcpy(want[0], reg, 48);
		memset(want[1], 0xD1, 48);
		covh_sha384(&in, 1, want[0]);
		assert_rc(OK, covh_guest_extend(&run, DIGEST, 48,
						COVH_MSMT_RUNTIME_FIRST));
		assert_memory_equal(reg, want[0], 48);
	}
	assert_rc(OK, covh_guest_extend(&run, DIGEST, 48, COVH_MSMT_COUNT - 1));
	end();
}

static void extend_refused(void **state)
{
	static const struct {
		u64 gpa, len, index;
		long rc;
	} row[] = {
		/* T-45: initial registers are frozen; there is no other */
		{ DIGEST, 48, 0, INV_PARAM },
		{ DIGEST, 48, COVH_MSMT_TVM_CODE, INV_PARAM },
		{ DIGEST, 48, COVH_MSMT_TVM_CONFIG, INV_PARAM },
		{ DIGEST, 48, COVH_MSMT_COUNT, INV_PARAM },
		{ DIGEST, 48, ~0UL, INV_PARAM },
		{ DIGEST, 47, 6, INV_PARAM },
		{ DIGEST, 49, 6, INV_PARAM },
		{ DIGEST, 0, 6, INV_PARAM },
		{ DIGEST, 1UL << 32 | 48, 6, INV_PARAM },
		{ DIGEST + 8, 48, 6, INV_ADDR },
		{ MISSING, 48, 6, INV_ADDR },
		{ OUTSIDE, 48, 6, INV_ADDR },
		{ ~0UL << 12, 48, 6, INV_ADDR },
		{ SHARED, 48, 6, INV_PARAM },
	};
	struct covh_tvm_page before;

	(void)state;
	start();
	before = *maker_page(&a);
	for (u32 i = 0; i < COVH_ARRAY_SIZE(row); i++) {
		assert_rc(row[i].rc,
			  covh_guest_extend(&run, row[i].gpa, row[i].len,
					    row[i].index));
		assert_memory_equal(&before, maker_page(&a), sizeof(before));
	}
	end();
}

static void evidence(void **state)
{
	struct covh_evidence_in *in;
	struct covh_job *job;
	const u8 *out;

	(void)state;
	start();
	memset(maker_page(&a)->msmt[6], 0x66, 48);
	assert_rc(OK, ask_well());
	assert_int_equal(run.resume, COVH_RESUME_HELPER);
	job = covh_helper_job((u32)run.pc);
	in = &job->in.evidence;
	assert_int_equal(job->kind, COVH_JOB_EVIDENCE);
	assert_memory_equal(&in->id, &id, sizeof(id));
	assert_int_equal(in->format, COVG_CERT_CBOR);
	assert_int_equal(in->key_len, KEY_LEN);
	assert_int_equal(in->has_identity, 0);
	assert_memory_equal(in->msmt, maker_page(&a)->msmt, sizeof(in->msmt));
	assert_memory_equal(in->challenge, fake_ram(pages + PG),
			    COVH_CHALLENGE_SIZE);
	assert_memory_equal(in->guest_key, fake_ram(pages), KEY_LEN);
	assert_int_equal(in->guest_key[KEY_LEN + 7], 0);
	assert_true(covh_work_starts(&run));
	assert_false(covh_work_starts(&run));

	finish(0, 5000);
	assert_rc(OK, covh_work_done(&run, false));
	assert_int_equal(run.resume, COVH_RESUME_ANSWER);
	assert_int_equal(run.arg, 0);
	assert_int_equal(run.pc, 5000);
	out = fake_ram(pages + 3 * PG);
	for (u64 i = 0; i < OUT_PAGES * PG; i++)
		assert_int_equal(out[i], i < 5000 ? 0xE5 : 0);
	assert_wiped();
	end();
}

static void evidence_refused(void **state)
{
	static const struct {
		struct covh_evidence_args arg;
		long rc;
	} row[] = {
#define R(__rc, ...) { { __VA_ARGS__ }, __rc }
		R(INV_PARAM, KEY, 0, CHALLENGE, 1, OUT, PG),
		R(INV_PARAM, KEY, COVH_GUEST_KEY_MAX + 1, CHALLENGE, 1, OUT,
		  PG),
		R(INV_PARAM, KEY, ~0UL, CHALLENGE, 1, OUT, PG),
		R(INV_PARAM, KEY, KEY_LEN, CHALLENGE, 0, OUT, PG),
		R(INV_PARAM, KEY, KEY_LEN, CHALLENGE, 3, OUT, PG),
		R(INV_PARAM, KEY, KEY_LEN, CHALLENGE, 4, OUT, PG),
		R(INV_PARAM, KEY, KEY_LEN, CHALLENGE, 1UL << 32 | 1, OUT, PG),
		R(INV_PARAM, KEY, KEY_LEN, CHALLENGE, 1, OUT, 0),
		R(INV_ADDR, KEY + 1, KEY_LEN, CHALLENGE, 1, OUT, PG),
		R(INV_ADDR, KEY, KEY_LEN, CHALLENGE + 64, 1, OUT, PG),
		R(INV_ADDR, KEY, KEY_LEN, CHALLENGE, 1, OUT + 8, PG),
		/* T-46 */
		R(INV_PARAM, SHARED, KEY_LEN, CHALLENGE, 1, OUT, PG),
		R(INV_PARAM, KEY, KEY_LEN, SHARED, 1, OUT, PG),
		R(INV_PARAM, KEY, KEY_LEN, CHALLENGE, 1, SHARED, PG),
		R(INV_ADDR, MISSING, KEY_LEN, CHALLENGE, 1, OUT, PG),
		R(INV_ADDR, KEY, KEY_LEN, MISSING, 1, OUT, PG),
		R(INV_ADDR, KEY, KEY_LEN, CHALLENGE, 1, MISSING, PG),
		R(INV_ADDR, OUTSIDE, KEY_LEN, CHALLENGE, 1, OUT, PG),
		R(INV_ADDR, KEY, KEY_LEN, ~0UL << 12, 1, OUT, PG),
		R(INV_ADDR, KEY, KEY_LEN, CHALLENGE, 1, ~0UL << 12, 2 * PG),
		/* The second page of the buffer is not there */
		R(INV_ADDR, KEY, KEY_LEN, CHALLENGE, 1,
		  OUT + (OUT_PAGES - 1) * PG, 2 * PG),
		R(INV_ADDR, KEY, KEY_LEN, CHALLENGE, 2,
		  OUT + (OUT_PAGES - 1) * PG, ~0UL),
#undef R
	};

	(void)state;
	start();
	for (u32 i = 0; i < COVH_ARRAY_SIZE(row); i++) {
		assert_rc(row[i].rc, covh_guest_evidence(&run, &row[i].arg));
		assert_int_not_equal(run.resume, COVH_RESUME_HELPER);
		assert_true(untouched());
	}
	assert_int_equal(fake.loads[0], 0);
	assert_wiped();
	covh_attest_set_identity(NULL);
	assert_false(covh_attest_ready());
	assert_rc(FAILED, ask_well());
	end();
}

/* All contexts have an owner: at once */
static void busy(void **state)
{
	(void)state;
	start();
	for (int i = 0; i < HELPER_COUNT; i++)
		assert_int_equal(covh_helper_take(), i);
	assert_rc(COVH_ERR_BUSY, ask_well());
	covh_helper_give(1);
	assert_rc(OK, ask_well());
	assert_int_equal(run.pc, 1);
	finish(0, 1);
	assert_rc(OK, covh_work_done(&run, false));
	covh_helper_give(0);
	end();
}

static void results(void **state)
{
	static const struct {
		long result;
		u32 len;
		u64 room;
		bool fault;
		long rc;
		u64 value;
	} row[] = {
		{ OK, 100, 100, false, OK, 100 },
		{ OK, 4097, PG + 1, false, OK, 4097 },
		{ OK, COVH_EVIDENCE_MAX, OUT_PAGES * PG, false, OK,
		  COVH_EVIDENCE_MAX },
		/* Too short: how much it takes */
		{ OK, 101, 100, false, INV_PARAM, 101 },
		{ INV_PARAM, 50, 100, false, INV_PARAM, 0 },
		{ FAILED, 50, 100, false, FAILED, 0 },
		{ 7, 50, 100, false, FAILED, 0 },
		{ -1000, 50, 100, false, FAILED, 0 },
		{ OK, COVH_EVIDENCE_MAX + 1, OUT_PAGES * PG, false, FAILED, 0 },
		{ OK, 50, 100, true, FAILED, 0 },
	};

	(void)state;
	start();
	for (u32 i = 0; i < COVH_ARRAY_SIZE(row); i++) {
		memset(fake_ram(pages + 3 * PG), 0, OUT_PAGES * PG);
		assert_rc(OK, ask(KEY, KEY_LEN, CHALLENGE, COVG_CERT_X509, OUT,
				  row[i].room));
		finish(row[i].result, row[i].len);
		assert_rc(OK, covh_work_done(&run, row[i].fault));
		assert_int_equal((s64)run.arg, row[i].rc);
		assert_int_equal(run.pc, row[i].value);
		assert_int_equal(untouched(), row[i].rc != OK);
		assert_wiped();
	}
	end();
}

/* The host takes a page of the buffer away while the helper works */
static void page_goes(void **state)
{
	(void)state;
	start();
	assert_rc(OK, ask_well());
	covh_work_pause(&run);
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
	assert_rc(OK, covh_invalidate(a.id, OUT, PG));
	assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
	assert_int_equal(run.resume, COVH_RESUME_HELPER);
	finish(0, 5000);
	assert_rc(OK, covh_work_done(&run, false));
	assert_int_equal((s64)run.arg, INV_ADDR);
	assert_int_equal(run.pc, 0);
	assert_true(untouched());
	assert_wiped();
	assert_rc(OK, covh_validate(a.id, OUT, PG));
	end();
}

static void pause_and_destroy(void **state)
{
	(void)state;
	start();
	assert_rc(OK, ask_well());
	assert_true(covh_work_starts(&run));
	covh_work_pause(&run);
	covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);

	/* Another hart, which needs NACL memory of its own */
	AS_HART(1)
	{
		assert_rc(OK, covh_nacl_set_shmem(NACL_AREA + 4 * PG, 0, 0));
		assert_rc(OK, covh_run_begin(a.id, 0, 0, &run));
		assert_int_equal(run.resume, COVH_RESUME_HELPER);
		assert_false(covh_work_starts(&run));
		/* Not while it is worked on */
		assert_rc(FAILED, covh_destroy_tvm(a.id));
		covh_work_pause(&run);
		covh_run_end(&run, COVH_EXIT_RESUMABLE, 0);
		covh_nacl_drop();
	}
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_wiped();
}

/* A TVM that dies keeps nothing that destroy does not find */
static void dead_while_blocked(void **state)
{
	(void)state;
	start();
	assert_rc(OK, ask_well());
	covh_work_pause(&run);
	covh_run_end(&run, COVH_EXIT_TVM_DEAD, 0);
	assert_rc(INV_PARAM, covh_run_begin(a.id, 0, 0, &run));
	assert_rc(OK, covh_destroy_tvm(a.id));
	assert_wiped();
}

#define MANY 128UL /* pages of a call that is long */

static long during; /* what the guest's call answers in a hook */
static u32 later;   /* the hook's turn comes after so many */

/* The host's call clears pages first, and then owns the TVM */
static bool not_yet(void (*hook)(void))
{
	if (!later)
		return false;
	later--;
	fake.ipi_hook = hook;
	return true;
}

static void long_call(void (*hook)(void))
{
	u64 more = maker_pages(&a, MANY, PG);

	fake.ipi_hook = hook;
	later = MANY - 1;
	AS_HART(1)
	assert_rc(OK, covh_add_zero(a.id, more, 0, MANY, GPA + 0x300000));
}

static void ask_in_hook(void)
{
	if (not_yet(ask_in_hook))
		return;
	during = ask_well();
}

/* A call of the host owns the TVM */
static void busy_tvm(void **state)
{
	(void)state;
	start();
	long_call(ask_in_hook);
	assert_rc(COVH_GUEST_RETRY, during);
	assert_wiped();
	end();
}

static void done_in_hook(void)
{
	if (not_yet(done_in_hook))
		return;
	during = covh_work_done(&run, false);
}

static void busy_at_the_end(void **state)
{
	(void)state;
	start();
	assert_rc(OK, ask_well());
	finish(0, 5000);
	long_call(done_in_hook);
	assert_rc(COVH_GUEST_RETRY, during);
	assert_int_equal(run.resume, COVH_RESUME_HELPER);
	assert_true(untouched());
	/* Nothing is lost */
	assert_rc(OK, covh_work_done(&run, false));
	assert_int_equal(run.arg, 0);
	assert_int_equal(run.pc, 5000);
	assert_false(untouched());
	end();
}

static void platform_registers(void **state)
{
	u8 msmt[4][COVH_DIGEST_SIZE];

	(void)state;
	memset(msmt, 0x77, sizeof(msmt));
	covh_attest_set_platform(msmt);
	start();
	assert_memory_equal(maker_page(&a)->msmt, msmt, sizeof(msmt));
	memset(msmt, 0, sizeof(msmt));
	covh_attest_set_platform(msmt);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(extend),
		t(extend_refused),
		t(evidence),
		t(evidence_refused),
		t(busy),
		t(results),
		t(page_goes),
		t(pause_and_destroy),
		t(dead_while_blocked),
		t(busy_tvm),
		t(busy_at_the_end),
		t(platform_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

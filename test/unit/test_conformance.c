/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The tables of test/conformance against the core: a driver that calls it as
 * ecall/ and the trampoline do.
 */

#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "fake_hart.h"
#include "guest.h"
#include "guestmem.h"
#include "tables/all.h"

#define MAX_TESTS 128
/* Shared memory of hart 1, which the tables do not know */
#define SECOND_AREA (HOST_BASE + 0x180000)

/* Everything is played more than once */
static const struct pass {
	const char *name;
	u32 subject;
	u32 levels;
} passes[] = {
	{ "conformance", 0, 4 },
	{ "conformance, second TVM", 1, 4 },
	{ "conformance, Sv39x4", 0, 3 },
};

static const struct pass *pass;
static struct fixture fx;
static struct tally tally;
static struct covh_run inside;

/* Driver */

void drv_layout(struct layout *l)
{
	*l = (struct layout){
		.block = { POOL_BASE, POOL_BASE + BLOCK_PAGES * PG },
		.pooled = true,
		.host = HOST_BASE,
		.big = POOL_BASE + 0x200000,
		.big_host = HOST_BASE + 0x200000,
		.slots = POOL_BASE + 2 * BLOCK_PAGES * PG,
		.windows = HOST_BASE + 0x100000,
		.pool = POOL_BASE + 0x1F0000,
		.firmware = FW_BASE,
		.tsm = FW_BASE + FW_SIZE - PG,
		.hole = RAM_END,
		.mmio = 0x10000000,
		.ram_last = RAM_END - PG,
		.limit = covh_gstage_gpa_limit(pass->levels),
		.info_len = sizeof(struct covh_tsm_info),
	};
}

const char *drv_lacks(unsigned int need)
{
	switch (need) {
	case NEED_ECALL:
		return "answered in ecall/, which is no part of the core";
	case NEED_GUEST:
		return "answered by the trampoline, which is no part of the "
		       "core";
	case NEED_OLD:
		return "the core knows no function numbers";
	case NEED_ALONE:
		return "there is more than one hart";
	case NEED_NO_TSM:
		return "the core is always ready";
	default:
		return NULL;
	}
}

/* The helper's work, by hand: a key is good if it is the one of put_key(). Its
 * length is part of what a helper decodes */
#define KEY_LEN	  107
#define KEY_BYTE  0xC0
#define CERT_SIZE 2500

static void work(struct covh_run *r)
{
	struct covh_job *job = covh_helper_job((u32)r->pc);
	const struct covh_evidence_in *in = &job->in.evidence;

	assert_int_equal(job->kind, COVH_JOB_EVIDENCE);
	job->result = in->key_len == KEY_LEN && in->guest_key[0] == KEY_BYTE
			      ? 0
			      : INV_PARAM;
	job->out.evidence.len = CERT_SIZE;
	memset(job->out.evidence.bytes, 0xE5, CERT_SIZE);
	assert_rc(OK, covh_work_done(r, false));
}

static long run(u64 id, u64 vcpu)
{
	struct covh_run r;
	long rc = covh_run_begin(id, vcpu, 1000, &r);

	if (rc)
		return rc;
	if (r.resume == COVH_RESUME_HELPER)
		work(&r);
	covh_run_end(&r, COVH_EXIT_RESUMABLE, 0);
	return 0;
}

static long local_fence_on(u32 hart)
{
	long rc = 0;

	AS_HART(hart)
	rc = covh_local_fence();
	return rc;
}

/* As ecall_covh.c has it */
static long dispatch(enum conform_fn fn, const u64 *a, u64 *value)
{
	switch (fn) {
	case FN_CONVERT:
		return covh_convert(a[0], a[1]);
	case FN_RECLAIM:
		return covh_reclaim(a[0], a[1]);
	case FN_GLOBAL:
		return covh_global_fence();
	case FN_LOCAL:
		return covh_local_fence();
	case FN_LOCAL2:
		return local_fence_on(1);
	case FN_CREATE:
		return covh_create_tvm(a[0], a[1], value);
	case FN_FINALIZE:
		return covh_finalize_tvm(a[0], a[1], a[2], a[3]);
	case FN_DESTROY:
		return covh_destroy_tvm(a[0]);
	case FN_REGION:
		return covh_add_region(a[0], a[1], a[2]);
	case FN_TABLES:
		return covh_add_pt_pages(a[0], a[1], a[2]);
	case FN_MEASURED:
		return covh_add_measured(a[0], a[1], a[2], a[3], a[4], a[5]);
	case FN_ZERO:
		return covh_add_zero(a[0], a[1], a[2], a[3], a[4]);
	case FN_SHARED:
		return covh_add_shared(a[0], a[1], a[2], a[3], a[4]);
	case FN_VCPU:
		return covh_create_vcpu(a[0], a[1], a[2]);
	case FN_RUN:
		return run(a[0], a[1]);
	case FN_TVM_FENCE:
		return covh_tvm_fence(a[0]);
	case FN_INVALIDATE:
		return covh_invalidate(a[0], a[1], a[2]);
	case FN_VALIDATE:
		return covh_validate(a[0], a[1], a[2]);
	case FN_REMOVE:
		return covh_remove(a[0], a[1], a[2]);
	case FN_SHMEM:
		return covh_nacl_set_shmem(a[0], a[1], a[2]);
	default:
		fail_msg("no dispatch for function %d", fn);
		return 0;
	}
}

struct answer drv_call(enum conform_fn fn, const uint64_t arg[MAX_ARGS])
{
	struct answer r = { 0, 0 };

	r.error = dispatch(fn, arg, &r.value);
	return r;
}

static struct {
	enum conform_fn fn;
	const uint64_t *arg;
	struct answer answer;
	bool done;
} held_call;

/* A page has been copied, the TVM is busy */
static void in_between(u64 pa, u64 len)
{
	(void)pa;
	(void)len;
	fake.unmap_hook = NULL;
	held_call.answer = drv_call(held_call.fn, held_call.arg);
	held_call.done = true;
}

struct answer drv_call_held(enum conform_fn fn, const uint64_t arg[MAX_ARGS],
			    const uint64_t held[6])
{
	held_call.fn = fn;
	held_call.arg = arg;
	held_call.done = false;
	fake.unmap_hook = in_between;
	assert_rc(OK, covh_add_measured(held[0], held[1], held[2], held[3],
					held[4], held[5]));
	assert_true(held_call.done);
	return held_call.answer;
}

void drv_fence_others(void)
{
	local_fence_on(1);
}

void drv_states(uint64_t pa, unsigned int n, uint8_t state[])
{
	for (u32 i = 0; i < n; i++)
		state[i] = (u8)covh_page_state(pa + i * PG);
}

uint64_t drv_sum(uint64_t pa)
{
	const u64 *p = fake_ram(pa);
	u64 sum = 0xCBF29CE484222325;

	for (u64 i = 0; i < PG / sizeof(*p); i++)
		sum = (sum ^ p[i]) * 0x100000001B3;
	return sum;
}

void drv_write(uint64_t pa, const void *src, size_t n)
{
	/* A store of the host's */
	assert_true(fake_host_can(0, pa));
	memcpy(fake_ram(pa), src, n);
}

enum image_page drv_image(unsigned int i, uint64_t *gpa, uint8_t page[PAGE])
{
	static const enum image_page what[] = { IMAGE_FILE, IMAGE_ZERO,
						IMAGE_END };

	*gpa = 0x80000000 + i * PG;
	memset(page, 0x5A, PAGE);
	return what[i];
}

void drv_read(uint64_t pa, void *dst, size_t n)
{
	assert_true(fake_host_can(0, pa));
	memcpy(dst, fake_ram(pa), n);
}

/* The guest: its calls of M-mode, as the trampoline makes them */

static void put_key(const struct covh_run *r, u64 gpa)
{
	const struct covh_tvm_page *page = fake_ram(r->tvm_page);
	s64 err;
	u64 pa = covh_guest_conf(&page->regions, &r->tvm->g, gpa, &err);

	assert_int_equal(err, 0);
	memset(fake_ram(pa), KEY_BYTE, KEY_LEN);
}

static struct answer evidence(struct covh_run *r, const u64 *a)
{
	const struct covh_evidence_args args = { a[0], a[1], a[2],
						 a[3], a[4], a[5] };
	long rc;

	if (a[6])
		put_key(r, a[6]);
	rc = covh_guest_evidence(r, &args);
	if (rc)
		return (struct answer){ rc, 0 };
	assert_int_equal(r->resume, COVH_RESUME_HELPER);
	assert_true(covh_work_starts(r));
	work(r);
	assert_int_equal(r->resume, COVH_RESUME_ANSWER);
	return (struct answer){ (s64)r->arg, r->pc };
}

bool drv_guest_work(uint64_t id, uint64_t gpa)
{
	const struct covh_evidence_args args = { gpa, KEY_LEN,
						 gpa, COVG_CERT_CBOR,
						 gpa, PG };
	struct covh_run r;

	if (covh_run_begin(id, 0, 1000, &r))
		return false;
	put_key(&r, gpa);
	if (covh_guest_evidence(&r, &args))
		return false;
	assert_true(covh_work_starts(&r));
	covh_work_pause(&r);
	covh_run_end(&r, COVH_EXIT_RESUMABLE, 0);
	return true;
}

void drv_attest(enum attest what)
{
	static enum attest now;
	static struct covh_identity id;
	int i;

	if (now == ATTEST_NO_CONTEXT)
		for (i = 0; i < HELPER_COUNT; i++)
			covh_helper_give((u32)i);
	now = what;
	memset(&id, 0x5E, sizeof(id));
	covh_attest_set_identity(what == ATTEST_NO_KEY ? NULL : &id);
	if (what == ATTEST_NO_CONTEXT)
		for (i = 0; i < HELPER_COUNT; i++)
			assert_int_equal(covh_helper_take(), i);
}

/* What has no owner holds nothing */
unsigned int drv_contexts(void)
{
	const u8 *p = fake_ram(HELPERS);
	u64 taken = covh_helper_taken(), k;

	for (k = 0; k < HELPER_COUNT * HELPER_SIZE; k++)
		if (!(taken >> k / HELPER_SIZE & 1))
			assert_int_equal(p[k], 0);
	return (unsigned int)__builtin_popcountll(taken);
}

enum guest_end drv_guest_call(uint64_t id, enum conform_fn fn,
			      const uint64_t arg[MAX_ARGS], struct answer *a)
{
	struct covh_run r;

	*a = (struct answer){ covh_run_begin(id, 0, 1000, &r), 0 };
	if (a->error)
		return GUEST_REFUSED;
	switch (fn) {
	case FN_G_SHARE:
		a->error = covh_guest_share(&r, arg[0], arg[1]);
		break;
	case FN_G_UNSHARE:
		a->error = covh_guest_unshare(&r, arg[0], arg[1]);
		break;
	case FN_G_ADD_MMIO:
		a->error = covh_guest_add_mmio(&r, arg[0], arg[1]);
		break;
	case FN_G_REMOVE_MMIO:
		a->error = covh_guest_remove_mmio(&r, arg[0], arg[1]);
		break;
	case FN_G_EXTEND:
		a->error = covh_guest_extend(&r, arg[0], arg[1], arg[2]);
		break;
	case FN_G_EVIDENCE:
		*a = evidence(&r, arg);
		break;
	default:
		fail_msg("the core does not know this call");
	}
	covh_run_end(&r, COVH_EXIT_RESUMABLE, 0);
	return a->error || fn == FN_G_EXTEND || fn == FN_G_EVIDENCE
		       ? GUEST_ANSWERED
		       : GUEST_FORWARDED;
}

enum guest_end drv_guest_resume(uint64_t id, struct answer *a)
{
	struct covh_run r;

	*a = (struct answer){ covh_run_begin(id, 0, 1000, &r), 0 };
	if (a->error)
		return GUEST_REFUSED;
	covh_run_end(&r, COVH_EXIT_RESUMABLE, 0);
	a->error = (int64_t)r.arg;
	return r.resume == COVH_RESUME_ANSWER ? GUEST_ANSWERED : GUEST_LOST;
}

bool drv_guest_start_second(uint64_t id)
{
	struct covh_run r;
	long rc;

	if (covh_run_begin(id, 0, 1000, &r))
		return false;
	rc = covh_guest_hart_start(&r, 1, 0x80000000, 0);
	covh_run_end(&r, COVH_EXIT_RESUMABLE, 0);
	return !rc;
}

bool drv_guest_end(uint64_t id, bool all)
{
	struct covh_run r;

	if (covh_run_begin(id, 0, 1000, &r))
		return false;
	covh_run_end(&r, all ? COVH_EXIT_TVM_DEAD : COVH_EXIT_VCPU_STOP, 0);
	return true;
}

bool drv_guest_spin(uint64_t id, uint64_t vcpu)
{
	long rc = 0;

	AS_HART(1)
	{
		rc = covh_nacl_set_shmem(SECOND_AREA, 0, 0);
		if (!rc)
			rc = covh_run_begin(id, vcpu, 1000, &inside);
	}
	return !rc;
}

void drv_guest_kick(void)
{
	AS_HART(1)
	{
		covh_run_end(&inside, COVH_EXIT_RESUMABLE, 0);
		covh_nacl_drop();
	}
}

void drv_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

/* Tests */

static int begin(void **state)
{
	if (pass->levels == 3)
		fake_setup_sv39(state);
	else
		fake_setup(state);
	/* Two harts, as the tables have it */
	for (u32 h = 2; h < FAKE_HARTS; h++)
		fake.stopped[h] = true;
	memset(&tally, 0, sizeof(tally));
	drv_attest(ATTEST_ALL);
	if (fixture_start(&fx, pass->subject))
		return 0;
	printf("no start: %s\n", fx.step);
	return -1;
}

static int end(void **state)
{
	bool ok = fixture_end(&fx);

	conform_report(&tally);
	if (!ok)
		printf("not everything came back: %s\n", fx.step);
	return ok ? fake_teardown(state) : -1;
}

static void tables(void **state)
{
	(void)state;
	assert_true(conform_check_tables());
}

static void one_spec(void **state)
{
	u32 before = tally.checks;

	assert_true(conform_run_spec(&fx, *state, &tally));
	/* Claims, windows, what each hart can reach */
	fake_check();
	printf("%s: %u checks\n", ((const struct spec *)*state)->name,
	       tally.checks - before);
	if (tally.checks == before) {
		printf("skipped: %s\n", conform_why_none(*state));
		skip();
	}
}

static void enough(void **state)
{
	(void)state;
	assert_true(tally.checks >= 400);
}

#define NAME(x) #x,

/* One word each, as cmocka's filter and test/mutants want them */
static const char *const names[] = { ALL_SPECS(NAME) };

int main(void)
{
	static struct CMUnitTest tests[MAX_TESTS];
	u32 n = 0, failed = 0;

	tests[n++] = (struct CMUnitTest){ .name = "the_tables",
					  .test_func = tables };
	for (u32 i = 0; i < conform_spec_count; i++)
		tests[n++] = (struct CMUnitTest){
			.name = names[i],
			.test_func = one_spec,
			.initial_state = (void *)conform_specs[i],
		};
	tests[n++] = (struct CMUnitTest){ .name = "enough_checks",
					  .test_func = enough };
	for (pass = passes; pass < passes + COVH_ARRAY_SIZE(passes); pass++)
		failed += (u32)_cmocka_run_group_tests(pass->name, tests, n,
						       begin, end);
	return failed != 0;
}

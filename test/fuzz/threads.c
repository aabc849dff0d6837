/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Four threads as four harts make random calls at the same time, under the
 * thread sanitizer. There is no model: nobody can say what a call has to
 * answer. From time to time all wait for each other, and the invariants are
 * looked at.
 *
 *   threads [--seed N] [--calls N]
 *
 * Memory is touched as harts do it: a guest's loads and stores follow its
 * tables, so that one that comes too late, to a page that was given away
 * meanwhile, is a race that the sanitizer reports.
 */

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attest.h"
#include "check.h"
#include "guest.h"
#include "input.h"
#include "invariants.h"

#define ROUND  2000 /* steps of each hart between two looks */
#define IDS    12
#define VCPUS  4
#define PAGES  256	/* of a guest */
#define ACCESS BIT64(6) /* at most so many in a row */

/* Memory of the host: what each hart writes is its own, what guests share is
 * nothing else, and the source of measured pages does not change */
#define MINE(__h)      (HOST_BASE + 0x100000 + (__h)*0x10000UL)
#define PARAMS_OF(__h) MINE(__h)
#define NACL_OF(__h)   (MINE(__h) + 0x4000)
#define SHARED_AREA    (HOST_BASE + 0x400000)
#define SHARED_PAGES   16
#define PLAIN_AREA     (HOST_BASE + 0x800000)

static u64 ids[IDS];
static u64 calls, ok, runs, accesses, jobs, want_calls = 100000, seed = 1;
static bool done;
static pthread_barrier_t barrier;

struct hart_thread {
	u32 hart;
	u64 calls, ok, runs, accesses, jobs;
	struct covh_run run;
	bool inside;
};

/* The vCPU inside waits for the helper, which this hart is in */
static bool works(const struct hart_thread *t)
{
	return t->run.resume == COVH_RESUME_HELPER;
}

static void says(struct hart_thread *t, long rc)
{
	t->calls++;
	t->ok += !rc;
}

/* Arguments */

static u64 some_id(void)
{
	u64 id = __atomic_load_n(&ids[pick(IDS)], __ATOMIC_RELAXED);

	return once_in(32) ? id ^ pick64() : id;
}

static u64 area_page(void)
{
	switch (pick(8)) {
	case 0:
		return PLAIN_AREA + (u64)pick(64) * PG;
	case 1:
		return POOL_BASE + POOL_SIZE - 8 * PG + (u64)pick(16) * PG;
	case 2:
		return RAM2_BASE + (u64)pick(16) * PG;
	default:
		return POOL_BASE + (u64)pick(512) * PG;
	}
}

/* A page that was in this state a moment ago, if there is one nearby */
static u64 some_page(enum covh_page_state st, u64 align)
{
	u64 pa = area_page() & ~(align - 1), at;

	for (at = pa; at < pa + 64 * align; at += align)
		if (covh_page_state(at) == st)
			return at;
	return pa;
}

static u64 free_page(void)
{
	return some_page(COVH_PG_CONF_FREE, PG);
}

static u64 some_gpa(void)
{
	return GPA + (u64)pick(PAGES) * PG;
}

static u64 some_len(void)
{
	return (u64)(once_in(8) ? 1 + pick(PAGES) : 1 + pick(4)) * PG;
}

/* The host */

/* None is forgotten with its pages: one that cannot go stays */
static void keep(u64 id)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	u64 *slot = &ids[pick(IDS)];

	pthread_mutex_lock(&lock);
	if (*slot && covh_destroy_tvm(*slot) == FAILED)
		covh_destroy_tvm(id);
	else
		__atomic_store_n(slot, id, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&lock);
}

static void build(struct hart_thread *t)
{
	u64 *p = fake_ram(PARAMS_OF(t->hart)), id;
	u64 v;
	long rc;

	p[0] = some_page(COVH_PG_CONF_FREE, COVH_PGD_SIZE);
	p[1] = free_page();
	if (covh_create_tvm(PARAMS_OF(t->hart), 16, &id))
		return says(t, INV_ADDR);
	says(t, 0);
	/* The others begin with it at once */
	keep(id);
	rc = covh_add_region(id, GPA, PAGES * PG);
	says(t, rc);
	if (rc)
		return;
	for (v = 0; v < 6; v++)
		says(t, covh_add_pt_pages(id, free_page(), 1));
	for (v = 0; v < VCPUS; v++)
		says(t, covh_create_vcpu(id, v, free_page()));
	says(t, covh_add_measured(id, SRC, free_page(), 0, 1, GPA));
	says(t, covh_finalize_tvm(id, GPA, 0, 0));
}

static long memory_call(void)
{
	u64 n = once_in(8) ? 1 + pick(64) : 1 + pick(4);

	switch (pick(12)) {
	case 0:
		return covh_convert(some_page(COVH_PG_NC, PG), n);
	case 1:
	case 2:
	case 3:
		return covh_convert(some_page(COVH_PG_POOL, PG), n);
	case 4:
		return covh_reclaim(free_page(), n);
	case 5:
	case 6:
		return covh_global_fence();
	default:
		return covh_local_fence();
	}
}

static long tvm_call(void)
{
	u64 id = some_id(), n = once_in(8) ? 1 + pick(80) : 1;

	switch (pick(12)) {
	case 0:
		return once_in(8) ? covh_destroy_tvm(id) : 0;
	case 1:
		return covh_add_pt_pages(id, free_page(), 1);
	case 2:
	case 3:
	case 4:
		return covh_add_zero(id, free_page(), 0, n, some_gpa());
	case 5:
	case 6:
		return covh_add_shared(
			id, SHARED_AREA + (u64)pick(SHARED_PAGES) * PG, 0, n,
			some_gpa());
	case 7:
		return covh_tvm_fence(id);
	case 8:
	case 9:
		return covh_invalidate(id, some_gpa(), some_len());
	case 10:
		return covh_validate(id, some_gpa(), some_len());
	default:
		return covh_remove(id, some_gpa(), some_len());
	}
}

/* Take pages out as a host that has been asked to */
static void give_way(struct hart_thread *t)
{
	u64 id = some_id(), gpa = some_gpa(), end = gpa + 8 * PG, at;

	for (at = gpa; at < end; at += PG)
		says(t, covh_invalidate(id, at, PG));
	says(t, covh_tvm_fence(id));
	for (at = gpa; at < end; at += PG)
		says(t, covh_remove(id, at, PG));
}

static void enter(struct hart_thread *t)
{
	static const s64 answers[] = { 0, 0, 0, -1, -14, 7 };
	s64 answer = PICK(answers);
	u64 at = covh_nacl_shmem();
	long rc;

	if (!at || once_in(64)) {
		says(t, covh_nacl_set_shmem(at ? ~0UL : NACL_OF(t->hart),
					    at ? ~0UL : 0, 0));
		return;
	}
	memcpy(fake_ram(at + COVH_NACL_GPR_OFFSET(10)), &answer,
	       sizeof(answer));
	rc = covh_run_begin(some_id(), pick(VCPUS), 0, &t->run);
	says(t, rc);
	if (rc)
		return;
	t->runs++;
	t->inside = true;
	fake.runs[t->hart] = &t->run;
	if (works(t) && covh_work_starts(&t->run))
		bug("a job that goes on is new");
	/* What came before there was somebody to tell */
	fake_serve(t->hart);
}

/* The guest */

/* The hardware's walk; true: a leaf that allows it */
static bool translate(const struct covh_run *run, u64 gpa, u64 *pa)
{
	u64 table = (run->hgatp & (BIT64(44) - 1)) << 12, pte;
	u32 level = run->hgatp >> 60 == 9 ? 4 : 3, shift;

	for (shift = 12 + 9 * --level;; shift -= 9, level--) {
		const u64 *e = fake_ram(table);

		pte = __atomic_load_n(e + (gpa >> shift & 511),
				      __ATOMIC_ACQUIRE);
		if (!(pte & COVH_PTE_V))
			return false;
		table = (pte >> 10 & (BIT64(44) - 1)) << 12;
		if (pte & COVH_PTE_RWX)
			break;
	}
	*pa = table | (gpa & (BIT64(shift) - 1));
	return true;
}

/* Translations stay until the run ends, as in a TLB */
static void access_memory(struct hart_thread *t)
{
	u64 tlb[8][2], n = 0, i, gpa, *p;

	for (i = pick(ACCESS); i; i--) {
		gpa = some_gpa();
		if (n < 8 && translate(&t->run, gpa, &tlb[n][1]))
			tlb[n++][0] = gpa;
		fake_poll();
		if (!n)
			continue;
		p = fake_ram(tlb[pick((u32)n)][1]);
		__atomic_store_n(p + pick(512), pick64() | 1, __ATOMIC_RELAXED);
		t->accesses++;
	}
}

static void leave(struct hart_thread *t, bool must)
{
	static const enum covh_exit_kind kinds[] = { COVH_EXIT_VCPU_DEAD,
						     COVH_EXIT_TVM_DEAD,
						     COVH_EXIT_VCPU_STOP };
	enum covh_exit_kind kind = COVH_EXIT_RESUMABLE;

	if (works(t))
		covh_work_pause(&t->run);
	else if (!must && once_in(16))
		kind = PICK(kinds);
	fake.runs[t->hart] = NULL;
	t->inside = false;
	covh_run_end(&t->run, kind, t->run.hvip);
	says(t, 0);
}

static void share(struct hart_thread *t)
{
	u64 gpa = some_gpa(), len = some_len();
	long rc = once_in(2) ? covh_guest_share(&t->run, gpa, len)
			     : covh_guest_unshare(&t->run, gpa, len);

	says(t, rc);
	if (!rc)
		leave(t, true);
}

/* One that a moment ago was mapped, as a rule */
static u64 mapped_gpa(const struct covh_run *run)
{
	u64 gpa = some_gpa(), pa;
	u32 i;

	for (i = 0; i < 64 && !translate(run, gpa, &pa); i++)
		gpa = some_gpa();
	return gpa;
}

static void ask_evidence(struct hart_thread *t)
{
	const u64 key = mapped_gpa(&t->run), out = mapped_gpa(&t->run);
	const struct covh_evidence_args args = {
		key,	     1 + pick(256), key,
		1 + pick(2), out,	    once_in(4) ? 2 * PG : 100
	};
	long rc = covh_guest_evidence(&t->run, &args);

	says(t, rc);
	t->jobs += !rc;
	if (!rc && !covh_work_starts(&t->run))
		bug("a job that is new goes on");
}

/* The helper writes into its context for as long as a hart is in it */
static void work(struct hart_thread *t)
{
	struct covh_job *job = covh_helper_job((u32)t->run.pc);
	u32 i;

	for (i = 0; i < 64; i++)
		job->out.evidence.bytes[pick(COVH_EVIDENCE_MAX)] = 1;
	if (once_in(2))
		return leave(t, true);
	job->result = once_in(4) ? FAILED : 0;
	job->out.evidence.len = once_in(2) ? 100 : 2 * PG;
	says(t, covh_work_done(&t->run, once_in(8)));
}

/* What the trampoline looks up without a lock: all of it is some region */
static void fault(const struct covh_run *run)
{
	const struct covh_tvm_page *page = fake_ram(run->tvm_page);
	u64 gpa;
	u32 i;

	for (i = 0; i < 64; i++) {
		gpa = some_gpa();
		if (covh_region_at(&page->regions, gpa) == COVH_RGN_NONE)
			bug("GPA 0x%lx is in no region", gpa);
	}
}

static void guest_step(struct hart_thread *t)
{
	u64 v;

	fake_poll();
	if (works(t))
		return work(t);
	fault(&t->run);
	switch (pick(10)) {
	case 8:
		says(t, covh_guest_extend(&t->run, mapped_gpa(&t->run),
					  COVH_DIGEST_SIZE,
					  COVH_MSMT_RUNTIME_FIRST + pick(4)));
		break;
	case 9:
		ask_evidence(t);
		break;
	case 0:
	case 1:
		share(t);
		break;
	case 2:
		says(t, covh_guest_hart_start(&t->run, pick(VCPUS), GPA, 0));
		break;
	case 3:
		says(t, covh_guest_hart_status(&t->run, pick(VCPUS), &v));
		break;
	case 4:
	case 5:
		says(t,
		     covh_guest_signal(
			     &t->run, pick(1 << VCPUS), once_in(2) ? 0 : ~0UL,
			     once_in(2) ? COVH_SIG_IPI : COVH_SIG_FENCE, &v));
		break;
	case 6:
		access_memory(t);
		break;
	default:
		leave(t, false);
	}
}

static void step(struct hart_thread *t)
{
	fake_poll();
	if (t->inside)
		return guest_step(t);
	switch (pick(16)) {
	case 0:
		return build(t);
	case 1:
		return give_way(t);
	case 2:
	case 3:
	case 4:
	case 5:
		return says(t, memory_call());
	case 6:
	case 7:
	case 8:
		return enter(t);
	default:
		says(t, tvm_call());
	}
}

static void look(void)
{
	u32 i;

	for (i = 0; i < IDS; i++)
		invariants_id(ids[i]);
	invariants_check();
}

static void *live(void *arg)
{
	struct hart_thread *t = arg;
	u32 i;

	fake_self = t->hart;
	input_seed(seed << 8 | t->hart);
	while (!done) {
		for (i = 0; i < ROUND; i++)
			step(t);
		/* Nobody may wait for the answer of a hart that waits here */
		if (t->inside)
			leave(t, true);
		__atomic_fetch_add(&calls, t->calls, __ATOMIC_RELAXED);
		__atomic_fetch_add(&ok, t->ok, __ATOMIC_RELAXED);
		__atomic_fetch_add(&runs, t->runs, __ATOMIC_RELAXED);
		__atomic_fetch_add(&accesses, t->accesses, __ATOMIC_RELAXED);
		__atomic_fetch_add(&jobs, t->jobs, __ATOMIC_RELAXED);
		t->calls = t->ok = t->runs = t->accesses = t->jobs = 0;
		pthread_barrier_wait(&barrier);
		if (!t->hart) {
			look();
			done = calls >= want_calls;
		}
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void finish(void)
{
	u32 i;

	for (i = 0; i < IDS; i++)
		if (ids[i])
			covh_destroy_tvm(ids[i]);
	invariants_check();
	for (i = 0; i < FAKE_HARTS; i++)
		AS_HART(i)
	covh_nacl_drop();
}

void bug(const char *fmt, ...)
{
	va_list ap;

	printf("FAIL: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\nseed %" PRIu64 "\n", seed);
	fflush(stdout);
	abort();
}

/* A hart that waits for ever */
static void stuck(int sig)
{
	static const char text[] = "FAIL: no end: a hart waits for ever\n";

	(void)sig;
	if (write(1, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

const char *__tsan_default_suppressions(void);

/* Regions are read without the lock, and once more if they have changed
 * meanwhile. The file, because the reader's stack may be lost */
const char *__tsan_default_suppressions(void)
{
	return "race:core/region.c\n";
}

static u64 number(const char *s)
{
	char *end = NULL;
	u64 v = s ? strtoull(s, &end, 0) : 0;

	if (!s || *end || end == s) {
		fprintf(stderr, "threads: a number is missing\n");
		exit(1);
	}
	return v;
}

int main(int argc, char **argv)
{
	struct hart_thread harts[FAKE_HARTS] = { 0 };
	pthread_t th[FAKE_HARTS];
	u32 h;
	int i;

	setenv("CMOCKA_TEST_ABORT", "1", 1);
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seed"))
			seed = number(argv[++i]);
		else if (!strcmp(argv[i], "--calls"))
			want_calls = number(argv[++i]);
		else
			number(NULL);
	}
	fake_setup(NULL);
	covh_attest_set_identity(&(struct covh_identity){ .key = { 1 } });
	fake.threads = true;
	fake_give(POOL_BASE, 512);
	pthread_barrier_init(&barrier, NULL, FAKE_HARTS);
	signal(SIGALRM, stuck);
	alarm((u32)(120 + want_calls / 2000));
	for (h = 0; h < FAKE_HARTS; h++) {
		harts[h].hart = h;
		if (pthread_create(&th[h], NULL, live, &harts[h]))
			abort();
	}
	for (h = 0; h < FAKE_HARTS; h++)
		pthread_join(th[h], NULL);
	fake.threads = false;
	finish();
	printf("%" PRIu64 " calls (%" PRIu64 " ok, %" PRIu64 " runs, %" PRIu64
	       " accesses of guests, %" PRIu64
	       " jobs of the helper), 4 threads, seed %" PRIu64 ": clean\n",
	       calls, ok, runs, accesses, jobs, seed);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stress: a host and guests that do what they like, on all harts, for a time.
 *
 *   stress=SECONDS (30)   seed=N (from the clock; printed)
 *
 * Nothing may hang, no guest may find anything of its own changed, and in the
 * end every page is accounted for and, once reclaimed, zero.
 */

#include <string.h>
#include "stress.h"

#define POOL_PAGES   768
#define PLAIN_PAGES  256
#define SHARED_PAGES 16
#define SHMEM_PAGES  (COVH_NACL_SHMEM_SIZE >> PAGE_SHIFT)
/* A hart that does nothing for so many seconds hangs: CPUs may be few */
#define PATIENCE 20

extern char secondary_entry[];

static long work(void *arg)
{
	struct worker *w = arg;

	csr_write(sie, SIP_SSIP | SIP_STIP);
	w->doing = "set_shmem";
	said(w, nacl_set_shmem(pa(w->shmem), 0, 0));
	while (!__atomic_load_n(&stress.stop, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&w->leave, __ATOMIC_RELAXED))
		stress_step(w);
	timer_clear();
	ipi_clear();
	csr_write(sie, SIP_SSIP);
	return 0;
}

/* What the boot hart does on the side */

static struct {
	unsigned long progress, since;
} seen[ARRAY_SIZE(stress.worker)];

/* Every hart moves on */
static void watch(void)
{
	unsigned long now = time_now();
	int i;

	for (i = 1; i < stress.nr; i++) {
		if (seen[i].progress == stress.worker[i].progress &&
		    hart_busy(hart_get(i))) {
			if (now - seen[i].since > time_us(PATIENCE * 1000000UL))
				stress_wrong(stress.worker[i].doing,
					     stress.worker[i].progress);
			continue;
		}
		seen[i].progress = stress.worker[i].progress;
		seen[i].since = now;
	}
}

static void fail_if_wrong(void)
{
	int i;

	watch();
	if (!__atomic_load_n(&stress.wrong, __ATOMIC_ACQUIRE))
		return;
	for (i = 0; i < stress.nr; i++)
		NOTE("hart %d: %s, %lu steps", i, stress.worker[i].doing,
		     stress.worker[i].progress);
	FAIL("%s: 0x%lx", stress.wrong, stress.wrong_at);
}

static void join(int i)
{
	while (hart_busy(hart_get(i)))
		fail_if_wrong();
}

/* How a hart can be away, in turn; and how often one was */
enum { STOPPED, RETENTIVE, NON_RETENTIVE, RESTS };

static struct {
	int kind;
	bool asleep;
	unsigned long done[RESTS];
} rest;

/* Comes back here by returning, or (non-retentive) by a new start */
static long sleep(void *arg)
{
	struct worker *w = arg;

	w->progress++;
	w->doing = rest.asleep ? "awake" : "suspended";
	if (rest.asleep)
		return 0;
	rest.asleep = true;
	ipi_clear();
	return sbi_call(SBI_EID_HSM, SBI_HSM_SUSPEND,
			rest.kind == RETENTIVE ? 0 : 0x80000000UL,
			(unsigned long)secondary_entry,
			(unsigned long)this_hart())
		.error;
}

static void go(int i)
{
	struct hart *h = hart_get(i);

	if (rest.kind == STOPPED) {
		CHECK_EQ(hart_stop(h), 0);
		return;
	}
	rest.asleep = false;
	hart_post(h, sleep, &stress.worker[i]);
}

static void come_back(int i)
{
	struct hart *h = hart_get(i);

	if (rest.kind == STOPPED) {
		CHECK_EQ(hart_start(h), 0);
	} else {
		/* An IPI that comes before it sleeps does not wake it */
		while (hart_busy(h)) {
			ipi_send(h);
			fail_if_wrong();
		}
		CHECK_EQ(h->result, 0);
	}
	rest.done[rest.kind]++;
}

/* A hart is away for a while, whatever happens meanwhile */
static void send_away(struct worker *me)
{
	int i = 1 + (int)pick(me, stress.nr - 1);
	struct worker *w = &stress.worker[i];
	unsigned long until;

	__atomic_store_n(&w->leave, 1, __ATOMIC_RELAXED);
	join(i);
	go(i);
	until = time_now() + time_us(pick(me, 20000));
	while (time_now() < until)
		stress_step(me);
	come_back(i);
	rest.kind = (rest.kind + 1) % RESTS;
	w->leave = 0;
	hart_post(hart_get(i), work, w);
}

static void run(unsigned long seconds)
{
	unsigned long end = time_now() + time_us(seconds * 1000000), next = 0;
	struct worker *me = &stress.worker[0];
	int i;

	for (i = 1; i < stress.nr; i++)
		hart_post(hart_get(i), work, &stress.worker[i]);
	csr_write(sie, SIP_SSIP | SIP_STIP);
	said(me, nacl_set_shmem(pa(me->shmem), 0, 0));
	while (time_now() < end) {
		stress_step(me);
		fail_if_wrong();
		if (stress.nr > 1 && time_now() > next) {
			send_away(me);
			next = time_now() + time_us(300000);
		}
	}
	__atomic_store_n(&stress.stop, 1, __ATOMIC_RELAXED);
	for (i = 1; i < stress.nr; i++)
		join(i);
	timer_clear();
	ipi_clear();
	csr_write(sie, 0);
	fail_if_wrong();
}

/* Before and behind it */

static void take_arena(struct arena *a, struct ranges *from,
		       unsigned long pages)
{
	unsigned long size = pages << PAGE_SHIFT;

	a->base = ranges_alloc_top(from, size, size & -size);
	a->pages = a->base ? pages : 0;
	/* All of it is converted once: what was there before is no matter */
	if (a->pages && covh_convert_pages(a->base, a->pages).error) {
		ranges_add(from, a->base, a->base + size);
		a->pages = 0;
	}
}

static void set_up(uint64_t seed)
{
	const void *elf;
	size_t size;
	int i;

	memset(&stress, 0, sizeof(stress));
	memset(&rest, 0, sizeof(rest));
	if (!image_find("stress", &elf, &size) ||
	    image_parse(&stress.image, elf, size))
		FAIL("there is no guest stress in the initrd");
	take_arena(&stress.pool, &free_pool, POOL_PAGES);
	take_arena(&stress.plain, &free_ram,
		   stress.pool.pages ? PLAIN_PAGES : 1024);
	if (!stress.pool.pages && !stress.plain.pages)
		SKIP("no memory to convert");
	CHECK_EQ(conf_fence(), 0);
	stress.shared.pages = SHARED_PAGES;
	stress.shared.base = pa(page_zalloc(SHARED_PAGES, PAGE_SIZE));

	stress.nr = hart_count();
	if (stress.nr > (int)ARRAY_SIZE(stress.worker))
		stress.nr = ARRAY_SIZE(stress.worker);
	for (i = 0; i < stress.nr; i++) {
		struct worker *w = &stress.worker[i];

		w->random = (seed * ARRAY_SIZE(stress.worker) + i) *
				    0x9e3779b97f4a7c15 |
			    1;
		w->doing = "starting";
		w->params = page_zalloc(1, PAGE_SIZE);
		w->staging = page_zalloc(1, PAGE_SIZE);
		w->shmem = page_zalloc(SHMEM_PAGES, PAGE_SIZE);
		seen[i].since = time_now();
		if (i)
			CHECK_EQ(hart_start(hart_get(i)), 0);
	}
}

/* NACL memory as it was, for the other tests */
static long restore_shmem(void *arg)
{
	struct hart *h = this_hart();

	(void)arg;
	return h->shmem ? nacl_set_shmem(pa(h->shmem), 0, 0).error
			: nacl_disable();
}

static void give_back(void)
{
	int i;

	CHECK_EQ(hart_each(restore_shmem, NULL), 0);
	for (i = 0; i < stress.nr; i++) {
		struct worker *w = &stress.worker[i];

		page_free(w->params, 1);
		page_free(w->staging, 1);
		page_free(w->shmem, SHMEM_PAGES);
	}
	page_free((void *)stress.shared.base, SHARED_PAGES);
}

static void check_page(unsigned long page, bool pool)
{
	unsigned long at, val;

	CHECK_EQ(page_state(page), pool ? PG_POOL : PG_NC);
	for (at = page; at < page + PAGE_SIZE; at += 8) {
		/* M-mode may not read what is the host's (Smepmp) */
		CHECK(pool ? peek(at, &val) : !probe_load(at, &val));
		if (val)
			FAIL("0x%lx holds 0x%lx after all", at, val);
	}
	if (pool)
		return;
	CHECK_EQ(probe_store(page, 1), 0);
	CHECK_EQ(probe_store(page, 0), 0);
}

static void check_arena(const struct arena *a, struct ranges *from, bool pool)
{
	unsigned long end = a->base + (a->pages << PAGE_SHIFT), at;

	if (!a->pages)
		return;
	for (at = a->base; at < end; at += PAGE_SIZE) {
		int st = page_state(at);

		if (st != PG_CONVERTING && st != PG_CONF_FREE &&
		    st != (pool ? PG_POOL : PG_NC))
			FAIL("0x%lx is in state %d", at, st);
	}
	CHECK_EQ(covh_reclaim_pages(a->base, a->pages).error, 0);
	for (at = a->base; at < end; at += PAGE_SIZE)
		check_page(at, pool);
	ranges_add(from, a->base, end);
}

static long local_fence(void *arg)
{
	(void)arg;
	return covh_local_fence().error;
}

/* Every page is accounted for */
static void check_end(void)
{
	unsigned long i, at;

	for (i = 0; i < STRESS_TVMS; i++) {
		if (stress.tvm[i].id)
			CHECK_EQ(covh_destroy_tvm(stress.tvm[i].id).error, 0);
	}
	for (i = 0; i < SHARED_PAGES; i++) {
		at = stress.shared.base + (i << PAGE_SHIFT);
		CHECK_EQ(page_state(at), PG_NC);
	}
	check_arena(&stress.pool, &free_pool, true);
	check_arena(&stress.plain, &free_ram, false);
	/* One may be open */
	hart_each(local_fence, NULL);
	CHECK_EQ(conf_fence(), 0);
}

static struct worker sum_up(void)
{
	struct worker sum = { 0 };
	int i, k;

	for (i = 0; i < stress.nr; i++) {
		const struct worker *w = &stress.worker[i];

		NOTE("hart %d: %lu calls, %lu succeeded, %lu runs", i, w->calls,
		     w->ok, w->runs);
		sum.lives += w->lives;
		sum.bytes += w->bytes;
		sum.shares += w->shares;
		sum.zeros += w->zeros;
		sum.steals += w->steals;
		for (k = 0; k < (int)ARRAY_SIZE(w->exits); k++)
			sum.exits[k] += w->exits[k];
	}
	return sum;
}

/* It has been worth it: each hart has run vCPUs, and each of these was seen */
static void report(unsigned long seconds)
{
	const struct worker sum = sum_up();
	const struct {
		const char *what;
		unsigned long n;
	} seen_all[] = {
		{ "TVMs", sum.lives },
		{ "interrupts", sum.exits[0] },
		{ "ecalls", sum.exits[CAUSE_VS_ECALL] },
		{ "bytes", sum.bytes },
		{ "shares or unshares", sum.shares },
		{ "WFI", sum.exits[CAUSE_VIRTUAL_INSN] },
		{ "page faults", sum.exits[CAUSE_FETCH_GPF] +
					 sum.exits[CAUSE_LOAD_GPF] +
					 sum.exits[CAUSE_STORE_GPF] },
		/* Few pages come back where holes in windows do not fit */
		{ "zeros read", have_windows(4) ? sum.zeros : 1 },
		{ "reads of what is not the host's", sum.steals },
	};
	unsigned int i;

	printf("# seen:");
	for (i = 0; i < ARRAY_SIZE(seen_all); i++)
		printf("%s %lu %s", i ? "," : "", seen_all[i].n,
		       seen_all[i].what);
	printf("\n");
	NOTE("harts away: %lu stopped, %lu suspended, %lu not retentive",
	     rest.done[STOPPED], rest.done[RETENTIVE],
	     rest.done[NON_RETENTIVE]);
	for (i = 0; i < (unsigned int)stress.nr; i++)
		if (stress.worker[i].runs <= 10 * seconds)
			FAIL("hart %u has made %lu runs", i,
			     stress.worker[i].runs);
	for (i = 0; i < ARRAY_SIZE(seen_all); i++)
		if (!seen_all[i].n)
			FAIL("no %s", seen_all[i].what);
	for (i = 0; stress.nr > 1 && i < RESTS; i++)
		CHECK(rest.done[i] > 0);
}

static void everything_at_once(void)
{
	uint64_t seed = bootarg_ulong("seed", time_now());
	unsigned long seconds = bootarg_ulong("stress", 30);

	need_debug();
	NOTE("stress=%lu seed=%lu", seconds, (unsigned long)seed);
	set_up(seed);
	run(seconds);
	check_end();
	give_back();
	report(seconds);
}

TEST_GROUP(stress, { "everything at once", everything_at_once });

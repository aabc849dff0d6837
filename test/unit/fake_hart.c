/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * hart_ops.h over simulated RAM, and helpers of the tests.
 */

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fake_hart.h"

#define RAM_PAGES  (RAM_SIZE / PG)
#define RAM2_PAGES (RAM2_SIZE / PG)
#define GTLB	   64

struct fake fake;
_Thread_local u32 fake_self;

static u8 *ram, *ram2;
static u64 rec[RAM_PAGES], rec2[RAM2_PAGES];

static struct {
	struct covh_winset installed;
	bool any;	   /* has installed a set at all */
	u8 tlb[RAM_PAGES]; /* 0 not cached, 1 allowed, 2 denied */
	struct {
		u64 vmid, gpa, pa;
		bool valid;
	} gtlb[GTLB];
} hart[FAKE_HARTS];

static _Thread_local u64 mapped;
/* Pages whose zeros are in a cache only */
static u8 cached[RAM_PAGES];

void *fake_ram(u64 pa)
{
	if (pa - RAM_BASE < RAM_SIZE)
		return ram + (pa - RAM_BASE);
	assert_true(pa - RAM2_BASE < RAM2_SIZE);
	return ram2 + (pa - RAM2_BASE);
}

u64 *fake_rec(u64 pa)
{
	if (pa - RAM_BASE < RAM_SIZE)
		return &rec[(pa - RAM_BASE) / PG];
	assert_true(pa - RAM2_BASE < RAM2_SIZE);
	return &rec2[(pa - RAM2_BASE) / PG];
}

u64 covh_page_info(u64 pa)
{
	return *fake_rec(pa) >> COVH_PG_INFO_SHIFT;
}

void covh_page_census(u64 count[COVH_PG_STATES])
{
	u64 pa;

	memset(count, 0, COVH_PG_STATES * sizeof(*count));
	for (pa = RAM_BASE; pa < RAM_END; pa += PG)
		count[covh_page_state(pa)]++;
	for (pa = RAM2_BASE; pa < RAM2_BASE + RAM2_SIZE; pa += PG)
		count[covh_page_state(pa)]++;
}

void fake_poke(u64 pa, enum covh_page_state st, u64 info)
{
	u64 *r = fake_rec(pa);

	*r = (*r & COVH_PG_POOLED) | st | info << COVH_PG_INFO_SHIFT;
}

/* PMP: firmware and pool are fixed entries, windows as installed */
static bool pmp_host_allows(u32 h, u64 pa)
{
	if (pa - FW_BASE < FW_SIZE || pa - POOL_BASE < POOL_SIZE)
		return false;

	return !covh_winset_covers(&hart[h].installed, pa & ~(PG - 1),
				   (pa & ~(PG - 1)) + PG);
}

const struct covh_winset *fake_installed(u32 h)
{
	return &hart[h].installed;
}

bool fake_host_can(u32 h, u64 pa)
{
	u8 *e = &hart[h].tlb[(pa - RAM_BASE) / PG];

	assert_true(pa - RAM_BASE < RAM_SIZE);
	if (!*e)
		*e = pmp_host_allows(h, pa) ? 1 : 2;
	return *e == 1;
}

bool fake_host_load(u32 h, u64 pa, u64 *value)
{
	if (!fake_host_can(h, pa))
		return false;
	memcpy(value, fake_ram(pa), sizeof(*value));
	return true;
}

/* A walk of its own, so that gstage.c is not tested with itself */
static bool walk(u64 hgatp, u64 gpa, u64 *pa)
{
	u64 table = (hgatp & (BIT64(44) - 1)) << 12;
	int level = hgatp >> 60 == 9 ? 3 : 2;
	bool root = true;

	if (gpa >> (level == 3 ? 50 : 41))
		return false;
	for (; level >= 0; level--, root = false) {
		u32 shift = 12 + 9 * level;
		u64 i = gpa >> shift & (root ? 2047 : 511);
		u64 pte, mask = BIT64(shift) - 1;

		memcpy(&pte, fake_ram(table + 8 * i), 8);
		if (!(pte & 1))
			return false;
		table = (pte >> 10 & (BIT64(44) - 1)) << 12;
		if (pte & 0xE) {
			/* Superpage aligned; U, A and D set; RWX, or RW and
			 * the bit of a host page */
			assert_int_equal(table & mask, 0);
			assert_int_equal(pte >> 54, 0);
			assert_int_equal(pte & 0x3FF,
					 pte & 0x100 ? 0x1D7 : 0xDF);
			*pa = table | (gpa & mask);
			return true;
		}
		assert_int_equal(pte & 0x3FF, 1);
	}
	return false;
}

bool fake_guest_cached(u32 h, const struct covh_run *run, u64 gpa, u64 *pa)
{
	u64 vmid = run->hgatp >> 44 & 0x3FFF, page = gpa & ~(PG - 1);
	int i;

	for (i = 0; i < GTLB; i++)
		if (hart[h].gtlb[i].valid && hart[h].gtlb[i].vmid == vmid &&
		    hart[h].gtlb[i].gpa == page) {
			*pa = hart[h].gtlb[i].pa | (gpa & (PG - 1));
			return true;
		}
	return false;
}

bool fake_guest_load(u32 h, const struct covh_run *run, u64 gpa, u64 *value)
{
	u64 vmid = run->hgatp >> 44 & 0x3FFF, pa, page = gpa & ~(PG - 1);
	int slot;

	if (fake_guest_cached(h, run, gpa, &pa)) {
		memcpy(value, fake_ram(pa), 8);
		return true;
	}
	if (!walk(run->hgatp, gpa, &pa))
		return false;
	for (slot = 0; slot < GTLB - 1; slot++)
		if (!hart[h].gtlb[slot].valid)
			break;
	hart[h].gtlb[slot].vmid = vmid;
	hart[h].gtlb[slot].gpa = page;
	hart[h].gtlb[slot].pa = pa & ~(PG - 1);
	hart[h].gtlb[slot].valid = true;
	memcpy(value, fake_ram(pa), 8);
	return true;
}

void fake_enter(u32 h, const struct covh_run *run)
{
	AS_HART(h)
	covh_hart_flush_vmid(run->hgatp >> 44 & 0x3FFF);
}

/* hart_ops.h */

u32 covh_hart_self(void)
{
	return fake_self;
}

u32 covh_hart_count(void)
{
	return fake.harts;
}

bool covh_hart_stopped(u32 h)
{
	return __atomic_load_n(&fake.stopped[h], __ATOMIC_ACQUIRE);
}

void *covh_conf_ptr(u64 pa)
{
	u8 *p = fake_ram(pa);

	/* With Smepmp a page that this hart's set leaves to the host faults */
	if (fake.smepmp)
		assert_false(pmp_host_allows(fake_self, pa));
	return p;
}

void *covh_host_map(u64 pa, u64 len)
{
	assert_int_equal(mapped, 0);
	assert_true(len > 0);
	assert_int_equal(pa / PG, (pa + len - 1) / PG);
	mapped = pa;
	return fake_ram(pa);
}

void covh_host_unmap(u64 pa, u64 len)
{
	assert_int_equal(mapped, pa);
	mapped = 0;
	if (fake.unmap_hook)
		fake.unmap_hook(pa, len);
}

void covh_clear_page(u64 pa)
{
	assert_int_equal(pa % PG, 0);
	__atomic_fetch_add(&fake.clears, 1, __ATOMIC_RELAXED);
	memset(covh_conf_ptr(pa), 0, PG);
	if (pa - RAM_BASE < RAM_SIZE)
		cached[(pa - RAM_BASE) / PG] = 1;
}

void covh_flush_page(u64 pa)
{
	if (pa - RAM_BASE < RAM_SIZE)
		cached[(pa - RAM_BASE) / PG] = 0;
}

void covh_scrub_page(u64 pa)
{
	covh_clear_page(pa);
	covh_flush_page(pa);
}

void covh_hart_install(const struct covh_winset *set)
{
	void (*hook)(void) = fake.install_hook;
	u32 h = fake_self;

	covh_lock_none_held();
	if (hook) {
		fake.install_hook = NULL;
		hook();
	}
	hart[h].installed = *set;
	hart[h].any = true;
	memset(hart[h].tlb, 0, sizeof(hart[h].tlb));
	fake.installs[h]++;
}

void covh_hart_flush_vmid(u32 vmid)
{
	u32 i, h = fake_self;

	for (i = 0; i < GTLB; i++)
		if (hart[h].gtlb[i].vmid == vmid)
			hart[h].gtlb[i].valid = false;
	fake.vmid_flushes[h]++;
}

void fake_serve(u32 h)
{
	struct covh_run *run = fake.runs[h];
	u32 sig = run ? covh_run_signals(run) : 0;

	if (!sig)
		return;
	if (sig & COVH_SIG_IPI)
		run->hvip |= COVH_HVIP_VSSIP;
	covh_run_signals_done(run, sig);
}

void fake_poll(void)
{
	if (__atomic_exchange_n(&fake.pending[fake_self], false,
				__ATOMIC_ACQ_REL))
		fake_serve(fake_self);
}

void covh_hart_interrupt(u32 h)
{
	__atomic_fetch_add(&fake.interrupts[h], 1, __ATOMIC_RELAXED);
	if (fake.threads)
		__atomic_store_n(&fake.pending[h], true, __ATOMIC_RELEASE);
	else
		fake_serve(h);
}

/* The image is what a helper has to find in all of its context but the job */
void covh_helper_load(u32 i)
{
	u8 *context = fake_ram(covh_helper_base(i));
	u64 k;

	covh_lock_none_held();
	assert_true(i < HELPER_COUNT);
	for (k = 0; k < HELPER_SIZE; k++)
		assert_int_equal(context[k], 0);
	memset(context, 0x13, HELPER_JOB);
	fake.loads[i]++;
	covh_hart_serve_ipis();
}

void covh_conf_open(void)
{
}

void covh_conf_close(void)
{
}

void covh_hart_serve_ipis(void)
{
	void (*hook)(void) = fake.ipi_hook;

	covh_lock_none_held();
	__atomic_fetch_add(&fake.ipis, 1, __ATOMIC_RELAXED);
	if (fake.threads) {
		fake_poll();
		sched_yield();
	}
	if (!hook)
		return;
	/* Once per setting, so that a hook can make calls of its own */
	fake.ipi_hook = NULL;
	hook();
}

void covh_watch_start(struct covh_watch *w)
{
	w->instret = fake.instret;
}

u64 covh_watch_stop(const struct covh_watch *w)
{
	return fake.instret - w->instret;
}

void covh_print(const char *fmt, ...)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	va_list ap;

	pthread_mutex_lock(&lock);
	va_start(ap, fmt);
	vsnprintf(fake.line, sizeof(fake.line), fmt, ap);
	va_end(ap);
	fake.prints++;
	pthread_mutex_unlock(&lock);
}

/* Helpers */

static void boot(u32 levels)
{
	u32 h;

	if (!ram) {
		ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		ram2 = aligned_alloc(PG, RAM2_SIZE);
		if (ram == MAP_FAILED || !ram2)
			abort();
	}
	/* Dirty, as RAM is after a power-on */
	for (u64 pa = POOL_BASE; pa < POOL_BASE + POOL_SIZE; pa += PG)
		memset(fake_ram(pa), 0xA5, PG);

	memset(&fake, 0, sizeof(fake));
	memset(hart, 0, sizeof(hart));
	memset(cached, 0, sizeof(cached));
	mapped = 0;
	fake.harts = FAKE_HARTS;
	covh_page_reset();
	assert_rc(OK, covh_page_add_bank(RAM_BASE, RAM_PAGES, rec));
	assert_rc(OK, covh_page_add_bank(RAM2_BASE, RAM2_PAGES, rec2));
	covh_page_boot_set(RAM_BASE, RAM_PAGES, COVH_PG_NC);
	covh_page_boot_set(RAM2_BASE, RAM2_PAGES, COVH_PG_NC);
	covh_page_boot_set(FW_BASE, FW_SIZE / PG, COVH_PG_RSVD);
	covh_page_boot_set(POOL_BASE, POOL_SIZE / PG, COVH_PG_POOL);
	covh_fence_init(PMP_ENTRIES, POOL_BASE, POOL_BASE + POOL_SIZE);
	covh_tvm_init(levels, 14);
	memset(fake_ram(HELPERS), 0, HELPER_COUNT * HELPER_SIZE);
	covh_helper_init(HELPERS, HELPER_SIZE, HELPER_COUNT, HELPER_JOB);
	covh_attest_set_identity(NULL);
	for (h = 0; h < FAKE_HARTS; h++)
		AS_HART(h)
	covh_local_fence();
}

int fake_setup(void **state)
{
	(void)state;
	boot(4);
	return 0;
}

int fake_setup_sv39(void **state)
{
	(void)state;
	boot(3);
	return 0;
}

static void check_page(u64 pa, const struct covh_winset *set, u64 horizon)
{
	u64 r = *fake_rec(pa);
	enum covh_page_state st = r & COVH_PG_STATE_MASK;
	bool pooled = r & COVH_PG_POOLED;
	bool covered = covh_winset_covers(set, pa, pa + PG);
	u32 h;

	if (st == COVH_PG_CONVERTING && r >> COVH_PG_INFO_SHIFT < horizon)
		st = COVH_PG_CONF_FREE;

	/* No call leaves a claim behind */
	assert_int_equal(r & COVH_PG_CLAIM, 0);
	/* A window is exactly the plain pages given away */
	assert_int_equal(covered, !pooled && st >= COVH_PG_CONVERTING);
	assert_int_equal(pooled, pa - POOL_BASE < POOL_SIZE);
	if (pooled)
		assert_true(st == COVH_PG_POOL || st >= COVH_PG_CONVERTING);

	/* A host that invalidates its caches finds zeros, too */
	if (st >= COVH_PG_NC && st <= COVH_PG_NC_SHARED)
		assert_int_equal(cached[(pa - RAM_BASE) / PG], 0);

	/* Whatever may hold a TVM's data is out of reach of every hart */
	if (st >= COVH_PG_CONF_FREE || st == COVH_PG_RSVD)
		for (h = 0; h < fake.harts; h++)
			if (!fake.stopped[h])
				assert_false(fake_host_can(h, pa));
}

void fake_check(void)
{
	u64 pa, horizon = covh_fence_horizon();
	struct covh_winset set;

	covh_fence_set(&set);
	assert_true(covh_winset_entries(&set) <= covh_fence_pmp_entries());
	for (pa = RAM_BASE; pa < RAM_END; pa += PG)
		check_page(pa, &set, horizon);
}

int fake_teardown(void **state)
{
	u32 h;

	(void)state;
	fake_check();
	for (h = 0; h < FAKE_HARTS; h++)
		AS_HART(h)
	covh_nacl_drop();
	fake_self = 0;
	return 0;
}

void fake_fence(void)
{
	u32 h;

	assert_rc(OK, covh_global_fence());
	for (h = 0; h < fake.harts; h++)
		if (h != fake_self && !fake.stopped[h])
			AS_HART(h)
	assert_rc(OK, covh_local_fence());
}

void fake_give(u64 pa, u64 n)
{
	assert_rc(OK, covh_convert(pa, n));
	fake_fence();
}

void fake_pattern(u64 pa, u64 p)
{
	u8 *b = fake_ram(pa);
	u64 i;

	for (i = 0; i < PG; i++)
		b[i] = pattern(p, i);
}

u64 maker_pages(struct maker *m, u64 n, u64 align)
{
	u64 pa = (m->next + align - 1) & ~(align - 1);

	m->next = pa + n * PG;
	assert_true(m->next <= POOL_BASE + POOL_SIZE);
	fake_give(pa, n);
	return pa;
}

long maker_create(u64 pgd, u64 state, u64 *id)
{
	struct covh_tvm_create_params p = { pgd, state };

	/* A store of the host, so it may fault */
	if (fake_host_can(fake_self, PARAMS))
		memcpy(fake_ram(PARAMS), &p, sizeof(p));
	return covh_create_tvm(PARAMS, sizeof(p), id);
}

static void make(struct maker *m)
{
	m->pgd = maker_pages(m, 4, COVH_PGD_SIZE);
	m->state = maker_pages(m, 1, PG);
	m->pt = maker_pages(m, 8, PG);
	m->vcpu0 = maker_pages(m, 1, PG);
	assert_rc(OK, maker_create(m->pgd, m->state, &m->id));
	assert_rc(OK, covh_add_pt_pages(m->id, m->pt, 8));
	assert_rc(OK, covh_add_region(m->id, GPA, GPA_LEN));
	assert_rc(OK, covh_create_vcpu(m->id, 0, m->vcpu0));
}

void maker_init(struct maker *m)
{
	memset(m, 0, sizeof(*m));
	m->next = POOL_BASE;
	make(m);
}

void maker_second(struct maker *m, const struct maker *first)
{
	u64 next = first->next;

	memset(m, 0, sizeof(*m));
	m->next = next;
	make(m);
}

void maker_run(struct maker *m)
{
	maker_init(m);
	assert_rc(OK, covh_finalize_tvm(m->id, GPA, 0x1234, 0));
	assert_rc(OK, covh_nacl_set_shmem(NACL_AREA, 0, 0));
}

struct covh_tvm_page *maker_page(const struct maker *m)
{
	return fake_ram(m->state);
}

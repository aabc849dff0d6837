/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Bringing the subject into a state of the tables.
 *
 * A state is a list of steps. The steps are the calls that are tested
 * elsewhere; one that fails makes all checks in that state fail.
 */

#include "fixture_priv.h"

/* clang-format off */

enum step {
	DO_CREATE	= 1 << 0,
	DO_REGIONS	= 1 << 1,
	DO_TABLES	= 1 << 2,
	DO_TIGHT	= 1 << 3,	/* as few tables as the image needs */
	DO_VCPU0	= 1 << 4,
	DO_VCPU1	= 1 << 5,
	DO_IMAGE	= 1 << 6,	/* what a guest runs from */
	DO_FINALIZE	= 1 << 7,
	DO_SDATA	= 1 << 8,	/* a page at G_SHARE */
	DO_HUGE		= 1 << 9,
	DO_BLOCK	= 1 << 10,	/* the first page of DATA */
	DO_FENCE	= 1 << 11,
	DO_GUEST	= 1 << 12,	/* see fixture_guest.c */
	DO_NO_SHMEM	= 1 << 13,
	DO_DESTROY	= 1 << 14,
	DO_MANY_REGIONS	= 1 << 15,
	DO_MANY_TVMS	= 1 << 16,
	DO_MANY_WINDOWS	= 1 << 17,
	DO_OPEN		= 1 << 18,
	DO_DATA		= 1 << 19,
	DO_EDATA	= 1 << 20,	/* up to the end of G_SHARE and behind */
};

#define BARE	DO_CREATE
#define TVM	(BARE | DO_REGIONS | DO_VCPU1 | DO_DATA)
#define INIT	(TVM | DO_TABLES | DO_VCPU0)
#define TIGHT	(TVM | DO_TIGHT | DO_VCPU0)
#define RUNS	(DO_IMAGE | DO_FINALIZE)
#define READY	(INIT | RUNS)
#define GUEST	(READY | DO_GUEST)

static const struct {
	uint32_t steps;
	uint32_t needs;
} recipe[ST_COUNT] = {
	[ST_NONE]		= { 0, 0 },
	[ST_GONE]		= { READY | DO_DESTROY, 0 },
	[ST_BARE]		= { BARE, 0 },
	[ST_INIT]		= { INIT, 0 },
	[ST_INIT_TIGHT]		= { TIGHT, 0 },
	[ST_INIT_NO_VCPU]	= { TVM | DO_TABLES, 0 },
	[ST_INIT_BLOCKED]	= { INIT | DO_BLOCK, 0 },
	[ST_READY]		= { READY, 0 },
	[ST_READY_TIGHT]	= { TIGHT | RUNS, 0 },
	[ST_READY_NO_SHMEM]	= { READY | DO_NO_SHMEM, 0 },
	[ST_BLOCKED]		= { READY | DO_BLOCK, 0 },
	[ST_BLOCKED_FENCED]	= { READY | DO_BLOCK | DO_FENCE, 0 },
	[ST_PENDING]		= { GUEST | DO_SDATA, 0 },
	[ST_PENDING_EMPTY]	= { GUEST, 0 },
	[ST_PENDING_BLOCKED]	= { GUEST | DO_SDATA, 0 },
	[ST_PENDING_FENCED]	= { GUEST | DO_SDATA | DO_EDATA, 0 },
	[ST_PENDING_INSIDE]	= { GUEST | DO_SDATA, NEED_SECOND },
	[ST_SHARING]		= { GUEST, 0 },
	[ST_SHARING_TIGHT]	= { TIGHT | RUNS | DO_GUEST, 0 },
	[ST_SHARING_PAGE]	= { GUEST, 0 },
	[ST_SHARING_BLOCKED]	= { GUEST, 0 },
	[ST_UNSHARE]		= { GUEST, 0 },
	[ST_UNSHARE_BLOCKED]	= { GUEST, 0 },
	[ST_UNSHARE_FENCED]	= { GUEST, 0 },
	[ST_RUNNING]		= { GUEST, NEED_SECOND },
	[ST_WORKING]		= { GUEST, 0 },
	[ST_DEAD]		= { GUEST, 0 },
	[ST_STOPPED]		= { GUEST, 0 },
	[ST_READY_REGIONS]	= { READY | DO_MANY_REGIONS, 0 },
	[ST_HUGE]		= { READY | DO_HUGE, 0 },
	[ST_NO_KEY]		= { GUEST, NEED_CORE },
	[ST_NO_CONTEXT]		= { GUEST, NEED_CORE },
	[ST_REGIONS]		= { BARE | DO_MANY_REGIONS, 0 },
	[ST_SLOTS]		= { INIT | DO_MANY_TVMS, 0 },
	[ST_WINDOWS]		= { INIT | DO_MANY_WINDOWS, NEED_WINDOWS },
	[ST_FENCE_OPEN]		= { INIT | DO_OPEN, NEED_SECOND },
	[ST_BUSY]		= { INIT, NEED_HOLD },
	[ST_NOT_READY]		= { 0, NEED_NO_TSM },
};

/* clang-format on */

unsigned int fixture_needs(enum conform_state state)
{
	return recipe[state].needs | (state == ST_NOT_READY ? 0 : NEED_TSM);
}

struct answer fx_try(enum conform_fn fn, uint64_t a0, uint64_t a1, uint64_t a2)
{
	const uint64_t arg[MAX_ARGS] = { a0, a1, a2 };

	return drv_call(fn, arg);
}

bool fixture_call(struct fixture *fx, const char *what, enum conform_fn fn,
		  uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
		  uint64_t a4, uint64_t a5)
{
	const uint64_t arg[MAX_ARGS] = { a0, a1, a2, a3, a4, a5 };
	struct answer a = drv_call(fn, arg);

	fx->step = what;
	return a.error == 0;
}

bool fx_fence(struct fixture *fx)
{
	bool ok = CALL("global_fence", GLOBAL, 0);

	drv_fence_others();
	return ok;
}

/* Content of the source page in BUF's place, then measured */
bool fx_measure(struct fixture *fx, uint64_t id, const uint8_t *content,
		uint64_t pa, uint64_t gpa)
{
	drv_write(fx_host(fx, AT_BUF), content, PAGE);
	return CALL("add_tvm_measured_pages", MEASURED, id, fx_host(fx, AT_BUF),
		    pa, COVH_PAGE_4K, 1, gpa);
}

bool fx_create(struct fixture *fx, uint64_t pgd, uint64_t state, uint64_t *id)
{
	const struct covh_tvm_create_params p = { pgd, state };
	struct answer a;

	drv_write(fx_host(fx, AT_BUF), &p, sizeof(p));
	a = fx_try(FN_CREATE, fx_host(fx, AT_BUF), sizeof(p), 0);
	*id = a.error ? 0 : a.value;
	fx->step = "create_tvm";
	return !a.error;
}

static bool zero(struct fixture *fx, unsigned int at, uint64_t gpa)
{
	return CALL("add_tvm_zero_pages", ZERO, fx->id, fx_mine(fx, at),
		    COVH_PAGE_4K, 1, gpa);
}

/* Measuring takes time: only what a guest runs from */
static bool add_image(struct fixture *fx, bool finalized)
{
	static uint8_t page[PAGE];
	enum image_page what;
	unsigned int i;
	uint64_t gpa;

	for (i = 0; (what = drv_image(i, &gpa, page)) != IMAGE_END; i++) {
		fx->step = "too large an image";
		if (i == CODE_PAGES)
			return false;
		if (what == IMAGE_ZERO && finalized &&
		    !zero(fx, AT_CODE + i, gpa))
			return false;
		if (what == IMAGE_FILE && !finalized &&
		    !fx_measure(fx, fx->id, page, fx_mine(fx, AT_CODE + i),
				gpa))
			return false;
	}
	return true;
}

static bool add_data(struct fixture *fx, bool finalized)
{
	static uint8_t page[PAGE];
	unsigned int i;

	for (i = 0; i < DATA_PAGES; i++) {
		uint64_t gpa = G_DATA + i * PAGE;

		page[0] = (uint8_t)(0xD0 + i);
		if (finalized ? !zero(fx, AT_DATA + i, gpa)
			      : !fx_measure(fx, fx->id, page,
					    fx_mine(fx, AT_DATA + i), gpa))
			return false;
	}
	return true;
}

/* Levels below the root on the way to one page: nothing is left over */
static unsigned int tables(const struct fixture *fx, uint32_t steps)
{
	if (steps & DO_TABLES)
		return PT_PAGES;
	return fx->at.limit >> 41 == 1 ? 2 : 3;
}

static bool add_structures(struct fixture *fx, uint32_t steps)
{
	if (steps & DO_REGIONS)
		if (!CALL("add_tvm_memory_region", REGION, fx->id, G_CODE,
			  G_END - G_CODE) ||
		    !CALL("add_tvm_memory_region", REGION, fx->id, G_BIG,
			  G_BIG_END - G_BIG))
			return false;
	if (steps & (DO_TABLES | DO_TIGHT))
		if (!CALL("add_tvm_page_table_pages", TABLES, fx->id,
			  fx_mine(fx, AT_PT), tables(fx, steps)))
			return false;
	if ((steps & DO_VCPU0) &&
	    !CALL("create_tvm_vcpu 0", VCPU, fx->id, 0, fx_mine(fx, AT_VCPU0)))
		return false;
	return !(steps & DO_VCPU1) || CALL("create_tvm_vcpu 1", VCPU, fx->id, 1,
					   fx_mine(fx, AT_VCPU1));
}

static bool many_regions(struct fixture *fx)
{
	struct answer a = { 0 };
	unsigned int n;

	fx->step = "as many regions as there can be";
	for (n = 0; !a.error && n < 4096; n++)
		a = fx_try(FN_REGION, fx->id, 2 * n * PAGE, PAGE);
	/* 128 at least (COVH 9) with the two there may be, and one too many */
	return n > 126 && a.error == FAILED;
}

static bool many_tvms(struct fixture *fx)
{
	uint64_t pgd = fx->at.slots, state = pgd + MAX_SLOTS * COVH_PGD_SIZE;
	unsigned int n;

	if (!CALL("convert_pages", CONVERT, fx->at.slots, SLOT_PAGES) ||
	    !fx_fence(fx))
		return false;
	for (n = 0; n < MAX_SLOTS; n++) {
		if (!fx_create(fx, pgd + n * COVH_PGD_SIZE, state + n * PAGE,
			       &fx->slot[n]))
			break;
		fx->slots = n + 1;
	}
	/* Beside these there are the subject and the other one */
	fx->step = "as many TVMs as there can be";
	return n >= 62 && n < MAX_SLOTS;
}

static bool many_windows(struct fixture *fx)
{
	struct answer a = { 0 };
	unsigned int n;

	if (!CALL("convert_pages", CONVERT, fx->at.windows, WINDOW_FIRST) ||
	    !fx_fence(fx) ||
	    !CALL("add_tvm_page_table_pages", TABLES, fx->id,
		  fx->at.windows + AT_USED * PAGE, 1))
		return false;
	for (n = WINDOW_NEXT; !a.error && n < WINDOW_PAGES; n += WINDOW_STEP)
		a = fx_try(FN_CONVERT, fx->at.windows + n * PAGE, 1, 0);
	fx->step = "as many windows as there can be";
	return a.error == FAILED;
}

static bool many(struct fixture *fx, uint32_t steps)
{
	if ((steps & DO_MANY_TVMS) && !many_tvms(fx))
		return false;
	return !(steps & DO_MANY_WINDOWS) || many_windows(fx);
}

/* While the TVM is INITIALIZING */
static bool make(struct fixture *fx, uint32_t steps)
{
	if (!fx_create(fx, fx_mine(fx, AT_PGD), fx_mine(fx, AT_STATE), &fx->id))
		return false;
	fx->alive = true;
	return add_structures(fx, steps) &&
	       (!(steps & DO_MANY_REGIONS) || many_regions(fx)) &&
	       (!(steps & DO_IMAGE) || add_image(fx, false)) &&
	       (!(steps & DO_DATA) || (steps & DO_FINALIZE) ||
		add_data(fx, false));
}

static bool run_up(struct fixture *fx, uint32_t steps)
{
	return CALL("finalize_tvm", FINALIZE, fx->id, G_CODE, 0, 0) &&
	       (!(steps & DO_IMAGE) || add_image(fx, true)) &&
	       add_data(fx, true);
}

static bool finish(struct fixture *fx, enum conform_state state, uint32_t steps)
{
	if ((steps & DO_FINALIZE) && !run_up(fx, steps))
		return false;
	if ((steps & DO_SDATA) && !zero(fx, AT_SDATA, G_SHARE))
		return false;
	if ((steps & DO_EDATA) &&
	    (!zero(fx, AT_EDATA, G_SHARE_LAST) ||
	     !zero(fx, AT_EDATA + 1, G_SHARE_LAST + PAGE)))
		return false;
	if ((steps & DO_HUGE) && !CALL("add_tvm_zero_pages", ZERO, fx->id,
				       fx->at.big, COVH_PAGE_2M, 1, G_BIG))
		return false;
	if ((steps & DO_BLOCK) &&
	    !CALL("tvm_invalidate_pages", INVALIDATE, fx->id, G_DATA, PAGE))
		return false;
	if ((steps & DO_FENCE) && !CALL("tvm_fence", TVM_FENCE, fx->id))
		return false;
	if ((steps & DO_GUEST) && !fixture_guest(fx, state))
		return false;
	if (steps & DO_DESTROY) {
		fx->alive = false;
		return CALL("destroy_tvm", DESTROY, fx->id);
	}
	return true;
}

bool fx_go_to(struct fixture *fx, enum conform_state state)
{
	uint32_t steps = recipe[state].steps;

	/* An id that there will be some day */
	if (!(steps & DO_CREATE))
		fx->id = fx->stale + 0x50000;
	else if (!make(fx, steps) || !finish(fx, state, steps))
		return false;
	if (!many(fx, steps))
		return false;
	/* The last fence there is, so it stays as it is */
	if (!CALL("convert_pages", CONVERT, fx_host(fx, AT_CONVERTING), 1))
		return false;
	if ((steps & DO_NO_SHMEM) &&
	    !CALL("set_shmem", SHMEM, ALL_ONES, ALL_ONES, 0))
		return false;
	return !(steps & DO_OPEN) || CALL("global_fence", GLOBAL, 0);
}

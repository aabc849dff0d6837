/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The machine of the tables: start, from state to state, end.
 */

#include "fixture_priv.h"
#include "snapshot.h"

static bool destroy_all(struct fixture *fx)
{
	bool ok = true;

	for (; fx->slots; fx->slots--)
		ok &= CALL("destroy_tvm", DESTROY, fx->slot[fx->slots - 1]);
	if (fx->made)
		ok &= CALL("destroy_tvm", DESTROY, fx->made);
	fx->made = 0;
	if (fx->alive)
		ok &= CALL("destroy_tvm", DESTROY, fx->id);
	fx->alive = false;
	return ok;
}

static bool reclaim(struct fixture *fx, uint64_t pa, unsigned int n)
{
	return CALL("reclaim_pages", RECLAIM, pa, n);
}

/* What no TVM has is given back by the TSM, and is zero then */
static bool reclaim_all(struct fixture *fx)
{
	bool ok = reclaim(fx, fx_mine(fx, 0), BLOCK_PAGES);

	ok &= reclaim(fx, fx->at.host, HOST_PAGES);
	if (fx->big)
		ok &= reclaim(fx, fx->at.big, BIG_PAGES);
	if (fx->state == ST_SLOTS)
		ok &= reclaim(fx, fx->at.slots, SLOT_PAGES);
	if (fx->state == ST_WINDOWS)
		ok &= reclaim(fx, fx->at.windows, WINDOW_PAGES);
	if (fx->at.pool)
		ok &= reclaim(fx, fx->at.pool, 1);
	return ok;
}

/* All of the host's pages are its own again, and nothing is pinned */
static bool all_back(struct fixture *fx)
{
	static struct snapshot now;
	unsigned int i;

	fx->step = "pages that did not come back";
	snapshot_pages(fx, &now);
	for (i = 0; i < now.n; i++) {
		bool pooled = fixture_pooled(fx, now.page[i].pa);

		if (now.page[i].kind != KIND_TSM &&
		    now.page[i].kind != KIND_OTHER &&
		    now.page[i].state != (pooled ? PG_POOL : PG_NC))
			return false;
	}
	return true;
}

bool fixture_leave(struct fixture *fx)
{
	bool ok = true;

	if (!fx->ready)
		return true;
	if (fx->inside)
		drv_guest_kick();
	fx->inside = false;
	drv_attest(ATTEST_ALL);
	/* A global fence may be open */
	drv_fence_others();
	fx_try(FN_LOCAL, 0, 0, 0);
	ok &= destroy_all(fx);
	ok &= CALL("set_shmem", SHMEM, ALL_ONES, ALL_ONES, 0);
	ok &= reclaim_all(fx);
	fx->ready = false;
	ok = ok && all_back(fx);
	fx->broken = !ok;
	if (!ok)
		drv_note("cannot undo: %s", fx->step);
	return ok;
}

/* So that a page that was not cleared shows */
static void mark(const struct fixture *fx, unsigned int n)
{
	static const uint64_t word = 0x5EC2E7;

	drv_write(fx_host(fx, n), &word, sizeof(word));
	drv_write(fx_host(fx, n + 1) - sizeof(word), &word, sizeof(word));
}

static bool prepare(struct fixture *fx, bool big)
{
	mark(fx, AT_WFREE);
	mark(fx, AT_CONVERTING);
	fx->big = big;
	if (big && !CALL("convert_pages", CONVERT, fx->at.big, BIG_PAGES))
		return false;
	return CALL("convert_pages", CONVERT, fx_mine(fx, 0), BLOCK_PAGES) &&
	       CALL("convert_pages", CONVERT, fx_host(fx, AT_WFREE), 1) &&
	       fx_fence(fx) &&
	       CALL("set_shmem", SHMEM, fx_host(fx, AT_SHMEM), 0, 0);
}

bool fixture_enter(struct fixture *fx, enum conform_state state, bool big,
		   bool again)
{
	if (state == ST_NOT_READY) {
		fx->state = state;
		return true;
	}
	if (fx->broken || (fx->lost >> state & 1))
		return false;
	if (fx->ready && !again && state == fx->state && big == fx->big)
		return true;
	if (!fixture_leave(fx))
		return false;
	fx->state = state;
	fx->ready = true;
	if (prepare(fx, big) && fx_go_to(fx, state))
		return true;
	drv_note("cannot reach a state: %s", fx->step);
	fx->lost |= 1ULL << state;
	return false;
}

/* A TVM that nothing of what follows concerns */
static bool make_other(struct fixture *fx)
{
	unsigned int b = !fx->subject;
	static uint8_t page[PAGE];

	page[7] = 0x77;
	return CALL("convert_pages", CONVERT, fx_block(fx, b, 0),
		    BLOCK_PAGES) &&
	       fx_fence(fx) &&
	       fx_create(fx, fx_block(fx, b, AT_PGD), fx_block(fx, b, AT_STATE),
			 &fx->other) &&
	       CALL("add_tvm_memory_region", REGION, fx->other, G_CODE,
		    G_END - G_CODE) &&
	       CALL("add_tvm_page_table_pages", TABLES, fx->other,
		    fx_block(fx, b, AT_PT), PT_PAGES) &&
	       CALL("create_tvm_vcpu", VCPU, fx->other, 0,
		    fx_block(fx, b, AT_VCPU0)) &&
	       fx_measure(fx, fx->other, page, fx_block(fx, b, AT_DATA),
			  G_DATA) &&
	       fx_measure(fx, fx->other, page, fx_block(fx, b, AT_DATA + 1),
			  G_DATA + PAGE);
}

/* So that the other one has the slot before the subject's, or behind it */
static bool make_stale(struct fixture *fx)
{
	bool ok = CALL("convert_pages", CONVERT, fx_mine(fx, 0), BLOCK_PAGES) &&
		  fx_fence(fx) &&
		  fx_create(fx, fx_mine(fx, AT_PGD), fx_mine(fx, AT_STATE),
			    &fx->stale);

	if (ok && fx->subject)
		ok = make_other(fx);
	ok = ok && CALL("destroy_tvm", DESTROY, fx->stale);
	if (ok && !fx->subject)
		ok = make_other(fx);
	return ok && reclaim(fx, fx_mine(fx, 0), BLOCK_PAGES);
}

bool fixture_start(struct fixture *fx, unsigned int subject)
{
	*fx = (struct fixture){ .subject = subject };
	drv_layout(&fx->at);
	/* Where there is no TSM, numbers are all that is needed */
	if (drv_lacks(NEED_TSM)) {
		fx->id = 0x10001;
		fx->stale = 0x20001;
		return true;
	}
	return make_stale(fx);
}

bool fixture_end(struct fixture *fx)
{
	unsigned int b = !fx->subject;
	bool ok = fixture_leave(fx);

	if (fx->other)
		ok &= CALL("destroy_tvm", DESTROY, fx->other) &&
		      reclaim(fx, fx_block(fx, b, 0), BLOCK_PAGES);
	fx->other = 0;
	drv_fence_others();
	return ok;
}

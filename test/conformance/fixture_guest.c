/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * States that a guest has a part in: what it shares, where it runs, what it
 * waits for, its end.
 */

#include "fixture.h"
#include "places.h"
#include "table.h"

#define SHARE_LEN (G_SHARE_PAGES * PAGE)

/* Everything that has to do with the shared range, in this order */
#define HAS_PAGE   (ST(SHARING_PAGE) | ST(SHARING_BLOCKED) | ST_UNSHARES)
#define IS_OLD	   (ST(PENDING_BLOCKED) | ST(UNSHARE_BLOCKED))
#define IS_FENCED  (ST(PENDING_FENCED) | ST(PENDING_INSIDE) | ST(UNSHARE_FENCED))
#define IS_BLOCKED (IS_OLD | IS_FENCED | ST(SHARING_BLOCKED))

static bool ask(struct fixture *fx, enum conform_fn fn)
{
	const uint64_t arg[MAX_ARGS] = { G_SHARE, SHARE_LEN };
	struct answer a;

	fx->step = "a guest that shares";
	return drv_guest_call(fx->id, fn, arg, &a) == GUEST_FORWARDED;
}

static bool accept(struct fixture *fx)
{
	static const uint64_t zero[2];
	struct answer a;

	fx->step = "a host that accepts";
	drv_write(fx->at.host + AT_SHMEM * PAGE + COVH_NACL_GPR_OFFSET(10),
		  zero, sizeof(zero));
	return drv_guest_resume(fx->id, &a) == GUEST_ANSWERED && !a.error;
}

static bool fence(struct fixture *fx)
{
	return fixture_call(fx, "tvm_fence", FN_TVM_FENCE, fx->id, 0, 0, 0, 0,
			    0);
}

/* Block the page; a fence that began before does not count for it */
static bool take_away(struct fixture *fx, uint64_t st)
{
	if (!(st & IS_BLOCKED))
		return true;
	if ((st & IS_OLD) && !fence(fx))
		return false;
	if (!fixture_call(fx, "tvm_invalidate_pages", FN_INVALIDATE, fx->id,
			  G_SHARE, PAGE, 0, 0, 0))
		return false;
	if ((st & ST(PENDING_FENCED)) &&
	    !fixture_call(fx, "tvm_invalidate_pages", FN_INVALIDATE, fx->id,
			  G_SHARE_LAST, EDATA_PAGES * PAGE, 0, 0, 0))
		return false;
	return !(st & (IS_FENCED | ST(SHARING_BLOCKED))) || fence(fx);
}

static bool share(struct fixture *fx, uint64_t st)
{
	if (!ask(fx, FN_G_SHARE))
		return false;
	if (!(st & ST_PENDINGS) && !accept(fx))
		return false;
	if ((st & HAS_PAGE) &&
	    !fixture_call(fx, "add_tvm_shared_pages", FN_SHARED, fx->id,
			  fx->at.host + AT_SHPAGE * PAGE, COVH_PAGE_4K, 1,
			  G_SHARE, 0))
		return false;
	return !(st & ST_UNSHARES) || ask(fx, FN_G_UNSHARE);
}

static bool spin(struct fixture *fx, uint64_t vcpu)
{
	fx->step = "a vCPU on the second hart";
	fx->inside = drv_guest_spin(fx->id, vcpu);
	return fx->inside;
}

bool fixture_guest(struct fixture *fx, enum conform_state state)
{
	uint64_t st = 1ULL << state;

	if (st & ST(RUNNING))
		return spin(fx, 0);
	fx->step = "a guest that waits for evidence";
	if (st & ST(WORKING))
		return drv_guest_work(fx->id, G_DATA);
	if (st & (ST(NO_KEY) | ST(NO_CONTEXT))) {
		drv_attest(st & ST(NO_KEY) ? ATTEST_NO_KEY : ATTEST_NO_CONTEXT);
		return true;
	}
	fx->step = "a guest that ends";
	if (st & ST(DEAD))
		return drv_guest_end(fx->id, true);
	if (st & ST(STOPPED))
		return drv_guest_end(fx->id, false);
	fx->step = "a guest that starts a vCPU";
	if ((st & ST(PENDING_INSIDE)) && !drv_guest_start_second(fx->id))
		return false;
	return share(fx, st) && (!(st & ST(PENDING_INSIDE)) || spin(fx, 1)) &&
	       take_away(fx, st);
}

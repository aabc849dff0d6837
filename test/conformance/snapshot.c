/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * All that is known of the machine, before and after a call.
 */

#include "places.h"
#include "snapshot.h"
#include "table.h"

static const char *const state_name[] = {
	"RSVD",	      "POOL",	   "NC",      "NC_SHMEM", "NC_SHARED",
	"CONVERTING", "CONF_FREE", "PGD",     "PT",	  "TVMSTATE",
	"VCPU",	      "DATA",	   "BLOCKED",
};

static struct answer call(enum conform_fn fn, uint64_t a0, uint64_t a1,
			  uint64_t a2, uint64_t a3, uint64_t a4)
{
	const uint64_t arg[MAX_ARGS] = { a0, a1, a2, a3, a4 };

	return drv_call(fn, arg);
}

/*
 * Two calls with an address that is never good: each is legal in one state of
 * a TVM only, and says so before it looks at the address.
 */
static enum tvm_view tvm_view(const struct fixture *fx)
{
	struct answer a = call(FN_REGION, fx->id, 8, PAGE, 0, 0);

	if (a.error == ADDR)
		return TVM_INITIALIZING;
	if (a.error == FAILED)
		return TVM_BUSY;
	a = call(FN_ZERO, fx->id, 8, TYPE_4K, 1, 8);
	return a.error == ADDR ? TVM_RUNNABLE : TVM_NONE;
}

enum conform_page conform_state_of(uint64_t pa)
{
	uint8_t st;

	drv_states(pa, 1, &st);
	return (enum conform_page)st;
}

/* NACL memory, which a row may have changed; 0: none */
static uint64_t shmem_now(const struct fixture *fx)
{
	uint64_t pa = fx->at.host + AT_SHMEM * PAGE;

	for (; pa < fx->at.host + AT_SHPAGE * PAGE; pa += PAGE)
		if (conform_state_of(pa) == PG_NC_SHMEM)
			return pa;
	return 0;
}

/* Without NACL memory RUN never enters: FAILED is a vCPU that could run */
static int64_t run_view(const struct fixture *fx)
{
	uint64_t shmem = shmem_now(fx);
	struct answer a;

	call(FN_SHMEM, ALL_ONES, ALL_ONES, 0, 0, 0);
	a = call(FN_RUN, fx->id, 0, 0, 0, 0);
	if (shmem)
		call(FN_SHMEM, shmem, 0, 0, 0, 0);
	return a.error;
}

/* A page that belongs to nobody may hold anything */
static bool has_content(enum conform_page st)
{
	return st != PG_RSVD && st != PG_POOL && st != PG_CONVERTING &&
	       st != PG_CONF_FREE;
}

/* How many pages from the i-th on lie side by side */
static unsigned int run_of(const struct snapshot *s, unsigned int i)
{
	unsigned int n;

	for (n = 1; n < MAX_STATES && i + n < s->n; n++)
		if (s->page[i + n].pa != s->page[i].pa + n * PAGE)
			break;
	return n;
}

void snapshot_pages(const struct fixture *fx, struct snapshot *s)
{
	uint8_t state[MAX_STATES];
	struct fixture_page p;
	unsigned int i, j, n;

	for (i = 0; i < MAX_PAGES && fixture_page(fx, i, &p); i++) {
		s->page[i].pa = p.pa;
		s->page[i].kind = p.kind;
	}
	s->n = i;
	for (i = 0; i < s->n; i += n) {
		n = run_of(s, i);
		drv_states(s->page[i].pa, n, state);
		for (j = 0; j < n; j++)
			s->page[i + j].state = state[j];
	}
}

void snapshot_take(const struct fixture *fx, struct snapshot *s)
{
	unsigned int i;

	snapshot_pages(fx, s);
	for (i = 0; i < s->n; i++)
		s->page[i].sum = s->page[i].kind != KIND_TSM &&
						 has_content(s->page[i].state)
					 ? drv_sum(s->page[i].pa)
					 : 0;
	/* NACL memory stays as a row has left it: the last to be looked at */
	s->contexts = drv_contexts();
	s->tvm = tvm_view(fx);
	s->run = run_view(fx);
}

static void set_pages(const struct fixture *fx, struct snapshot *s, uint64_t pa,
		      unsigned int n, const uint8_t *to)
{
	unsigned int i;

	for (i = 0; i < s->n; i++) {
		if (s->page[i].pa - pa >= n * PAGE)
			continue;
		/* Nothing is said of its content */
		s->page[i].sum = 0;
		if (to)
			s->page[i].state = *to;
		else
			s->page[i].state = fixture_pooled(fx, s->page[i].pa)
						   ? PG_POOL
						   : PG_NC;
	}
}

/* All pages of the subject; what it shares is not pinned any more */
static void destroyed(struct snapshot *s)
{
	unsigned int i;

	for (i = 0; i < s->n; i++) {
		uint8_t *st = &s->page[i].state;

		if (*st == PG_NC_SHARED)
			*st = PG_NC;
		if (*st < PG_PGD || s->page[i].kind == KIND_OTHER)
			continue;
		*st = PG_CONF_FREE;
		s->page[i].sum = 0;
	}
	s->tvm = TVM_NONE;
	s->run = PARAM;
}

static void fenced(struct snapshot *s)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (s->page[i].state == PG_CONVERTING)
			s->page[i].state = PG_CONF_FREE;
}

void snapshot_apply(const struct fixture *fx, struct snapshot *s,
		    const struct effect *e, bool no_hart_owes)
{
	uint64_t pa;

	switch (e->kind) {
	case EFF_PAGES:
		if (fixture_resolve(fx, e->pa, &pa))
			set_pages(fx, s, pa, e->n, &e->to);
		break;
	case EFF_BACK:
		if (fixture_resolve(fx, e->pa, &pa))
			set_pages(fx, s, pa, e->n, NULL);
		break;
	case EFF_FENCED:
		if (no_hart_owes)
			fenced(s);
		break;
	case EFF_FINALIZED:
		s->tvm = TVM_RUNNABLE;
		s->run = FAILED;
		break;
	case EFF_DESTROYED:
		destroyed(s);
		if (fx->state == ST_WORKING)
			s->contexts = 0;
		break;
	case EFF_WORKED:
		s->contexts = 0;
		break;
	}
}

static bool same_page(const struct snapshot *want, const struct snapshot *got,
		      unsigned int i, unsigned int sums)
{
	unsigned int st = got->page[i].state;

	if (st != want->page[i].state) {
		drv_note("page %u at 0x%llx: %s instead of %s", i,
			 (unsigned long long)got->page[i].pa,
			 st <= PG_BLOCKED ? state_name[st] : "?",
			 state_name[want->page[i].state]);
		return false;
	}
	if ((sums >> got->page[i].kind & 1) && want->page[i].sum &&
	    got->page[i].sum != want->page[i].sum) {
		drv_note("page %u at 0x%llx (%s) has another content", i,
			 (unsigned long long)got->page[i].pa, state_name[st]);
		return false;
	}
	return true;
}

bool snapshot_same(const struct snapshot *want, const struct snapshot *got,
		   unsigned int sums)
{
	bool same = want->n == got->n;
	unsigned int i;

	for (i = 0; same && i < got->n; i++)
		same = same_page(want, got, i, sums);
	if (want->tvm != got->tvm) {
		drv_note("the TVM is in state %d instead of %d", got->tvm,
			 want->tvm);
		same = false;
	}
	if (want->contexts != got->contexts) {
		drv_note(
			"%u contexts of the helper have an owner instead of %u",
			got->contexts, want->contexts);
		same = false;
	}
	if (want->run != got->run) {
		drv_note("RUN of vCPU 0 says %ld instead of %ld",
			 (long)got->run, (long)want->run);
		same = false;
	}
	return same;
}

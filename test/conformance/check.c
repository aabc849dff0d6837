/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * One check: a call in a state, its answer, and a look at everything that is
 * known of the machine, before and after.
 */

#include "check.h"
#include "snapshot.h"
#include "table.h"

#define NAME(__x) #__x,

/* Of a certificate with evidence */
#define LEAST_BYTES 1000
#define MOST_BYTES  8192

static const char *const state_name[] = { STATES(NAME) };
static const char *const fn_name[] = { FUNCTIONS(NAME) };

/* All that is known of the machine */
static struct snapshot before, after;
/* before is how things are; something has changed since the state was made */
static bool known, changed;

bool check_is_guest(enum conform_fn fn)
{
	switch (fn) {
	case FN_G_SHARE:
	case FN_G_UNSHARE:
	case FN_G_READ:
	case FN_G_ADD_MMIO:
	case FN_G_REMOVE_MMIO:
	case FN_G_ALLOW:
	case FN_G_DENY:
	case FN_G_ATTCAPS:
	case FN_G_EXTEND:
	case FN_G_EVIDENCE:
	case FN_G_RAW:
		return true;
	default:
		return false;
	}
}

bool check_mentions_big(const uint64_t arg[MAX_ARGS])
{
	unsigned int i;

	for (i = 0; i < MAX_ARGS; i++) {
		uint64_t sym = arg[i] & ~(2 * SYM_BIAS - 1);

		if (sym == (BIG & ~(2 * SYM_BIAS - 1)) ||
		    sym == (BIG_HOST & ~(2 * SYM_BIAS - 1)))
			return true;
	}
	return false;
}

static void note_check(const struct check *c)
{
	const struct row *r = &c->row;
	unsigned int i;

	drv_note("%s: %s in %s, line %u, faults %u, %u", c->spec->name,
		 fn_name[r->fn], state_name[r->state], r->line, c->fault[0],
		 c->fault[1]);
	for (i = 0; i < MAX_ARGS; i++) {
		const char *sym = fixture_symbol(r->arg[i]);

		if (r->arg[i])
			drv_note("  argument %u: 0x%llx (%s)", i,
				 (unsigned long long)c->arg[i],
				 sym ? sym : "a number");
	}
}

static bool skip(struct tally *t, unsigned int needs)
{
	unsigned int i;

	for (i = 0; i < NEED_COUNT; i++) {
		if (!(needs >> i & 1) || !drv_lacks(1U << i))
			continue;
		t->skipped[i]++;
		return true;
	}
	return false;
}

static bool resolve(const struct fixture *fx, struct check *c)
{
	unsigned int i;

	for (i = 0; i < MAX_ARGS; i++)
		if (!fixture_resolve(fx, c->row.arg[i], &c->arg[i]))
			return false;
	return true;
}

/* The guest's calls: that the host is asked is their success */
static struct answer guest_call(const struct fixture *fx, const struct check *c)
{
	struct answer a = { 0, 0 };

	switch (drv_guest_call(fx->id, c->row.fn, c->arg, &a)) {
	case GUEST_ANSWERED:
		return a;
	case GUEST_FORWARDED:
		return (struct answer){ 0, 0 };
	default:
		drv_note("the guest is lost, RUN said %ld", (long)a.error);
		return (struct answer){ INT64_MIN, 0 };
	}
}

/* RUN, and what the guest sees of the host's answer */
static struct answer run_and_see(const struct fixture *fx,
				 const struct check *c)
{
	struct answer a = { 0, 0 };
	enum guest_end end = drv_guest_resume(fx->id, &a);

	if (end == GUEST_REFUSED)
		return a;
	if (end != GUEST_ANSWERED || a.error != (int64_t)c->arg[4]) {
		drv_note("the guest sees %ld (%d)", (long)a.error, (int)end);
		return (struct answer){ INT64_MIN, 0 };
	}
	return (struct answer){ 0, 0 };
}

static struct answer act(const struct fixture *fx, const struct check *c,
			 uint64_t *held_page)
{
	uint64_t held[6];

	if (c->row.state == ST_BUSY) {
		fixture_held(fx, held, held_page);
		return drv_call_held(c->row.fn, c->arg, held);
	}
	if (check_is_guest(c->row.fn))
		return guest_call(fx, c);
	if (c->row.fn == FN_RUN && c->row.arg[5])
		return run_and_see(fx, c);
	return drv_call(c->row.fn, c->arg);
}

static bool good_value(const struct fixture *fx, const struct check *c,
		       uint64_t value)
{
	uint64_t want;

	if (c->row.value == VALUE_BYTES && (!c->row.error || c->row.line))
		return value >= LEAST_BYTES && value <= MOST_BYTES;
	if (c->row.error)
		return value == 0;
	if (c->row.value == VALUE_NEW_ID)
		return value && value != fx->id && value != fx->other &&
		       value != fx->stale;
	fixture_resolve(fx, c->row.value, &want);
	return value == want;
}

static bool check_answer(const struct fixture *fx, const struct check *c,
			 struct answer a)
{
	if (a.error == c->row.error && good_value(fx, c, a.value))
		return true;
	drv_note("answer %ld, value 0x%llx; error %d is expected",
		 (long)a.error, (unsigned long long)a.value, c->row.error);
	return false;
}

/* Contents that may differ: what a guest has run over, what a call writes */
static unsigned int sums_of(const struct fixture *fx, const struct check *c)
{
	unsigned int live = 1U << KIND_LIVE, sums = SUMS_ALL;

	if (!c->row.error)
		sums = SUMS_SUCCESS;
	if (!c->row.error && c->row.fn == FN_INFO)
		sums &= ~(1U << KIND_HOST);
	/* A failing call of the guest's, too, is made by a guest that runs; and
	 * one that is inside on the other hart may still be on its way in */
	if (check_is_guest(c->row.fn) || fx->inside)
		sums &= ~live;
	return sums & ~(1U << KIND_BUF);
}

static bool check_after(const struct fixture *fx, const struct check *c,
			uint64_t held_page, struct tally *t)
{
	/* Only the second hart can owe a fence, and ends that by its own */
	bool done = c->row.fn == FN_LOCAL2 || drv_lacks(NEED_SECOND);
	const uint8_t data = PG_DATA;
	unsigned int i;

	for (i = 0; !c->row.error && i < 2; i++)
		snapshot_apply(fx, &before, &c->row.effect[i], done);
	for (i = 0; held_page && i < before.n; i++)
		if (before.page[i].pa == held_page)
			before.page[i].state = data;
	snapshot_take(fx, &after);
	t->pages += after.n;
	/* Held or not, that call has measured a page */
	return snapshot_same(&before, &after,
			     held_page ? SUMS_SUCCESS : sums_of(fx, c));
}

static bool perform(struct fixture *fx, struct check *c, struct tally *t)
{
	uint64_t held_page = 0;
	struct answer a;
	bool ok;

	memory_before(fx, c);
	if (c->row.state == ST_NOT_READY)
		return check_answer(fx, c, drv_call(c->row.fn, c->arg)) &&
		       memory_after(fx, c);

	/* The slots that it has just written are in one of the pages */
	if (!known || c->row.fn == FN_RUN)
		snapshot_take(fx, &before);
	a = act(fx, c, &held_page);
	if (!a.error && c->row.fn == FN_CREATE)
		fx->made = a.value;
	if (!a.error && c->row.fn == FN_DESTROY)
		fx->alive = false;
	ok = check_answer(fx, c, a) && memory_after(fx, c);
	ok &= check_after(fx, c, held_page, t);
	changed = !a.error || held_page || !ok;
	before = after;
	known = true;
	return ok;
}

void check_run(struct fixture *fx, struct check *c, struct tally *t)
{
	const struct row *r = &c->row;

	if (skip(t, c->spec->need | r->need | fixture_needs(r->state) |
			    (r->error ? 0 : c->spec->need_ok)))
		return;
	c->big = check_mentions_big(r->arg) || r->state == ST_HUGE;
	if (!fx->ready || changed || r->state != fx->state || c->big != fx->big)
		known = false;
	t->checks++;
	if (!fixture_enter(fx, r->state, c->big, changed)) {
		note_check(c);
		t->failed++;
		changed = true;
		return;
	}
	changed = false;
	if (!resolve(fx, c)) {
		t->checks--;
		t->no_symbol++;
		return;
	}
	if (!perform(fx, c, t)) {
		note_check(c);
		t->failed++;
	}
}

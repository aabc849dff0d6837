/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Plays the tables.
 */

#include "check.h"
#include "engine.h"
#include "table.h"

/* Order of checks, A.3: of two errors the one with the lower rank comes */
static int rank(int error)
{
	switch (error) {
	case NOT_SUPP:
		return 0;
	case PARAM:
		return 1;
	case ADDR:
		return 2;
	case OK:
		return 4;
	default:
		return 3;
	}
}

static int first_of(int a, int b)
{
	return rank(a) <= rank(b) ? a : b;
}

static void set(struct check *c, const struct spec *s, enum conform_state st,
		int error)
{
	unsigned int i;

	*c = (struct check){ .spec = s };
	c->row.fn = s->fn;
	c->row.state = st;
	c->row.error = error;
	c->row.value = s->value;
	for (i = 0; i < MAX_ARGS; i++)
		c->row.arg[i] = s->good[i];
	for (i = 0; i < 2; i++)
		c->row.effect[i] = s->effect[i];
}

/* NULL: the function cannot be called in that state */
static const struct outcome *outcome(const struct spec *s,
				     enum conform_state st)
{
	uint32_t i;

	for (i = 0; i < s->outcomes; i++)
		if (s->outcome[i].states >> st & 1)
			return &s->outcome[i];
	return NULL;
}

/* Good arguments */
static void check_state(struct fixture *fx, const struct spec *s,
			enum conform_state st, struct tally *t)
{
	const struct outcome *o = outcome(s, st);
	struct check c;

	if (!o)
		return;
	set(&c, s, st, o->error);
	if (o->effect.kind) {
		c.row.effect[0] = o->effect;
		c.row.effect[1].kind = EFF_NONE;
	}
	check_run(fx, &c, t);
}

static int with_fault(const struct spec *s, enum conform_state st, int error)
{
	int base = outcome(s, st)->error;

	/* Without a TSM nothing else is looked at */
	return st == ST_NOT_READY ? base : first_of(base, error);
}

/* One thing is wrong */
static void check_alone(struct fixture *fx, const struct spec *s,
			enum conform_state st, struct tally *t)
{
	struct check c;
	uint32_t i;

	for (i = 0; i < s->faults && (s->alone >> st & 1); i++) {
		set(&c, s, st, with_fault(s, st, s->fault[i].error));
		c.fault[0] = i + 1;
		c.row.arg[s->fault[i].arg] = s->fault[i].value;
		check_run(fx, &c, t);
	}
}

static void check_pair(struct fixture *fx, const struct spec *s,
		       enum conform_state st, const struct fault *a,
		       const struct fault *b, struct tally *t)
{
	struct check c;

	if (a->arg == b->arg || a->error == b->error)
		return;
	set(&c, s, st, with_fault(s, st, first_of(a->error, b->error)));
	c.fault[0] = (unsigned int)(a - s->fault + 1);
	c.fault[1] = (unsigned int)(b - s->fault + 1);
	c.row.arg[a->arg] = a->value;
	c.row.arg[b->arg] = b->value;
	check_run(fx, &c, t);
}

/* Two things are wrong */
static void check_pairs(struct fixture *fx, const struct spec *s,
			enum conform_state st, struct tally *t)
{
	uint32_t i, j;

	for (i = 0; i < s->faults && (s->pairs >> st & 1); i++)
		for (j = i + 1; j < s->faults; j++)
			check_pair(fx, s, st, &s->fault[i], &s->fault[j], t);
}

/* Those that change nothing first, so that one state serves them all */
static void check_rows(struct fixture *fx, const struct spec *s,
		       enum conform_state st, bool fail, bool big,
		       struct tally *t)
{
	struct check c = { .spec = s };
	uint32_t i;

	for (i = 0; i < s->rows; i++) {
		c.row = s->row[i];
		if (c.row.state == st && (c.row.error != 0) == fail &&
		    check_mentions_big(c.row.arg) == big)
			check_run(fx, &c, t);
	}
}

bool conform_run_spec(struct fixture *fx, const struct spec *s, struct tally *t)
{
	uint32_t failed = t->failed;
	unsigned int st;

	for (st = 0; st < ST_COUNT; st++) {
		check_rows(fx, s, st, true, true, t);
		check_rows(fx, s, st, false, true, t);
		check_alone(fx, s, st, t);
		check_pairs(fx, s, st, t);
		check_rows(fx, s, st, true, false, t);
		check_state(fx, s, st, t);
		check_rows(fx, s, st, false, false, t);
	}
	/* Nothing is left open, and nobody is left inside */
	if (!fixture_leave(fx))
		t->failed++;
	return t->failed == failed;
}

/* A host can call in all states, so all must be spoken of, and once */
static bool covers_states(const struct spec *s)
{
	uint64_t all = 0, twice = 0;
	uint32_t i;

	if (check_is_guest(s->fn) || s->fn == FN_RAW)
		return true;
	for (i = 0; i < s->outcomes; i++) {
		twice |= all & s->outcome[i].states;
		all |= s->outcome[i].states;
	}
	return !twice && all == (ST_ALL | ST(NOT_READY));
}

bool conform_check_tables(void)
{
	bool ok = true;
	uint32_t i;

	for (i = 0; i < conform_spec_count; i++) {
		if (covers_states(conform_specs[i]))
			continue;
		drv_note("%s: states without a result, or with two",
			 conform_specs[i]->name);
		ok = false;
	}
	return ok;
}

const char *conform_why_none(const struct spec *s)
{
	unsigned int i;

	/* What most states need comes last */
	for (i = 0; i < NEED_COUNT; i++)
		if ((s->need >> i & 1) && drv_lacks(1U << i))
			return drv_lacks(1U << i);
	return drv_lacks(NEED_TSM);
}

uint32_t conform_skipped(const struct tally *t)
{
	uint32_t n = t->no_symbol;
	unsigned int i;

	for (i = 0; i < NEED_COUNT; i++)
		n += t->skipped[i];
	return n;
}

void conform_report(const struct tally *t)
{
	unsigned int i;

	drv_note("conformance: %u checks, %u failed, %u skipped; %u pages "
		 "looked at",
		 t->checks, t->failed, conform_skipped(t), t->pages);
	for (i = 0; i < NEED_COUNT; i++)
		if (t->skipped[i])
			drv_note("conformance: %u skipped: %s", t->skipped[i],
				 drv_lacks(1U << i));
	if (t->no_symbol)
		drv_note("conformance: %u skipped: no such page on this "
			 "machine",
			 t->no_symbol);
}

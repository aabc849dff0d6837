/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The model: RUN, and what guests ask for.
 */

#include <string.h>

#include "model.h"

#define VSSIP COVH_HVIP_VSSIP

struct m_tvm *tvm_on(u32 hart)
{
	return &m.tvm[m.hart[hart].slot];
}

struct m_vcpu *vcpu_on(u32 hart)
{
	return &tvm_on(hart)->vcpu[m.hart[hart].vcpu];
}

static bool is_pending(const struct m_vcpu *v)
{
	return v->resume == COVH_RESUME_SHARE ||
	       v->resume == COVH_RESUME_UNSHARE;
}

/* Regions: take a range out of whatever it is, put it in with a new type */

static void put_region(struct m_region *out, u32 *n, u64 gpa, u64 end, u8 type)
{
	bool merge = type == COVH_RGN_CONF || type == COVH_RGN_SHARED;

	if (gpa >= end)
		return;
	/* Only the changed range looks for neighbours: see retype() */
	if (merge && *n && out[*n - 1].end == gpa && out[*n - 1].type == type)
		out[*n - 1].end = end;
	else
		out[(*n)++] = (struct m_region){ gpa, end, type };
}

/* The table as it would be; the number of its regions, 0: not all is from */
static u32 retype(const struct m_tvm *t, u64 gpa, u64 len, u8 from, u8 to,
		  struct m_region *out)
{
	u64 end = gpa + len, covered = 0;
	const struct m_region *r;
	bool done = false;
	u32 i, n = 0;

	for (i = 0; i < t->nregions; i++) {
		r = &t->region[i];
		if (r->end <= gpa || r->gpa >= end) {
			/* The one right behind the range may join it */
			if (done && r->gpa == end)
				put_region(out, &n, r->gpa, r->end, r->type);
			else
				out[n++] = *r;
			continue;
		}
		if (r->type != from)
			return 0;
		if (r->gpa < gpa)
			out[n++] = (struct m_region){ r->gpa, gpa, from };
		covered += (r->end < end ? r->end : end) -
			   (r->gpa > gpa ? r->gpa : gpa);
		if (!done)
			put_region(out, &n, gpa, end, to);
		done = true;
		if (r->end > end)
			put_region(out, &n, end, r->end, from);
	}
	return covered == len ? n : 0;
}

static struct m_region table[2 * COVH_MAX_REGIONS];

static u8 plain(const struct m_vcpu *v)
{
	return v->resume == COVH_RESUME_SHARE ? COVH_RGN_CONF : COVH_RGN_SHARED;
}

static u8 pending(u8 from)
{
	return from == COVH_RGN_CONF ? COVH_RGN_CONF_REMOVABLE
				     : COVH_RGN_SHARED_REMOVABLE;
}

static void set_regions(struct m_tvm *t, u32 n)
{
	t->nregions = n;
	memcpy(t->region, table, n * sizeof(*table));
}

static long want_share(const struct m_tvm *t, u64 gpa, u64 len, u8 from)
{
	long rc = want_gpa_range(gpa, len);
	u32 n;

	if (rc)
		return rc;
	n = retype(t, gpa, len, from, pending(from), table);
	if (!n)
		return INV_PARAM;
	return n > COVH_MAX_REGIONS ? FAILED : 0;
}

static void apply_share(u32 hart, u64 gpa, u64 len, u8 from)
{
	struct m_vcpu *v = vcpu_on(hart);
	struct m_tvm *t = tvm_on(hart);

	set_regions(t, retype(t, gpa, len, from, pending(from), table));
	v->resume =
		from == COVH_RGN_CONF ? COVH_RESUME_SHARE : COVH_RESUME_UNSHARE;
	v->pc = gpa;
	v->arg = len;
	m.hart[hart].must_leave = true;
}

/* The table without what is MMIO in the range; the number of its regions */
static u32 cut(const struct m_tvm *t, u64 gpa, u64 end)
{
	const struct m_region *r;
	u32 i, n = 0;

	for (i = 0; i < t->nregions; i++) {
		r = &t->region[i];
		if (r->type != COVH_RGN_MMIO || r->end <= gpa ||
		    r->gpa >= end) {
			table[n++] = *r;
			continue;
		}
		if (r->gpa < gpa)
			table[n++] = (struct m_region){ r->gpa, gpa, r->type };
		if (r->end > end)
			table[n++] = (struct m_region){ end, r->end, r->type };
	}
	return n;
}

/* One error for all that is wrong with a range */
static long want_mmio(const struct m_tvm *t, u64 gpa, u64 len, bool add)
{
	if (want_gpa_range(gpa, len))
		return INV_ADDR;
	if (add)
		return want_free(t, gpa, len);
	return cut(t, gpa, gpa + len) > COVH_MAX_REGIONS ? FAILED : 0;
}

void complete(struct m_tvm *t, struct m_vcpu *v, s64 answer)
{
	u8 from = plain(v), to = from;

	if (!answer)
		to = from == COVH_RGN_CONF ? COVH_RGN_SHARED : COVH_RGN_CONF;
	set_regions(t, retype(t, v->pc, v->arg, pending(from), to, table));
	v->resume = COVH_RESUME_ANSWER;
	v->arg = (u64)(answer > 0 || answer < -14 ? FAILED : answer);
}

static long want_run(const struct m_tvm *t, u64 vcpu, s64 answer, u32 hart)
{
	const struct m_vcpu *v = &t->vcpu[vcpu % COVH_MAX_VCPUS];

	if (vcpu >= COVH_MAX_VCPUS || t->state != COVH_TVM_RUNNABLE ||
	    v->state != COVH_VCPU_RUNNABLE)
		return INV_PARAM;
	if (!m.hart[hart].shmem)
		return FAILED;
	return is_pending(v) && !answer && !is_empty(t, v->pc, v->arg) ? FAILED
								       : 0;
}

static void apply_run(struct m_tvm *t, u32 vcpu, s64 answer, u32 hart)
{
	struct m_vcpu *v = &t->vcpu[vcpu];
	struct m_hart *h = &m.hart[hart];

	if (is_pending(v))
		complete(t, v, answer);
	h->inside = true;
	h->must_leave = false;
	h->working = v->resume == COVH_RESUME_HELPER;
	h->slot = slot_of(t);
	h->vcpu = vcpu;
	h->tver = t->tver;
	h->entered_at = m.clock;
	h->hvip = v->sig & COVH_SIG_IPI ? VSSIP : 0;
	v->sig = 0;
	v->state = COVH_VCPU_RUNNING;
	v->resume = COVH_RESUME_PLAIN;
	t->nrunning++;
}

static void kill(struct m_tvm *t)
{
	struct m_vcpu *v;

	t->dead = true;
	for (v = t->vcpu; v < t->vcpu + COVH_MAX_VCPUS; v++)
		if (v->state != COVH_VCPU_NONE && v->state != COVH_VCPU_RUNNING)
			v->state = COVH_VCPU_TERMINATED;
}

static void apply_run_end(u32 hart, u64 kind, u64 hvip)
{
	struct m_vcpu *v = vcpu_on(hart);
	struct m_tvm *t = tvm_on(hart);

	if (kind == COVH_EXIT_TVM_DEAD)
		kill(t);
	v->sig = hvip & VSSIP ? COVH_SIG_IPI : 0;
	if (t->dead || kind == COVH_EXIT_VCPU_DEAD)
		v->state = COVH_VCPU_TERMINATED;
	else if (kind == COVH_EXIT_VCPU_STOP)
		v->state = COVH_VCPU_OFF;
	else
		v->state = COVH_VCPU_RUNNABLE;
	t->nrunning--;
	m.hart[hart].inside = false;
}

static const struct m_vcpu *existing(const struct m_tvm *t, u64 vcpu)
{
	return vcpu < COVH_MAX_VCPUS && t->created >> vcpu & 1 ? &t->vcpu[vcpu]
							       : NULL;
}

static long want_start(const struct m_vcpu *v, u64 pc)
{
	if (!v)
		return INV_PARAM;
	if (pc % 2 || pc >= BIT64(m.levels == 4 ? 50 : 41))
		return INV_ADDR;
	if (v->state == COVH_VCPU_TERMINATED)
		return FAILED;
	return v->state == COVH_VCPU_OFF ? 0 : COVH_ERR_ALREADY_AVAILABLE;
}

static void apply_start(struct m_vcpu *v, u64 pc, u64 arg)
{
	v->state = COVH_VCPU_RUNNABLE;
	v->resume = COVH_RESUME_START;
	v->pc = pc;
	v->arg = arg;
	v->sig = 0;
}

/* A status is right or wrong at once; nothing changes */
static long want_status(const struct call *c, const struct m_vcpu *v)
{
	if (!v)
		return INV_PARAM;
	assert_int_equal(c->value, v->state == COVH_VCPU_OFF ||
					   v->state == COVH_VCPU_TERMINATED);
	return 0;
}

/* Bits of the mask as vCPU ids; false: one of them does not exist */
static bool targets(const struct m_tvm *t, u64 mask, u64 base, u64 *set)
{
	u32 i;

	*set = 0;
	if (base == ~0UL) {
		*set = t->created;
		return true;
	}
	for (i = 0; i < 64; i++) {
		if (!(mask >> i & 1))
			continue;
		if (base >= 64 || !existing(t, base + i))
			return false;
		*set |= BIT64(base + i);
	}
	return true;
}

static void signal_running(const struct m_vcpu *v, u32 sig)
{
	u32 h;

	for (h = 0; h < FAKE_HARTS; h++)
		if (m.hart[h].inside && vcpu_on(h) == v && sig == COVH_SIG_IPI)
			m.hart[h].hvip |= VSSIP;
}

static void apply_signal(const struct call *c)
{
	struct m_tvm *t = tvm_on(c->hart);
	u64 set, wake = 0;
	u32 i;

	targets(t, c->a[0], c->a[1], &set);
	for (; set; set &= set - 1) {
		i = (u32)__builtin_ctzl(set);
		if (t->vcpu[i].state == COVH_VCPU_RUNNING) {
			signal_running(&t->vcpu[i], (u32)c->a[2]);
		} else if (t->vcpu[i].state == COVH_VCPU_RUNNABLE) {
			t->vcpu[i].sig |= (u32)c->a[2];
			wake |= BIT64(i);
		}
	}
	assert_int_equal(c->value, wake);
}

static long want_of(const struct call *c, const struct m_tvm *t)
{
	u64 set;

	switch (c->op) {
	case OP_SHARE:
		return want_share(t, c->a[0], c->a[1], COVH_RGN_CONF);
	case OP_UNSHARE:
		return want_share(t, c->a[0], c->a[1], COVH_RGN_SHARED);
	case OP_ADD_MMIO:
	case OP_REMOVE_MMIO:
		return want_mmio(t, c->a[0], c->a[1], c->op == OP_ADD_MMIO);
	case OP_HART_START:
		return want_start(existing(t, c->a[0]), c->a[1]);
	case OP_HART_STATUS:
		return want_status(c, existing(t, c->a[0]));
	case OP_SIGNAL:
		return targets(t, c->a[0], c->a[1], &set) ? 0 : INV_PARAM;
	default:
		return 0;
	}
}

long want_guest(const struct call *c)
{
	struct m_tvm *t;

	if (c->op != OP_RUN)
		return want_of(c, tvm_on(c->hart));
	t = tvm_of(c->a[0]);
	return t ? want_run(t, c->a[1], (s64)c->a[2], c->hart) : INV_PARAM;
}

void apply_guest(const struct call *c)
{
	switch (c->op) {
	case OP_RUN:
		apply_run(tvm_of(c->a[0]), (u32)c->a[1], (s64)c->a[2], c->hart);
		break;
	case OP_RUN_END:
		apply_run_end(c->hart, c->a[0], c->a[1]);
		break;
	case OP_SHARE:
		apply_share(c->hart, c->a[0], c->a[1], COVH_RGN_CONF);
		break;
	case OP_UNSHARE:
		apply_share(c->hart, c->a[0], c->a[1], COVH_RGN_SHARED);
		break;
	case OP_ADD_MMIO:
		insert_region(tvm_on(c->hart), c->a[0], c->a[1], COVH_RGN_MMIO);
		break;
	case OP_REMOVE_MMIO:
		set_regions(tvm_on(c->hart),
			    cut(tvm_on(c->hart), c->a[0], c->a[0] + c->a[1]));
		break;
	case OP_HART_START:
		apply_start(&tvm_on(c->hart)->vcpu[c->a[0]], c->a[1], c->a[2]);
		break;
	case OP_SIGNAL:
		apply_signal(c);
		break;
	default:
		break;
	}
}

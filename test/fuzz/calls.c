/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Making calls.
 *
 * Long calls of the core serve IPIs between pages. There another hart may
 * make a call of its own, here: then there are two calls, and what they
 * answer must be what they would have answered one after the other, in one
 * of the two orders. One may also have been refused because of the other.
 */

#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "guest.h"
#include "invariants.h"

#define TRACE	 96
#define FULL_AT	 64 /* every so many calls everything is looked at */
#define ANY_TVM	 (~0U)
#define NEW	 BIT64(COVH_TVM_INITIALIZING)
#define RUNNABLE BIT64(COVH_TVM_RUNNABLE)

u64 calls_made;
u64 answers[OPS][ANSWERS];
u64 calls_nested;
const char *const answer_names[ANSWERS] = { "ok",	 "failed",  "param",
					    "address",	 "ptpages", "started",
					    "available", "retry",   "busy" };

static struct call trace[TRACE];
static u64 traced;

/* The call that is made while another one serves IPIs */
static struct {
	bool armed, made;
	u32 later; /* not the first time, but then */
	struct call outer, c;
} nested;

static struct {
	u32 tvms; /* at most so many */
	bool nest;
	u64 steps;
} session;

static const char *const names[OPS] = {
	[OP_CONVERT] = "convert",
	[OP_RECLAIM] = "reclaim",
	[OP_GLOBAL_FENCE] = "gfence",
	[OP_LOCAL_FENCE] = "lfence",
	[OP_SHMEM] = "shmem",
	[OP_CREATE] = "create",
	[OP_FINALIZE] = "finalize",
	[OP_DESTROY] = "destroy",
	[OP_REGION] = "region",
	[OP_PT_PAGES] = "pt_pages",
	[OP_MEASURED] = "measured",
	[OP_ZERO] = "zero",
	[OP_SHARED] = "shared",
	[OP_VCPU] = "vcpu",
	[OP_TVM_FENCE] = "tvm_fence",
	[OP_INVALIDATE] = "invalidate",
	[OP_VALIDATE] = "validate",
	[OP_REMOVE] = "remove",
	[OP_RUN] = "run",
	[OP_MAY_TOUCH] = "may_touch",
	[OP_RUN_END] = "run_end",
	[OP_SHARE] = "share",
	[OP_UNSHARE] = "unshare",
	[OP_ADD_MMIO] = "add_mmio",
	[OP_REMOVE_MMIO] = "remove_mmio",
	[OP_HART_START] = "start",
	[OP_HART_STATUS] = "status",
	[OP_SIGNAL] = "signal",
	[OP_EXTEND] = "extend",
	[OP_EVIDENCE] = "evidence",
	[OP_WORK_PAUSE] = "work_pause",
	[OP_WORK_DONE] = "work_done",
};

const char *op_name(enum op op)
{
	return names[op];
}

static void trace_add(const struct call *c)
{
	trace[traced++ % TRACE] = *c;
}

void trace_print(void)
{
	u64 i = traced > TRACE ? traced - TRACE : 0;

	for (; i < traced; i++) {
		const struct call *c = &trace[i % TRACE];

		printf("  hart %u: %s(0x%lx, 0x%lx, 0x%lx, 0x%lx, 0x%lx, "
		       "0x%lx) = %ld, 0x%lx\n",
		       c->hart, names[c->op], c->a[0], c->a[1], c->a[2],
		       c->a[3], c->a[4], c->a[5], c->rc, c->value);
	}
}

/* The host writes its parameters, if that is its memory */
static void write_params(const struct call *c)
{
	struct covh_tvm_create_params p = { c->a[2], c->a[3] };

	if (c->a[0] % 8 == 0 && host_range(c->a[0], sizeof(p)))
		memcpy(fake_ram(c->a[0]), &p, sizeof(p));
}

static long core_mem(struct call *c)
{
	const u64 *a = c->a;

	switch (c->op) {
	case OP_CONVERT:
		return covh_convert(a[0], a[1]);
	case OP_RECLAIM:
		return covh_reclaim(a[0], a[1]);
	case OP_GLOBAL_FENCE:
		return covh_global_fence();
	case OP_LOCAL_FENCE:
		return covh_local_fence();
	case OP_SHMEM:
		return covh_nacl_set_shmem(a[0], a[1], a[2]);
	case OP_PT_PAGES:
		return covh_add_pt_pages(a[0], a[1], a[2]);
	case OP_MEASURED:
		return covh_add_measured(a[0], a[1], a[2], a[3], a[4], a[5]);
	case OP_ZERO:
		return covh_add_zero(a[0], a[1], a[2], a[3], a[4]);
	case OP_SHARED:
		return covh_add_shared(a[0], a[1], a[2], a[3], a[4]);
	default:
		return covh_page_host_may_touch(a[0], a[1]) ? 0 : INV_ADDR;
	}
}

static long core_run(const struct call *c)
{
	struct covh_run *run = &runs[c->hart];
	u64 at = m.hart[c->hart].shmem;
	long rc;

	if (at)
		memcpy(fake_ram(at + COVH_NACL_GPR_OFFSET(10)), &c->a[2], 8);
	rc = covh_run_begin(c->a[0], c->a[1], calls_made, run);
	if (!rc)
		fake.runs[c->hart] = run;
	return rc;
}

static long core_guest(struct call *c)
{
	struct covh_run *run = &runs[c->hart];
	const u64 *a = c->a;

	switch (c->op) {
	case OP_RUN:
		return core_run(c);
	case OP_RUN_END:
		fake.runs[c->hart] = NULL;
		covh_run_end(run, a[0], a[1]);
		return 0;
	case OP_SHARE:
		return covh_guest_share(run, a[0], a[1]);
	case OP_UNSHARE:
		return covh_guest_unshare(run, a[0], a[1]);
	case OP_ADD_MMIO:
		return covh_guest_add_mmio(run, a[0], a[1]);
	case OP_REMOVE_MMIO:
		return covh_guest_remove_mmio(run, a[0], a[1]);
	case OP_HART_START:
		return covh_guest_hart_start(run, a[0], a[1], a[2]);
	case OP_HART_STATUS:
		return covh_guest_hart_status(run, a[0], &c->value);
	default:
		return covh_guest_signal(run, a[0], a[1], (u32)a[2], &c->value);
	}
}

static long core_tvm(struct call *c)
{
	const u64 *a = c->a;

	switch (c->op) {
	case OP_CREATE:
		write_params(c);
		return covh_create_tvm(a[0], a[1], &c->value);
	case OP_FINALIZE:
		return covh_finalize_tvm(a[0], a[1], a[2], a[3]);
	case OP_DESTROY:
		return covh_destroy_tvm(a[0]);
	case OP_REGION:
		return covh_add_region(a[0], a[1], a[2]);
	case OP_VCPU:
		return covh_create_vcpu(a[0], a[1], a[2]);
	case OP_TVM_FENCE:
		return covh_tvm_fence(a[0]);
	case OP_INVALIDATE:
		return covh_invalidate(a[0], a[1], a[2]);
	case OP_VALIDATE:
		return covh_validate(a[0], a[1], a[2]);
	default:
		return covh_remove(a[0], a[1], a[2]);
	}
}

static void count(const struct call *c)
{
	static const long codes[ANSWERS] = { OK,
					     FAILED,
					     INV_PARAM,
					     INV_ADDR,
					     COVH_ERR_OUT_OF_PTPAGES,
					     COVH_ERR_ALREADY_STARTED,
					     COVH_ERR_ALREADY_AVAILABLE,
					     COVH_GUEST_RETRY,
					     COVH_ERR_BUSY };
	u32 i;

	calls_made++;
	for (i = 0; i < ANSWERS; i++)
		if (codes[i] == c->rc)
			answers[c->op][i]++;
}

static void core(struct call *c)
{
	u32 old = fake_self;

	fake_self = c->hart;
	switch (c->op) {
	case OP_CONVERT:
	case OP_RECLAIM:
	case OP_GLOBAL_FENCE:
	case OP_LOCAL_FENCE:
	case OP_SHMEM:
	case OP_PT_PAGES:
	case OP_MEASURED:
	case OP_ZERO:
	case OP_SHARED:
	case OP_MAY_TOUCH:
		c->rc = core_mem(c);
		break;
	case OP_RUN:
	case OP_RUN_END:
	case OP_SHARE:
	case OP_UNSHARE:
	case OP_ADD_MMIO:
	case OP_REMOVE_MMIO:
	case OP_HART_START:
	case OP_HART_STATUS:
	case OP_SIGNAL:
		c->rc = core_guest(c);
		break;
	case OP_EXTEND:
	case OP_EVIDENCE:
	case OP_WORK_PAUSE:
	case OP_WORK_DONE:
		c->rc = core_attest(c);
		break;
	default:
		c->rc = core_tvm(c);
	}
	fake_self = old;
	count(c);
}

static bool is_blocked(const struct m_vcpu *v)
{
	return v->resume == COVH_RESUME_SHARE ||
	       v->resume == COVH_RESUME_UNSHARE;
}

/* How the vCPU goes on. What the host answers is an SBI error or 0 */
static void check_resume(const struct covh_run *run, const struct m_vcpu *v,
			 s64 answer)
{
	u32 resume = is_blocked(v) ? COVH_RESUME_ANSWER : v->resume;
	u64 arg = v->arg;

	if (is_blocked(v))
		arg = (u64)(answer < -14 || answer > 0 ? FAILED : answer);
	if (run->resume != resume ||
	    (resume == COVH_RESUME_START && run->pc != v->pc) ||
	    (resume != COVH_RESUME_PLAIN && resume != COVH_RESUME_HELPER &&
	     run->arg != arg))
		bug("a vCPU resumes as %d at 0x%lx with 0x%lx", run->resume,
		    run->pc, run->arg);
}

/* A run that has begun: what RUN hands over, and the guest world's flush */
static void entered(const struct call *c)
{
	const struct covh_run *run = &runs[c->hart];
	const struct m_tvm *t = tvm_of(c->a[0]);
	const struct m_vcpu *v = &t->vcpu[c->a[1]];

	if (run->vcpu_page != v->page || run->tvm_page != t->state_page ||
	    run->nacl != m.hart[c->hart].shmem ||
	    (run->hgatp & (BIT64(44) - 1)) != t->root / PG)
		bug("RUN of TVM 0x%lx hands over the wrong pages", t->id);
	if ((s64)run->tver != (s64)t->tver ||
	    run->hvip != (v->sig & COVH_SIG_IPI ? COVH_HVIP_VSSIP : 0))
		bug("RUN of TVM 0x%lx enters with version %lu, hvip 0x%lx",
		    t->id, run->tver, run->hvip);
	check_resume(run, v, (s64)c->a[2]);
	if (v->resume == COVH_RESUME_HELPER)
		check_work_goes_on(c->hart, v->pc);
	fake_enter(c->hart, run);
}

static void new_id(u64 id)
{
	remember_id(id);
	invariants_id(id);
}

static void apply(const struct call *c)
{
	check_content(c, !nested.made);
	if (c->op == OP_RUN)
		entered(c);
	model_apply(c);
	if (c->op == OP_CREATE)
		new_id(c->value);
}

/* The call alone: the answer is known */
static void judge(const struct call *c)
{
	long want = model_want(c);

	if (c->rc != want)
		bug("%s answers %ld, expected %ld", names[c->op], c->rc, want);
	if (!c->rc)
		apply(c);
}

/* One of two: if it failed, it may have been the other one's fault */
static void judge_one(const struct call *c)
{
	if (c->rc)
		return;
	if (model_want(c))
		bug("%s succeeds, expected %ld in either order", names[c->op],
		    model_want(c));
	apply(c);
}

/* A convert takes its stamp on the way: a fence in between came before it */
static bool stamped_late(const struct call *c)
{
	return c->op == OP_CONVERT && !c->rc &&
	       *fake_rec(c->a[0]) >> COVH_PG_INFO_SHIFT != m.gver;
}

/* A reclaim ends with a fence of its own, behind whatever was in between */
static void judge_two(const struct call *outer, const struct call *inner)
{
	struct m_tvm *t = outer->op == OP_RUN ? tvm_of(outer->a[0]) : NULL;
	struct m_vcpu *v = t ? &t->vcpu[outer->a[1] % COVH_MAX_VCPUS] : NULL;

	/* It may also begin with one */
	if (outer->op == OP_RECLAIM && !inner->rc && model_want(inner))
		m.hart[outer->hart].ver = m.gver;
	if (!outer->rc && !model_want(outer) && outer->op != OP_RECLAIM &&
	    !stamped_late(outer)) {
		judge_one(outer);
		judge_one(inner);
	} else {
		judge_one(inner);
		judge_one(outer);
	}
	/* The vCPU has died while RUN completed its share */
	if (v && outer->rc == INV_PARAM && is_blocked(v))
		complete(t, v, (s64)outer->a[2]);
}

static struct call choose(u32 hart);

/* What comes in between: often the same again, or a share of what is mapped */
static struct call choose_nested(const struct call *outer, u32 hart)
{
	struct call c = *outer;

	c.hart = hart;
	c.rc = 0;
	if (m.hart[hart].inside) {
		if ((c.op == OP_ZERO || c.op == OP_INVALIDATE) &&
		    !m.hart[hart].must_leave && !m.hart[hart].working &&
		    once_in(2))
			return (struct call){
				OP_SHARE,
				hart,
				{ c.op == OP_ZERO ? c.a[4] : c.a[1], PG }
			};
		return choose_guest(hart);
	}
	return once_in(4) && c.op < OP_RUN_END ? c : choose(hart);
}

static void interrupt(void)
{
	u32 hart = 0, tries;

	if (nested.later) {
		nested.later--;
		fake.ipi_hook = interrupt;
		return;
	}
	/* Rather a guest that wants something at the same time */
	for (tries = 0; tries < 3; tries++) {
		hart = (nested.outer.hart + 1 + pick(FAKE_HARTS - 1)) %
		       FAKE_HARTS;
		if (m.hart[hart].inside)
			break;
	}
	if (fake.stopped[hart])
		return;
	fake.ipi_hook = NULL;
	nested.c = choose_nested(&nested.outer, hart);
	core(&nested.c);
	trace_add(&nested.c);
	nested.made = true;
	calls_nested++;
}

static int slot_named(const struct call *c)
{
	u64 id = c->op == OP_CREATE ? c->value : c->a[0];
	u64 slot = (id & 0xFFFF) - 1;

	if (c->op >= OP_RUN_END)
		return (int)m.hart[c->hart].slot;
	return slot < COVH_MAX_TVMS ? (int)slot : -1;
}

long play(struct call c)
{
	nested.made = false;
	nested.armed = session.nest && once_in(2);
	if (nested.armed) {
		nested.later = once_in(2) ? 0 : pick(4);
		nested.outer = c;
		fake.ipi_hook = interrupt;
		/* A fence takes a set, then installs it */
		if (c.op == OP_LOCAL_FENCE || c.op == OP_GLOBAL_FENCE) {
			nested.later = 0;
			fake.install_hook = interrupt;
		}
	}
	core(&c);
	fake.ipi_hook = NULL;
	fake.install_hook = NULL;
	trace_add(&c);
	if (nested.made)
		judge_two(&c, &nested.c);
	else
		judge(&c);
	check_fast(slot_named(&c));
	if (nested.made)
		check_fast(slot_named(&nested.c));
	return c.rc;
}

/* Calls with arguments of every kind */

static struct call choose_pages(u32 hart)
{
	switch (pick(8)) {
	case 0:
	case 1:
		return (struct call){ OP_CONVERT,
				      hart,
				      { some_page(once_in(4) ? COVH_PG_NC
							     : COVH_PG_POOL),
					some_count() } };
	case 2:
		return (struct call){ OP_RECLAIM,
				      hart,
				      { some_page(COVH_PG_CONF_FREE),
					some_count() } };
	case 3:
		return (struct call){ OP_GLOBAL_FENCE, hart };
	case 4:
		if (once_in(2))
			return (struct call){ OP_SHMEM,
					      hart,
					      { ~0UL,
						once_in(4) ? odd() : ~0UL } };
		return (struct call){ OP_SHMEM,
				      hart,
				      { some_page(COVH_PG_NC),
					once_in(16) ? odd() : 0,
					once_in(16) ? odd() : 0 } };
	case 5:
		return (struct call){ OP_MAY_TOUCH,
				      hart,
				      { some_page(once_in(2) ? COVH_PG_NC
							     : COVH_PG_DATA) +
						pick(16),
					once_in(4) ? odd() : pick(0x3000) } };
	default:
		return (struct call){ OP_LOCAL_FENCE, hart };
	}
}

static struct call choose_map(u32 hart)
{
	static const u32 states[] = { NEW, RUNNABLE, RUNNABLE };
	const struct m_tvm *t = some_tvm(PICK(states));
	u64 id = t && !once_in(16) ? t->id : some_id();
	u64 type = some_type(), n = some_count(), gpa = some_gpa(t);
	u64 page =
		once_in(6) ? some_page(COVH_PG_CONF_FREE) : free_pages(n, PG);

	if (type == COVH_PAGE_2M && !once_in(4)) {
		page = free_pages(512, 0x200000);
		gpa = (gpa & ~0x1FFFFFUL) + pick(3) * 0x200000;
		n = 1;
	}
	if ((t && t->state == COVH_TVM_INITIALIZING) || once_in(16))
		return (struct call){
			OP_MEASURED,
			hart,
			{ id, once_in(8) ? some_page(COVH_PG_NC) : SRC, page,
			  type, n, gpa }
		};
	if (once_in(3)) {
		gpa = gpa_in(t, COVH_RGN_SHARED);
		if (type && !once_in(4))
			gpa &= ~0x1FFFFFUL;
		page = once_in(6) ? page
				  : shareable_pages(n, leaf_bytes(type % 3));
		return (struct call){ OP_SHARED,
				      hart,
				      { id, page, type, n, gpa } };
	}
	return (struct call){ OP_ZERO, hart, { id, page, type, n, gpa } };
}

static struct call choose_block(u32 hart)
{
	static const enum op ops[] = { OP_INVALIDATE, OP_VALIDATE, OP_REMOVE };
	struct m_tvm *t = some_tvm(ANY_TVM);
	u64 id = t && !once_in(16) ? t->id : some_id();
	enum op op = PICK(ops);
	const struct m_leaf *l;
	u64 gpa, len = once_in(8)   ? some_len()
		       : once_in(4) ? (u64)pick(4) * PG
				    : PG;

	if (once_in(4))
		return (struct call){ OP_TVM_FENCE, hart, { id } };
	gpa = gpa_blocked(t, op != OP_INVALIDATE);
	if (op == OP_REMOVE && once_in(2))
		gpa = gpa_in(t, once_in(2) ? COVH_RGN_CONF_REMOVABLE
					   : COVH_RGN_SHARED_REMOVABLE);
	l = t ? leaf_at(t, gpa) : NULL;
	if (l && len == PG)
		len = leaf_bytes(l->type);
	/* A part of a large page, up to its end or less */
	if (l && l->type && once_in(3)) {
		gpa = l->gpa + (u64)pick(512) * PG;
		len = once_in(2) ? PG : l->gpa + leaf_bytes(l->type) - gpa;
	}
	return (struct call){ op, hart, { id, gpa, len } };
}

static u64 some_answer(void)
{
	static const s64 values[] = { -1, -3, -14, -15, 1, INT64_MIN };

	return once_in(3) ? (u64)PICK(values) : 0;
}

static struct call choose_create(u32 hart)
{
	u64 pgd = free_pages(4, COVH_PGD_SIZE), state = free_pages(1, PG);

	return (struct call){
		OP_CREATE,
		hart,
		{ once_in(16) ? odd() : host_pages(1) + 8 * (u64)pick(512),
		  once_in(16) ? odd() : 16,
		  once_in(8) ? some_page(COVH_PG_CONF_FREE) : pgd,
		  once_in(8) ? pgd + pick(5) * PG : state }
	};
}

static struct call choose_run(u32 hart)
{
	const struct m_tvm *t = some_tvm(RUNNABLE);
	u64 vcpu = some_vcpu();
	u32 tries;

	if (!m.hart[hart].shmem && !once_in(4))
		return (struct call){ OP_SHMEM, hart, { host_pages(3) } };
	for (tries = 0; t && tries < 3; tries++)
		if (vcpu < 64 && t->vcpu[vcpu].state == COVH_VCPU_RUNNABLE)
			break;
		else
			vcpu = some_vcpu();
	return (struct call){ OP_RUN,
			      hart,
			      { t && !once_in(16) ? t->id : some_id(), vcpu,
				some_answer() } };
}

static struct call choose_tvm(u32 hart)
{
	struct m_tvm *t;
	u64 n;

	switch (pick(8)) {
	case 0:
		return choose_create(hart);
	case 1:
		t = some_tvm(NEW);
		return (struct call){
			OP_FINALIZE,
			hart,
			{ t && !once_in(8) ? t->id : some_id(), pick64(),
			  pick64(),
			  once_in(2)   ? 0
			  : once_in(4) ? odd()
				       : some_page(COVH_PG_NC) + 64 * pick(64) }
		};
	case 2:
		if (once_in(8))
			return (struct call){ OP_DESTROY, hart, { some_id() } };
		/* fall through */
	case 3:
		n = some_count();
		return (struct call){ OP_PT_PAGES,
				      hart,
				      { some_id(),
					once_in(3)
						? some_page(COVH_PG_CONF_FREE)
						: free_pages(n, PG),
					n } };
	case 4:
		t = some_tvm(NEW);
		return (struct call){ OP_VCPU,
				      hart,
				      { t && !once_in(8) ? t->id : some_id(),
					some_vcpu(),
					some_page(COVH_PG_CONF_FREE) } };
	case 5:
		t = some_tvm(NEW);
		return (struct call){ OP_REGION,
				      hart,
				      { t && !once_in(8) ? t->id : some_id(),
					some_gpa(NULL), some_len() } };
	default:
		return choose_run(hart);
	}
}

static struct call choose(u32 hart)
{
	switch (pick(4)) {
	case 0:
		return choose_pages(hart);
	case 1:
		return choose_map(hart);
	case 2:
		return choose_block(hart);
	default:
		return choose_tvm(hart);
	}
}

/* Short ways to states that single calls rarely reach */

static void fence_all(u32 hart)
{
	u32 h;

	play((struct call){ OP_GLOBAL_FENCE, hart });
	for (h = 0; h < FAKE_HARTS; h++)
		if (!fake.stopped[h] && !m.hart[h].inside)
			play((struct call){ OP_LOCAL_FENCE, h });
}

static void feed(u32 hart)
{
	static const u64 counts[] = { 8, 32, 64, 512 };
	u64 n = PICK(counts);
	u64 pa = some_page(once_in(4) ? COVH_PG_NC : COVH_PG_POOL);

	if (n == 512)
		pa = large_range();
	play((struct call){ OP_CONVERT, hart, { pa, n } });
	if (!once_in(8))
		fence_all(hart);
}

static u32 live(void)
{
	u32 i, n = 0;

	for (i = 0; i < COVH_MAX_TVMS; i++)
		n += m.tvm[i].id != 0;
	return n;
}

static void build(u32 hart)
{
	struct call c = choose_create(hart);
	u64 id, gpa = once_in(4) ? some_gpa(NULL) & ~(PG - 1) : GPA;
	u32 i, vcpus = 1 + pick(4), tables = 1 + pick(16);

	if (play(c) || nested.made)
		return;
	id = trace[(traced - 1) % TRACE].value;
	play((struct call){ OP_REGION, hart, { id, gpa, 0x600000 } });
	/* A small one behind it, with or without a hole */
	play((struct call){ OP_REGION,
			    hart,
			    { id, gpa + 0x600000 + (u64)pick(3) * PG,
			      (u64)(1 + pick(8)) * PG } });
	play((struct call){
		OP_PT_PAGES, hart, { id, free_pages(tables, PG), tables } });
	for (i = 0; i < vcpus; i++)
		play((struct call){
			OP_VCPU, hart, { id, i, free_pages(1, PG) } });
	play((struct call){
		OP_MEASURED, hart, { id, SRC, free_pages(2, PG), 0, 2, gpa } });
	if (!once_in(4))
		play((struct call){ OP_FINALIZE, hart, { id, gpa } });
	if (once_in(2) && !m.hart[hart].shmem)
		play((struct call){ OP_SHMEM, hart, { host_pages(3) } });
}

/* Many pages in one call: long enough for others to come between */
static void long_range(u32 hart)
{
	const struct m_tvm *t = some_tvm(RUNNABLE);
	u64 n = 65 + pick(100), gpa;
	u64 id;
	u32 h;

	/* One that runs somewhere else, if there is one */
	for (h = 0; h < FAKE_HARTS; h++)
		if (m.hart[h].inside)
			t = tvm_on(h);
	if (!t || !t->nregions)
		return;
	id = t->id;
	gpa = gpa_in(t, COVH_RGN_CONF);
	play((struct call){
		OP_ZERO, hart, { id, free_pages(n, PG), 0, n, gpa } });
	play((struct call){ OP_INVALIDATE, hart, { id, gpa, n * PG } });
	play((struct call){ OP_TVM_FENCE, hart, { id } });
	play((struct call){ OP_VALIDATE, hart, { id, gpa, n * PG } });
}

/* What a host does with a share or unshare that is pending */
static void give_way(u32 hart)
{
	struct m_tvm *t = some_tvm(RUNNABLE);
	const struct m_region *r;
	const struct m_leaf *l;
	u64 gpa, end, bytes;
	u32 i, pass;

	if (!t)
		return;
	for (i = 0; i < t->nregions; i++)
		if (t->region[i].type == COVH_RGN_CONF_REMOVABLE ||
		    t->region[i].type == COVH_RGN_SHARED_REMOVABLE)
			break;
	if (i == t->nregions)
		return;
	r = &t->region[i];
	end = r->end - r->gpa > 64 * PG ? r->gpa + 64 * PG : r->end;
	for (pass = 0; pass < 2; pass++) {
		for (gpa = r->gpa; gpa < end && t->id; gpa += bytes) {
			l = leaf_at(t, gpa);
			bytes = l ? leaf_bytes(l->type) : PG;
			if (!l || (!pass && l->blocked))
				continue;
			play((struct call){ pass ? OP_REMOVE : OP_INVALIDATE,
					    hart,
					    { t->id, gpa, bytes } });
		}
		if (!pass && !once_in(8))
			play((struct call){ OP_TVM_FENCE, hart, { t->id } });
	}
}

/* A started hart installs before it runs S-mode; a stopped one drops NACL */
static void hart_comes_or_goes(u32 h)
{
	if (!h || m.hart[h].inside)
		return;
	if (fake.stopped[h]) {
		fake.stopped[h] = false;
		play((struct call){ OP_LOCAL_FENCE, h });
	} else {
		play((struct call){ OP_SHMEM, h, { ~0UL, ~0UL } });
		fake.stopped[h] = true;
	}
}

static void session_attest(void)
{
	struct covh_identity id;

	memset(&id, 0x5E, sizeof(id));
	m.has_key = !once_in(8);
	covh_attest_set_identity(m.has_key ? &id : NULL);
	covh_attest_set_platform(platform_msmt);
}

void session_begin(void)
{
	static const u32 tvms[] = { 2, 4, 8, 64 };
	u32 levels = once_in(4) ? 3 : 4;

	if (levels == 3)
		fake_setup_sv39(NULL);
	else
		fake_setup(NULL);
	model_reset(levels);
	args_reset();
	invariants_reset();
	fake_self = 0;
	traced = 0;
	session.tvms = PICK(tvms);
	session.nest = !once_in(4);
	session.steps = 0;
	fake.smepmp = once_in(4);
	session_attest();
}

void session_step(void)
{
	u32 hart = pick(FAKE_HARTS), what = pick(64);

	if (!what)
		hart_comes_or_goes(hart);
	else if (fake.stopped[hart])
		;
	else if (m.hart[hart].inside)
		guest_step(hart);
	else if (what < 4 && (once_in(8) || !free_pages(16, PG)))
		feed(hart);
	else if (what < 7 && live() < session.tvms)
		build(hart);
	else if (what == 7)
		fence_all(hart);
	else if (what < 11)
		give_way(hart);
	else if (what == 11)
		long_range(hart);
	else
		play(choose(hart));
	if (++session.steps % FULL_AT == 0)
		check_all();
}

void session_end(void)
{
	u32 h, i;

	session.nest = false;
	for (h = 0; h < FAKE_HARTS; h++) {
		if (m.hart[h].inside && m.hart[h].working)
			play((struct call){ OP_WORK_PAUSE, h });
		if (m.hart[h].inside)
			play((struct call){ OP_RUN_END, h });
	}
	for (i = 0; i < COVH_MAX_TVMS; i++)
		if (m.tvm[i].id)
			play((struct call){ OP_DESTROY, 0, { m.tvm[i].id } });
	check_all();
	for (h = 0; h < FAKE_HARTS; h++)
		AS_HART(h)
	covh_nacl_drop();
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A guest that extends registers and asks for evidence, and the helper, which
 * comes to whatever end.
 */

#include <string.h>

#include "calls.h"

/* What the helper leaves of its job */
static void leave_result(const struct call *c)
{
	struct covh_job *job = covh_helper_job((u32)c->value);
	u64 len = c->a[2] < COVH_EVIDENCE_MAX ? c->a[2] : COVH_EVIDENCE_MAX;

	job->result = (int)c->a[1];
	job->out.evidence.len = (u32)c->a[2];
	memset(job->out.evidence.bytes, (int)c->a[3], len);
}

long core_attest(struct call *c)
{
	struct covh_run *run = &runs[c->hart];
	const struct covh_evidence_args args = { c->a[0], c->a[1], c->a[2],
						 c->a[3], c->a[4], c->a[5] };
	long rc;

	switch (c->op) {
	case OP_EXTEND:
		return covh_guest_extend(run, c->a[0], c->a[1], c->a[2]);
	case OP_EVIDENCE:
		rc = covh_guest_evidence(run, &args);
		c->value = run->pc;
		if (!rc && !covh_work_starts(run))
			bug("a job that is new goes on");
		return rc;
	case OP_WORK_PAUSE:
		c->value = run->pc;
		covh_work_pause(run);
		return 0;
	default:
		c->value = run->pc;
		leave_result(c);
		return covh_work_done(run, c->a[0]);
	}
}

void check_work_goes_on(u32 hart, u64 context)
{
	if (runs[hart].pc != context || !m.context[context].owned)
		bug("hart %u goes on in context %lu, expected %lu", hart,
		    runs[hart].pc, context);
	if (covh_work_starts(&runs[hart]))
		bug("a job that goes on is new");
}

/* Snapshots of all that the evidence says */
static void check_job(const struct call *c)
{
	const struct covh_job *job = covh_helper_job((u32)c->value);
	const struct covh_evidence_in *in = &job->in.evidence;
	struct m_tvm *t = tvm_on(c->hart);
	long rc;

	if (memcmp(in->msmt, platform_msmt, sizeof(platform_msmt)) ||
	    memcmp(in->msmt[COVH_MSMT_TVM_CODE], t->code, sizeof(t->code)) ||
	    memcmp(in->msmt[COVH_MSMT_TVM_CONFIG], t->config,
		   sizeof(t->config)) ||
	    memcmp(in->msmt[COVH_MSMT_RUNTIME_FIRST], t->runtime,
		   sizeof(t->runtime)))
		bug("a job with other registers");
	if (job->kind != COVH_JOB_EVIDENCE || in->format != c->a[3] ||
	    in->key_len != c->a[1] ||
	    memcmp(&in->id, covh_attest_identity(), sizeof(in->id)))
		bug("a job of another kind");
	if (memcmp(in->guest_key, fake_ram(conf_at(t, c->a[0], &rc)),
		   c->a[1]) ||
	    memcmp(in->challenge, fake_ram(conf_at(t, c->a[2], &rc)),
		   sizeof(in->challenge)))
		bug("a job with another key or challenge");
}

/* The guest has all of the certificate. What is around it is not looked at */
static void check_certificate(const struct call *c, u64 len)
{
	u64 off, gpa = m.context[c->value].out;
	const u8 *p;
	long rc;

	for (off = 0; off < len; off++) {
		p = fake_ram(conf_at(tvm_on(c->hart), gpa + off, &rc));
		if (*p != (u8)c->a[3])
			bug("byte %lu of %lu is 0x%x", off, len, *p);
	}
}

void check_attest(const struct call *c)
{
	struct m_answer want = work_answer(c);
	const struct covh_run *run = &runs[c->hart];

	if (c->op == OP_EVIDENCE)
		return check_job(c);
	if (run->resume != COVH_RESUME_ANSWER || (s64)run->arg != want.rc ||
	    run->pc != want.value)
		bug("evidence ends with %ld, %lu, expected %ld, %lu",
		    (s64)run->arg, run->pc, want.rc, want.value);
	if (!want.rc)
		check_certificate(c, want.value);
}

/* A page of its own, as a rule */
static u64 buffer(const struct m_tvm *t)
{
	u32 i, k = t->nleaves ? pick(t->nleaves) : 0;
	const struct m_leaf *l;

	if (once_in(12))
		return some_gpa(t);
	if (once_in(12))
		return gpa_in(t, COVH_RGN_SHARED);
	for (i = 0; i < t->nleaves; i++) {
		l = &t->leaf[(k + i) % t->nleaves];
		if (!l->shared && !l->blocked)
			return l->gpa + (once_in(24) ? 8 * pick(512) : 0);
	}
	return gpa_in(t, COVH_RGN_CONF);
}

static u64 some_room(void)
{
	static const u64 values[] = {
		1, 100, PG - 1, PG, PG + 1, 2 * PG, ~0UL
	};

	return once_in(16) ? odd() : once_in(3) ? PG : PICK(values);
}

struct call choose_attest(u32 hart)
{
	const struct m_tvm *t = tvm_on(hart);

	if (once_in(3))
		return (struct call){ OP_EXTEND,
				      hart,
				      { buffer(t),
					once_in(8) ? odd() : COVH_DIGEST_SIZE,
					once_in(8) ? odd() : 4 + pick(8) } };
	return (struct call){ OP_EVIDENCE,
			      hart,
			      { buffer(t), once_in(16) ? odd() : 1 + pick(257),
				buffer(t), once_in(16) ? odd() : 1 + pick(2),
				buffer(t), some_room() } };
}

struct call choose_work(u32 hart)
{
	static const s64 results[] = { -1, INV_PARAM, INV_ADDR, 1, -1000 };
	static const u64 sizes[] = { 1, 100, PG, PG + 1, 2 * PG, 2 * PG + 1 };

	if (once_in(2))
		return (struct call){ OP_WORK_PAUSE, hart };
	return (struct call){ OP_WORK_DONE,
			      hart,
			      { once_in(8), once_in(6) ? (u64)PICK(results) : 0,
				once_in(2) ? PICK(sizes) : 1 + pick(2 * PG),
				1 + pick(255) } };
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The model: runtime registers, and evidence as a job of the helper.
 */

#include <string.h>

#include "check.h"

u64 conf_at(struct m_tvm *t, u64 gpa, long *rc)
{
	const struct m_leaf *l = leaf_at(t, gpa);
	u8 type = region_at(t, gpa);

	*rc = INV_ADDR;
	if (!l || l->blocked || type == COVH_RGN_NONE)
		return 0;
	*rc = INV_PARAM;
	if (l->shared ||
	    (type != COVH_RGN_CONF && type != COVH_RGN_CONF_REMOVABLE))
		return 0;
	*rc = 0;
	return l->pa + (gpa - l->gpa);
}

static long want_conf(struct m_tvm *t, u64 gpa)
{
	long rc;

	conf_at(t, gpa, &rc);
	return rc;
}

static long want_out(struct m_tvm *t, u64 gpa, u64 len)
{
	long rc = 0;
	u64 off;

	for (off = 0; !rc && off < len && off < COVH_EVIDENCE_MAX; off += PG)
		rc = want_conf(t, gpa + off);
	return rc;
}

static long want_extend(struct m_tvm *t, u64 gpa, u64 len, u64 index)
{
	if (len != COVH_DIGEST_SIZE || index < COVH_MSMT_RUNTIME_FIRST ||
	    index >= COVH_MSMT_COUNT)
		return INV_PARAM;
	return gpa % PG ? INV_ADDR : want_conf(t, gpa);
}

static void apply_extend(struct m_tvm *t, u64 gpa, u64 index)
{
	long rc;
	u64 pa = conf_at(t, gpa, &rc);

	fold(t->runtime[index - COVH_MSMT_RUNTIME_FIRST], fake_ram(pa),
	     COVH_DIGEST_SIZE, NULL, 0);
}

static bool none_free(void)
{
	u32 i;

	for (i = 0; i < HELPER_COUNT; i++)
		if (!m.context[i].owned)
			return false;
	return true;
}

static long want_evidence(struct m_tvm *t, const u64 *a)
{
	long rc;

	if (!a[1] || a[1] > 256 || (a[3] != 1 && a[3] != 2) || !a[5])
		return INV_PARAM;
	if (a[0] % PG || a[2] % PG || a[4] % PG)
		return INV_ADDR;
	rc = want_conf(t, a[0]);
	if (!rc)
		rc = want_conf(t, a[2]);
	if (!rc)
		rc = want_out(t, a[4], a[5]);
	if (!rc && !m.has_key)
		rc = FAILED;
	return !rc && none_free() ? COVH_ERR_BUSY : rc;
}

static void apply_evidence(const struct call *c)
{
	struct m_context *x = &m.context[c->value];

	if (c->value >= HELPER_COUNT || x->owned)
		bug("context %lu is given twice", c->value);
	*x = (struct m_context){ true, c->a[4], c->a[5] };
	vcpu_on(c->hart)->resume = COVH_RESUME_HELPER;
	vcpu_on(c->hart)->pc = c->value;
	m.hart[c->hart].working = true;
}

void drop_context(u64 i)
{
	m.context[i].owned = false;
}

struct m_answer work_answer(const struct call *c)
{
	const struct m_context *x = &m.context[c->value];
	u64 len = c->a[2];
	s64 result = (s64)c->a[1];
	long rc;

	if (c->a[0] || (result && result != INV_PARAM) ||
	    (!result && len > COVH_EVIDENCE_MAX))
		return (struct m_answer){ FAILED, 0 };
	if (result)
		return (struct m_answer){ INV_PARAM, 0 };
	if (len > x->len)
		return (struct m_answer){ INV_PARAM, len };
	rc = want_out(tvm_on(c->hart), x->out, len);
	return (struct m_answer){ rc, rc ? 0 : len };
}

long want_attest(const struct call *c)
{
	struct m_tvm *t = tvm_on(c->hart);

	switch (c->op) {
	case OP_EXTEND:
		return want_extend(t, c->a[0], c->a[1], c->a[2]);
	case OP_EVIDENCE:
		return want_evidence(t, c->a);
	default:
		return 0;
	}
}

void apply_attest(const struct call *c)
{
	switch (c->op) {
	case OP_EXTEND:
		apply_extend(tvm_on(c->hart), c->a[0], c->a[2]);
		break;
	case OP_EVIDENCE:
		apply_evidence(c);
		break;
	case OP_WORK_PAUSE:
		vcpu_on(c->hart)->resume = COVH_RESUME_HELPER;
		vcpu_on(c->hart)->pc = c->value;
		m.hart[c->hart].working = false;
		m.hart[c->hart].must_leave = true;
		break;
	default:
		drop_context(c->value);
		vcpu_on(c->hart)->resume = COVH_RESUME_PLAIN;
		m.hart[c->hart].working = false;
	}
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the policy wants of verified claims.
 */

#include <string.h>
#include "priv.h"

static bool matches(const struct cv_values *v, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		if (!memcmp(v->v[i], p, len))
			return true;
	}
	return v->any;
}

static bool is_zero(const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (p[i])
			return false;
	}
	return true;
}

static void rule_state(const struct cove_policy *p, struct cove_report *r)
{
	uint32_t states = p->states ? p->states : 1U << COVH_PLATFORM_SECURED;
	const char *name = cove_state_name(r->platform_state);

	if (!(states >> r->platform_state & 1)) {
		cv_fail(r, "state", "the platform's state is %s", name);
		return;
	}
	cv_pass(r, "state", "%s", name);
	if (r->platform_state != COVH_PLATFORM_SECURED)
		snprintf(r->warning, sizeof(r->warning),
			 "platform state %s: whoever has the firmware image or "
			 "the machine may know the keys; this is no protection",
			 name);
}

void cv_rules_platform(const struct cove_policy *p, struct cove_report *r,
		       bool known)
{
	if (!known) {
		cv_skip(r, "state");
		cv_skip(r, "manufacturer");
		return;
	}
	rule_state(p, r);
	if (!cv_values_set(&p->manufacturer))
		cv_pass(r, "manufacturer", "the policy does not name it");
	else if (matches(&p->manufacturer, r->manufacturer,
			 sizeof(r->manufacturer)))
		cv_pass(r, "manufacturer", "as the policy wants it");
	else
		cv_fail(r, "manufacturer", "another manufacturer");
}

static void rule_svn(const struct cove_policy *p, struct cove_report *r)
{
	const struct cove_component *c;
	size_t i, n;

	for (i = 0; i < r->ncomponents; i++) {
		c = &r->component[i];
		if (p->has_min_svn && c->tsm && c->svn < p->min_svn) {
			cv_fail(r, "svn", "%s has SVN %u, below %u", c->type,
				c->svn, p->min_svn);
			return;
		}
	}
	for (n = 0; n < p->nsvn; n++) {
		bool found = false;

		for (i = 0; i < r->ncomponents; i++) {
			c = &r->component[i];
			if (strcmp(c->type, p->svn[n].type) != 0)
				continue;
			found = true;
			if (c->svn >= p->svn[n].svn)
				continue;
			cv_fail(r, "svn", "%s has SVN %u, below %u", c->type,
				c->svn, p->svn[n].svn);
			return;
		}
		if (!found) {
			cv_fail(r, "svn", "there is no component %s",
				p->svn[n].type);
			return;
		}
	}
	cv_pass(r, "svn", "%s",
		p->has_min_svn || p->nsvn ? "not below the policy's"
					  : "the policy does not name it");
}

/* Of the digests that the policy has for this type, is it one? */
static bool digest_fits(const struct cove_policy *p,
			const struct cove_component *c)
{
	bool named = false;
	size_t i;

	for (i = 0; i < p->ndigest; i++) {
		if (strcmp(p->digest[i].type, c->type) != 0)
			continue;
		named = true;
		if (!memcmp(p->digest[i].digest, c->digest, sizeof(c->digest)))
			return true;
	}
	return !named;
}

static bool has_type(const struct cove_report *r, const char *type)
{
	size_t i;

	for (i = 0; i < r->ncomponents; i++) {
		if (!strcmp(r->component[i].type, type))
			return true;
	}
	return false;
}

static void rule_digests(const struct cove_policy *p, struct cove_report *r)
{
	size_t i;

	for (i = 0; i < r->ncomponents; i++) {
		if (!digest_fits(p, &r->component[i])) {
			cv_fail(r, "components", "%s has another digest",
				r->component[i].type);
			return;
		}
	}
	for (i = 0; i < p->ndigest; i++) {
		if (!has_type(r, p->digest[i].type)) {
			cv_fail(r, "components", "there is no component %s",
				p->digest[i].type);
			return;
		}
	}
	cv_pass(r, "components", "%s",
		p->ndigest ? "as the policy wants them"
			   : "the policy does not name any");
}

void cv_rules_components(const struct cove_policy *p, struct cove_report *r,
			 bool known)
{
	if (!known) {
		cv_skip(r, "svn");
		cv_skip(r, "components");
		return;
	}
	rule_svn(p, r);
	rule_digests(p, r);
}

static void rule_register(const struct cove_policy *p, struct cove_report *r,
			  unsigned int i, const char *name)
{
	static const uint8_t zero[COVH_DIGEST_SIZE];
	const struct cv_values *v = &p->reg[i];
	const uint8_t *value = r->reg[i].value;

	if (!cv_values_set(v) && i < COVH_MSMT_INITIAL)
		cv_fail(r, name, "the policy does not name it (\"%s = any\")",
			name);
	else if (!cv_values_set(v) && is_zero(value, sizeof(zero)))
		cv_pass(r, name, "not extended");
	else if (!cv_values_set(v))
		cv_fail(r, name,
			"the guest has extended it, and the policy "
			"does not name it");
	else if (!r->reg[i].present && !v->any)
		cv_fail(r, name, "the evidence does not have it");
	else if (matches(v, value, sizeof(zero)))
		cv_pass(r, name, "%s",
			v->any ? "any" : "as the policy wants it");
	else
		cv_fail(r, name, "another value");
}

static void rule_identity(const struct cove_policy *p, struct cove_report *r)
{
	const struct cv_values *v = &p->identity;

	if (!cv_values_set(v) || v->any)
		cv_pass(r, "identity", "any");
	else if (!r->has_identity && v->none)
		cv_pass(r, "identity", "none");
	else if (!r->has_identity)
		cv_fail(r, "identity", "the evidence has none");
	else if (matches(v, r->identity, sizeof(r->identity)))
		cv_pass(r, "identity", "as the policy wants it");
	else
		cv_fail(r, "identity", "another identity");
}

void cv_rules_tvm(const struct cove_policy *p, struct cove_report *r,
		  bool known)
{
	static const char *const name[COVH_MSMT_COUNT] = {
		"register.0", "register.1", "register.2", "register.3",
		"register.4", "register.5", "register.6", "register.7",
		"register.8", "register.9",
	};
	unsigned int i;

	for (i = 0; i < COVH_MSMT_COUNT; i++) {
		if (known)
			rule_register(p, r, i, name[i]);
		else
			cv_skip(r, name[i]);
	}
	if (known)
		rule_identity(p, r);
	else
		cv_skip(r, "identity");
}

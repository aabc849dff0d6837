// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What a TVM has and does, for "covm list" and "covm stats". */

#include <linux/pid.h>
#include <linux/string.h>
#include "priv.h"

/* With tvm->lock */
void cove_stats(struct cove_tvm *t, struct cove_stats *s)
{
	struct cove_vcpu *v;
	unsigned int i, c;

	memset(s, 0, sizeof(*s));
	s->number = t->number;
	s->state = READ_ONCE(t->state);
	s->pid = pid_vnr(t->pid);
	s->vcpus = t->nr_vcpus;
	s->tvm_id = t->id;
	s->memory_size = t->memory_size;
	s->pages_4k = t->pages_4k;
	s->pages_2m = t->pages_2m;
	s->pages_shared = t->pages_shared;
	s->pages_tsm = t->pages_tsm;
	s->pages_stock = cove_stock_free(t);
	for (i = 0; i < COVE_MAX_VCPUS; i++) {
		v = t->vcpu[i];
		if (!v)
			continue;
		s->runs += READ_ONCE(v->runs);
		for (c = 0; c < COVE_COUNTS; c++)
			s->exits[c] += READ_ONCE(v->exits[c]);
	}
}

/* In the order of their numbers, as they were made */
int cove_stats_next(struct cove_stats *s)
{
	struct cove_tvm *t, *found = NULL;
	int rc;

	mutex_lock(&cove_tvms_lock);
	list_for_each_entry(t, &cove_tvms, node)
	{
		if (t->number < s->number)
			continue;
		found = t;
		cove_tvm_get(t);
		break;
	}
	mutex_unlock(&cove_tvms_lock);
	if (!found)
		return -ENOENT;
	/* It can be held for long: while a large image is measured */
	rc = mutex_lock_killable(&found->lock);
	if (!rc) {
		cove_stats(found, s);
		mutex_unlock(&found->lock);
	}
	cove_tvm_put(found);
	return rc;
}

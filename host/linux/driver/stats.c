// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What a TVM has and does, for "covm list" and "covm stats". */

#include <linux/pid.h>
#include <linux/string.h>
#include "priv.h"

/*
 * Without tvm->lock, which a VMM can keep for as long as it likes, where a page
 * that it loads from does not come: who looks on is not to wait for that. What
 * is there of a TVM and its vCPUs stays until the last reference is gone.
 */
void cove_stats(struct cove_tvm *t, struct cove_stats *s)
{
	struct cove_vcpu *v;
	unsigned int i, c;

	memset(s, 0, sizeof(*s));
	s->number = t->number;
	s->state = READ_ONCE(t->state);
	s->pid = pid_vnr(t->pid);
	s->vcpus = READ_ONCE(t->nr_vcpus);
	s->tvm_id = READ_ONCE(t->id);
	s->memory_size = READ_ONCE(t->memory_size);
	s->pages_4k = READ_ONCE(t->pages_4k);
	s->pages_2m = READ_ONCE(t->pages_2m);
	s->pages_shared = READ_ONCE(t->pages_shared);
	s->pages_tsm = READ_ONCE(t->pages_tsm);
	s->pages_stock = READ_ONCE(t->pages_stock);
	for (i = 0; i < COVE_MAX_VCPUS; i++) {
		v = smp_load_acquire(&t->vcpu[i]);
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
	cove_stats(found, s);
	cove_tvm_put(found);
	return 0;
}

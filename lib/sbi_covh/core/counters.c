/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Counters of a vCPU (SBI_COVH_COUNTERS): the trampoline counts exits in
 * the vCPU state page, the world switch instructions; leaves are counted when
 * somebody asks.
 */

#include "counters.h"
#include "../trampoline/layout.h"
#include "hart_ops.h"
#include "hostmem.h"
#include "tvm_priv.h"

static void count_leaf(void *arg, u64 gpa, u64 pte, u32 type)
{
	struct covh_vcpu_counters *c = arg;

	(void)gpa;
	if (!(pte & COVH_PTE_V))
		return;
	if (type == COVH_PAGE_4K)
		c->leaves_4k++;
	if (type == COVH_PAGE_2M)
		c->leaves_2m++;
}

/* The vCPU may run and count meanwhile */
static void read_exits(u64 page, struct covh_vcpu_counters *c)
{
	const u64 *from =
		&((struct covh_counts *)covh_conf_ptr(page + VCPU_COUNTS))
			 ->exits[0][0];
	u64 *to = (u64 *)&c->exits[0][0];
	u32 i;

	for (i = 0; i < sizeof(c->exits) / sizeof(*to); i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

long covh_get_vcpu_counters(u64 id, u64 vcpu_id, u64 addr, u64 len, u64 *size)
{
	struct covh_vcpu_counters c = { 0 };
	struct covh_vcpu *v;
	struct covh_tvm *t;
	long rc;

	t = covh_tvm_get(id, &rc);
	if (!t)
		return rc;

	v = covh_tvm_vcpu(t, vcpu_id);
	if (!v || v->state == COVH_VCPU_NONE || len < sizeof(c))
		rc = COVH_ERR_INVALID_PARAM;
	else if (addr & 7)
		rc = COVH_ERR_INVALID_ADDRESS;
	else
		rc = 0;
	if (rc) {
		covh_tvm_put(t);
		return rc;
	}

	covh_tvm_begin_long(t);
	read_exits(v->page, &c);
	c.instructions = __atomic_load_n(&v->insns, __ATOMIC_RELAXED);
	covh_gstage_walk(&t->g, &c, count_leaf, NULL);
	covh_tvm_end_long(t);

	*size = sizeof(c);
	return covh_copy_to_host(addr, &c, sizeof(c));
}

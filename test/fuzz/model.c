/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The model: start and dispatch.
 */

#include <string.h>

#include "model.h"

struct model m;

static void boot_set(u64 base, u64 size, u64 rec)
{
	u32 i = page_index(base);

	for (; size; size -= PG, i++)
		m.rec[i] = rec;
}

void model_reset(u32 levels)
{
	u32 i;

	memset(m.rec, 0, sizeof(m.rec));
	memset(m.window, 0, sizeof(m.window));
	memset(m.hart, 0, sizeof(m.hart));
	memset(m.last_gen, 0, sizeof(m.last_gen));
	memset(m.context, 0, sizeof(m.context));
	boot_set(RAM_BASE, RAM_SIZE, COVH_PG_NC);
	boot_set(RAM2_BASE, RAM2_SIZE, COVH_PG_NC);
	boot_set(FW_BASE, FW_SIZE, COVH_PG_RSVD);
	boot_set(POOL_BASE, POOL_SIZE, COVH_PG_POOL | COVH_PG_POOLED);
	m.gver = 1;
	m.clock = 0;
	m.levels = levels;
	for (i = 0; i < FAKE_HARTS; i++)
		m.hart[i].ver = 1;
	for (i = 0; i < COVH_MAX_TVMS; i++)
		m.tvm[i].id = 0;
}

long model_want(const struct call *c)
{
	switch (c->op) {
	case OP_CONVERT:
	case OP_RECLAIM:
	case OP_GLOBAL_FENCE:
	case OP_LOCAL_FENCE:
	case OP_SHMEM:
	case OP_MAY_TOUCH:
		return want_pages(c);
	case OP_PT_PAGES:
	case OP_MEASURED:
	case OP_ZERO:
	case OP_SHARED:
		return want_map(c);
	case OP_TVM_FENCE:
	case OP_INVALIDATE:
	case OP_VALIDATE:
	case OP_REMOVE:
		return want_block(c);
	case OP_CREATE:
	case OP_FINALIZE:
	case OP_DESTROY:
	case OP_REGION:
	case OP_VCPU:
		return want_tvm(c);
	case OP_EXTEND:
	case OP_EVIDENCE:
	case OP_WORK_PAUSE:
	case OP_WORK_DONE:
		return want_attest(c);
	default:
		return want_guest(c);
	}
}

void model_apply(const struct call *c)
{
	m.clock++;
	switch (c->op) {
	case OP_CONVERT:
	case OP_RECLAIM:
	case OP_GLOBAL_FENCE:
	case OP_LOCAL_FENCE:
	case OP_SHMEM:
	case OP_MAY_TOUCH:
		apply_pages(c);
		break;
	case OP_PT_PAGES:
	case OP_MEASURED:
	case OP_ZERO:
	case OP_SHARED:
		apply_map(c);
		break;
	case OP_TVM_FENCE:
	case OP_INVALIDATE:
	case OP_VALIDATE:
	case OP_REMOVE:
		apply_block(c);
		break;
	case OP_CREATE:
	case OP_FINALIZE:
	case OP_DESTROY:
	case OP_REGION:
	case OP_VCPU:
		apply_tvm(c);
		break;
	case OP_EXTEND:
	case OP_EVIDENCE:
	case OP_WORK_PAUSE:
	case OP_WORK_DONE:
		apply_attest(c);
		break;
	default:
		apply_guest(c);
	}
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVH: the host's calls, cove-abi.md B.3. Arguments go to core/ as they come.
 */

#include <sbi/sbi_console.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_sse.h>
#include <sbi_covh/abi.h>
#include "../core/attest.h"
#include "../core/counters.h"
#include "../core/fence.h"
#include "../core/hostmem.h"
#include "../hart/hart.h"
#include "../hart/stretch.h"
#include "ecall.h"
#include "oldabi.h"

typedef long (*call_fn)(struct sbi_trap_regs *r, u64 *value);

static void trace(long fid, const struct sbi_trap_regs *r, long err, u64 value)
{
#ifdef CONFIG_SBI_COVH_TRACE
	struct covh_winset set;

	sbi_printf(
		"opensbi-cove: hart %u: COVH %ld(0x%lx, 0x%lx, 0x%lx, 0x%lx, 0x%lx, 0x%lx) = %ld, 0x%lx\n",
		covh_hart_self(), fid, r->a0, r->a1, r->a2, r->a3, r->a4, r->a5,
		err, (unsigned long)value);
	if (err || (fid != COVH_CONVERT_PAGES && fid != COVH_RECLAIM_PAGES))
		return;
	covh_fence_set(&set);
	sbi_printf("opensbi-cove: %u of %u PMP entries free for windows\n",
		   covh_fence_pmp_entries() - covh_winset_entries(&set),
		   covh_fence_pmp_entries());
#else
	(void)fid;
	(void)r;
	(void)err;
	(void)value;
#endif
}

static long get_tsm_info(struct sbi_trap_regs *r, u64 *value)
{
	struct covh_tsm_info info = { .tsm_state = COVH_TSM_LOADED };
	unsigned long size;

	if (covh_ready) {
		info.tsm_state = COVH_TSM_READY;
		info.tsm_impl_id = COVH_TSM_IMPL_ID;
		info.tsm_version = COVH_TSM_VERSION;
		info.tsm_capabilities = COVH_CAP_MEMORY_ALLOCATION;
		if (covh_attest_ready())
			info.tsm_capabilities |= COVH_CAP_ATTESTATION_REMOTE;
		info.tvm_state_pages = COVH_TVM_STATE_PAGES;
		info.tvm_max_vcpus = COVH_MAX_VCPUS;
		info.tvm_vcpu_state_pages = COVH_VCPU_STATE_PAGES;
	}
	*value = size = covh_callers_info(&info);
	if (r->a1 < size)
		return COVH_ERR_INVALID_PARAM;
	if (r->a0 & 3)
		return COVH_ERR_INVALID_ADDRESS;
	if (covh_ready)
		return covh_copy_to_host(r->a0, &info, size);

	/* No page records: OpenSBI's regions are all there is to check */
	if (!sbi_domain_check_addr_range(sbi_domain_thishart_ptr(), r->a0, size,
					 PRV_S,
					 SBI_DOMAIN_READ | SBI_DOMAIN_WRITE))
		return COVH_ERR_INVALID_ADDRESS;
	covh_put_to_host(r->a0, &info, size);
	return 0;
}

/* The first RUN on a hart comes here, and one that names a domain in a6, which
 * hart/vector.S does not know */
static long run(struct sbi_trap_regs *r, u64 *value)
{
	struct covh_hart *h = covh_hart_this();

	(void)value;
	if (r == &h->host_regs)
		covh_run(h);
	if (!covh_vector_install())
		return COVH_ERR_INVALID_PARAM;
	covh_vector_first(h, r);
}

static long destroy(struct sbi_trap_regs *r, u64 *value)
{
	long err = covh_destroy_tvm(r->a0);

	(void)value;
	if (!err)
		covh_vector_retire_all();
	return err;
}

#define CALL(__name, __expr)                                           \
	static long call_##__name(struct sbi_trap_regs *r, u64 *value) \
	{                                                              \
		(void)r;                                               \
		(void)value;                                           \
		return __expr;                                         \
	}

CALL(convert, covh_convert(r->a0, r->a1))
CALL(reclaim, covh_reclaim(r->a0, r->a1))
CALL(global_fence, covh_global_fence())
CALL(local_fence, covh_local_fence())
CALL(create, covh_create_tvm(r->a0, r->a1, value))
CALL(finalize,
     covh_finalize_tvm(r->a0, r->a1, r->a2, COVH_HAS_IDENTITY ? r->a3 : 0))
CALL(region, covh_add_region(r->a0, r->a1, r->a2))
CALL(pt_pages, covh_add_pt_pages(r->a0, r->a1, r->a2))
CALL(measured, covh_add_measured(r->a0, r->a1, r->a2, r->a3, r->a4, r->a5))
CALL(zero, covh_add_zero(r->a0, r->a1, r->a2, r->a3, r->a4))
CALL(shared, covh_add_shared(r->a0, r->a1, r->a2, r->a3, r->a4))
CALL(vcpu, covh_create_vcpu(r->a0, r->a1, r->a2))
CALL(tvm_fence, covh_tvm_fence(r->a0))
CALL(invalidate, covh_invalidate(r->a0, r->a1, r->a2))
CALL(validate, covh_validate(r->a0, r->a1, r->a2))
CALL(remove, covh_remove(r->a0, r->a1, r->a2))
#ifdef CONFIG_SBI_COVH_COUNTERS
CALL(counters, covh_get_vcpu_counters(r->a0, r->a1, r->a2, r->a3, value))
#endif

/* NULL: NOT_SUPPORTED */
static const call_fn calls[] = {
	[COVH_GET_TSM_INFO] = get_tsm_info,
	[COVH_CONVERT_PAGES] = call_convert,
	[COVH_RECLAIM_PAGES] = call_reclaim,
	[COVH_GLOBAL_FENCE] = call_global_fence,
	[COVH_LOCAL_FENCE] = call_local_fence,
	[COVH_CREATE_TVM] = call_create,
	[COVH_FINALIZE_TVM] = call_finalize,
	[COVH_DESTROY_TVM] = destroy,
	[COVH_ADD_TVM_MEMORY_REGION] = call_region,
	[COVH_ADD_TVM_PAGE_TABLE_PAGES] = call_pt_pages,
	[COVH_ADD_TVM_MEASURED_PAGES] = call_measured,
	[COVH_ADD_TVM_ZERO_PAGES] = call_zero,
	[COVH_ADD_TVM_SHARED_PAGES] = call_shared,
	[COVH_CREATE_TVM_VCPU] = call_vcpu,
	[COVH_RUN_TVM_VCPU] = run,
	[COVH_TVM_FENCE] = call_tvm_fence,
	[COVH_TVM_INVALIDATE_PAGES] = call_invalidate,
	[COVH_TVM_VALIDATE_PAGES] = call_validate,
	[COVH_TVM_REMOVE_PAGES] = call_remove,
};

static call_fn find(long fid)
{
#ifdef CONFIG_SBI_COVH_COUNTERS
	if (fid == COVH_GET_VCPU_COUNTERS)
		return call_counters;
#endif
	if (fid < 0 || fid >= (long)COVH_ARRAY_SIZE(calls))
		return NULL;
	return calls[covh_index_nospec(fid, COVH_ARRAY_SIZE(calls))];
}

static long serve(struct sbi_trap_regs *r, u64 *value)
{
	long fid = covh_todays_fid(covh_fid(r->a6, true)), err;
	call_fn call = find(fid);

	if (!call)
		return COVH_ERR_NOT_SUPPORTED;
	if (!covh_ready && fid != COVH_GET_TSM_INFO)
		return COVH_ERR_FAILED;

	err = call(r, value);
	trace(fid, r, err, *value);
	return err;
}

static int covh_handler(unsigned long extid, unsigned long funcid,
			struct sbi_trap_regs *regs,
			struct sbi_ecall_return *out)
{
	u64 value = 0;
	long err = COVH_ERR_NOT_SUPPORTED;

	(void)extid;
	(void)funcid;
	covh_stretch_start(COVH_EID_COVH, covh_fid(regs->a6, true));
	if (covh_from_host(regs))
		err = serve(regs, &value);
	covh_stretch_end();
	return covh_answer(regs, out, err, value);
}

/* Who comes by our vector is in HS-mode and the host's world, and in the root
 * domain: there is no other where a TVM has run */
void covh_call(struct covh_hart *h)
{
	struct sbi_trap_regs *r = &h->host_regs;
	u64 value = 0;
	long err;

	covh_stretch_start(COVH_EID_COVH, covh_fid(r->a6, true));
	err = serve(r, &value);
	r->a0 = (unsigned long)err;
	r->a1 = err ? 0 : value;
	/* As at the end of OpenSBI's traps */
	sbi_sse_process_pending_events(r);
	covh_stretch_end();
	covh_vector_to_host(h);
}

COVH_EXTENSION(covh, COVH_EID_COVH, covh_handler);

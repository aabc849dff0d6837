/* SPDX-License-Identifier: BSD-2-Clause */
/* One typed wrapper for each CoVE call of abi.h that a host makes. */

#ifndef HOST_COVE_H
#define HOST_COVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sbi_covh/abi.h>
#include <host/sbi.h>

/** Physical address of an object (the host runs with satp = Bare). */
static inline unsigned long pa(const volatile void *p)
{
	return (unsigned long)p;
}

#define COVH_FUNCTIONS 20

/** What the TSM calls the functions of abi.h; filled by covh_numbers_init. */
extern unsigned char covh_numbers[COVH_FUNCTIONS];

/** True if the TSM follows spec 0.5 (boot argument numbers=0.5). */
extern bool covh_spec05;

/** Look at the boot arguments. */
void covh_numbers_init(void);

/** Bytes that get_tsm_info writes. */
unsigned long covh_tsm_info_size(void);

/** Bring what it wrote into today's layout. */
void covh_tsm_info_update(struct covh_tsm_info *info);

/** COVH call with a function of abi.h; arguments as the ABI lists. */
#define covh_call(fid, ...) \
	sbi_call(COVH_EID_COVH, covh_numbers[fid], __VA_ARGS__)

static inline struct sbiret supd_get_active_domains(void)
{
	return sbi_call(COVH_EID_SUPD, COVH_SUPD_GET_ACTIVE_DOMAINS, 0);
}

static inline struct sbiret covh_get_tsm_info(unsigned long addr,
					      unsigned long len)
{
	return covh_call(COVH_GET_TSM_INFO, addr, len);
}

static inline struct sbiret covh_convert_pages(unsigned long base,
					       unsigned long num_pages)
{
	return covh_call(COVH_CONVERT_PAGES, base, num_pages);
}

static inline struct sbiret covh_reclaim_pages(unsigned long base,
					       unsigned long num_pages)
{
	return covh_call(COVH_RECLAIM_PAGES, base, num_pages);
}

static inline struct sbiret covh_global_fence(void)
{
	return covh_call(COVH_GLOBAL_FENCE, 0);
}

static inline struct sbiret covh_local_fence(void)
{
	return covh_call(COVH_LOCAL_FENCE, 0);
}

static inline struct sbiret covh_create_tvm(unsigned long params,
					    unsigned long len)
{
	return covh_call(COVH_CREATE_TVM, params, len);
}

static inline struct sbiret covh_finalize_tvm(unsigned long id,
					      unsigned long sepc,
					      unsigned long arg,
					      unsigned long identity)
{
	return covh_call(COVH_FINALIZE_TVM, id, sepc, arg, identity);
}

static inline struct sbiret covh_promote_to_tvm(unsigned long fdt,
						unsigned long tap,
						unsigned long sepc,
						unsigned long identity)
{
	return covh_call(COVH_PROMOTE_TO_TVM, fdt, tap, sepc, identity);
}

static inline struct sbiret covh_destroy_tvm(unsigned long id)
{
	return covh_call(COVH_DESTROY_TVM, id);
}

static inline struct sbiret covh_add_tvm_memory_region(unsigned long id,
						       unsigned long gpa,
						       unsigned long len)
{
	return covh_call(COVH_ADD_TVM_MEMORY_REGION, id, gpa, len);
}

static inline struct sbiret covh_add_tvm_page_table_pages(unsigned long id,
							  unsigned long base,
							  unsigned long num)
{
	return covh_call(COVH_ADD_TVM_PAGE_TABLE_PAGES, id, base, num);
}

static inline struct sbiret
covh_add_tvm_measured_pages(unsigned long id, unsigned long src,
			    unsigned long dest, unsigned long type,
			    unsigned long num, unsigned long gpa)
{
	return covh_call(COVH_ADD_TVM_MEASURED_PAGES, id, src, dest, type, num,
			 gpa);
}

static inline struct sbiret covh_add_tvm_zero_pages(unsigned long id,
						    unsigned long base,
						    unsigned long type,
						    unsigned long num,
						    unsigned long gpa)
{
	return covh_call(COVH_ADD_TVM_ZERO_PAGES, id, base, type, num, gpa);
}

static inline struct sbiret covh_add_tvm_shared_pages(unsigned long id,
						      unsigned long base,
						      unsigned long type,
						      unsigned long num,
						      unsigned long gpa)
{
	return covh_call(COVH_ADD_TVM_SHARED_PAGES, id, base, type, num, gpa);
}

static inline struct sbiret
covh_create_tvm_vcpu(unsigned long id, unsigned long vcpu, unsigned long state)
{
	return covh_call(COVH_CREATE_TVM_VCPU, id, vcpu, state);
}

static inline struct sbiret covh_run_tvm_vcpu(unsigned long id,
					      unsigned long vcpu)
{
	return covh_call(COVH_RUN_TVM_VCPU, id, vcpu);
}

static inline struct sbiret covh_tvm_fence(unsigned long id)
{
	return covh_call(COVH_TVM_FENCE, id);
}

static inline struct sbiret covh_tvm_invalidate_pages(unsigned long id,
						      unsigned long gpa,
						      unsigned long len)
{
	return covh_call(COVH_TVM_INVALIDATE_PAGES, id, gpa, len);
}

static inline struct sbiret
covh_tvm_validate_pages(unsigned long id, unsigned long gpa, unsigned long len)
{
	return covh_call(COVH_TVM_VALIDATE_PAGES, id, gpa, len);
}

static inline struct sbiret
covh_tvm_remove_pages(unsigned long id, unsigned long gpa, unsigned long len)
{
	return covh_call(COVH_TVM_REMOVE_PAGES, id, gpa, len);
}

/** Ours, with firmware of SBI_COVH_COUNTERS */
static inline struct sbiret covh_get_vcpu_counters(unsigned long id,
						   unsigned long vcpu,
						   unsigned long addr,
						   unsigned long len)
{
	return sbi_call(COVH_EID_COVH, COVH_GET_VCPU_COUNTERS, id, vcpu, addr,
			len);
}

static inline struct sbiret nacl_probe_feature(unsigned long feature)
{
	return sbi_call(COVH_EID_NACL, COVH_NACL_PROBE_FEATURE, feature);
}

static inline struct sbiret nacl_set_shmem(unsigned long lo, unsigned long hi,
					   unsigned long flags)
{
	return sbi_call(COVH_EID_NACL, COVH_NACL_SET_SHMEM, lo, hi, flags);
}

#endif

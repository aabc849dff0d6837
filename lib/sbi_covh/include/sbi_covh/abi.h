/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Numbers and layouts of the RISC-V CoVE ABI as this TSM implements it.
 * Hosts, guests, tests and the firmware itself include this one header.
 */

#ifndef __SBI_COVH_ABI_H__
#define __SBI_COVH_ABI_H__

/* clang-format off */

/* Extension ids (register a7) */
#define COVH_EID_SUPD			0x53555044
#define COVH_EID_COVH			0x434F5648
#define COVH_EID_COVI			0x434F5649
#define COVH_EID_COVG			0x434F5647
#define COVH_EID_NACL			0x4E41434C

/* The function word (register a6): FID, reserved, SDID */
#define COVH_A6_FID_MASK		0x0000FFFFUL
#define COVH_A6_RSVD_MASK		0x03FF0000UL
#define COVH_A6_SDID_SHIFT		26
#define COVH_A6_SDID_MASK		0x3FUL

/* SUPD */
#define COVH_SUPD_GET_ACTIVE_DOMAINS	0
#define COVH_SUPD_DOMAINS		0x3UL

/* COVH */
#define COVH_GET_TSM_INFO		0
#define COVH_CONVERT_PAGES		1
#define COVH_RECLAIM_PAGES		2
#define COVH_GLOBAL_FENCE		3
#define COVH_LOCAL_FENCE		4
#define COVH_CREATE_TVM			5
#define COVH_FINALIZE_TVM		6
#define COVH_PROMOTE_TO_TVM		7
#define COVH_DESTROY_TVM		8
#define COVH_ADD_TVM_MEMORY_REGION	9
#define COVH_ADD_TVM_PAGE_TABLE_PAGES	10
#define COVH_ADD_TVM_MEASURED_PAGES	11
#define COVH_ADD_TVM_ZERO_PAGES		12
#define COVH_ADD_TVM_SHARED_PAGES	13
#define COVH_CREATE_TVM_VCPU		14
#define COVH_RUN_TVM_VCPU		15
#define COVH_TVM_FENCE			16
#define COVH_TVM_INVALIDATE_PAGES	17
#define COVH_TVM_VALIDATE_PAGES		18
#define COVH_TVM_REMOVE_PAGES		19

/* COVH, ours (SBI_COVH_COUNTERS) */
#define COVH_GET_VCPU_COUNTERS		0xFC00

/* COVG */
#define COVG_ADD_MMIO_REGION		0
#define COVG_REMOVE_MMIO_REGION		1
#define COVG_SHARE_MEMORY_REGION	2
#define COVG_UNSHARE_MEMORY_REGION	3
#define COVG_ALLOW_EXTERNAL_INTERRUPT	4
#define COVG_DENY_EXTERNAL_INTERRUPT	5
#define COVG_GET_ATTCAPS		6
#define COVG_EXTEND_MEASUREMENT		7
#define COVG_GET_EVIDENCE		8
#define COVG_RETRIEVE_SECRET		9
#define COVG_READ_MEASUREMENT		10

/* NACL */
#define COVH_NACL_PROBE_FEATURE		0
#define COVH_NACL_SET_SHMEM		1

/* Errors (register a0). Numbers below -14 are private to this TSM (K-1) */
#define COVH_SUCCESS			0
#define COVH_ERR_FAILED			(-1)
#define COVH_ERR_NOT_SUPPORTED		(-2)
#define COVH_ERR_INVALID_PARAM		(-3)
#define COVH_ERR_DENIED			(-4)
#define COVH_ERR_INVALID_ADDRESS	(-5)
#define COVH_ERR_ALREADY_AVAILABLE	(-6)
#define COVH_ERR_ALREADY_STARTED	(-7)
#if defined(COVE_STD_ERRORS) || defined(CONFIG_SBI_COVH_STD_ERRORS)
#define COVH_ERR_OUT_OF_PTPAGES		COVH_ERR_FAILED
#define COVH_ERR_OUT_OF_MEMORY		COVH_ERR_FAILED
#define COVH_ERR_AUTH			COVH_ERR_DENIED
#define COVH_ERR_BUSY			COVH_ERR_FAILED
#else
#define COVH_ERR_OUT_OF_PTPAGES		(-257)
#define COVH_ERR_OUT_OF_MEMORY		(-258)
#define COVH_ERR_AUTH			(-259)
#define COVH_ERR_BUSY			(-260)
#endif

/* Sizes and limits */
#define COVH_PAGE_SHIFT			12
#define COVH_PAGE_SIZE			(1UL << COVH_PAGE_SHIFT)
#define COVH_PGD_SIZE			(4 * COVH_PAGE_SIZE)
#define COVH_IDENTITY_SIZE		64
#define COVH_DIGEST_SIZE		48
#define COVH_MAX_PAGES_PER_CALL		65536UL
/** Longest range of tvm_invalidate, _validate and _remove_pages, in bytes */
#define COVH_MAX_RANGE			(1UL << 30)

/* tsm_page_type */
#define COVH_PAGE_4K			0
#define COVH_PAGE_2M			1
#define COVH_PAGE_1G			2
#define COVH_PAGE_512G			3

/* Who has handled an exit, and its cause, in covh_vcpu_counters.exits */
#define COVH_COUNT_TRAMPOLINE		0
#define COVH_COUNT_M_MODE		1
#define COVH_COUNT_HOST			2
#define COVH_COUNT_HANDLERS		3
/** Exceptions by their number, and then all interrupts */
#define COVH_COUNT_IRQ			24
#define COVH_COUNT_CAUSES		25

/* tsm_info.tsm_state */
#define COVH_TSM_NOT_LOADED		0
#define COVH_TSM_LOADED			1
#define COVH_TSM_READY			2

/* tsm_info.tsm_impl_id (placeholder until the task group allocates one) */
#define COVH_TSM_IMPL_ID		0x4D545331U
#define COVH_TSM_VERSION_MAJOR		0
#define COVH_TSM_VERSION_MINOR		1
#define COVH_TSM_VERSION		((COVH_TSM_VERSION_MAJOR << 16) | \
					 COVH_TSM_VERSION_MINOR)

/* tsm_info.tsm_capabilities */
#define COVH_CAP_PROMOTE_TVM		(1UL << 0)
#define COVH_CAP_ATTESTATION_LOCAL	(1UL << 1)
#define COVH_CAP_ATTESTATION_REMOTE	(1UL << 2)
#define COVH_CAP_AIA			(1UL << 3)
#define COVH_CAP_MRIF			(1UL << 4)
#define COVH_CAP_MEMORY_ALLOCATION	(1UL << 5)

/* Measurement registers: 0-5 initial, 6-9 runtime (F.3) */
#define COVH_MSMT_PLATFORM		0
#define COVH_MSMT_PLATFORM_CONFIG	1
#define COVH_MSMT_TSM			2
#define COVH_MSMT_TSM_CONFIG		3
#define COVH_MSMT_TVM_CODE		4
#define COVH_MSMT_TVM_CONFIG		5
#define COVH_MSMT_RUNTIME_FIRST		6
#define COVH_MSMT_COUNT			10

/* Tags of the records that extend register 5 (F.3) */
#define COVH_MSMT_TAG_REGION		1
#define COVH_MSMT_TAG_VCPU		2
#define COVH_MSMT_TAG_AIA		3
#define COVH_MSMT_TAG_VCPU_IMSIC	4
#define COVH_MSMT_TAG_FINALIZE		5

#define COVH_MSMT_INITIAL		6
#define COVH_MSMT_RUNTIME		4

/* get_evidence: cert_format, one of these (C.4) */
#define COVG_CERT_CBOR			(1U << 0)
#define COVG_CERT_X509			(1U << 1)

/* get_attcaps (C.4, C.6) */
#define COVG_HASH_SHA384		0
#define COVG_MSMT_TYPE_INITIAL		0
#define COVG_MSMT_TYPE_RUNTIME		1
#define COVG_NO_PCR			0xFF
#define COVG_MSMT_REGS			26

/* NACL shared memory, RV64 (C.7) */
#define COVH_NACL_SHMEM_SIZE		12288UL
#define COVH_NACL_GPR_OFFSET(__x)	(8 * (__x))
#define COVH_NACL_CSR_OFFSET(__csr)	\
	(0x1000 + 8 * ((((__csr) & 0xC00) >> 2) | ((__csr) & 0xFF)))

#ifndef __ASSEMBLER__

#ifdef CONFIG_SBI_COVH
#include <sbi/sbi_types.h>
#elif defined(__KERNEL__)
#include <linux/types.h>
#else
#include <stdint.h>
#endif

/** What get_tsm_info writes */
struct covh_tsm_info {
	/** COVH_TSM_NOT_LOADED, _LOADED or _READY; all else 0 unless READY */
	uint32_t tsm_state;
	/** COVH_TSM_IMPL_ID */
	uint32_t tsm_impl_id;
	/** major << 16 | minor */
	uint32_t tsm_version;
	/** Written as 0 */
	uint32_t reserved;
	/** COVH_CAP_* */
	uint64_t tsm_capabilities;
	/** 4 KiB pages to donate in create_tvm; 0: the TSM has its own */
	uint64_t tvm_state_pages;
	/** vCPU ids of a TVM are below this number */
	uint64_t tvm_max_vcpus;
	/** 4 KiB pages to donate in create_tvm_vcpu */
	uint64_t tvm_vcpu_state_pages;
};

/** What get_vcpu_counters writes */
struct covh_vcpu_counters {
	/** Exits of the vCPU since it was created, each counted once */
	uint64_t exits[COVH_COUNT_HANDLERS][COVH_COUNT_CAUSES];
	/** Leaves that map the TVM's memory, of 2 MiB and of 4 KiB */
	uint64_t leaves_2m;
	uint64_t leaves_4k;
	/** Executed in runs that have ended, in whatever mode */
	uint64_t instructions;
};

/** What create_tvm reads */
struct covh_tvm_create_params {
	/** Physical address of the G-stage root: 16 KiB, 16 KiB-aligned */
	uint64_t tvm_page_directory_addr;
	/** Physical address of tsm_info.tvm_state_pages pages */
	uint64_t tvm_state_addr;
};

/** What get_attcaps says of a measurement register */
struct covg_msmt_reg {
	/** COVG_HASH_* */
	uint32_t hash_algorithm;
	/** COVG_MSMT_TYPE_* */
	uint32_t type;
	/** TCG PCR index, or COVG_NO_PCR */
	uint8_t pcr_index;
	/** Written as 0 */
	uint8_t reserved[3];
};

/** What get_attcaps writes */
struct covg_attcaps {
	/** Security version of the TSM */
	uint64_t tcb_svn;
	/** COVG_HASH_* */
	uint32_t hash_algorithm;
	/** Mask of COVG_CERT_* */
	uint32_t certificate_formats;
	/** Registers that finalize freezes, and those that a guest extends */
	uint8_t initial_measurements;
	uint8_t runtime_measurements;
	/** Written as 0 */
	uint8_t reserved[2];
	/** First the initial ones, then the runtime ones; the rest is 0 */
	struct covg_msmt_reg msmt_regs[COVG_MSMT_REGS];
	/** Written as 0 */
	uint32_t reserved2;
};

_Static_assert(sizeof(struct covg_msmt_reg) == 12, "descriptor is 12 bytes");
_Static_assert(sizeof(struct covg_attcaps) == 336, "attcaps is 336 bytes");
_Static_assert(sizeof(struct covh_tsm_info) == 48, "tsm_info is 48 bytes");
_Static_assert(sizeof(struct covh_tvm_create_params) == 16,
	       "tvm_create_params is 16 bytes");
_Static_assert(COVH_NACL_CSR_OFFSET(0x64A) == 0x1A50, "htinst slot");
_Static_assert(COVH_NACL_CSR_OFFSET(0x643) == 0x1A18, "htval slot");
_Static_assert(COVH_NACL_CSR_OFFSET(0x24D) == 0x1268, "vstimecmp slot");

#endif

/* clang-format on */

#endif

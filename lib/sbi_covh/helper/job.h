/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What M-mode and the helper tell each other: the image's header, and the job
 * that M-mode puts into a context and whose result it takes out.
 *
 * A context is a copy of the image with its own data, stack and heap, made anew
 * for each job: nothing of one job outlives it. M-mode writes in, starts the
 * image, and reads out and result once the helper says that it is done.
 */

#ifndef __COVH_HELPER_JOB_H__
#define __COVH_HELPER_JOB_H__

/*
 * The image begins with two jumps of 4 bytes, to start and to resume a job, and
 * four words: sizes are in bytes, from the start of the image. Everything is
 * position-independent but for relocations (R_RISCV_RELATIVE), which M-mode
 * applies. It runs in HS-mode with satp Bare, without F and V. What lies behind
 * the image need not be zero, the job excepted.
 *
 * M-mode enters at either with interrupts off; stvec and sscratch are the
 * helper's while it runs. A trap that is an interrupt ends in the private ecall
 * COVH_TRAMP_WORK_PAUSE (a0 = scause) after all registers have been stored,
 * RESUME loads them, on any hart, and clears hstatus.SPV. Any other trap:
 * COVH_TRAMP_WORK_FAULT (a0 = scause, a1 = sepc). The end of the job:
 * COVH_TRAMP_WORK_DONE, again and again, with interrupts on in between, for as
 * long as M-mode comes back from it.
 */
#define COVH_HELPER_START	0
#define COVH_HELPER_RESUME	4
#define COVH_HELPER_IMAGE_SIZE	8  /**< Copied: text, constants, data */
#define COVH_HELPER_SIZE	12 /**< All of a context: page-aligned */
#define COVH_HELPER_JOB_OFFSET	16 /**< struct covh_job: page-aligned */
#define COVH_HELPER_RELA_OFFSET 20 /**< Elf64_Rela entries, in the image */
#define COVH_HELPER_RELA_SIZE	24 /**< Bytes of them */
#define COVH_HELPER_HEADER_SIZE 28

#ifndef __ASSEMBLER__

#include "../core/shim.h"
#include <sbi_covh/abi.h>
#include <sbi_covh/evidence.h>
#include <sbi_covh/handover.h>

/** Bytes of a guest's COSE_Key at most */
#define COVH_GUEST_KEY_MAX 256
/** Bytes of the platform's and of the TSM's token */
#define COVH_TOKEN_MAX 4096
/** Bytes of a certificate with evidence */
#define COVH_EVIDENCE_MAX 8192

enum covh_job_kind {
	COVH_JOB_BOOT = 1, /**< Derive the keys, make the two upper tokens */
	COVH_JOB_EVIDENCE, /**< COVG 8 */
};

/** COVH_JOB_BOOT */
struct covh_boot_in {
	/** UDS, or the CDI that the stage before has derived for us */
	u8 secret[COVH_DIGEST_SIZE];
	u8 manufacturer[COVH_MANUFACTURER_SIZE];
	u32 platform_state; /**< COVH_PLATFORM_* */
	u32 ncomponents;    /**< Of the platform, at least one */
	struct covh_component component[COVH_MAX_COMPONENTS];
	/** Of the TSM token: driver and TSM, in this order */
	struct covh_component driver;
	struct covh_component tsm;
	/** Register 3: the TSM's configuration */
	u8 tsm_config[COVH_DIGEST_SIZE];
};

/** A token: an encoded COSE_Sign1 with its tag */
struct covh_token {
	u32 len;
	u32 reserved;
	u8 bytes[COVH_TOKEN_MAX];
};

/** What stays with M-mode: CDIs and the other private keys do not */
struct covh_identity {
	u8 key[COVH_P384_SIZE];	   /**< The TSM's private scalar, big-endian */
	u8 point[COVH_POINT_SIZE]; /**< Its public key: 4, X, Y */
	u8 reserved[7];
	struct covh_token platform;
	struct covh_token tsm;
};

/** COVH_JOB_EVIDENCE */
struct covh_evidence_in {
	struct covh_identity id;
	u32 format; /**< COVG_CERT_CBOR or COVG_CERT_X509 */
	u32 key_len;
	u32 has_identity;
	u32 reserved;
	u8 challenge[COVH_CHALLENGE_SIZE];
	u8 identity[COVH_IDENTITY_SIZE];
	u8 msmt[COVH_MSMT_COUNT][COVH_DIGEST_SIZE];
	u8 guest_key[COVH_GUEST_KEY_MAX]; /**< COSE_Key as the guest gave it */
};

struct covh_evidence_out {
	u32 len;
	u32 reserved;
	u8 bytes[COVH_EVIDENCE_MAX];
};

struct covh_job {
	u32 kind; /**< enum covh_job_kind */
	/** 0; COVH_ERR_INVALID_PARAM: the guest's key; COVH_ERR_FAILED */
	int result;
	union {
		struct covh_boot_in boot;
		struct covh_evidence_in evidence;
	} in;
	union {
		struct covh_identity boot;
		struct covh_evidence_out evidence;
	} out;
};

#endif

#endif

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * COVG: the guest's own calls, cove-abi.md B.5.
 */

#include "tramp.h"

/* a0 buffer, a1 its size, a2 register */
static s64 read_measurement(struct covh_vcpu_page *v, u64 *value)
{
	u64 size = v->gpr[A(1)], index = v->gpr[A(2)];
	void *buf;
	s64 err;

	if (size < COVH_DIGEST_SIZE || index >= COVH_MSMT_COUNT)
		return COVH_ERR_INVALID_PARAM;
	index = covh_index_nospec(index, COVH_MSMT_COUNT);
	if (v->gpr[A(0)] & (COVH_PAGE_SIZE - 1))
		return COVH_ERR_INVALID_ADDRESS;
	buf = tramp_conf_ptr(v, v->gpr[A(0)], &err);
	if (!buf)
		return err;
	memcpy(buf, tramp_tvm(v)->msmt[index], COVH_DIGEST_SIZE);
	*value = COVH_DIGEST_SIZE;
	return 0;
}

/* a0 buffer, a1 its size. It says the same to every guest */
static s64 get_attcaps(struct covh_vcpu_page *v)
{
	struct covg_attcaps *caps;
	u32 i;
	s64 err;

	if (v->gpr[A(1)] < sizeof(*caps))
		return COVH_ERR_INVALID_PARAM;
	if (v->gpr[A(0)] & (COVH_PAGE_SIZE - 1))
		return COVH_ERR_INVALID_ADDRESS;
	caps = tramp_conf_ptr(v, v->gpr[A(0)], &err);
	if (!caps)
		return err;
	memset(caps, 0, sizeof(*caps));
	caps->tcb_svn = CONFIG_SBI_COVH_SVN;
	caps->hash_algorithm = COVG_HASH_SHA384;
	caps->certificate_formats = COVG_CERT_CBOR | COVG_CERT_X509;
	caps->initial_measurements = COVH_MSMT_INITIAL;
	caps->runtime_measurements = COVH_MSMT_RUNTIME;
	for (i = 0; i < COVH_MSMT_COUNT; i++) {
		caps->msmt_regs[i].hash_algorithm = COVG_HASH_SHA384;
		caps->msmt_regs[i].type = i < COVH_MSMT_INITIAL
						  ? COVG_MSMT_TYPE_INITIAL
						  : COVG_MSMT_TYPE_RUNTIME;
		caps->msmt_regs[i].pcr_index = COVG_NO_PCR;
	}
	return 0;
}

/* The answer comes from the helper, if M-mode lets it begin */
static void get_evidence(struct covh_vcpu_page *v)
{
	if (tramp_told(v, tramp_call_all(v, COVH_TRAMP_EVIDENCE)))
		tramp_work(v);
}

/* Of MMIO regions the host has notice. To share or unshare M-mode has blocked
 * the vCPU until the host has done its part, or refused: the guest finds out at
 * the next RUN (D.4) */
static void change_region(struct covh_vcpu_page *v, u64 fn, u64 fid)
{
	u64 gpa = v->gpr[A(0)], len = v->gpr[A(1)];

	if (tramp_ask(v, fn))
		tramp_exit_ecall(v, COVH_EXIT_RESUMABLE, COVH_EID_COVG, fid,
				 gpa, len);
}

/* Id 0 is no interrupt */
static void allow_all(struct covh_vcpu_page *v, bool allow)
{
	memset(v->ext_ids, allow ? 0xFF : 0, sizeof(v->ext_ids));
	v->ext_allowed = allow ? COVH_EXT_IDS - 1 : 0;
}

static void allow_one(struct covh_vcpu_page *v, u64 id, bool allow)
{
	u64 word = covh_index_nospec(id / 64, COVH_ARRAY_SIZE(v->ext_ids));
	u64 bit = BIT64(id % 64);

	if (allow == !!(v->ext_ids[word] & bit))
		return;
	v->ext_ids[word] ^= bit;
	v->ext_allowed += allow ? 1 : -1UL;
}

static void change_ids(struct covh_vcpu_page *v, bool allow, u64 fid)
{
	u64 id = v->gpr[A(0)];

	if (id == ~0UL) {
		allow_all(v, allow);
	} else if (id && id < COVH_EXT_IDS) {
		allow_one(v, id, allow);
	} else {
		tramp_answer(v, COVH_ERR_INVALID_PARAM, 0);
		return;
	}
	tramp_answer(v, 0, 0);
	tramp_exit_ecall(v, COVH_EXIT_RESUMABLE, COVH_EID_COVG, fid, id, 0);
}

void tramp_covg(struct covh_vcpu_page *v, u64 a6)
{
	u64 fid = a6 & COVH_A6_FID_MASK, hi = a6 >> 32, value = 0;
	s64 err = COVH_ERR_NOT_SUPPORTED;

	/* The SDID field of a guest is not trusted, so it is not looked at */
	if ((a6 & COVH_A6_RSVD_MASK) ||
	    (hi && !(hi == 0xFFFFFFFFUL && (a6 & BIT64(31)))))
		fid = ~0UL;

	switch (fid) {
	case COVG_ADD_MMIO_REGION:
		change_region(v, COVH_TRAMP_ADD_MMIO, fid);
		return;
	case COVG_REMOVE_MMIO_REGION:
		change_region(v, COVH_TRAMP_REMOVE_MMIO, fid);
		return;
	case COVG_ALLOW_EXTERNAL_INTERRUPT:
	case COVG_DENY_EXTERNAL_INTERRUPT:
		change_ids(v, fid == COVG_ALLOW_EXTERNAL_INTERRUPT, fid);
		return;
	case COVG_SHARE_MEMORY_REGION:
		change_region(v, COVH_TRAMP_SHARE, fid);
		return;
	case COVG_UNSHARE_MEMORY_REGION:
		change_region(v, COVH_TRAMP_UNSHARE, fid);
		return;
	case COVG_GET_EVIDENCE:
		get_evidence(v);
		return;
	case COVG_EXTEND_MEASUREMENT:
		tramp_ask(v, COVH_TRAMP_EXTEND);
		return;
	case COVG_GET_ATTCAPS:
		err = get_attcaps(v);
		break;
	case COVG_READ_MEASUREMENT:
		err = read_measurement(v, &value);
	}
	tramp_answer(v, err, value);
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Runtime registers, and evidence as a job of the helper.
 */

#include "attest.h"
#include "guest.h"
#include "guestmem.h"
#include "hart_ops.h"
#include "tvm_priv.h"

/* Registers that are the platform's and the TSM's */
#define NPLATFORM COVH_MSMT_TVM_CODE

static u8 platform_msmt[NPLATFORM][COVH_DIGEST_SIZE]
	__attribute__((aligned(8)));
static struct covh_identity identity;
static bool ready;

/* Where the certificate of the job in a context goes */
static struct {
	u64 out;
	u64 len;
	bool started;
} work[COVH_MAX_HELPERS];

/* By words, since a lock may be held. Each is read once: a guest may write its
 * memory meanwhile */
static void copy_words(void *dst, const void *src, u64 bytes)
{
	const u64 *from = src;
	u64 *to = dst, i;

	for (i = 0; i < (bytes + 7) / 8; i++)
		__atomic_store_n(&to[i],
				 __atomic_load_n(&from[i], __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
}

void covh_attest_set_platform(const u8 msmt[4][COVH_DIGEST_SIZE])
{
	memcpy(platform_msmt, msmt, sizeof(platform_msmt));
}

void covh_attest_set_identity(const struct covh_identity *id)
{
	ready = id != NULL;
	if (id)
		memcpy(&identity, id, sizeof(identity));
	else
		memset(&identity, 0, sizeof(identity));
}

const struct covh_identity *covh_attest_identity(void)
{
	return &identity;
}

bool covh_attest_ready(void)
{
	return ready;
}

void covh_attest_init_tvm(struct covh_tvm_page *page)
{
	copy_words(page->msmt, platform_msmt, sizeof(platform_msmt));
}

static bool aligned(u64 gpa)
{
	return !(gpa & (COVH_PAGE_SIZE - 1));
}

static u64 conf(const struct covh_tvm *t, u64 gpa, s64 *err)
{
	return covh_guest_conf(&covh_tvm_page(t)->regions, &t->g, gpa, err);
}

long covh_guest_extend(struct covh_run *run, u64 gpa, u64 len, u64 index)
{
	u8 data[2][COVH_DIGEST_SIZE] __attribute__((aligned(8)));
	struct covh_bytes in = { data, sizeof(data) };
	struct covh_tvm *t = run->tvm;
	s64 err;
	u64 pa;
	u8 *reg;

	if (len != COVH_DIGEST_SIZE || index < COVH_MSMT_RUNTIME_FIRST ||
	    index >= COVH_MSMT_COUNT)
		return COVH_ERR_INVALID_PARAM;
	index = covh_index_nospec(index, COVH_MSMT_COUNT);
	if (!aligned(gpa))
		return COVH_ERR_INVALID_ADDRESS;
	if (!covh_guest_lock(t))
		return COVH_GUEST_RETRY;
	pa = conf(t, gpa, &err);
	if (!pa) {
		covh_guest_unlock(t);
		return err;
	}

	/* Long: the hash. Nobody else extends it meanwhile */
	covh_tvm_begin_long(t);
	reg = covh_tvm_page(t)->msmt[index];
	copy_words(data[0], reg, COVH_DIGEST_SIZE);
	copy_words(data[1], covh_conf_ptr(pa), COVH_DIGEST_SIZE);
	covh_sha384(&in, 1, data[0]);
	copy_words(reg, data[0], COVH_DIGEST_SIZE);
	covh_tvm_end_long(t);
	covh_conf_close();
	return 0;
}

static long check_args(const struct covh_evidence_args *a)
{
	if (!a->key_len || a->key_len > COVH_GUEST_KEY_MAX || !a->out_len ||
	    (a->format != COVG_CERT_CBOR && a->format != COVG_CERT_X509))
		return COVH_ERR_INVALID_PARAM;
	if (!aligned(a->key) || !aligned(a->challenge) || !aligned(a->out))
		return COVH_ERR_INVALID_ADDRESS;
	return 0;
}

/* All of [out, out + len) is confidential memory, as far as it can be used */
static long check_out(const struct covh_tvm *t, u64 out, u64 len)
{
	u64 at, most = len < COVH_EVIDENCE_MAX ? len : COVH_EVIDENCE_MAX;
	s64 err;

	/* No address behind the last one of all is guest memory: no wrap */
	for (at = 0; at < most; at += COVH_PAGE_SIZE)
		if (!conf(t, out + at, &err))
			return err;
	return 0;
}

/* The three buffers, as they are now; *key and *challenge are physical */
static long check_buffers(const struct covh_tvm *t,
			  const struct covh_evidence_args *a, u64 *key,
			  u64 *challenge)
{
	s64 err;

	*key = conf(t, a->key, &err);
	if (*key)
		*challenge = conf(t, a->challenge, &err);
	return err ? err : check_out(t, a->out, a->out_len);
}

/* The TVM is locked: a snapshot of all that the evidence says */
static void fill_job(const struct covh_tvm *t,
		     const struct covh_evidence_args *a, u64 key, u64 challenge,
		     struct covh_job *job)
{
	const struct covh_tvm_page *page = covh_tvm_page(t);
	struct covh_evidence_in *in = &job->in.evidence;

	in->has_identity = (u32)page->has_identity;
	copy_words(in->identity, page->identity, sizeof(in->identity));
	copy_words(in->msmt, page->msmt, sizeof(in->msmt));
	copy_words(in->challenge, covh_conf_ptr(challenge),
		   sizeof(in->challenge));
	/* What is behind the key in its page is nobody's business, but the
	 * helper does not look at it */
	copy_words(in->guest_key, covh_conf_ptr(key), a->key_len);
}

/* A context with all that it takes, but what the guest has */
static int prepare(const struct covh_evidence_args *a)
{
	struct covh_job *job;
	int i = covh_helper_take();

	if (i < 0)
		return i;
	covh_helper_load((u32)i);
	job = covh_helper_job((u32)i);
	job->kind = COVH_JOB_EVIDENCE;
	job->in.evidence.format = (u32)a->format;
	job->in.evidence.key_len = (u32)a->key_len;
	copy_words(&job->in.evidence.id, &identity, sizeof(identity));
	work[i].out = a->out;
	work[i].len = a->out_len;
	work[i].started = false;
	return i;
}

static void block(struct covh_run *run, u64 i)
{
	run->resume = COVH_RESUME_HELPER;
	run->pc = i;
	run->vcpu->resume = COVH_RESUME_HELPER;
	run->vcpu->pc = i;
}

/* The buffers are looked at twice: it would be a waste to prepare for nothing,
 * and the lock cannot be held as long as that takes */
long covh_guest_evidence(struct covh_run *run,
			 const struct covh_evidence_args *arg)
{
	struct covh_tvm *t = run->tvm;
	long rc = check_args(arg);
	u64 key, challenge;
	int i;

	if (rc)
		return rc;
	if (!covh_guest_lock(t))
		return COVH_GUEST_RETRY;
	rc = check_buffers(t, arg, &key, &challenge);
	if (!rc && !ready)
		rc = COVH_ERR_FAILED;
	covh_unlock(&t->lock);
	i = rc ? -1 : prepare(arg);
	if (i < 0) {
		covh_conf_close();
		return rc ? rc : COVH_ERR_BUSY;
	}

	covh_lock(&t->lock);
	rc = t->busy ? COVH_GUEST_RETRY
		     : check_buffers(t, arg, &key, &challenge);
	if (!rc) {
		fill_job(t, arg, key, challenge, covh_helper_job((u32)i));
		block(run, (u64)i);
	}
	covh_unlock(&t->lock);
	if (rc)
		covh_helper_give((u32)i);
	covh_conf_close();
	return rc;
}

bool covh_work_starts(const struct covh_run *run)
{
	bool started = work[run->pc].started;

	work[run->pc].started = true;
	return !started;
}

void covh_work_pause(struct covh_run *run)
{
	block(run, run->pc);
}

/* Busy: the guest's pages stay where they are */
static void copy_out(const struct covh_tvm *t, u64 out, const u8 *from, u64 len)
{
	u64 n, pa;
	s64 err;

	for (; len; out += n, from += n, len -= n) {
		n = len < COVH_PAGE_SIZE ? len : COVH_PAGE_SIZE;
		pa = conf(t, out, &err);
		memcpy(covh_conf_ptr(pa), from, n);
	}
}

/* The pages may be gone since the call */
static long bring(struct covh_tvm *t, u32 i, u64 *value)
{
	const struct covh_evidence_out *o = &covh_helper_job(i)->out.evidence;
	u64 len = o->len;
	long rc;

	if (len > COVH_EVIDENCE_MAX)
		return COVH_ERR_FAILED;
	*value = len;
	if (len > work[i].len)
		return COVH_ERR_INVALID_PARAM;

	covh_lock(&t->lock);
	if (t->busy) {
		covh_unlock(&t->lock);
		return COVH_GUEST_RETRY;
	}
	rc = check_out(t, work[i].out, len);
	if (rc) {
		covh_unlock(&t->lock);
		*value = 0;
		return rc;
	}
	covh_tvm_begin_long(t);
	copy_out(t, work[i].out, o->bytes, len);
	covh_tvm_end_long(t);
	return 0;
}

static long result_of(u32 i)
{
	int rc = covh_helper_job(i)->result;

	return !rc || rc == COVH_ERR_INVALID_PARAM ? rc : COVH_ERR_FAILED;
}

long covh_work_done(struct covh_run *run, bool fault)
{
	u32 i = (u32)run->pc;
	u64 value = 0;
	long rc;

	covh_conf_open();
	rc = fault ? COVH_ERR_FAILED : result_of(i);
	if (!rc)
		rc = bring(run->tvm, i, &value);
	if (rc != COVH_GUEST_RETRY)
		covh_helper_give(i);
	covh_conf_close();
	if (rc == COVH_GUEST_RETRY)
		return rc;

	run->resume = COVH_RESUME_ANSWER;
	run->arg = (u64)rc;
	run->pc = value;
	run->vcpu->resume = COVH_RESUME_PLAIN;
	return 0;
}

void covh_work_drop(struct covh_vcpu *v)
{
	if (v->resume != COVH_RESUME_HELPER)
		return;
	v->resume = COVH_RESUME_PLAIN;
	covh_helper_give((u32)v->pc);
}

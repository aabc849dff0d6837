/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The debug console, cove-abi.md E.4. SBI lets a call transfer less than it
 * was asked for, so a buffer that the host cannot see goes byte by byte, in
 * calls that every host knows.
 */

#include "tramp.h"

#define DBCN_WRITE	0
#define DBCN_READ	1
#define DBCN_WRITE_BYTE 2

static void one_byte(struct covh_vcpu_page *v, u64 fid, u64 gpa)
{
	s64 err;
	u8 *p = tramp_conf_ptr(v, gpa, &err);

	if (!p && tramp_region_at(v, gpa) == COVH_RGN_CONF) {
		/* As if the guest had touched it: the host brings the page, and
		 * the guest calls again */
		tramp_skip_insn(-4UL);
		tramp_exit_missing(v,
				   fid == DBCN_READ ? CAUSE_STORE_GUEST_PAGE
						    : CAUSE_LOAD_GUEST_PAGE,
				   gpa);
	}
	if (!p) {
		tramp_answer(v, COVH_ERR_INVALID_PARAM, 0);
		return;
	}
	v->dbcn = gpa;
	if (fid == DBCN_READ)
		tramp_forward(v, COVH_PENDING_READ, SBI_LEGACY_GETCHAR, 0, 0,
			      0);
	tramp_forward(v, COVH_PENDING_WRITE, SBI_DBCN, DBCN_WRITE_BYTE, *p, 0);
}

/* a0 bytes at a1; a2 is the upper half of an address on RV128 */
static __attribute__((noinline)) void buffer(struct covh_vcpu_page *v, u64 fid)
{
	u64 n = v->gpr[A(0)], gpa = v->gpr[A(1)];
	u64 left = COVH_PAGE_SIZE - (gpa & (COVH_PAGE_SIZE - 1));

	if (v->gpr[A(2)]) {
		tramp_answer(v, COVH_ERR_INVALID_PARAM, 0);
		return;
	}
	if (!n) {
		tramp_answer(v, 0, 0);
		return;
	}
	if (tramp_region_at(v, gpa) != COVH_RGN_SHARED) {
		one_byte(v, fid, gpa);
		return;
	}
	/* What is behind this page may be another kind of memory */
	v->dbcn = n < left ? n : left;
	tramp_forward(v, COVH_PENDING_DBCN, SBI_DBCN, fid, v->dbcn, gpa);
}

void tramp_dbcn(struct covh_vcpu_page *v, u64 fid)
{
	switch (fid) {
	case DBCN_WRITE:
	case DBCN_READ:
		buffer(v, fid);
		return;
	case DBCN_WRITE_BYTE:
		/* The byte, nothing beside it */
		tramp_forward(v, COVH_PENDING_ECALL, SBI_DBCN, fid,
			      v->gpr[A(0)] & 0xFF, 0);
	default:
		tramp_answer(v, COVH_ERR_NOT_SUPPORTED, 0);
	}
}

/* a0 is a character; anything else: there is none */
static void byte_read(struct covh_vcpu_page *v, u64 a0)
{
	s64 err;
	u8 *p;

	if (a0 > 0xFF) {
		tramp_answer(v, 0, 0);
		return;
	}
	/* The page may have gone meanwhile */
	p = tramp_conf_ptr(v, v->dbcn, &err);
	if (!p) {
		tramp_answer(v, COVH_ERR_FAILED, 0);
		return;
	}
	*p = (u8)a0;
	tramp_answer(v, 0, 1);
}

void tramp_dbcn_complete(struct covh_vcpu_page *v, u64 pending, u64 a0, u64 a1)
{
	s64 err = (s64)a0;

	if (pending == COVH_PENDING_READ) {
		byte_read(v, a0);
		return;
	}
	if (pending == COVH_PENDING_WRITE)
		a1 = 1;
	else if (a1 > v->dbcn && !err)
		err = COVH_ERR_FAILED;
	tramp_answer(v, err, err ? 0 : a1);
}

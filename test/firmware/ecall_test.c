/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Eyes for the tests, in test builds only: a host that can call this sees
 * everything.
 */

#include <sbi_covh/abi.h>
#include <sbi_covh/test.h>
#include <core/helper.h>
#include <attest/sha512.h>
#include <core/hostmem.h>
#include <core/lock.h>
#include <core/page.h>
#include <core/tvm.h>
#include <hart/fencelog.h>
#include <hart/hart.h>
#include <hart/stretch.h>
#include <ecall/ecall.h>
#include "findkey.h"

/* Four bits each, the first page in the lowest */
static u64 page_states(u64 pa, u64 n)
{
	u64 i, states = 0;

	for (i = 0; i < n && i < 16; i++)
		states |= (u64)covh_page_state(pa + i * COVH_PAGE_SIZE)
			  << 4 * i;
	return states;
}

static u64 checksum(const u64 *page)
{
	u64 i, sum = 0;

	for (i = 0; i < COVH_PAGE_SIZE / sizeof(*page); i++)
		sum = (sum ^ page[i]) * 0x100000001B3ULL;
	return sum;
}

static bool is_table(u64 pa)
{
	enum covh_page_state s = covh_page_state(pa);

	return s == COVH_PG_PGD || s == COVH_PG_PT;
}

/* At the same alignment as the host has it */
static long sha384(const struct sbi_trap_regs *r, u64 *insns)
{
	static u8 page[COVH_PAGE_SIZE] __attribute__((aligned(COVH_PAGE_SIZE)));
	struct covh_bytes in = { page + (r->a0 & 7), r->a1 };
	enum covh_sha512_kind chosen = covh_sha512_kind;
	u8 digest[COVH_DIGEST_SIZE];
	struct covh_watch watch;
	long rc;

	if (r->a3 > COVH_TEST_SHA_CHOSEN || r->a1 > sizeof(page) - (r->a0 & 7))
		return COVH_ERR_INVALID_PARAM;
	if (r->a3 < COVH_TEST_SHA_CHOSEN && !(covh_sha512_kinds & 1U << r->a3))
		return COVH_ERR_NOT_SUPPORTED;
	rc = r->a1 ? covh_copy_from_host(page + (r->a0 & 7), r->a0, r->a1) : 0;
	if (rc)
		return rc;

	if (r->a3 < COVH_TEST_SHA_CHOSEN)
		covh_sha512_kind = (enum covh_sha512_kind)r->a3;
	covh_watch_start(&watch);
	covh_sha384(&in, 1, digest);
	*insns = covh_watch_stop(&watch);
	covh_sha512_kind = chosen;
	return covh_copy_to_host(r->a2, digest, sizeof(digest));
}

static int test_handler(unsigned long extid, unsigned long funcid,
			struct sbi_trap_regs *regs,
			struct sbi_ecall_return *out)
{
	u64 pa = regs->a0, arg = 0;
	long err = 0;

	(void)extid;
	if (!covh_from_host(regs) || !covh_ready)
		return covh_answer(regs, out, COVH_ERR_NOT_SUPPORTED, 0);

	switch (funcid) {
	case COVH_TEST_PAGE_STATE:
		arg = page_states(pa, regs->a1 ? regs->a1 : 1);
		break;
	case COVH_TEST_PEEK:
		if (!covh_page_is_ram(pa) || (pa & 7))
			err = COVH_ERR_INVALID_ADDRESS;
		else
			arg = *(volatile u64 *)pa;
		break;
	case COVH_TEST_LOG:
		/* Event in the low byte of what is returned beside its arg */
		regs->a2 = covh_fencelog_read((u32)regs->a0, &arg);
		break;
	case COVH_TEST_TRAMPOLINE:
		arg = covh_tramp.entry;
		break;
	case COVH_TEST_LOCK_LONGEST:
		arg = covh_lock_longest(pa);
		break;
	case COVH_TEST_VMID_TOP:
		if (pa < COVH_MAX_TVMS - 1 || pa >= BIT64(14))
			err = COVH_ERR_INVALID_PARAM;
		else
			covh_tvm_set_vmid_top((u32)pa);
		break;
	case COVH_TEST_SUM:
		if (!covh_page_is_conf(pa) || (pa & (COVH_PAGE_SIZE - 1)))
			err = COVH_ERR_INVALID_ADDRESS;
		else
			arg = checksum((const u64 *)pa);
		break;
	case COVH_TEST_VECTOR:
		arg = covh_vector_installed();
		break;
	case COVH_TEST_POKE:
		if (!is_table(pa) || (pa & 7))
			err = COVH_ERR_INVALID_ADDRESS;
		else
			*(volatile u64 *)pa = regs->a1;
		break;
	case COVH_TEST_CONTEXTS:
		arg = covh_helper_taken();
		break;
	case COVH_TEST_FIND_KEY:
		arg = covh_test_find_key();
		break;
	case COVH_TEST_FIND:
		arg = covh_test_find(pa);
		break;
	case COVH_TEST_SHA384:
		err = sha384(regs, &arg);
		break;
	case COVH_TEST_STRETCH:
		arg = covh_stretch_longest(regs->a0, regs->a1);
		break;
	case COVH_TEST_FLUSHES:
		arg = covh_test_flushes();
		break;
	default:
		err = COVH_ERR_NOT_SUPPORTED;
	}
	return covh_answer(regs, out, err, arg);
}

COVH_EXTENSION(covtest, COVH_TEST_EID, test_handler, .experimental = true);

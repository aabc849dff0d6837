/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The trampoline's covg.c: where read_measurement may write. It looks at the
 * region and then at the leaf, without a lock; no QEMU test can have a range
 * change sides in between, so here both looks are given.
 */

#include <stdlib.h>
#include <string.h>

#include "fake_hart.h"

#define CONFIG_SBI_COVH_SVN 7

/* All that needs a hart is in other files of the trampoline */
#define __COVH_TRAMP_CSR_H__
#define CSR_SEPC		0
#define csr_read(__csr)		0
#define csr_write(__csr, __val) ((void)(__val))
#include "../../lib/sbi_covh/trampoline/covg.c"
#include "../../lib/sbi_covh/trampoline/guestmem.c"

#define ROOT   POOL_BASE
#define TABLES (POOL_BASE + 0x10000)

static struct covh_tvm_page tvm;
static struct covh_vcpu_page vcpu;
static u8 page[PG] __attribute__((aligned(PG)));

bool tramp_ask(struct covh_vcpu_page *v, u64 fn)
{
	(void)v;
	(void)fn;
	return false;
}

struct tramp_ret tramp_call_all(const struct covh_vcpu_page *v, u64 fn)
{
	(void)v;
	(void)fn;
	return (struct tramp_ret){ COVH_ERR_FAILED, 0 };
}

bool tramp_told(struct covh_vcpu_page *v, struct tramp_ret r)
{
	tramp_answer(v, r.err, r.val);
	return !r.err;
}

void tramp_work(struct covh_vcpu_page *v)
{
	(void)v;
	abort();
}

void tramp_exit_ecall(struct covh_vcpu_page *v, u64 kind, u64 eid, u64 fid,
		      u64 a0, u64 a1)
{
	(void)v;
	(void)kind;
	(void)eid;
	(void)fid;
	(void)a0;
	(void)a1;
	abort();
}

/* One page at GPA: its region, 0 for none, and the flags of its leaf */
static void lay_out(enum covh_region_type region, u64 flags)
{
	struct covh_gstage g = { .root = ROOT, .levels = 4 };

	memset(fake_ram(ROOT), 0, 4 * PG);
	for (u32 i = 0; i < 3; i++) {
		memset(fake_ram(TABLES + i * PG), 0, PG);
		covh_gstage_give_table(&g, TABLES + i * PG);
	}
	memset(&tvm, 0, sizeof(tvm));
	tvm.gstage_root = g.root;
	tvm.gstage_levels = g.levels;
	memset(tvm.msmt, 0x5a, sizeof(tvm.msmt));
	if (region)
		assert_rc(OK, covh_region_add(&tvm.regions, GPA, PG, region));
	if (flags) {
		assert_rc(OK, covh_gstage_check_map(&g, GPA, 0, 1));
		covh_gstage_map(&g, GPA, 0, 1, (u64)page, flags);
	}
	memset(page, 0, sizeof(page));
}

static s64 read_to(u64 gpa)
{
	memset(&vcpu, 0, sizeof(vcpu));
	vcpu.tvm = (u64)&tvm;
	vcpu.gpr[A(0)] = gpa;
	vcpu.gpr[A(1)] = COVH_DIGEST_SIZE;
	vcpu.gpr[A(2)] = 4;
	tramp_covg(&vcpu, COVG_READ_MEASUREMENT);
	return (s64)vcpu.gpr[A(0)];
}

static bool written(void)
{
	u32 i, n = 0;

	for (i = 0; i < PG; i++)
		n += page[i] == 0x5a;
	assert_true(n == 0 || n == COVH_DIGEST_SIZE);
	return n;
}

static void buffer_is_confidential(void **state)
{
	static const struct {
		enum covh_region_type region;
		u64 leaf;
		s64 want;
	} rows[] = {
		{ COVH_RGN_CONF, COVH_PTE_CONF, OK },
		{ COVH_RGN_CONF_REMOVABLE, COVH_PTE_CONF, OK },
		{ COVH_RGN_CONF, 0, INV_ADDR },
		{ COVH_RGN_NONE, COVH_PTE_CONF, INV_ADDR },
		{ COVH_RGN_NONE, 0, INV_ADDR },
		{ COVH_RGN_SHARED, COVH_PTE_HOST, INV_PARAM },
		{ COVH_RGN_SHARED_REMOVABLE, COVH_PTE_HOST, INV_PARAM },
		{ COVH_RGN_MMIO, COVH_PTE_HOST, INV_PARAM },
		/* Shared between the two looks, and unshared */
		{ COVH_RGN_CONF, COVH_PTE_HOST, INV_PARAM },
		{ COVH_RGN_CONF_REMOVABLE, COVH_PTE_HOST, INV_PARAM },
		{ COVH_RGN_SHARED, COVH_PTE_CONF, INV_PARAM },
	};

	(void)state;
	for (u32 i = 0; i < COVH_ARRAY_SIZE(rows); i++) {
		lay_out(rows[i].region, rows[i].leaf);
		assert_int_equal(read_to(GPA), rows[i].want);
		assert_int_equal(written(), rows[i].want == OK);
		assert_int_equal(vcpu.gpr[A(1)],
				 rows[i].want == OK ? COVH_DIGEST_SIZE : 0);
		assert_int_equal(read_to(GPA + 8), INV_ADDR);
	}
}

static s64 caps_to(u64 gpa, u64 size)
{
	memset(&vcpu, 0, sizeof(vcpu));
	vcpu.tvm = (u64)&tvm;
	vcpu.gpr[A(0)] = gpa;
	vcpu.gpr[A(1)] = size;
	tramp_covg(&vcpu, COVG_GET_ATTCAPS);
	return (s64)vcpu.gpr[A(0)];
}

/* cove-abi.md C.6, byte by byte */
static void attcaps(void **state)
{
	u8 want[336] = { 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 6, 4 };

	(void)state;
	for (u32 i = 0; i < 10; i++) {
		want[20 + 12 * i + 4] = i >= 6;
		want[20 + 12 * i + 8] = 0xFF;
	}
	lay_out(COVH_RGN_CONF, COVH_PTE_CONF);
	memset(page, 0xA5, sizeof(page));
	assert_int_equal(caps_to(GPA, 335), INV_PARAM);
	assert_int_equal(caps_to(GPA + 8, 336), INV_ADDR);
	assert_int_equal(caps_to(GPA + PG, 336), INV_ADDR);
	assert_int_equal(page[0], 0xA5);
	assert_int_equal(caps_to(GPA, 336), OK);
	assert_memory_equal(page, want, sizeof(want));
	assert_int_equal(page[336], 0xA5);
	assert_int_equal(caps_to(GPA, PG), OK);
	lay_out(COVH_RGN_SHARED, COVH_PTE_HOST);
	assert_int_equal(caps_to(GPA, PG), INV_PARAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(buffer_is_confidential),
		t(attcaps),
	};

	return cmocka_run_group_tests_name("covg", tests, NULL, NULL);
}

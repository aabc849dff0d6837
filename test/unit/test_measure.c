/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Measurement against digests that Python's hashlib computed.
 */

#include <string.h>

#include "expected.h"
#include "fake_hart.h"
#include "measure.h"

static struct maker m;

#define assert_reg(__i, __want) \
	assert_memory_equal(maker_page(&m)->msmt[__i], __want, 48)

static void sha384_is_sha384(void **state)
{
	struct covh_bytes in[3] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };
	u8 out[48];

	(void)state;
	covh_sha384(in, 3, out);
	assert_memory_equal(out, exp_abc, 48);
	covh_sha384(in, 0, out);
	assert_memory_equal(out, exp_empty, 48);
}

static void register_5_records_each_event(void **state)
{
	static const u8 zero[48];

	(void)state;
	memset(&m, 0, sizeof(m));
	m.next = POOL_BASE;
	m.pgd = maker_pages(&m, 4, COVH_PGD_SIZE);
	m.state = maker_pages(&m, 1, PG);
	assert_rc(OK, maker_create(m.pgd, m.state, &m.id));
	for (int i = 0; i < COVH_MSMT_COUNT; i++)
		assert_reg(i, zero);
	assert_rc(OK, covh_add_region(m.id, GPA, GPA_LEN));
	assert_reg(5, exp_region);
	/* Pages of tables are not measured */
	assert_rc(OK, covh_add_pt_pages(m.id, maker_pages(&m, 8, PG), 8));
	assert_rc(OK, covh_create_vcpu(m.id, 0, maker_pages(&m, 1, PG)));
	assert_reg(5, exp_region_vcpu0);
	assert_rc(OK, covh_finalize_tvm(m.id, GPA, 0x1234, 0));
	assert_reg(5, exp_finalized);
	assert_reg(4, zero);
}

static void t42_entry_and_argument_change_register_5(void **state)
{
	(void)state;
	maker_init(&m);
	assert_rc(OK, covh_finalize_tvm(m.id, GPA + 4, 0x1234, 0));
	assert_reg(5, exp_finalized_pc);
	assert_rc(OK, covh_destroy_tvm(m.id));
	maker_second(&m, &m);
	assert_rc(OK, covh_finalize_tvm(m.id, GPA, 0x1235, 0));
	assert_reg(5, exp_finalized_arg);
}

static void t42_vcpu_set_changes_register_5(void **state)
{
	(void)state;
	maker_init(&m);
	assert_rc(OK, covh_create_vcpu(m.id, 63, maker_pages(&m, 1, PG)));
	assert_reg(5, exp_vcpu_63);
}

static void t43_identity_does_not_change_measurements(void **state)
{
	u64 i;

	(void)state;
	maker_init(&m);
	for (i = 0; i < 64; i++)
		((u8 *)fake_ram(HOST_BASE))[i] = (u8)(0xC0 + i);
	assert_rc(OK, covh_finalize_tvm(m.id, GPA, 0x1234, HOST_BASE));
	assert_reg(5, exp_finalized);
	assert_int_equal(maker_page(&m)->has_identity, 1);
	assert_memory_equal(maker_page(&m)->identity, fake_ram(HOST_BASE), 64);
}

static void one_page(void **state)
{
	(void)state;
	maker_init(&m);
	fake_pattern(SRC, 0);
	assert_rc(OK, covh_add_measured(m.id, SRC, maker_pages(&m, 1, PG), 0, 1,
					GPA));
	assert_reg(4, exp_page_0);
}

static void source_patterns(u64 n)
{
	for (u64 i = 0; i < n; i++)
		fake_pattern(SRC + i * PG, i);
}

/* One call of four, four calls of one */
static void calls_do_not_show_in_the_measurement(void **state)
{
	u64 dst;

	(void)state;
	source_patterns(4);
	maker_init(&m);
	dst = maker_pages(&m, 4, PG);
	assert_rc(OK, covh_add_measured(m.id, SRC, dst, 0, 4, GPA));
	assert_reg(4, exp_pages_0_3);
	assert_rc(OK, covh_destroy_tvm(m.id));
	maker_second(&m, &m);
	dst = maker_pages(&m, 4, PG);
	for (u64 i = 0; i < 4; i++)
		assert_rc(OK,
			  covh_add_measured(m.id, SRC + i * PG, dst + i * PG, 0,
					    1, GPA + i * PG));
	assert_reg(4, exp_pages_0_3);
}

static void t42_page_order_changes_register_4(void **state)
{
	u64 dst;

	(void)state;
	source_patterns(4);
	maker_init(&m);
	dst = maker_pages(&m, 4, PG);
	for (u64 i = 4; i--;)
		assert_rc(OK,
			  covh_add_measured(m.id, SRC + i * PG, dst + i * PG, 0,
					    1, GPA + i * PG));
	assert_memory_not_equal(maker_page(&m)->msmt[4], exp_pages_0_3, 48);
}

/* A huge page is hashed as its 4 KiB pieces */
static void huge_page_measures_as_its_pieces(void **state)
{
	u64 dst;

	(void)state;
	source_patterns(512);
	maker_init(&m);
	dst = maker_pages(&m, 512, 0x200000);
	assert_rc(OK, covh_add_measured(m.id, SRC, dst, 1, 1, GPA + 0x200000));
	assert_reg(4, exp_pages_0_511);
	assert_memory_equal(fake_ram(dst), fake_ram(SRC), 0x200000);
	assert_rc(OK, covh_destroy_tvm(m.id));
	m.next = POOL_BASE + 0x100000;
	maker_second(&m, &m);
	assert_rc(OK,
		  covh_add_measured(m.id, SRC, dst, 0, 512, GPA + 0x200000));
	assert_reg(4, exp_pages_0_511);
}

static void rewrite_source(u64 pa, u64 len)
{
	memset(fake_ram(pa), 0xEE, len);
}

/* The host rewrites each page of the source as soon as it was read */
static void t26_measured_bytes_are_the_mapped_bytes(void **state)
{
	u64 dst;

	(void)state;
	source_patterns(4);
	maker_init(&m);
	dst = maker_pages(&m, 4, PG);
	fake.unmap_hook = rewrite_source;
	assert_rc(OK, covh_add_measured(m.id, SRC, dst, 0, 4, GPA));
	fake.unmap_hook = NULL;
	assert_reg(4, exp_pages_0_3);
	for (u64 i = 0; i < 4; i++) {
		fake_pattern(SRC + i * PG, i);
		assert_memory_equal(fake_ram(dst + i * PG),
				    fake_ram(SRC + i * PG), PG);
	}
}

/* Whatever fails leaves register 4 and 5 as they were */
static void failures_leave_registers_alone(void **state)
{
	u64 dst;

	(void)state;
	source_patterns(4);
	maker_init(&m);
	dst = maker_pages(&m, 4, PG);
	assert_rc(OK, covh_add_measured(m.id, SRC, dst, 0, 1, GPA));
	assert_reg(4, exp_page_0);
	/* The last of three is mapped already; then dest taken; source bad */
	assert_rc(INV_ADDR,
		  covh_add_measured(m.id, SRC, dst + PG, 0, 3, GPA - 2 * PG));
	assert_rc(INV_ADDR,
		  covh_add_measured(m.id, SRC, dst, 0, 3, GPA + 8 * PG));
	assert_rc(INV_ADDR,
		  covh_add_measured(m.id, SRC, dst + PG, 0, 4, GPA + 8 * PG));
	assert_rc(INV_ADDR, covh_add_measured(m.id, RAM_END - PG, dst + PG, 0,
					      2, GPA + 8 * PG));
	assert_reg(4, exp_page_0);
	assert_rc(INV_ADDR, covh_add_region(m.id, GPA, PG));
	assert_rc(INV_PARAM, covh_create_vcpu(m.id, 0, dst + PG));
	assert_rc(INV_ADDR, covh_create_vcpu(m.id, 1, dst));
	assert_rc(INV_PARAM, covh_finalize_tvm(m.id, GPA, 0, HOST_BASE + 8));
	assert_reg(5, exp_region_vcpu0);
	for (u64 i = 1; i < 4; i++)
		assert_state(dst + i * PG, CONF_FREE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha384_is_sha384),
		t(register_5_records_each_event),
		t39(register_5_records_each_event),
		t(t42_entry_and_argument_change_register_5),
		t(t42_vcpu_set_changes_register_5),
		t(t42_page_order_changes_register_4),
		t(t43_identity_does_not_change_measurements),
		t(one_page),
		t(calls_do_not_show_in_the_measurement),
		t(huge_page_measures_as_its_pieces),
		t(t26_measured_bytes_are_the_mapped_bytes),
		t(failures_leave_registers_alone),
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}

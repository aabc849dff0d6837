/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * NACL memory and host buffers.
 */

#include <string.h>

#include "fake_hart.h"
#include "hostmem.h"

#define OFF ~0UL

static void registers_pins_and_drops(void **state)
{
	(void)state;
	assert_int_equal(covh_nacl_shmem(), 0);
	assert_rc(OK, covh_nacl_set_shmem(HOST_BASE, 0, 0));
	assert_int_equal(covh_nacl_shmem(), HOST_BASE);
	for (u64 i = 0; i < 3; i++)
		assert_state(HOST_BASE + i * PG, NC_SHMEM);
	assert_state(HOST_BASE + 3 * PG, NC);
	AS_HART(1)
	assert_int_equal(covh_nacl_shmem(), 0);
	assert_rc(OK, covh_nacl_set_shmem(OFF, OFF, 0));
	assert_int_equal(covh_nacl_shmem(), 0);
	assert_state(HOST_BASE, NC);
	assert_rc(OK, covh_nacl_set_shmem(OFF, OFF, 0));
}

static void t67_registered_pages_are_not_converted(void **state)
{
	(void)state;
	assert_rc(OK, covh_nacl_set_shmem(HOST_BASE, 0, 0));
	for (u64 i = 0; i < 3; i++)
		assert_rc(INV_ADDR, covh_convert(HOST_BASE + i * PG, 1));
	assert_rc(INV_ADDR, covh_convert(HOST_BASE - PG, 5));
	covh_nacl_drop();
	assert_rc(OK, covh_convert(HOST_BASE, 3));
	assert_rc(OK, covh_reclaim(HOST_BASE, 3));
}

static void replacing_unpins_the_old_area(void **state)
{
	(void)state;
	assert_rc(OK, covh_nacl_set_shmem(HOST_BASE, 0, 0));
	assert_rc(OK, covh_nacl_set_shmem(HOST_BASE + 2 * PG, 0, 0));
	assert_state(HOST_BASE, NC);
	assert_state(HOST_BASE + PG, NC);
	assert_int_equal(covh_page_info(HOST_BASE + 2 * PG), 1);
	assert_state(HOST_BASE + 4 * PG, NC_SHMEM);
	/* The same again */
	assert_rc(OK, covh_nacl_set_shmem(HOST_BASE + 2 * PG, 0, 0));
	assert_int_equal(covh_page_info(HOST_BASE + 2 * PG), 1);
	/* A failure keeps the old one */
	assert_rc(INV_ADDR, covh_nacl_set_shmem(RAM_END - PG, 0, 0));
	assert_int_equal(covh_nacl_shmem(), HOST_BASE + 2 * PG);
	assert_state(HOST_BASE + 2 * PG, NC_SHMEM);
	assert_state(RAM_END - PG, NC);
}

static void areas_of_two_harts_may_overlap(void **state)
{
	(void)state;
	assert_rc(OK, covh_nacl_set_shmem(HOST_BASE, 0, 0));
	AS_HART(1)
	assert_rc(OK, covh_nacl_set_shmem(HOST_BASE + PG, 0, 0));
	assert_int_equal(covh_page_info(HOST_BASE + PG), 2);
	covh_nacl_drop();
	assert_state(HOST_BASE, NC);
	assert_state(HOST_BASE + PG, NC_SHMEM);
	AS_HART(1)
	covh_nacl_drop();
	assert_state(HOST_BASE + PG, NC);
}

static void t05_errors_of_set_shmem(void **state)
{
	static const struct {
		u64 lo, hi, flags;
		long rc;
	} rows[] = {
		{ HOST_BASE, 0, 1, INV_PARAM },
		{ OFF, OFF, 1, INV_PARAM },
		{ HOST_BASE + 8, 0, 0, INV_PARAM },
		{ HOST_BASE + 8, 1, 0, INV_PARAM },
		{ OFF, 0, 0, INV_PARAM },
		{ HOST_BASE, 1, 0, INV_ADDR },
		{ HOST_BASE, OFF, 0, INV_ADDR },
		{ 0, 0, 0, INV_ADDR },
		{ POOL_BASE, 0, 0, INV_ADDR },
		{ POOL_BASE - PG, 0, 0, INV_ADDR },
		{ FW_BASE, 0, 0, INV_ADDR },
		{ 0x10000000, 0, 0, INV_ADDR },
		{ RAM_END - 2 * PG, 0, 0, INV_ADDR },
		{ ~0UL - PG + 1, 0, 0, INV_ADDR },
	};

	(void)state;
	for (u32 i = 0; i < COVH_ARRAY_SIZE(rows); i++)
		assert_rc(rows[i].rc,
			  covh_nacl_set_shmem(rows[i].lo, rows[i].hi,
					      rows[i].flags));
	assert_int_equal(covh_nacl_shmem(), 0);
	assert_rc(OK, covh_convert(HOST_BASE, 1));
	assert_rc(INV_ADDR, covh_nacl_set_shmem(HOST_BASE, 0, 0));
	fake_fence();
	assert_rc(INV_ADDR, covh_nacl_set_shmem(HOST_BASE - 2 * PG, 0, 0));
	assert_state(HOST_BASE - PG, POOL);
}

/* Rows set_shmem of D.1 */
static void row_set_shmem_of_d1(void **state)
{
	(void)state;
	for (int st = 0; st < COVH_PG_STATES; st++) {
		bool ok = st == COVH_PG_NC || st == COVH_PG_NC_SHMEM;

		fake_poke(HOST_BASE + PG, st, st == COVH_PG_NC ? 0 : 1);
		assert_rc(ok ? OK : INV_ADDR,
			  covh_nacl_set_shmem(HOST_BASE, 0, 0));
		covh_nacl_drop();
		assert_int_equal(*fake_rec(HOST_BASE + PG) & COVH_PG_STATE_MASK,
				 (u64)st);
		assert_state(HOST_BASE, NC);
	}
	fake_poke(HOST_BASE + PG, COVH_PG_NC, 0);
}

static void copies_cross_pages(void **state)
{
	u8 in[100], out[100];

	(void)state;
	for (int i = 0; i < 100; i++)
		in[i] = (u8)(i + 1);
	assert_rc(OK, covh_copy_to_host(HOST_BASE + PG - 50, in, 100));
	assert_rc(OK, covh_copy_from_host(out, HOST_BASE + PG - 50, 100));
	assert_memory_equal(in, out, 100);
}

static void t05_copies_refuse_what_is_not_host_memory(void **state)
{
	static const u64 bad[] = {
		FW_BASE,      POOL_BASE,     RAM_END - 8,
		RAM_BASE - 8, POOL_BASE - 8, 0,
		~0UL - 7,     ~0UL - 15,     POOL_BASE + POOL_SIZE - 8
	};
	u8 in[16] = { 1 }, out[16];
	u64 before;

	(void)state;
	for (u32 i = 0; i < COVH_ARRAY_SIZE(bad); i++) {
		memset(out, 0x77, sizeof(out));
		assert_rc(INV_ADDR, covh_copy_from_host(out, bad[i], 16));
		assert_int_equal(out[0], 0x77);
		assert_rc(INV_ADDR, covh_copy_to_host(bad[i], in, 16));
	}
	memset(fake_ram(HOST_BASE), 0, 2 * PG);
	fake_give(HOST_BASE + PG, 1);
	memcpy(&before, fake_ram(HOST_BASE + PG - 8), 8);
	/* Nothing is written, not even the part that is host memory */
	assert_rc(INV_ADDR, covh_copy_to_host(HOST_BASE + PG - 8, in, 16));
	assert_memory_equal(&before, fake_ram(HOST_BASE + PG - 8), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(registers_pins_and_drops),
		t(t67_registered_pages_are_not_converted),
		t(replacing_unpins_the_old_area),
		t(areas_of_two_harts_may_overlap),
		t(t05_errors_of_set_shmem),
		t(row_set_shmem_of_d1),
		t(copies_cross_pages),
		t(t05_copies_refuse_what_is_not_host_memory),
	};

	return cmocka_run_group_tests_name("nacl", tests, NULL, NULL);
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * T-71 for MPXY: the calls of mpxy_native.c against the page records. The
 * addresses that MPXY sees are those of the simulated RAM.
 */

#include <string.h>

#include "fake_hart.h"

#define MARK  0x4d
#define CALLS 7

int mpxy_init(void);
int mpxy_set(unsigned long addr, unsigned long flags);
int mpxy_call(int n);
unsigned int mpxy_taken(void);

static u64 to_pa(unsigned long addr)
{
	return addr - (unsigned long)fake_ram(RAM_BASE) + RAM_BASE;
}

/* The address filter of the firmware */
bool mpxy_host_may(unsigned long addr, unsigned long size);
bool mpxy_host_may(unsigned long addr, unsigned long size)
{
	return covh_page_host_may_touch(to_pa(addr), size);
}

static int set(u64 pa, unsigned long flags)
{
	return mpxy_set((unsigned long)fake_ram(pa), flags);
}

/* The page changes under call n only if it may */
static void call(int n, bool usable, u64 pa)
{
	u8 before[PG], *page = fake_ram(pa);
	unsigned int taken = mpxy_taken();
	int rc;

	memset(page, n + 1, PG);
	memcpy(before, page, PG);
	rc = mpxy_call(n);
	assert_int_not_equal(rc, -100);
	if (usable) {
		assert_int_equal(rc, 0);
		return;
	}
	assert_int_equal(rc, -9 /* NO_SHMEM */);
	assert_memory_equal(before, page, PG);
	assert_int_equal(mpxy_taken(), taken);
}

/* The other way round: without this the refusals below mean nothing */
static void host_memory_serves(void **state)
{
	(void)state;
	assert_int_equal(mpxy_init(), 0);
	assert_int_equal(set(HOST_BASE, 0), 0);
	for (int n = 0; n < CALLS; n++)
		call(n, true, HOST_BASE);
	assert_int_equal(mpxy_call(CALLS), -100);
	assert_int_equal(*(u8 *)fake_ram(HOST_BASE), MARK);
	assert_int_equal(mpxy_taken(), 6); /* the filling of call 5 */
}

static void confidential_is_refused(void **state)
{
	static const u64 bad[] = { FW_BASE, POOL_BASE, POOL_BASE + 0x10000 };

	(void)state;
	assert_int_equal(mpxy_init(), 0);
	fake_give(POOL_BASE + 0x10000, 1);
	for (u32 i = 0; i < COVH_ARRAY_SIZE(bad); i++) {
		u8 was = *(u8 *)fake_ram(bad[i]);

		assert_int_equal(set(bad[i], 0), INV_ADDR);
		/* The flag has the old place written to the new one */
		assert_int_equal(set(bad[i], 1), INV_ADDR);
		assert_int_equal(*(u8 *)fake_ram(bad[i]), was);
		assert_int_equal(mpxy_call(0), -9 /* NO_SHMEM */);
	}
}

static void converted_afterwards(void **state)
{
	(void)state;
	assert_int_equal(mpxy_init(), 0);
	assert_int_equal(set(HOST_BASE, 0), 0);

	assert_rc(OK, covh_convert(HOST_BASE, 1));
	for (int n = 0; n < CALLS; n++)
		call(n, false, HOST_BASE);
	fake_fence();
	assert_state(HOST_BASE, CONF_FREE);
	for (int n = 0; n < CALLS; n++)
		call(n, false, HOST_BASE);

	/* Host memory again: nothing was forgotten */
	assert_rc(OK, covh_reclaim(HOST_BASE, 1));
	for (int n = 0; n < CALLS; n++)
		call(n, true, HOST_BASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		t(host_memory_serves),
		t(confidential_is_refused),
		t(converted_afterwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

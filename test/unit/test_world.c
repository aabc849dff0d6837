/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a world switch does with each CSR of hart/world_csrs.h, T-12, T-13; and
 * with those that no QEMU has, T-60.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "world_native.h"

#define SCAUSE 0x142
#define STVAL  0x143
#define SRMCFG 0x181

static const struct row *row_of(unsigned int num)
{
	unsigned int i;

	for (i = 0; i < nr_rows; i++)
		if (rows[i].num == num)
			return &rows[i];
	return NULL;
}

static unsigned long host(unsigned int num)
{
	return 0x4057000000000000UL | num;
}

static unsigned long guest(unsigned int num)
{
	return 0x6e57000000000000UL | num;
}

static void fill(unsigned long (*value)(unsigned int num))
{
	unsigned int i;

	for (i = 0; i < NR_CSRS; i++)
		csr[i] = value(i);
	memset(csr_reads, 0, sizeof(csr_reads));
	memset(csr_writes, 0, sizeof(csr_writes));
}

static int used(const struct row *r, int has_all)
{
	return r && r->how != FIXED && (has_all || !strcmp(r->needs, "ALWAYS"));
}

static void expect(unsigned int num, unsigned long want)
{
	const struct row *r = row_of(num);

	if (csr[num] != want)
		fail_msg("%s (0x%x) is 0x%lx, not 0x%lx", r ? r->name : "?",
			 num, csr[num], want);
}

static void check_inside(int has_all)
{
	const struct row *r;
	unsigned int i;

	for (i = 0; i < NR_CSRS; i++) {
		r = row_of(i);
		if (used(r, has_all) && (r->how == SWITCH || r->how == LATE)) {
			expect(i, world_promised(i));
			continue;
		}
		expect(i, host(i));
		assert_int_equal(csr_writes[i], 0);
		if (!used(r, has_all))
			assert_int_equal(csr_reads[i], 0);
	}
}

static void check_outside(int has_all)
{
	const struct row *r;
	unsigned int i;

	for (i = 0; i < NR_CSRS; i++) {
		r = row_of(i);
		if (!used(r, has_all)) {
			expect(i, guest(i));
			assert_int_equal(csr_reads[i] + csr_writes[i], 0);
		} else if (r->how != EXIT) {
			expect(i, host(i));
		}
	}
	expect(SCAUSE, 21);
	expect(STVAL, 0x5000);
}

static void there_and_back(int has_all)
{
	world_hart(has_all);
	fill(host);
	world_enter();
	check_inside(has_all);
	/* Whatever the guest world leaves, in all of them */
	fill(guest);
	world_leave(21, 0x5000);
	check_outside(has_all);
}

static void all_csrs(void **state)
{
	(void)state;
	there_and_back(1);
}

/* What the hart does not have is never touched: it would trap */
static void few_csrs(void **state)
{
	(void)state;
	there_and_back(0);
}

/* T-60: the guest runs without the host's QoS id, and the host has it again */
static void qos_id(void **state)
{
	(void)state;
	world_hart(1);
	fill(host);
	world_enter();
	assert_int_equal(csr[SRMCFG], 0);
	csr[SRMCFG] = 5;
	world_leave(10, 0);
	assert_int_equal(csr[SRMCFG], host(SRMCFG));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_csrs),
		cmocka_unit_test(few_csrs),
		cmocka_unit_test(qos_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

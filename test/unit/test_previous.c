/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * T-72: what a boot does with the memory of the run before, hart/previous.c.
 */

#include <string.h>

#include "fake_hart.h"
#include "../hart/place.h"

#define BLOCK	   POOL_BASE
#define BLOCK_SIZE POOL_SIZE
#define TRAMP_SIZE (8 * PG)
#define NOTE	   (BLOCK + TRAMP_SIZE - PG)
#define RECORDS	   (RAM_BASE + 0x1000000UL)
#define CANARY	   0xC5

/* place.c's */
struct covh_place covh_place;
struct covh_range covh_ram[COVH_MAX_BANKS];
u32 covh_nram;
struct covh_range covh_loaded[COVH_MAX_LOADED];
u32 covh_nloaded;

/* Records as they lie in RAM, one bank behind the other */
static u64 *rec(u64 pa)
{
	u64 i = pa < RAM2_BASE ? (pa - RAM_BASE) / PG
			       : (RAM_SIZE + pa - RAM2_BASE) / PG;

	return (u64 *)fake_ram(RECORDS) + i;
}

static int setup(void **state)
{
	u64 pa;

	fake_setup(state);
	covh_place = (struct covh_place){ .block = BLOCK,
					  .block_size = BLOCK_SIZE,
					  .tramp = BLOCK,
					  .tramp_size = TRAMP_SIZE,
					  .records = RECORDS,
					  .records_size = 0x40000 };
	covh_ram[0] = (struct covh_range){ RAM_BASE, RAM_END };
	covh_ram[1] = (struct covh_range){ RAM2_BASE, RAM2_BASE + RAM2_SIZE };
	covh_nram = 2;
	covh_nloaded = 0;
	memset(fake_ram(RAM_BASE), CANARY, RAM_SIZE);
	memset(fake_ram(RAM2_BASE), CANARY, RAM2_SIZE);
	for (pa = RAM_BASE; pa < RAM_END; pa += PG)
		*rec(pa) = COVH_PG_NC;
	for (pa = RAM2_BASE; pa < RAM2_BASE + RAM2_SIZE; pa += PG)
		*rec(pa) = COVH_PG_NC;
	covh_previous_note();
	return 0;
}

/* Bytes of the page that are not as the run before left them */
static u64 zeros(u64 page)
{
	const u8 *p = fake_ram(page);
	u64 i, n = 0;

	for (i = 0; i < PG; i++)
		n += p[i] == 0;
	return n;
}

static void scrub_says(const char *line)
{
	fake.prints = 0;
	covh_previous_scrub();
	assert_int_equal(fake.prints, 1);
	assert_string_equal(fake.line, line);
}

#define SAYS "opensbi-cove: previous run: "

static void each_state(void **state)
{
	u64 st, pa;

	(void)state;
	/* With and without a claim, in and outside the pool, with an info */
	for (st = 0; st < 64; st++) {
		*rec(HOST_BASE + st * PG) = st;
		*rec(RAM2_BASE + st * PG) = st | ~0ULL << COVH_PG_INFO_SHIFT;
	}
	scrub_says(SAYS "88 confidential pages zeroed, 0 of them around "
			"new data\n");
	for (st = 0; st < 64; st++) {
		/* From CONVERTING on, also what is no state at all */
		u64 want = (st & 15) >= COVH_PG_CONVERTING ? PG : 0;

		assert_int_equal(zeros(HOST_BASE + st * PG), want);
		assert_int_equal(zeros(RAM2_BASE + st * PG), want);
	}
	for (pa = HOST_BASE + 64 * PG; pa < RECORDS; pa += PG)
		assert_int_equal(zeros(pa), 0);
}

static void first_and_last_pages(void **state)
{
	static const u64 page[] = { RAM_BASE, RAM_END - PG, RAM2_BASE,
				    RAM2_BASE + RAM2_SIZE - PG };
	u32 i;

	(void)state;
	for (i = 0; i < COVH_ARRAY_SIZE(page); i++)
		*rec(page[i]) = COVH_PG_DATA;
	scrub_says(SAYS "4 confidential pages zeroed, 0 of them around "
			"new data\n");
	for (i = 0; i < COVH_ARRAY_SIZE(page); i++)
		assert_int_equal(zeros(page[i]), PG);
	assert_int_equal(zeros(RAM_BASE + PG), 0);
	assert_int_equal(zeros(RAM2_BASE + PG), 0);
}

/* The zeros must be in memory, not in a cache only */
static void flushed(void **state)
{
	(void)state;
	*rec(HOST_BASE) = COVH_PG_DATA;
	covh_previous_scrub();
	assert_state(HOST_BASE, NC);
	fake_check();
}

static void spares_what_is_loaded(void **state)
{
	u64 pa, base = HOST_BASE + 0x123, end = HOST_BASE + 2 * PG + 0x45;

	(void)state;
	covh_loaded[0] = (struct covh_range){ FW_BASE, FW_BASE + FW_SIZE };
	covh_loaded[1] = (struct covh_range){ base, end };
	/* Two in one page */
	covh_loaded[2] = (struct covh_range){ end + 1, end + 3 };
	covh_nloaded = 3;
	for (pa = FW_BASE; pa < FW_BASE + FW_SIZE; pa += PG)
		*rec(pa) = COVH_PG_DATA;
	for (pa = HOST_BASE - PG; pa < HOST_BASE + 4 * PG; pa += PG)
		*rec(pa) = COVH_PG_DATA;
	scrub_says(SAYS "517 confidential pages zeroed, 515 of them around "
			"new data\n");
	for (pa = FW_BASE; pa < FW_BASE + FW_SIZE; pa += PG)
		assert_int_equal(zeros(pa), 0);
	for (pa = HOST_BASE - PG; pa < HOST_BASE + 4 * PG; pa++) {
		bool kept =
			(pa >= base && pa < end) || (pa > end && pa < end + 3);

		assert_int_equal(*(u8 *)fake_ram(pa), kept ? CANARY : 0);
	}
}

/* A note that is not to the bit what this boot would write */
static void other_notes(void **state)
{
	u8 *note = fake_ram(NOTE);
	u64 i;

	(void)state;
	*rec(HOST_BASE) = COVH_PG_DATA;
	for (i = 0; i < 5 * 8 + sizeof(covh_ram); i++) {
		note[i] ^= 1 << i % 8;
		scrub_says(i < 8 ? SAYS "no page records, nothing zeroed\n"
				 : SAYS "page records of another memory map, "
					"nothing zeroed\n");
		note[i] ^= 1 << i % 8;
	}
	assert_int_equal(zeros(HOST_BASE), 0);
	/* RAM has grown, a bank has gone, the records lie elsewhere */
	covh_ram[1].end += PG;
	covh_previous_scrub();
	covh_ram[1].end -= PG;
	covh_nram = 1;
	covh_previous_scrub();
	covh_nram = 2;
	covh_place.records += PG;
	covh_previous_scrub();
	covh_place.records -= PG;
	assert_int_equal(zeros(HOST_BASE), 0);
	memset(note, 0xff, PG);
	scrub_says(SAYS "no page records, nothing zeroed\n");
	memset(note, 0, PG);
	scrub_says(SAYS "no page records, nothing zeroed\n");
	covh_previous_note();
	covh_previous_scrub();
	assert_int_equal(zeros(HOST_BASE), PG);
}

/* Whatever somebody has put where the records will be: the walk ends, and
 * nothing outside RAM is touched (the fake RAM would tell) */
static void forged_records(void **state)
{
	u64 i, pa, pages = (RAM_SIZE + RAM2_SIZE) / PG;
	u64 *r = fake_ram(RECORDS);

	(void)state;
	for (i = 0; i < pages; i++)
		r[i] = ~0ULL;
	covh_previous_scrub();
	/* It has met its own records, and took what it had done for NC */
	for (pa = RAM_BASE; pa < RECORDS; pa += PG)
		assert_int_equal(zeros(pa), PG);
	covh_previous_scrub();
	assert_true(strstr(fake.line, "no page records") != NULL);
}

#define tp(__f) cmocka_unit_test_setup(__f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		tp(each_state),	 tp(first_and_last_pages),
		tp(flushed),	 tp(spares_what_is_loaded),
		tp(other_notes), tp(forged_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

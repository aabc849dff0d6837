/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-10: two harts want the same page at the same moment, for two purposes. One
 * gets it, the other one's call fails, and the page is what the winner made it.
 */

#include <host/attack.h>

#define ROUNDS 48
/* Each round has four pages of its own: a root table takes that many */
#define BLOCK_PAGES 4

struct side;

/** What a hart does to the page, and what the page is then */
struct purpose {
	long (*call)(struct side *s);
	enum page_state state;
	/** Its TVM must be finalized */
	bool late;
};

/** One of the two harts */
static struct side {
	const struct purpose *want;
	struct tvm *tvm;
	/** For a TVM that it creates; its id */
	unsigned long state_page, id;
	unsigned long page, round, delay;
	long err;
} sides[2];

static uint8_t source[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

/* Harts that have come to the start */
static int there;

static long convert(struct side *s)
{
	return covh_convert_pages(s->page, 1).error;
}

static long reclaim(struct side *s)
{
	return covh_reclaim_pages(s->page, 1).error;
}

static long create(struct side *s)
{
	struct covh_tvm_create_params p = {
		.tvm_page_directory_addr = ALIGN_DOWN(s->page, COVH_PGD_SIZE),
		.tvm_state_addr = s->state_page,
	};
	struct sbiret r = covh_create_tvm(pa(&p), sizeof(p));

	s->id = r.error ? 0 : (unsigned long)r.value;
	return r.error;
}

static long table(struct side *s)
{
	return covh_add_tvm_page_table_pages(s->tvm->id, s->page, 1).error;
}

static long vcpu(struct side *s)
{
	return covh_create_tvm_vcpu(s->tvm->id, s->round, s->page).error;
}

static long zero(struct side *s)
{
	return covh_add_tvm_zero_pages(s->tvm->id, s->page, 0, 1,
				       BLANK_GPA + s->round * PAGE_SIZE)
		.error;
}

static long measured(struct side *s)
{
	return covh_add_tvm_measured_pages(s->tvm->id, pa(source), s->page, 0,
					   1, BLANK_GPA + s->round * PAGE_SIZE)
		.error;
}

static const struct purpose to_convert = { convert, PG_CONVERTING, false };
static const struct purpose to_reclaim = { reclaim, PG_POOL, false };
static const struct purpose to_create = { create, PG_PGD, false };
static const struct purpose to_table = { table, PG_PT, false };
static const struct purpose to_vcpu = { vcpu, PG_VCPU, false };
static const struct purpose to_zero = { zero, PG_DATA, true };
static const struct purpose to_measured = { measured, PG_DATA, false };

static void prepare(struct side *s, const struct purpose *want)
{
	*s = (struct side){ .want = want };
	s->tvm = test_blank(2, false);
	s->state_page = blank_page(s->tvm);
	if (!want->late)
		return;
	CHECK_EQ(tvm_add_vcpu(s->tvm, 0), 0);
	CHECK_EQ(covh_finalize_tvm(s->tvm->id, BLANK_GPA, 0, 0).error, 0);
}

/* Leave the start together, or a few instructions apart */
static long go(void *arg)
{
	struct side *s = arg;
	volatile unsigned long n = s->delay;

	__atomic_fetch_add(&there, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&there, __ATOMIC_ACQUIRE) < 2)
		;
	while (n)
		n--;
	s->err = s->want->call(s);
	return 0;
}

static void both(struct hart *h, unsigned long block, unsigned long round)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		sides[i].page = block + round % BLOCK_PAGES * PAGE_SIZE;
		sides[i].round = round;
		sides[i].delay = (i ? round % 7 : round / 7) * 50;
	}
	there = 0;
	hart_post(h, go, &sides[1]);
	go(&sides[0]);
	hart_wait(h);
}

/* The page is the winner's, its neighbours are nobody's or the same winner's */
static void check_block(unsigned long block, const struct side *winner,
			enum page_state before)
{
	unsigned long page, end = block + BLOCK_PAGES * PAGE_SIZE;

	for (page = block; page < end; page += PAGE_SIZE)
		CHECK_STATE(page, page == winner->page || winner->id
					  ? winner->want->state
					  : before);
}

static const struct side *check_round(unsigned long block,
				      enum page_state before)
{
	const struct side *winner = &sides[sides[0].err ? 1 : 0];
	const struct side *loser = &sides[sides[0].err ? 0 : 1];

	if (winner->err || loser->err != SBI_ERR_INVALID_ADDRESS)
		FAIL("round %lu: %ld and %ld", winner->round, sides[0].err,
		     sides[1].err);
	check_block(block, winner, before);
	if (winner->id) {
		CHECK_EQ(covh_destroy_tvm(winner->id).error, 0);
		CHECK_STATE(winner->page, PG_CONF_FREE);
		CHECK_STATE(winner->state_page, PG_CONF_FREE);
	}
	return winner;
}

static void check_end(struct conf *stock)
{
	unsigned long page = stock->range[0].base, i;

	for (i = 0; i < 2; i++)
		CHECK_EQ(tvm_destroy(sides[i].tvm), 0);
	CHECK_EQ(conf_reclaim(stock), 0);
	for (i = 0; i < ROUNDS * BLOCK_PAGES; i++)
		CHECK_STATE(page + i * PAGE_SIZE, PG_POOL);
}

static void race(const struct purpose *one, const struct purpose *other,
		 enum page_state before)
{
	unsigned long won[2] = { 0 }, block, round;
	struct hart *h = test_second_hart();
	struct conf *stock = test_conf();

	if (!free_pool.nr)
		SKIP("needs a pool: holes in windows take PMP entries");
	CHECK_EQ(conf_convert(stock, true, ROUNDS * BLOCK_PAGES, COVH_PGD_SIZE),
		 0);
	CHECK_EQ(conf_fence(), 0);
	prepare(&sides[0], one);
	prepare(&sides[1], other);
	for (round = 0; round < ROUNDS; round++) {
		block = stock->range[0].base + round * COVH_PGD_SIZE;
		if (before == PG_POOL)
			CHECK_EQ(covh_reclaim_pages(block, BLOCK_PAGES).error,
				 0);
		both(h, block, round);
		won[check_round(block, before) - sides]++;
	}
	NOTE("won %lu and %lu times", won[0], won[1]);
	check_end(stock);
}

static void convert_convert(void)
{
	race(&to_convert, &to_convert, PG_POOL);
}

static void reclaim_create(void)
{
	race(&to_reclaim, &to_create, PG_CONF_FREE);
}

static void reclaim_zero(void)
{
	race(&to_reclaim, &to_zero, PG_CONF_FREE);
}

static void reclaim_measured(void)
{
	race(&to_reclaim, &to_measured, PG_CONF_FREE);
}

static void create_create(void)
{
	race(&to_create, &to_create, PG_CONF_FREE);
}

static void create_vcpu(void)
{
	race(&to_create, &to_vcpu, PG_CONF_FREE);
}

static void table_zero(void)
{
	race(&to_table, &to_zero, PG_CONF_FREE);
}

static void zero_zero(void)
{
	race(&to_zero, &to_zero, PG_CONF_FREE);
}

TEST_GROUP(claim_race, { "T-10 convert and convert", convert_convert },
	   { "T-10 reclaim and create_tvm", reclaim_create },
	   { "T-10 reclaim and zero page", reclaim_zero },
	   { "T-10 reclaim and measured page", reclaim_measured },
	   { "T-10 create_tvm and create_tvm", create_create },
	   { "T-10 create_tvm and create_tvm_vcpu", create_vcpu },
	   { "T-10 table page and zero page", table_zero },
	   { "T-10 zero page and zero page", zero_zero });

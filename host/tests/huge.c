/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest whose memory comes in pieces of 2 MiB, with a second file in it. */

#include <string.h>
#include <host/attack.h>

#define RAM   0x80000000UL
#define PIECE 4
#define FILE  (RAM + 2 * HUGE_SIZE + 3 * PAGE_SIZE)

static const char file[] = "a file beside the ELF file";

static struct tvm *make(size_t len, uint64_t gpa)
{
	struct tvm_config cfg = { .window = !free_pool.nr,
				  .ram = { RAM, RAM + PIECE * HUGE_SIZE },
				  .file = { { gpa, file, len } },
				  .nr_file = 1,
				  .huge = true };

	need_windows(2);
	return test_guest("hello", &cfg, 0);
}

static void expect(struct tvm *t, const char *prefix, const uint8_t *digest)
{
	const char *said = strstr(t->output, prefix);
	char hex[DIGEST_HEX_SIZE];

	digest_to_hex(digest, hex);
	CHECK(said);
	CHECK(!strncmp(said + strlen(prefix), hex, sizeof(hex) - 1));
}

/* Only pieces with bytes of a file are there, and the guest's registers hold
 * all of these pieces */
static void measured(void)
{
	struct tvm *t = make(sizeof(file), FILE);
	struct measure m;
	unsigned long pa;
	unsigned int i;

	CHECK_EQ(t->nr_measured, 2 * HUGE_PAGES);
	for (i = 0; i < PIECE; i++) {
		pa = tvm_page_at(t, RAM + i * HUGE_SIZE)->pa;
		CHECK_EQ(pa != 0, i == 0 || i == 2);
		if (!pa)
			continue;
		CHECK(!(pa & (HUGE_SIZE - 1)));
		CHECK_STATE(pa, PG_DATA);
		CHECK_STATE(pa + HUGE_SIZE - PAGE_SIZE, PG_DATA);
		check_denied(pa + HUGE_SIZE / 2);
	}
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	tvm_predict(t, &m);
	expect(t, "measurement 4: ", m.code);
	expect(t, "measurement 5: ", m.config);
}

/* Single pages come when there is no piece any more: what is left is slack */
static void on_demand(void)
{
	struct tvm *t = make(sizeof(file), FILE);
	unsigned long first = RAM + HUGE_SIZE, second = RAM + 3 * HUGE_SIZE;
	unsigned long pa;

	CHECK_EQ(tvm_add_page(t, first + 5 * PAGE_SIZE), 0);
	CHECK_EQ(t->huge_faults, 1);
	pa = tvm_page_at(t, first)->pa;
	CHECK(!(pa & (HUGE_SIZE - 1)));
	CHECK_EQ(tvm_page_at(t, second - PAGE_SIZE)->pa,
		 tvm_page_at(t, second - HUGE_SIZE)->pa + HUGE_SIZE -
			 PAGE_SIZE);
	CHECK_STATE(pa, PG_DATA);
	CHECK_STATE(pa + HUGE_SIZE - PAGE_SIZE, PG_DATA);

	while (conf_alloc(&t->conf, HUGE_PAGES, HUGE_SIZE))
		;
	CHECK_EQ(tvm_add_page(t, second + PAGE_SIZE), 0);
	CHECK_EQ(t->huge_faults, 1);
	CHECK_EQ(tvm_page_at(t, second)->pa, 0);
	CHECK_EQ(tvm_page_at(t, second + 2 * PAGE_SIZE)->pa, 0);
	CHECK_STATE(tvm_page_at(t, second + PAGE_SIZE)->pa, PG_DATA);
}

TEST_GROUP(huge,
	   { "pieces of 2 MiB with bytes of a file are measured", measured },
	   { "pieces of 2 MiB come on demand", on_demand });

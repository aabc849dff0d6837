/* SPDX-License-Identifier: BSD-2-Clause */
/* As many TVMs as docs/abi.md promises, and all of them run. */

#include <string.h>
#include "world.h"

#define TVMS 64
#define SIZE ALIGN_UP(TVMS * sizeof(struct tvm), PAGE_SIZE)

/* One of them, and hgatp at its runs */
struct one {
	struct tvm *t;
	unsigned long hgatp;
	enum tvm_result result;
};

static void build(struct tvm *t, unsigned long number)
{
	struct tvm_config cfg = { .lazy = true, .arg = number };

	CHECK(image_find("mine", &cfg.elf, &cfg.elf_size));
	CHECK_EQ(tvm_build(t, &cfg), 0);
}

/* RUN once, up to an exit or the end. The next time it is another hart, whose
 * slots answer: with 0, as all answers are here */
static long step(void *arg)
{
	struct one *o = arg;
	unsigned long hgatp;

	if (o->result != TVM_CONTINUE)
		return 0;
	o->result = tvm_run_once(o->t, 0);
	if (o->result != TVM_CONTINUE)
		return 0;
	hgatp = world_hgatp();
	CHECK(!o->hgatp || o->hgatp == hgatp);
	o->hgatp = hgatp;
	o->result = tvm_handle_exit(o->t);
	return 0;
}

/* Two at a time, and each changes its hart every time */
static void run_all(struct one *one, struct hart *h)
{
	unsigned long i, turn, left;

	for (turn = 0, left = TVMS; left; turn++) {
		for (i = 0; i < TVMS; i += 2) {
			hart_post(h, step, &one[i + (turn & 1)]);
			step(&one[i + !(turn & 1)]);
			hart_wait(h);
		}
		for (i = 0, left = 0; i < TVMS; i++)
			left += one[i].result == TVM_CONTINUE;
	}
}

static unsigned long vmid(const struct one *o)
{
	return o->hgatp >> 44 & 0x3fff;
}

static void check(const struct one *one, unsigned long i)
{
	unsigned long k;

	CHECK_EQ(one[i].result, TVM_SHUTDOWN);
	world_expect(one[i].t, "mine", (long)i);
	world_expect(one[i].t, "bad", 0);
	CHECK(vmid(&one[i]));
	for (k = 0; k < i; k++) {
		CHECK(vmid(&one[k]) != vmid(&one[i]));
		CHECK(one[k].t->id != one[i].t->id);
	}
}

static void run_64(void)
{
	struct hart *h = test_second_hart();
	struct one one[TVMS] = { 0 };
	struct tvm *tvms;
	unsigned long i;

	world_need_test_firmware();
	if (!free_pool.nr)
		SKIP("needs a pool: so many windows take PMP entries");
	tvms = page_zalloc(SIZE >> PAGE_SHIFT, PAGE_SIZE);
	for (i = 0; i < TVMS; i++) {
		one[i].t = &tvms[i];
		build(&tvms[i], i);
	}
	run_all(one, h);
	for (i = 0; i < TVMS; i++)
		check(one, i);
	for (i = 0; i < TVMS; i++)
		CHECK_EQ(tvm_destroy(&tvms[i]), 0);
	page_free(tvms, SIZE >> PAGE_SHIFT);
}

TEST_GROUP(many, { "T-52 64 TVMs run, with 64 VMIDs", run_64 });

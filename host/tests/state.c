/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls at the wrong time, with stale ids, without shared memory. */

#include <string.h>
#include <host/attack.h>

static long run(struct tvm *t, unsigned long vcpu)
{
	return covh_run_tvm_vcpu(t->id, vcpu).error;
}

static void run_before_finalize(void)
{
	struct tvm *t = test_blank(4, !free_pool.nr);

	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(run(t, 0), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	CHECK_EQ(run(t, 0), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(run(t, 1), SBI_ERR_INVALID_PARAM);
	CHECK_STATE(t->vcpu_state, PG_VCPU);
}

static void run_other_vcpu(void)
{
	struct tvm_config cfg = { .window = !free_pool.nr, .spare_pages = 2 };
	struct tvm *t = test_tvm();

	CHECK(image_find("hello", &cfg.elf, &cfg.elf_size));
	CHECK(!tvm_plan(t, &cfg));
	CHECK_EQ(tvm_convert(t), 0);
	CHECK_EQ(tvm_create(t), 0);
	CHECK_EQ(tvm_add_regions(t), 0);
	CHECK_EQ(tvm_add_pages(t), 0);
	CHECK_EQ(tvm_add_vcpu(t, 1), 0);
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	CHECK_EQ(tvm_finalize(t), 0);
	CHECK_EQ(nacl_setup(), 0);
	/* Number 1 is OFF until the guest starts it */
	CHECK_EQ(run(t, 1), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(run(t, 2), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(run(t, t->info.tvm_max_vcpus), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(run(t, -1UL), SBI_ERR_INVALID_PARAM);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(run(t, 1), SBI_ERR_INVALID_PARAM);
}

static void run_after_shutdown(void)
{
	struct tvm *t = test_guest("hello", NULL, 0);
	int i;

	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.ret.value, 1);
	for (i = 0; i < 3; i++)
		CHECK_EQ(run(t, 0), SBI_ERR_INVALID_PARAM);
}

static void measured_after_finalize(void)
{
	struct tvm *t = test_blank(6, !free_pool.nr);
	void *src = page_zalloc(1, PAGE_SIZE);
	unsigned long page = blank_page(t);
	struct watch w = { 0 };

	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	/* Zero pages come after, not before */
	CHECK_EQ(covh_add_tvm_zero_pages(t->id, page, 0, 1, BLANK_GPA).error,
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0, 0).error, 0);
	watch_add(&w, page, 1);
	watch_add(&w, t->state, 1);
	watch_add(&w, t->pgd, 4);
	watch_start(&w);
	CHECK_EQ(covh_add_tvm_measured_pages(t->id, pa(src), page, 0, 1,
					     BLANK_GPA)
			 .error,
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_add_tvm_memory_region(t->id, 0xc0000000, PAGE_SIZE).error,
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_create_tvm_vcpu(t->id, 1, page).error,
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_finalize_tvm(t->id, 0, 0, 0).error,
		 SBI_ERR_INVALID_PARAM);
	CHECK(watch_same(&w));
	page_free(src, 1);
}

/* Before finalize there is no guest that could have shared anything */
static void shared_before_finalize(void)
{
	struct tvm *t = test_blank(2, !free_pool.nr);
	unsigned long page = pa(page_zalloc(1, PAGE_SIZE)), i;
	struct watch w = { 0 };

	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	watch_add(&w, page, 1);
	watch_add(&w, t->state, 1);
	watch_add(&w, t->pgd, 4);
	watch_start(&w);
	/* Inside the region, and where there is none */
	for (i = 0; i <= BLANK_PAGES; i += BLANK_PAGES)
		CHECK_EQ(covh_add_tvm_shared_pages(t->id, page, 0, 1,
						   BLANK_GPA + i * PAGE_SIZE)
				 .error,
			 SBI_ERR_INVALID_PARAM);
	CHECK(watch_same(&w));
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0, 0).error, 0);
	/* Now it is the wrong place */
	for (i = 0; i <= BLANK_PAGES; i += BLANK_PAGES)
		CHECK_EQ(covh_add_tvm_shared_pages(t->id, page, 0, 1,
						   BLANK_GPA + i * PAGE_SIZE)
				 .error,
			 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(tvm_destroy(t), 0);
	CHECK_EQ(covh_add_tvm_shared_pages(t->id, page, 0, 1, BLANK_GPA).error,
		 SBI_ERR_INVALID_PARAM);
	/* Nothing of this has pinned it */
	CHECK_STATE(page, PG_NC);
	CHECK_EQ(covh_convert_pages(page, 1).error, 0);
	CHECK_EQ(covh_reclaim_pages(page, 1).error, 0);
	CHECK_EQ(conf_fence(), 0);
	page_free((void *)page, 1);
}

/* Every call with an id that names nothing (any more) */
static void refuse_id(unsigned long id)
{
	unsigned long r[] = {
		covh_finalize_tvm(id, 0, 0, 0).error,
		covh_destroy_tvm(id).error,
		covh_add_tvm_memory_region(id, BLANK_GPA, PAGE_SIZE).error,
		covh_add_tvm_page_table_pages(id, 0x1000, 1).error,
		covh_add_tvm_measured_pages(id, 0x1000, 0x2000, 0, 1, 0).error,
		covh_add_tvm_zero_pages(id, 0x1000, 0, 1, 0).error,
		covh_create_tvm_vcpu(id, 0, 0x1000).error,
		covh_run_tvm_vcpu(id, 0).error,
		covh_add_tvm_shared_pages(id, 0x1000, 0, 1, 0).error,
		covh_tvm_fence(id).error,
		covh_tvm_invalidate_pages(id, 0, PAGE_SIZE).error,
		covh_tvm_validate_pages(id, 0, PAGE_SIZE).error,
		covh_tvm_remove_pages(id, 0, PAGE_SIZE).error,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(r); i++) {
		if ((long)r[i] != SBI_ERR_INVALID_PARAM)
			FAIL("call %u with id 0x%lx: expected -3, got %ld", i,
			     id, (long)r[i]);
	}
}

static void stale_ids(void)
{
	struct tvm *t = test_blank(0, !free_pool.nr);
	unsigned long old = t->id, bit;

	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(tvm_destroy(t), 0);
	refuse_id(old);
	t = test_blank(0, !free_pool.nr);
	CHECK(t->id && t->id != old);
	refuse_id(old);
	refuse_id(0);
	refuse_id(-1UL);
	for (bit = 0; bit < 64; bit++)
		refuse_id(t->id ^ 1UL << bit);
	/* It is still there */
	CHECK_EQ(covh_add_tvm_memory_region(t->id, 0xc0000000, PAGE_SIZE).error,
		 0);
}

static void shmem_convert(void)
{
	unsigned long page, i;

	CHECK_EQ(nacl_setup(), 0);
	page = pa(this_hart()->shmem);
	for (i = 0; i < 3; i++) {
		CHECK_STATE(page + (i << PAGE_SHIFT), PG_NC_SHMEM);
		CHECK_EQ(covh_convert_pages(page + (i << PAGE_SHIFT), 1).error,
			 SBI_ERR_INVALID_ADDRESS);
	}
	CHECK_EQ(covh_convert_pages(page - PAGE_SIZE, 5).error,
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(probe_store(page, 0), 0);
	CHECK_EQ(nacl_disable(), 0);
	CHECK_STATE(page, PG_NC);
	CHECK_EQ(covh_convert_pages(page, 1).error, 0);
	CHECK_EQ(nacl_setup(), SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_reclaim_pages(page, 1).error, 0);
	CHECK_EQ(nacl_setup(), 0);
}

static void shmem_missing(void)
{
	struct tvm *t = test_guest("hello", NULL, 0);

	CHECK_EQ(nacl_disable(), 0);
	CHECK_EQ(run(t, 0), SBI_ERR_FAILED);
	CHECK_EQ(run(t, 0), SBI_ERR_FAILED);
	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
}

static long run_without(void *arg)
{
	return covh_run_tvm_vcpu(((struct tvm *)arg)->id, 0).error;
}

static long convert_shmem(void *arg)
{
	return covh_convert_pages(pa(arg), 1).error;
}

/* Registration is a matter of each hart */
static void shmem_other_hart(void)
{
	struct hart *h = test_second_hart();
	struct tvm *t = test_guest("hello", NULL, 0);

	CHECK_EQ(nacl_setup(), 0);
	CHECK_EQ(hart_call(h, run_without, t), SBI_ERR_FAILED);
	CHECK_EQ(hart_call(h, convert_shmem, this_hart()->shmem),
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
}

static long set_up(void *arg)
{
	(void)arg;
	return nacl_setup();
}

/* D.5: a hart that stops gives its pages back, not only once it starts again */
static void shmem_stopped_hart(void)
{
	struct hart *h = test_second_hart();
	unsigned long page, end;
	void *mem;

	CHECK_EQ(hart_call(h, set_up, NULL), 0);
	mem = h->shmem;
	end = pa(mem) + COVH_NACL_SHMEM_SIZE;
	for (page = pa(mem); page < end; page += PAGE_SIZE)
		CHECK_EQ(covh_convert_pages(page, 1).error,
			 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(hart_stop(h), 0);
	for (page = pa(mem); page < end; page += PAGE_SIZE) {
		CHECK_STATE(page, PG_NC);
		CHECK_EQ(covh_convert_pages(page, 1).error, 0);
		CHECK_EQ(covh_reclaim_pages(page, 1).error, 0);
	}
	CHECK_EQ(conf_fence(), 0);
	page_free(mem, COVH_NACL_SHMEM_SIZE >> PAGE_SHIFT);
}

TEST_GROUP(state, { "T-17 run before finalize", run_before_finalize },
	   { "T-17 run a vCPU that nobody has started", run_other_vcpu },
	   { "T-17 run after the guest's SRST", run_after_shutdown },
	   { "T-27 measured pages after finalize", measured_after_finalize },
	   { "T-27 shared pages before finalize", shared_before_finalize },
	   { "T-65 stale and guessed ids", stale_ids },
	   { "T-67 convert of registered shared memory", shmem_convert },
	   { "T-67 run without shared memory", shmem_missing },
	   { "T-67 shared memory of another hart", shmem_other_hart },
	   { "T-67 shared memory of a hart that has stopped",
	     shmem_stopped_hart });

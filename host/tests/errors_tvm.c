/* SPDX-License-Identifier: BSD-2-Clause */
/* Every error of the calls about TVMs, vCPUs and shared memory. */

#include <string.h>
#include <host/attack.h>

#define PARAM  SBI_ERR_INVALID_PARAM
#define ADDR   SBI_ERR_INVALID_ADDRESS
#define FAILED SBI_ERR_FAILED

#define MAX_TVMS 4096

static struct covh_tvm_create_params params;

static struct sbiret create(void)
{
	return covh_create_tvm(pa(&params), sizeof(params));
}

static void create_errors(void)
{
	struct tvm *t = test_blank(16, !free_pool.nr);
	unsigned long own = pa(page_alloc(4, COVH_PGD_SIZE));
	unsigned long pgd = conf_alloc(&t->conf, 4, COVH_PGD_SIZE);
	unsigned long state = blank_page(t);
	struct watch w = { 0 };

	CHECK(pgd);
	watch_add(&w, pgd, 4);
	watch_add(&w, state, 1);
	watch_start(&w);
	params.tvm_page_directory_addr = pgd;
	params.tvm_state_addr = state;
	REFUSED(covh_create_tvm(pa(&params), 15), PARAM);
	REFUSED(covh_create_tvm(pa(&params), 0), PARAM);
	REFUSED(covh_create_tvm(pa(&params) + 4, 16), ADDR);
	REFUSED(covh_create_tvm(pa(&params) + 4, 15), PARAM);
	REFUSED(covh_create_tvm(state, 16), ADDR);
	params.tvm_page_directory_addr = pgd + PAGE_SIZE;
	REFUSED(create(), ADDR);
	params.tvm_page_directory_addr = own;
	REFUSED(create(), ADDR);
	params.tvm_page_directory_addr = t->pgd;
	REFUSED(create(), ADDR);
	params.tvm_page_directory_addr = pgd;
	params.tvm_state_addr = state + 8;
	REFUSED(create(), ADDR);
	params.tvm_state_addr = own;
	REFUSED(create(), ADDR);
	params.tvm_state_addr = 0;
	REFUSED(create(), ADDR);
	CHECK(watch_same(&w));
	page_free((void *)own, 4);
}

/* As many TVMs as there are slots, then one more */
static void too_many(void)
{
	static unsigned long id[MAX_TVMS];
	struct conf *c = test_conf();
	unsigned long n, i, pages = 5 * 130;
	struct sbiret r = { 0 };

	CHECK_EQ(conf_convert(c, free_pool.nr != 0, pages, COVH_PGD_SIZE), 0);
	CHECK_EQ(conf_fence(), 0);
	for (n = 0; n < 130; n++) {
		params.tvm_page_directory_addr =
			conf_alloc(c, 4, COVH_PGD_SIZE);
		params.tvm_state_addr =
			c->range[0].base + ((pages - 1 - n) << PAGE_SHIFT);
		if (!params.tvm_page_directory_addr ||
		    !ranges_remove(&c->free, params.tvm_state_addr,
				   params.tvm_state_addr + PAGE_SIZE))
			break;
		r = create();
		if (r.error)
			break;
		id[n] = r.value;
		for (i = 0; i < n; i++)
			CHECK(id[i] != id[n]);
	}
	NOTE("%lu TVMs at a time", n);
	CHECK_EQ(r.error, FAILED);
	CHECK(n >= 64);
	CHECK_STATE(params.tvm_page_directory_addr, PG_CONF_FREE);
	CHECK_STATE(params.tvm_state_addr, PG_CONF_FREE);
	/* A bad address comes before the lack of a slot */
	params.tvm_state_addr = 0;
	REFUSED(create(), ADDR);
	for (i = 0; i < n; i++)
		CHECK_EQ(covh_destroy_tvm(id[i]).error, 0);
}

static void finalize_errors(void)
{
	static uint8_t id[128] __attribute__((aligned(64)));
	struct tvm *t = test_blank(4, !free_pool.nr);

	REFUSED(covh_finalize_tvm(0, BLANK_GPA, 0, 0), PARAM);
	/* No vCPU */
	REFUSED(covh_finalize_tvm(t->id, BLANK_GPA, 0, 0), PARAM);
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	if (!covh_spec05) {
		REFUSED(covh_finalize_tvm(t->id, BLANK_GPA, 0, pa(id) + 8),
			PARAM);
		REFUSED(covh_finalize_tvm(t->id, BLANK_GPA, 0, -64UL), PARAM);
	}
	/* Spec 0.5 has no identity: whatever is there is no argument */
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0,
				   covh_spec05 ? -64UL : pa(id))
			 .error,
		 0);
	REFUSED(covh_finalize_tvm(t->id, BLANK_GPA, 0, pa(id)), PARAM);
}

static void vcpu_errors(void)
{
	struct tvm *t = test_blank(8, !free_pool.nr);
	unsigned long page = blank_page(t), own = pa(page_alloc(1, PAGE_SIZE));

	REFUSED(covh_create_tvm_vcpu(0, 0, page), PARAM);
	REFUSED(covh_create_tvm_vcpu(t->id, t->info.tvm_max_vcpus, page),
		PARAM);
	REFUSED(covh_create_tvm_vcpu(t->id, -1UL, page), PARAM);
	REFUSED(covh_create_tvm_vcpu(t->id, 0, page + 8), ADDR);
	REFUSED(covh_create_tvm_vcpu(t->id, 0, own), ADDR);
	REFUSED(covh_create_tvm_vcpu(t->id, 0, 0), ADDR);
	/* The vCPU id before the address */
	REFUSED(covh_create_tvm_vcpu(t->id, -1UL, own), PARAM);
	CHECK_STATE(page, PG_CONF_FREE);
	CHECK_EQ(covh_create_tvm_vcpu(t->id, 0, page).error, 0);
	CHECK_STATE(page, PG_VCPU);
	REFUSED(covh_create_tvm_vcpu(t->id, 0, blank_page(t)), PARAM);
	REFUSED(covh_create_tvm_vcpu(t->id, 1, page), ADDR);
	CHECK_EQ(covh_create_tvm_vcpu(t->id, t->info.tvm_max_vcpus - 1,
				      blank_page(t))
			 .error,
		 0);
	page_free((void *)own, 1);
}

static void run_errors(void)
{
	struct tvm *t = test_guest("hello", NULL, 0);

	CHECK_EQ(nacl_setup(), 0);
	REFUSED(covh_run_tvm_vcpu(0, 0), PARAM);
	REFUSED(covh_run_tvm_vcpu(t->id + (1UL << 32), 0), PARAM);
	REFUSED(covh_run_tvm_vcpu(t->id, 1), PARAM);
	REFUSED(covh_run_tvm_vcpu(t->id, 64), PARAM);
	REFUSED(covh_run_tvm_vcpu(t->id, -1UL), PARAM);
	CHECK_EQ(nacl_disable(), 0);
	/* Ids before resources */
	REFUSED(covh_run_tvm_vcpu(t->id, 1), PARAM);
	REFUSED(covh_run_tvm_vcpu(t->id, 0), FAILED);
}

static long spin(void *arg)
{
	return (long)tvm_run(arg, 0);
}

static enum tvm_result stop_when_told(struct tvm *t, struct tvm_exit *e)
{
	if (!(e->scause & SCAUSE_IRQ))
		return TVM_CONTINUE;
	tvm_handle_exit(t);
	return __atomic_load_n((int *)t->data, __ATOMIC_ACQUIRE) ? TVM_STOP
								 : TVM_CONTINUE;
}

/* Destroy, and a second run, while a vCPU is inside on another hart */
static void while_running(void)
{
	static int told;
	struct tvm_config cfg = { .window = !free_pool.nr };
	struct hart *h = test_second_hart();
	struct tvm *t;

	CHECK_EQ(nacl_setup(), 0);
	cfg.tick = time_us(200000);
	t = test_guest("spin", &cfg, 0);
	told = 0;
	t->data = &told;
	t->hook = stop_when_told;
	hart_post(h, spin, t);
	while (!strstr((const char *)t->output, "spin=1\n"))
		time_delay(100);
	time_delay(5000);
	REFUSED(covh_run_tvm_vcpu(t->id, 0), PARAM);
	REFUSED(covh_destroy_tvm(t->id), FAILED);
	CHECK_STATE(t->pgd, PG_PGD);
	CHECK_STATE(t->first_page, PG_DATA);
	told = 1;
	CHECK_EQ(hart_wait(h), TVM_STOP);
	CHECK_EQ(tvm_destroy(t), 0);
}

static void no_table_pages(void)
{
	struct tvm_config cfg = { .spare_pages = 8, .window = !free_pool.nr };
	unsigned long src = pa(page_zalloc(1, PAGE_SIZE)), page;
	long want = error_code(COVH_ERR_OUT_OF_PTPAGES, FAILED);
	struct tvm *t = test_tvm();
	struct watch w = { 0 };

	CHECK(!tvm_plan(t, &cfg));
	CHECK_EQ(tvm_convert(t), 0);
	CHECK_EQ(tvm_create(t), 0);
	CHECK_EQ(covh_add_tvm_memory_region(t->id, BLANK_GPA, PAGE_SIZE).error,
		 0);
	page = blank_page(t);
	watch_add(&w, page, 1);
	watch_add(&w, t->pgd, 4);
	watch_add(&w, t->state, 1);
	watch_start(&w);
	REFUSED(covh_add_tvm_measured_pages(t->id, src, page, 0, 1, BLANK_GPA),
		want);
	/* Addresses before resources */
	REFUSED(covh_add_tvm_measured_pages(t->id, src, src, 0, 1, BLANK_GPA),
		ADDR);
	CHECK(watch_same(&w));
	CHECK_EQ(tvm_add_vcpu(t, 0), 0);
	CHECK_EQ(covh_finalize_tvm(t->id, BLANK_GPA, 0, 0).error, 0);
	watch_start(&w);
	REFUSED(covh_add_tvm_zero_pages(t->id, page, 0, 1, BLANK_GPA), want);
	CHECK_STATE(page, PG_CONF_FREE);
	CHECK_EQ(covh_add_tvm_page_table_pages(
			 t->id, conf_alloc(&t->conf, 3, PAGE_SIZE), 3)
			 .error,
		 0);
	CHECK_EQ(covh_add_tvm_zero_pages(t->id, page, 0, 1, BLANK_GPA).error,
		 0);
	page_free((void *)src, 1);
}

static void shmem_errors(void)
{
	unsigned long mem = pa(page_alloc(3, PAGE_SIZE));
	unsigned long end = machine.ram[machine.nr_ram - 1].end;

	REFUSED(nacl_set_shmem(mem, 0, 1), PARAM);
	REFUSED(nacl_set_shmem(-1UL, -1UL, 1), PARAM);
	REFUSED(nacl_set_shmem(mem + 8, 0, 0), PARAM);
	REFUSED(nacl_set_shmem(mem, 1, 0), ADDR);
	REFUSED(nacl_set_shmem(mem, -1UL, 0), ADDR);
	REFUSED(nacl_set_shmem(machine.firmware.start, 0, 0), ADDR);
	REFUSED(nacl_set_shmem(end - 2 * PAGE_SIZE, 0, 0), ADDR);
	REFUSED(nacl_set_shmem(0, 0, 0), ADDR);
	/* Flags and alignment before the address */
	REFUSED(nacl_set_shmem(machine.firmware.start + 8, 0, 0), PARAM);
	REFUSED(nacl_set_shmem(machine.firmware.start, 0, 1), PARAM);
	CHECK_STATE(mem, PG_NC);
	CHECK_EQ(nacl_set_shmem(mem, 0, 0).error, 0);
	CHECK_STATE(mem, PG_NC_SHMEM);
	/* Another place gives the old one free */
	CHECK_EQ(nacl_setup(), 0);
	CHECK_STATE(mem, PG_NC);
	CHECK_EQ(nacl_disable(), 0);
	CHECK_EQ(nacl_disable(), 0);
	page_free((void *)mem, 3);
}

static void destroy_errors(void)
{
	struct tvm *t = test_blank(0, !free_pool.nr);
	unsigned long id = t->id;

	REFUSED(covh_destroy_tvm(0), PARAM);
	REFUSED(covh_destroy_tvm(id + 1), PARAM);
	CHECK_EQ(covh_destroy_tvm(id).error, 0);
	t->id = 0;
	REFUSED(covh_destroy_tvm(id), PARAM);
	CHECK_STATE(t->pgd, PG_CONF_FREE);
	check_denied(t->pgd);
}

TEST_GROUP(errors_tvm, { "errors of create_tvm", create_errors },
	   { "create_tvm when all TVMs are in use", too_many },
	   { "errors of finalize_tvm", finalize_errors },
	   { "errors of create_tvm_vcpu", vcpu_errors },
	   { "errors of run_tvm_vcpu", run_errors },
	   { "T-16 run and destroy while a vCPU runs", while_running },
	   { "no page-table pages: OUT_OF_PTPAGES", no_table_pages },
	   { "errors of set_shmem", shmem_errors },
	   { "errors of destroy_tvm", destroy_errors });

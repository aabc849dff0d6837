/* SPDX-License-Identifier: BSD-2-Clause */
/* What test cases share: objects that live for one case, and their end. */

#include <string.h>
#include <host/entry.h>
#include <host/image.h>
#include <host/test.h>

static struct conf confs[4];
static unsigned int nr_confs;
static struct tvm tvms[4];
static unsigned int nr_tvms;

/* A case that failed may have left a global fence open, and no case has
 * shared memory that another one has set up */
static long clean_hart(void *arg)
{
	(void)arg;
	nacl_release();
	return covh_local_fence().error;
}

/* Called by the runner after each case. */
void test_cleanup(void)
{
	unsigned int i;

	timer_clear();
	csr_write(sie, 0);
	ipi_clear();
	hart_each(clean_hart, NULL);
	tvm_destroy_all();
	for (i = 0; i < nr_confs; i++) {
		if (confs[i].nr)
			conf_reclaim(&confs[i]);
	}
	nr_confs = 0;
	nr_tvms = 0;
}

struct conf *test_conf(void)
{
	CHECK(nr_confs < ARRAY_SIZE(confs));
	memset(&confs[nr_confs], 0, sizeof(confs[0]));
	return &confs[nr_confs++];
}

static bool pool_has(unsigned long pages)
{
	return ranges_total(&free_pool) >= pages << PAGE_SHIFT;
}

struct conf *test_conf_pages(unsigned long pages)
{
	struct conf *c = test_conf();

	CHECK_EQ(conf_convert(c, pool_has(pages), pages, PAGE_SIZE), 0);
	CHECK_EQ(conf_fence(), 0);
	return c;
}

struct tvm *test_tvm(void)
{
	CHECK(nr_tvms < ARRAY_SIZE(tvms));
	memset(&tvms[nr_tvms], 0, sizeof(tvms[0]));
	return &tvms[nr_tvms++];
}

struct tvm *test_guest(const char *name, const struct tvm_config *cfg,
		       unsigned long arg)
{
	struct tvm_config c = { 0 };
	struct tvm *t = test_tvm();
	long r;

	if (cfg)
		c = *cfg;
	else
		c.window = !free_pool.nr;
	c.arg = arg;
	if (!image_find(name, &c.elf, &c.elf_size))
		FAIL("there is no guest %s in the initrd", name);
	r = tvm_build(t, &c);
	if (r)
		FAIL("guest %s: %s: %s (%ld)", name, t->step, sbi_strerror(r),
		     r);
	return t;
}

struct hart *test_second_hart(void)
{
	struct hart *h = hart_get(1);

	if (hart_count() < 2)
		SKIP("needs a second hart");
	CHECK_EQ(hart_start(h), 0);
	return h;
}

void test_need_tsm(void)
{
	struct covh_tsm_info info;

	if (tsm_info(&info))
		SKIP("there is no TSM");
}

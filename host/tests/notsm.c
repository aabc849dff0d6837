/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-20: a machine on which the TSM has refused to start, because the device
 * tree lists RAM twice; or later in the boot, because PMP entries are too few.
 * Boot argument notsm=1. It is like one with plain OpenSBI, and says so.
 */

#include <string.h>
#include <host/attack.h>

static void need_refusal(void)
{
	if (!bootarg_ulong("notsm", 0))
		SKIP("needs boot argument notsm=1 and a machine without a TSM");
}

static void not_ready(void)
{
	struct covh_tsm_info info, none = { .tsm_state = COVH_TSM_LOADED };

	need_refusal();
	/* The older layout is shorter, and begins with the state as well */
	memset(&info, 0xff, sizeof(info));
	CHECK_EQ(covh_get_tsm_info(pa(&info), sizeof(info)).error, 0);
	CHECK(!memcmp(&info, &none, covh_tsm_info_size()));
	/* Addresses are still checked: against OpenSBI's own regions */
	CHECK_EQ(covh_get_tsm_info(0x80000000, sizeof(info)).error,
		 SBI_ERR_INVALID_ADDRESS);
}

static void nothing_works(void)
{
	unsigned long fid, page = pa(page_zalloc(4, 4 * PAGE_SIZE)), i;

	need_refusal();
	for (fid = 1; fid <= COVH_TVM_REMOVE_PAGES; fid++) {
		struct sbiret r = covh_call(fid, page, 1, 0, 0, 0, 0);

		if (fid == COVH_PROMOTE_TO_TVM &&
		    r.error == SBI_ERR_NOT_SUPPORTED)
			continue;
		CHECK_EQ(r.error, SBI_ERR_FAILED);
		CHECK_EQ(r.value, 0);
	}
	CHECK_EQ(nacl_set_shmem(page, 0, 0).error, SBI_ERR_FAILED);
	for (i = page; i < page + 4 * PAGE_SIZE; i += 8)
		CHECK_EQ(*(volatile unsigned long *)i, 0);
	page_free((void *)page, 4);
}

static long store(void *arg)
{
	return (long)probe_store((unsigned long)arg, 0x20);
}

/* All harts run, and all memory that is not reserved is the host's */
static void plain_opensbi(void)
{
	unsigned long page = pa(page_zalloc(1, PAGE_SIZE)), val;
	int i;

	need_refusal();
	/* A pool that was set aside before stays nobody's */
	if (machine.pool.end) {
		check_denied(machine.pool.start);
		check_denied(machine.pool.end - PAGE_SIZE);
	}
	for (i = 1; i < hart_count(); i++)
		CHECK_EQ(hart_start(hart_get(i)), 0);
	CHECK_EQ(hart_each(store, (void *)page), 0);
	for (i = 0; i < free_ram.nr; i++)
		CHECK_EQ(probe_load(free_ram.r[i].start, &val), 0);
	/* But for the firmware */
	CHECK_EQ(probe_load(0x80000000, NULL), CAUSE_LOAD_ACCESS);
	page_free((void *)page, 1);
}

TEST_GROUP(notsm, { "T-20 get_tsm_info does not say READY", not_ready },
	   { "T-20 no call does anything", nothing_works },
	   { "T-20 the host goes on as with plain OpenSBI", plain_opensbi });

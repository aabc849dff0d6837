/* SPDX-License-Identifier: BSD-2-Clause */
/* First contact: TSM information, function words, argument errors. */

#include <string.h>
#include <host/fdt.h>
#include <host/test.h>

static void info_is_sane(void)
{
	struct covh_tsm_info info;
	struct sbiret r;

	memset(&info, 0xff, sizeof(info));
	r = covh_get_tsm_info(pa(&info), sizeof(info));
	CHECK_EQ(r.error, 0);
	CHECK_EQ(r.value, covh_tsm_info_size());
	covh_tsm_info_update(&info);
	CHECK_EQ(info.tsm_state, COVH_TSM_READY);
	CHECK_EQ(info.tsm_version, COVH_TSM_VERSION);
	if (!covh_spec05)
		CHECK_EQ(info.tsm_impl_id, COVH_TSM_IMPL_ID);
	CHECK_EQ(info.reserved, 0);
	CHECK(info.tsm_capabilities & COVH_CAP_MEMORY_ALLOCATION);
	CHECK(info.tvm_max_vcpus > 0);
	CHECK_EQ(info.tvm_state_pages, 1);
	CHECK_EQ(info.tvm_vcpu_state_pages, 1);
}

static void info_errors(void)
{
	unsigned long size = covh_tsm_info_size();
	char buf[64] __attribute__((aligned(8)));

	CHECK_EQ(covh_get_tsm_info(pa(buf), size - 1).error,
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_get_tsm_info(pa(buf), 0).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_get_tsm_info(pa(buf) + 2, size).error,
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_get_tsm_info(-16UL, size).error, SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_get_tsm_info(0, size).error, SBI_ERR_INVALID_ADDRESS);
}

static long tsm_call(unsigned long a6)
{
	char buf[64] __attribute__((aligned(8)));

	return sbi_call(COVH_EID_COVH, a6, pa(buf), 48).error;
}

static void function_words(void)
{
	unsigned long bit;

	/* Domains 0 and 1 are this TSM */
	CHECK_EQ(tsm_call(0), 0);
	CHECK_EQ(tsm_call(1UL << COVH_A6_SDID_SHIFT), 0);
	CHECK_EQ(tsm_call(2UL << COVH_A6_SDID_SHIFT), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(tsm_call(63UL << COVH_A6_SDID_SHIFT), SBI_ERR_NOT_SUPPORTED);
	for (bit = 16; bit < 26; bit++)
		CHECK_EQ(tsm_call(1UL << bit), SBI_ERR_NOT_SUPPORTED);
	for (bit = 32; bit < 64; bit++)
		CHECK_EQ(tsm_call(1UL << bit), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(tsm_call(covh_spec05 ? 18 : 7), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(tsm_call(covh_spec05 ? 19 : 20), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(tsm_call(21), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(tsm_call(1024), SBI_ERR_NOT_SUPPORTED);
	/* That is off by default */
	CHECK_EQ(tsm_call(COVH_GET_VCPU_COUNTERS), SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(tsm_call(0xffff), SBI_ERR_NOT_SUPPORTED);
}

static void other_extensions(void)
{
	struct sbiret r = supd_get_active_domains();

	CHECK_EQ(r.error, 0);
	CHECK_EQ(r.value, COVH_SUPD_DOMAINS);
	CHECK_EQ(sbi_call(COVH_EID_SUPD, 1, 0).error, SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(sbi_call(COVH_EID_COVI, 0, 0).error, SBI_ERR_NOT_SUPPORTED);
	CHECK_EQ(sbi_call(COVH_EID_COVG, COVG_READ_MEASUREMENT, 0).error,
		 SBI_ERR_NOT_SUPPORTED);
	r = nacl_probe_feature(0);
	CHECK_EQ(r.error, 0);
	CHECK_EQ(r.value, 0);
	/* NACL works, but no tree has asked to announce it (K-3) */
	r = sbi_call(SBI_EID_BASE, SBI_BASE_PROBE, COVH_EID_NACL);
	CHECK_EQ(r.error, 0);
	CHECK_EQ(r.value, 0);
}

static void convert_arguments(void)
{
	unsigned long page = pa(page_alloc(1, PAGE_SIZE));

	CHECK_EQ(covh_convert_pages(page, 0).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_convert_pages(page, 1UL << 52).error,
		 SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_convert_pages(page, -1UL).error, SBI_ERR_INVALID_PARAM);
	CHECK_EQ(covh_convert_pages(page + 1, 1).error,
		 SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_convert_pages(0, 1).error, SBI_ERR_INVALID_ADDRESS);
	CHECK_EQ(covh_convert_pages(machine.firmware.start, 1).error,
		 SBI_ERR_INVALID_ADDRESS);
	/* Nothing happened to the page */
	CHECK_EQ(probe_store(page, 1), 0);
	page_free((void *)page, 1);
}

static void unknown_guests(void)
{
	unsigned long id;

	for (id = 0; id < 4; id++) {
		CHECK_EQ(covh_destroy_tvm(id).error, SBI_ERR_INVALID_PARAM);
		CHECK_EQ(covh_run_tvm_vcpu(id, 0).error, SBI_ERR_INVALID_PARAM);
		CHECK_EQ(covh_finalize_tvm(id, 0, 0, 0).error,
			 SBI_ERR_INVALID_PARAM);
	}
	CHECK_EQ(covh_destroy_tvm(-1UL).error, SBI_ERR_INVALID_PARAM);
}

/* The runner compares it with what the boot has said */
static void device_tree(void)
{
	printf("# device tree: PMP %u entries, %u used, %u free for windows\n",
	       machine.pmp[0], machine.pmp[1], machine.pmp[2]);
	printf("# device tree: platform state %s\n", machine.platform_state);
	CHECK(machine.pmp[0]);
	CHECK_EQ(machine.pmp[1] + machine.pmp[2], machine.pmp[0]);
	CHECK(machine.platform_state[0]);
}

TEST_GROUP(basic, { "get_tsm_info answers READY", info_is_sane },
	   { "get_tsm_info refuses bad buffers", info_errors },
	   { "T-68 reserved bits and unknown domains in a6", function_words },
	   { "SUPD, NACL and refused extensions", other_extensions },
	   { "convert_pages refuses bad arguments", convert_arguments },
	   { "calls with an unknown guest id", unknown_guests },
	   { "the device tree says what the boot says", device_tree });

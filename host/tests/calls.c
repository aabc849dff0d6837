/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may call what, and function words that must not be dispatched. */

#include <host/attack.h>

/* Between a TSM in HS-mode and its driver: nobody's business here */
#define COVT 0x434F5654

/* All that guest "ecalls" tries and must not have */
static const char *const forbidden[] = {
	"covh.info",
	"covh.convert",
	"covh.global_fence",
	"covh.destroy",
	"covh.run",
	"covi.init",
	"supd.domains",
	"nacl.probe",
	"nacl.shmem",
	"unknown.eid",
	"unknown.vendor",
	"unknown.legacy",
	"susp",
	"pmu",
	"sse",
	"mpxy",
	"dbtr",
	"dbcn.unknown",
	"time.unknown",
	"covg.unknown",
	"covg.reserved",
	"base.unknown",
};

static long result(struct tvm *t, const char *name)
{
	long v;

	if (!tvm_value_long(t, name, &v))
		FAIL("the guest did not report %s", name);
	return v;
}

static void guest_calls(void)
{
	struct tvm *t = test_guest("ecalls", NULL, 0);
	char name[64];
	unsigned int i;
	long v;

	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(result(t, "end"), 1);
	for (i = 0; i < ARRAY_SIZE(forbidden); i++) {
		v = result(t, forbidden[i]);
		if (v != SBI_ERR_NOT_SUPPORTED)
			FAIL("%s: expected -2, got %ld", forbidden[i], v);
		snprintf(name, sizeof(name), "%s.value", forbidden[i]);
		v = result(t, name);
		if (v)
			FAIL("%s: 0x%lx", name, v);
	}
	/* Nothing of this came to the host as an exit but the output */
	CHECK_EQ(result(t, "probes"), 0);
	CHECK_EQ(result(t, "probes.others"), 0);
}

static enum tvm_result only_output(struct tvm *t, struct tvm_exit *e)
{
	(void)t;
	if (e->scause == CAUSE_VS_ECALL && e->a[7] != SBI_EID_DBCN &&
	    e->a[7] != SBI_EID_PUTCHAR && e->a[7] != SBI_EID_SRST)
		return TVM_STOP;
	return TVM_CONTINUE;
}

static void no_exits(void)
{
	struct tvm *t = test_guest("ecalls", NULL, 0);

	t->hook = only_output;
	if (tvm_run(t, 0) == TVM_STOP)
		FAIL("the host saw %s", tvm_describe_exit(t));
	CHECK_EQ(t->exit.a[7], SBI_EID_SRST);
}

static void host_calls(void)
{
	unsigned long page = pa(page_zalloc(1, PAGE_SIZE)), fid, sdid;

	for (sdid = 0; sdid < 2; sdid++) {
		for (fid = 0; fid <= 12; fid++) {
			unsigned long a6 = sdid << COVH_A6_SDID_SHIFT | fid;

			REFUSED(sbi_call(COVH_EID_COVG, a6, page, 48, 4, page,
					 page, 4096),
				SBI_ERR_NOT_SUPPORTED);
			REFUSED(sbi_call(COVH_EID_COVI, a6, 1, page, 32, 0, 0,
					 0),
				SBI_ERR_NOT_SUPPORTED);
		}
	}
	CHECK_EQ(*(unsigned long *)page, 0);
	page_free((void *)page, 1);
}

/* What is named but not implemented yet, or belongs to CoVE-IO */
static void unimplemented(void)
{
	const unsigned long fids[] = { covh_spec05 ? 18 : COVH_PROMOTE_TO_TVM,
				       covh_spec05 ? 19 : 20,
				       21,
				       1023,
				       1024,
				       1034,
				       1087,
				       1088 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fids); i++)
		REFUSED(sbi_call(COVH_EID_COVH, fids[i], 0, 0, 0, 0),
			SBI_ERR_NOT_SUPPORTED);
	for (i = 2; i < 6; i++)
		REFUSED(sbi_call(COVH_EID_NACL, i, 0), SBI_ERR_NOT_SUPPORTED);
}

/*
 * No call gives a TVM a device or takes its state away: all that CoVE-IO has
 * numbers for (1024 to 1087), and all that nobody has, names a TVM that runs.
 */
static void no_other_path(void)
{
	static const unsigned long eid[] = { COVH_EID_COVH, COVH_EID_COVI,
					     COVT };
	unsigned long out = pa(page_zalloc(1, PAGE_SIZE)), fid, sdid, i;
	struct tvm *t = test_guest("hello", NULL, 0);
	struct watch w = { .nr = 0 };

	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	watch_add(&w, t->pgd, 4);
	watch_add(&w, t->state, 1);
	watch_add(&w, t->first_page, 4);
	watch_add(&w, out, 1);
	watch_start(&w);
	for (fid = 22; fid < 1200; fid++) {
		for (i = 0; i < ARRAY_SIZE(eid); i++) {
			for (sdid = 0; sdid < 2; sdid++)
				REFUSED(sbi_call(eid[i],
						 sdid << COVH_A6_SDID_SHIFT |
							 fid,
						 t->id, out, out, 4096, 1, out),
					SBI_ERR_NOT_SUPPORTED);
		}
	}
	CHECK(watch_same(&w));
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	page_free((void *)out, 1);
}

/* The guest asks for devices in the same ways */
static void no_guest_path(void)
{
	struct tvm *t = test_guest("ecalls", NULL, 0);

	t->hook = only_output;
	CHECK(tvm_run(t, 0) != TVM_STOP);
	CHECK_EQ(result(t, "devices.tried"), 4 * 64);
	CHECK_EQ(result(t, "devices.refused"), 4 * 64);
	CHECK_EQ(result(t, "others.refused"), 1024 - 11);
}

static void undispatched(void)
{
	struct tvm *t = test_guest("hello", NULL, 0);
	unsigned long page = pa(page_alloc(1, PAGE_SIZE)), bit;

	CHECK_EQ(nacl_setup(), 0);
	for (bit = 16; bit < 64; bit++) {
		/* SDID 1 is this TSM as well */
		if (bit == COVH_A6_SDID_SHIFT)
			continue;
		REFUSED(sbi_call(COVH_EID_COVH,
				 covh_numbers[COVH_CONVERT_PAGES] | 1UL << bit,
				 page, 1),
			SBI_ERR_NOT_SUPPORTED);
		REFUSED(sbi_call(COVH_EID_COVH,
				 covh_numbers[COVH_RUN_TVM_VCPU] | 1UL << bit,
				 t->id, 0),
			SBI_ERR_NOT_SUPPORTED);
		REFUSED(sbi_call(COVH_EID_COVH,
				 covh_numbers[COVH_DESTROY_TVM] | 1UL << bit,
				 t->id),
			SBI_ERR_NOT_SUPPORTED);
		REFUSED(sbi_call(COVH_EID_NACL,
				 COVH_NACL_SET_SHMEM | 1UL << bit, -1UL, -1UL),
			SBI_ERR_NOT_SUPPORTED);
	}
	CHECK_STATE(page, PG_NC);
	CHECK_EQ(probe_store(page, 0), 0);
	page_free((void *)page, 1);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
}

TEST_GROUP(calls, { "T-66 a guest calls COVH, COVI, SUPD, NACL", guest_calls },
	   { "T-66 no such call reaches the host", no_exits },
	   { "T-66 the host calls COVG and COVI", host_calls },
	   { "T-36 the host asks for devices, for a TVM's state",
	     no_other_path },
	   { "T-36 a guest asks for devices", no_guest_path },
	   { "T-68 functions that are not there", unimplemented },
	   { "T-68 reserved bits stop each call", undispatched });

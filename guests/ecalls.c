/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes SBI calls and prints what came back: those that the TSM answers, and
 * those that a guest must not have.
 */

#include <guest/guest.h>

static char page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

static void report(const char *name, struct sbiret r)
{
	printf("%s=%ld\n%s.value=0x%lx\n", name, r.error, name, r.value);
}

#define TRY(name, eid, fid, ...) report(name, sbi_call(eid, fid, __VA_ARGS__))

static unsigned long probed(const unsigned long *eid, unsigned long nr)
{
	unsigned long i, n = 0;
	struct sbiret r;

	for (i = 0; i < nr; i++) {
		r = sbi_call(SBI_EID_BASE, 3, eid[i]);
		n += !r.error && r.value == 1;
		if (r.error || (r.value && r.value != 1))
			printf("probe.bad=0x%lx\n", eid[i]);
	}
	return n;
}

/* How many a guest has of those that it shall have, and of the others */
static void probes(void)
{
	static const unsigned long has[] = { 0,
					     1,
					     2,
					     3,
					     SBI_EID_BASE,
					     SBI_EID_TIME,
					     0x735049,
					     0x52464E43,
					     0x48534D,
					     SBI_EID_DBCN,
					     SBI_EID_SRST,
					     COVH_EID_COVG };
	/* clang-format off */
	/* Legacy ones, PMU, SUSP, CPPC, SSE, FWFT, STA, MPXY, DBTR */
	static const unsigned long has_not[] = {
		4, 5, 6, 7, 8, 9, 15,
		0x504D55, 0x53555350, 0x43505043, 0x535345, 0x46574654,
		0x535441, 0x4D505859, 0x44425452,
		COVH_EID_COVH, COVH_EID_COVI, COVH_EID_SUPD, COVH_EID_NACL,
		0x12345678, 0x09000000, 0x0A000000, -1UL, 1UL << 32 | 0x10,
	};
	/* clang-format on */
	unsigned long n = sizeof(has) / sizeof(has[0]);

	printf("probes=%lu\nprobes.others=%lu\n", n - probed(has, n),
	       probed(has_not, sizeof(has_not) / sizeof(has_not[0])));
}

static void base(void)
{
	TRY("base.spec", SBI_EID_BASE, 0, 0);
	TRY("base.impl", SBI_EID_BASE, 1, 0);
	TRY("base.version", SBI_EID_BASE, 2, 0);
	probes();
	TRY("base.mvendorid", SBI_EID_BASE, 4, 0);
	TRY("base.unknown", SBI_EID_BASE, 77, 0);
}

static void forbidden(void)
{
	unsigned long p = (unsigned long)page;

	TRY("covh.info", COVH_EID_COVH, COVH_GET_TSM_INFO, p, 48);
	TRY("covh.convert", COVH_EID_COVH, COVH_CONVERT_PAGES, p, 1);
	TRY("covh.global_fence", COVH_EID_COVH, COVH_GLOBAL_FENCE, 0);
	TRY("covh.destroy", COVH_EID_COVH, COVH_DESTROY_TVM, 1);
	TRY("covh.run", COVH_EID_COVH, COVH_RUN_TVM_VCPU, 1, 0);
	TRY("covi.init", COVH_EID_COVI, 0, 1, p, 32);
	TRY("supd.domains", COVH_EID_SUPD, 0, 0);
	TRY("nacl.probe", COVH_EID_NACL, COVH_NACL_PROBE_FEATURE, 0);
	TRY("nacl.shmem", COVH_EID_NACL, COVH_NACL_SET_SHMEM, p, 0, 0);
}

static void unknown(void)
{
	TRY("unknown.eid", 0x12345678, 0, 1, 2, 3, 4, 5, 6);
	TRY("unknown.vendor", 0x09000000, 0, 0);
	TRY("unknown.legacy", 0x0f, 0, 0);
	TRY("susp", 0x53555350, 0, 0);
	TRY("pmu", 0x504D55, 0, 0);
	TRY("sse", 0x535345, 0, 0);
	TRY("mpxy", 0x4D505859, 0, 0);
	TRY("dbtr", 0x44425452, 0, 0);
	TRY("dbcn.unknown", SBI_EID_DBCN, 9, 0);
	TRY("time.unknown", SBI_EID_TIME, 9, 0);
	TRY("covg.unknown", COVH_EID_COVG, 11, 0);
	/* A function word with reserved bits */
	TRY("covg.reserved", COVH_EID_COVG, 1UL << 16 | 10, (long)page, 48, 4);
}

/* CoVE-IO's functions, and what has no name, all with a buffer of ours */
static void devices(void)
{
	static const unsigned long eid[] = { COVH_EID_COVG, COVH_EID_COVH,
					     COVH_EID_COVI, 0x434F5654 };
	unsigned long p = (unsigned long)page, fid, i, n = 0, tried = 0;
	struct sbiret r;

	for (i = 0; i < sizeof(eid) / sizeof(eid[0]); i++) {
		for (fid = 1024; fid < 1088; fid++, tried++) {
			r = sbi_call(eid[i], fid, 0, p, p, 4096, 1, p);
			n += r.error == COVH_ERR_NOT_SUPPORTED && !r.value;
		}
	}
	printf("devices.tried=%lu\ndevices.refused=%lu\n", tried, n);
	for (n = 0, fid = 11; fid < 1024; fid++) {
		r = sbi_call(COVH_EID_COVG, fid, p, 4096, p, 4096, 1, p);
		n += r.error == COVH_ERR_NOT_SUPPORTED && !r.value;
	}
	printf("others.refused=%lu\n", n);
}

static void measurement(void)
{
	unsigned long p = (unsigned long)page;

	/* The page must be there before the TSM is asked to write to it */
	page[0] = 1;
	TRY("measure.4", COVH_EID_COVG, COVG_READ_MEASUREMENT, p, 48, 4);
	TRY("measure.5", COVH_EID_COVG, COVG_READ_MEASUREMENT, p, 4096, 5);
	TRY("measure.short", COVH_EID_COVG, COVG_READ_MEASUREMENT, p, 47, 4);
	TRY("measure.index", COVH_EID_COVG, COVG_READ_MEASUREMENT, p, 48, 99);
	TRY("measure.unaligned", COVH_EID_COVG, COVG_READ_MEASUREMENT, p + 8,
	    48, 4);
	TRY("measure.outside", COVH_EID_COVG, COVG_READ_MEASUREMENT, 0x1000, 48,
	    4);
	TRY("measure.wrap", COVH_EID_COVG, COVG_READ_MEASUREMENT, -4096UL, 48,
	    4);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	(void)vcpu_id;
	(void)arg;
	base();
	forbidden();
	unknown();
	devices();
	measurement();
	/* The oldest console call: only a0 is an answer */
	sbi_call(SBI_EID_PUTCHAR, 0, 'l');
	puts("egacy=1\nend=1\n");
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of test/conformance against the firmware: a driver that makes
 * ecalls, and one case for each table. The guest's part is in
 * conformance_guest.c.
 *
 *   sums=0   do not look at what pages hold
 */

#include <string.h>
#include <sbi_covh/test.h>
#include <host/fdt.h>
#include <host/test.h>
#include "../../test/conformance/engine.h"
#include "../../test/conformance/places.h"
#include "../../test/conformance/tables/all.h"

#define FNV_PRIME 0x100000001b3UL
#define FNV_START 0xcbf29ce484222325UL

/* The UART of QEMU's virt machine */
#define DEVICE 0x10000000UL

#define HGATP_SV48X4 (9UL << 60)

#define CASE_CHECKS 400

static struct fixture fx;
static struct tally tally;
static bool started, no_sums;

static bool have_tsm(void)
{
	static int known;
	struct covh_tsm_info info;

	if (!known)
		known = tsm_info(&info) ? -1 : 1;
	return known > 0;
}

static unsigned long convertible(unsigned long pages, unsigned long align)
{
	unsigned long size = pages << PAGE_SHIFT;

	return free_pool.nr ? ranges_alloc(&free_pool, size, align)
			    : ranges_alloc_top(&free_ram, size, align);
}

/* Sv48x4 where the hart has it, as the TSM chooses */
static unsigned long gpa_limit(void)
{
	unsigned long old = csr_swap(CSR_HGATP, HGATP_SV48X4);
	unsigned long mode = csr_swap(CSR_HGATP, old) >> 60;

	return mode == 9 ? 1UL << 50 : 1UL << 41;
}

/* The tables have one window always, and another one now and then */
static bool few_windows;

static void count_windows(unsigned long base)
{
	few_windows = covh_convert_pages(base, 1).error ||
		      covh_convert_pages(base + 2 * PAGE_SIZE, 1).error;
	covh_reclaim_pages(base, 3);
}

void drv_layout(struct layout *l)
{
	const struct phys_range *ram = &machine.ram[machine.nr_ram - 1];
	unsigned long blocks =
		convertible(2 * BLOCK_PAGES, 2 * BLOCK_PAGES * PAGE_SIZE);

	*l = (struct layout){
		.block = { blocks, blocks + BLOCK_PAGES * PAGE_SIZE },
		.pooled = free_pool.nr != 0,
		.host = pa(page_alloc(HOST_PAGES, HOST_PAGES * PAGE_SIZE)),
		.big = convertible(BIG_PAGES, BIG_PAGES * PAGE_SIZE),
		.big_host = pa(page_alloc(BIG_PAGES, BIG_PAGES * PAGE_SIZE)),
		.slots = convertible(SLOT_PAGES, COVH_PGD_SIZE),
		.windows = pa(page_alloc(WINDOW_PAGES, COVH_PGD_SIZE)),
		.pool = ranges_alloc(&free_pool, PAGE_SIZE, COVH_PGD_SIZE),
		.firmware = machine.firmware.start,
		.hole = ram->end,
		.mmio = DEVICE,
		.ram_last = ram->end - PAGE_SIZE,
		.info_len = covh_tsm_info_size(),
	};
	l->limit = 1UL << 50;
	if (!have_tsm())
		return;
	l->limit = gpa_limit();
	l->tsm = sbi_call(COVH_TEST_EID, COVH_TEST_TRAMPOLINE, 0).value;
	l->tsm = ALIGN_DOWN(l->tsm, PAGE_SIZE);
	count_windows(l->windows);
	if (hart_count() > 1)
		CHECK_EQ(hart_start(hart_get(1)), 0);
}

const char *drv_lacks(unsigned int need)
{
	switch (need) {
	case NEED_NEW:
		return covh_spec05 ? "the firmware has the numbers of 0.5"
				   : NULL;
	case NEED_OLD:
		return covh_spec05 ? NULL
				   : "the firmware has the current numbers";
	case NEED_SECOND:
		return hart_count() > 1 ? NULL : "there is one hart";
	case NEED_ALONE:
		return hart_count() > 1 ? "there is more than one hart" : NULL;
	case NEED_HOLD:
		return "nobody can hold a call that is at work";
	case NEED_CORE:
		return "nobody can take away the firmware's key, or all "
		       "contexts";
	case NEED_NO_TSM:
		return have_tsm() ? "there is a TSM" : NULL;
	case NEED_TSM:
		return have_tsm() ? NULL : "there is no TSM";
	case NEED_WINDOWS:
		return few_windows ? "PMP entries are short" : NULL;
	case NEED_POOL:
		return fx.at.pooled ? NULL : "there is no pool";
	default:
		return NULL;
	}
}

static long local_fence(void *arg)
{
	(void)arg;
	return covh_local_fence().error;
}

void drv_fence_others(void)
{
	if (hart_count() > 1)
		hart_call(hart_get(1), local_fence, NULL);
}

/* Numbers are covh_call's business: the firmware may have old ones */
static const unsigned int number[] = {
	[FN_INFO] = COVH_GET_TSM_INFO,
	[FN_CONVERT] = COVH_CONVERT_PAGES,
	[FN_RECLAIM] = COVH_RECLAIM_PAGES,
	[FN_GLOBAL] = COVH_GLOBAL_FENCE,
	[FN_LOCAL] = COVH_LOCAL_FENCE,
	[FN_CREATE] = COVH_CREATE_TVM,
	[FN_FINALIZE] = COVH_FINALIZE_TVM,
	[FN_PROMOTE] = COVH_PROMOTE_TO_TVM,
	[FN_DESTROY] = COVH_DESTROY_TVM,
	[FN_REGION] = COVH_ADD_TVM_MEMORY_REGION,
	[FN_TABLES] = COVH_ADD_TVM_PAGE_TABLE_PAGES,
	[FN_MEASURED] = COVH_ADD_TVM_MEASURED_PAGES,
	[FN_ZERO] = COVH_ADD_TVM_ZERO_PAGES,
	[FN_SHARED] = COVH_ADD_TVM_SHARED_PAGES,
	[FN_VCPU] = COVH_CREATE_TVM_VCPU,
	[FN_RUN] = COVH_RUN_TVM_VCPU,
	[FN_TVM_FENCE] = COVH_TVM_FENCE,
	[FN_INVALIDATE] = COVH_TVM_INVALIDATE_PAGES,
	[FN_VALIDATE] = COVH_TVM_VALIDATE_PAGES,
	[FN_REMOVE] = COVH_TVM_REMOVE_PAGES,
};

#define SIX(a) (a)[0], (a)[1], (a)[2], (a)[3], (a)[4], (a)[5]

struct answer drv_call(enum conform_fn fn, const uint64_t arg[MAX_ARGS])
{
	struct sbiret r;

	switch (fn) {
	case FN_LOCAL2:
		r.error = hart_call(hart_get(1), local_fence, NULL);
		r.value = 0;
		break;
	case FN_SUPD:
		r = sbi_call(COVH_EID_SUPD, COVH_SUPD_GET_ACTIVE_DOMAINS,
			     SIX(arg));
		break;
	case FN_PROBE:
		r = sbi_call(COVH_EID_NACL, COVH_NACL_PROBE_FEATURE, SIX(arg));
		break;
	case FN_SHMEM:
		r = sbi_call(COVH_EID_NACL, COVH_NACL_SET_SHMEM, SIX(arg));
		break;
	case FN_RAW:
		r = sbi_call(arg[6], arg[7], SIX(arg));
		break;
	default:
		r = covh_call(number[fn], SIX(arg));
		break;
	}
	return (struct answer){ r.error, (uint64_t)r.value };
}

struct answer drv_call_held(enum conform_fn fn, const uint64_t arg[MAX_ARGS],
			    const uint64_t held[6])
{
	(void)held;
	return drv_call(fn, arg);
}

void drv_attest(enum attest what)
{
	(void)what;
}

unsigned int drv_contexts(void)
{
	struct sbiret r = sbi_call(COVH_TEST_EID, COVH_TEST_CONTEXTS);
	unsigned long left = (unsigned long)r.value;
	unsigned int n = 0;

	for (; left; left &= left - 1)
		n++;
	return n;
}

void drv_states(uint64_t pa, unsigned int n, uint8_t state[])
{
	struct sbiret r = sbi_call(COVH_TEST_EID, COVH_TEST_PAGE_STATE, pa, n);
	unsigned int i;

	for (i = 0; i < n; i++)
		state[i] = r.value >> 4 * i & 0xf;
}

/* M-mode sums up what a host cannot read */
uint64_t drv_sum(uint64_t pa)
{
	unsigned long i, val, sum = FNV_START;
	struct sbiret r;

	if (no_sums)
		return 0;
	r = sbi_call(COVH_TEST_EID, COVH_TEST_SUM, pa);
	if (!r.error)
		return (uint64_t)r.value;
	for (i = 0; i < PAGE_SIZE; i += 8) {
		val = *(volatile unsigned long *)(pa + i);
		sum = (sum ^ val) * FNV_PRIME;
	}
	return sum;
}

void drv_write(uint64_t pa, const void *src, size_t n)
{
	memcpy((void *)pa, src, n);
}

void drv_read(uint64_t pa, void *dst, size_t n)
{
	memcpy(dst, (const void *)pa, n);
}

void drv_note(const char *fmt, ...)
{
	char line[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	printf("# %s\n", line);
}

/* The tables' own shared memory lasts for all cases; a case gives its back */
static void use_shmem(bool on)
{
	this_hart()->shmem = on ? (void *)(fx.at.host + AT_SHMEM * PAGE) : NULL;
}

static void start(void)
{
	if (started)
		return;
	if (have_tsm() &&
	    sbi_call(COVH_TEST_EID, COVH_TEST_TRAMPOLINE, 0).error)
		SKIP("needs a test build of the firmware (CONFIG=test)");
	started = true;
	no_sums = !bootarg_ulong("sums", 1);
	if (!fixture_start(&fx, 0))
		FAIL("%s", fx.step);
}

static void run(const struct spec *s)
{
	uint32_t before = tally.checks;
	bool ok;

	start();
	use_shmem(have_tsm());
	ok = conform_run_spec(&fx, s, &tally);
	use_shmem(false);
	NOTE("%s: %u checks", s->name, tally.checks - before);
	CHECK(ok);
	if (tally.checks == before)
		SKIP(conform_why_none(s));
}

#define DEFINE_CASE(x)             \
	static void case_##x(void) \
	{                          \
		run(&conform_##x); \
	}
#define LIST_CASE(x) { "table " #x, case_##x },

ALL_SPECS(DEFINE_CASE)

static void tables(void)
{
	CHECK(conform_check_tables());
}

/* Everything back, and the sums */
static void sums(void)
{
	CHECK(started);
	conform_report(&tally);
	if (have_tsm()) {
		CHECK(fixture_end(&fx));
		CHECK(tally.checks >= CASE_CHECKS);
	}
	CHECK(tally.checks > 0);
}

TEST_GROUP(conformance, { "the tables themselves", tables },
	   ALL_SPECS(LIST_CASE){ "at least 400 checks", sums });

/* SPDX-License-Identifier: BSD-2-Clause */
/* What attack cases share: M-mode's view, fingerprints, accesses. */

#include <string.h>
#include <sbi_covh/test.h>
#include <host/attack.h>
#include <host/paging.h>

#define FNV_PRIME 0x100000001b3UL
#define FNV_START 0xcbf29ce484222325UL

static struct sbiret debug_call(unsigned long fid, unsigned long arg)
{
	return sbi_call(COVH_TEST_EID, fid, arg);
}

bool debug_present(void)
{
	static int known;

	if (!known)
		known = debug_call(COVH_TEST_TRAMPOLINE, 0).error ? -1 : 1;
	return known > 0;
}

void need_debug(void)
{
	if (!debug_present())
		SKIP("needs a test build of the firmware (CONFIG=test)");
}

long error_code(long private, long standard)
{
	char word[16];

	if (bootarg("errors", word, sizeof(word)) && !strcmp(word, "standard"))
		return standard;
	return private;
}

int page_state(unsigned long pa)
{
	struct sbiret r = debug_call(COVH_TEST_PAGE_STATE, pa);

	return r.error ? -1 : (int)r.value;
}

bool peek(unsigned long pa, unsigned long *val)
{
	struct sbiret r = debug_call(COVH_TEST_PEEK, pa);

	*val = (unsigned long)r.value;
	return !r.error;
}

void watch_add(struct watch *w, unsigned long base, unsigned long pages)
{
	CHECK(w->nr < (int)ARRAY_SIZE(w->r));
	w->r[w->nr++] =
		(struct phys_range){ base, base + (pages << PAGE_SHIFT) };
}

static unsigned long mix(unsigned long sum, unsigned long val)
{
	return (sum ^ val) * FNV_PRIME;
}

/* What one can see of a page: its state, what traps, its words */
static unsigned long mix_page(unsigned long sum, unsigned long page)
{
	unsigned long i, val, cause = probe_load(page, &val);

	sum = mix(mix(sum, (unsigned long)page_state(page)), cause);
	if (cause && !debug_present())
		return sum;
	for (i = page; i < page + PAGE_SIZE; i += 8) {
		if (cause)
			peek(i, &val);
		else
			probe_load(i, &val);
		sum = mix(sum, val);
	}
	return sum;
}

static unsigned long watch_sum(const struct watch *w)
{
	unsigned long page, sum = FNV_START;
	int i;

	for (i = 0; i < w->nr; i++) {
		for (page = w->r[i].start; page < w->r[i].end;
		     page += PAGE_SIZE)
			sum = mix_page(sum, page);
	}
	return sum;
}

void watch_start(struct watch *w)
{
	w->sum = watch_sum(w);
}

bool watch_same(const struct watch *w)
{
	return watch_sum(w) == w->sum;
}

static const char *const kind_name[] = { "load from", "store to", "AMO on",
					 "fetch from" };

/*
 * No data either way, but another cause: QEMU makes an AMO a load first when
 * there is one hart, and 7.2 reports what PMP denies under a G-stage as a
 * guest-page fault.
 */
static bool denied(enum access kind, unsigned long cause, bool gstage)
{
	if (cause == access_fault(kind) ||
	    (kind == ACCESS_AMO && cause == CAUSE_LOAD_ACCESS))
		return true;
	return gstage && cause == (kind == ACCESS_LOAD ? CAUSE_LOAD_GPF
						       : CAUSE_STORE_GPF);
}

static void check_fault(const char *path, enum access kind, unsigned long addr,
			unsigned long cause, bool gstage)
{
	if (!denied(kind, cause, gstage))
		FAIL("%s %s 0x%lx (state %d): scause %lu", path,
		     kind_name[kind], addr, page_state(addr), cause);
}

static const unsigned long places[] = { 0, 2040, PAGE_SIZE - 8 };

void check_denied(unsigned long addr)
{
	unsigned int i, k;
	uint8_t byte;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (k = 0; k < ACCESS_KINDS; k++)
			check_fault("bare", k, addr + places[i],
				    access_bare(k, addr + places[i]), false);
		check_fault("byte", ACCESS_LOAD, addr + places[i],
			    probe_load8(addr + places[i], &byte), false);
		check_fault("word", ACCESS_STORE, addr + places[i],
			    probe_store32(addr + places[i], 0), false);
	}
}

void check_denied_virtual(unsigned long addr)
{
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (k = 0; k < ACCESS_KINDS; k++)
			check_fault("satp", k, addr + places[i],
				    access_mapped(k, addr + places[i]), false);
	}
}

void check_denied_guest(unsigned long addr)
{
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (k = ACCESS_LOAD; k <= ACCESS_STORE; k++)
			check_fault("hgatp", k, addr + places[i],
				    access_guest(k, addr + places[i]), true);
	}
}

void check_denied_walk(unsigned long table)
{
	unsigned int k;

	for (k = 0; k < ACCESS_KINDS; k++)
		check_fault("walk", k, table, access_through(k, table), false);
	for (k = ACCESS_LOAD; k <= ACCESS_STORE; k++)
		check_fault("G-stage walk", k, table,
			    access_guest_through(k, table), true);
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * PMP images: reference figures, and what they mean by a PMP of our own.
 */

#include <stdlib.h>
#include <string.h>

#include "fake_hart.h"
#include "pmpview.h"

#define BLOCK	   0x80400000UL
#define BLOCK_SIZE 0x400000UL
#define SYSCON	   0x100000UL
#define ALL_ONES   0x3FFFFFFFFFFFFFUL

enum { M, S };

/* OpenSBI's eight entries, the block as the ninth, then its catch-all */
static struct covh_pmpfixed fixed(bool mml)
{
	static const struct {
		u64 base, size;
	} own[] = {
		{ 0x80000000, 0x40000 }, { 0x80040000, 0x40000 },
		{ SYSCON, 0x1000 },	 { 0x10000000, 0x1000 },
		{ 0x2000000, 0x10000 },	 { 0xc000000, 0x200000 },
		{ 0xc200000, 0x200000 }, { 0x80100000, 0x80000 },
		{ BLOCK, BLOCK_SIZE },
	};
	struct covh_pmpfixed f = { .count = 16, .mml = mml };
	u32 i;

	for (i = 0; i < COVH_ARRAY_SIZE(own); i++) {
		f.addr[i] = covh_pmp_napot(own[i].base, own[i].size);
		f.cfg[i] = COVH_PMP_A_NAPOT | (mml ? 0x83 : 0);
	}
	/* Devices: RW for all */
	for (i = 2; i < 7; i++)
		f.cfg[i] = 0x1b;
	f.addr[i = COVH_ARRAY_SIZE(own)] = ALL_ONES;
	f.cfg[i] = 0x1f;
	return f;
}

static u64 pack(const u8 *cfg)
{
	u64 v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | cfg[i];
	return v;
}

/* A PMP as in the privileged specification. @return RWX bits granted */
static int pmp(const struct covh_pmpview *v, const u8 *cfg, bool mml, int mode,
	       u64 pa)
{
	for (u32 i = 0; i < v->count; i++) {
		u64 a = v->addr[i], ones = a ^ (a + 1);
		int a_field = cfg[i] & COVH_PMP_A_MASK, perm = cfg[i] & 7;
		bool locked = cfg[i] & COVH_PMP_L, hit = false;

		if (a_field == COVH_PMP_A_NAPOT)
			hit = ((pa >> 2) & ~ones) == (a & ~ones);
		else if (a_field == COVH_PMP_A_TOR)
			hit = pa >> 2 < a && pa >> 2 >= v->addr[i - 1];
		if (!hit)
			continue;
		if (!mml)
			return mode == M && !locked ? 7 : perm;
		/* MML: an entry is M-only if locked, S/U-only if not */
		if ((perm & 2) && !(perm & 1))
			fail_msg("shared encoding 0x%x", cfg[i]);
		return locked == (mode == M) ? perm : 0;
	}
	return mode == M ? 7 : 0;
}

static void build(const struct covh_pmpfixed *f, const struct covh_winset *s,
		  struct covh_pmpview *out)
{
	memset(out, 0xEE, sizeof(*out));
	assert_rc(OK,
		  covh_pmpview_build(f, BLOCK, BLOCK_SIZE, NULL, 0, s, out));
}

/* Block in entry 8, windows in 9/10 and 11/12, as the figures have it */
static void reference_figures(void **state)
{
	const struct covh_winset s = {
		2, { { 0x81000000, 0x81003000 }, { 0x82001000, 0x82004000 } }
	};
	struct covh_pmpview v;
	struct covh_pmpfixed f;

	(void)state;
	f = fixed(false);
	assert_int_equal(covh_pmpview_free(&f), 6);
	build(&f, &s, &v);
	assert_int_equal(pack(v.host.entry + 8), 0x1f00000800080018);
	assert_int_equal(pack(v.guest.entry + 8), 0x1b00000f000f001f);
	assert_int_equal(pack(v.host.entry), pack(f.cfg));
	assert_int_equal(pack(v.guest.entry), pack(f.cfg));
	assert_int_equal(v.addr[9], 0x81000000 >> 2);
	assert_int_equal(v.addr[10], 0x81003000 >> 2);
	assert_int_equal(v.addr[15], ALL_ONES);

	f = fixed(true);
	build(&f, &s, &v);
	assert_int_equal(pack(v.host.entry + 8), 0x1f00008b008b009b);
	assert_int_equal(pack(v.guest.entry + 8), 0x1b00000f000f001f);
}

static void check_views(const struct covh_pmpview *v, bool mml,
			const struct covh_winset *s)
{
	static const u64 off[] = { 0, 8, PG / 2, PG - 4 };
	u64 pa;

	for (pa = 0x80800000; pa < 0x80840000; pa += PG)
		for (u32 i = 0; i < COVH_ARRAY_SIZE(off); i++) {
			u64 a = pa + off[i];
			bool in = covh_winset_covers(s, pa, pa + PG);

			assert_int_equal(pmp(v, v->host.entry, mml, S, a),
					 in ? 0 : 7);
			assert_int_equal(pmp(v, v->guest.entry, mml, S, a),
					 in ? 7 : 3);
			/* M keeps reach of the windows in the host view */
			if (in)
				assert_int_equal(pmp(v, v->host.entry, mml, M,
						     a) & 3,
						 3);
		}
	for (pa = BLOCK; pa < BLOCK + BLOCK_SIZE; pa += PG) {
		assert_int_equal(pmp(v, v->host.entry, mml, S, pa), 0);
		assert_int_equal(pmp(v, v->host.entry, mml, M, pa) & 3, 3);
		assert_int_equal(pmp(v, v->guest.entry, mml, S, pa), 7);
	}
	/* Firmware stays out of reach of both worlds */
	for (pa = 0x80000000; pa < 0x80080000; pa += PG) {
		assert_int_equal(pmp(v, v->host.entry, mml, S, pa), 0);
		assert_int_equal(pmp(v, v->guest.entry, mml, S, pa), 0);
	}
}

static void random_windows_mean_what_they_say(void **state)
{
	(void)state;
	srand(3);
	for (int round = 0; round < 500; round++) {
		bool mml = round & 1;
		struct covh_pmpfixed f = fixed(mml);
		struct covh_winset s = { 0 }, out;
		struct covh_pmpview v;
		int n = rand() % 4;
		long rc;

		while (n--) {
			u64 b = rand() % 60, e = b + 1 + rand() % (63 - b);

			assert_rc(OK,
				  covh_winset_add(&s, 0x80800000 + b * PG,
						  0x80800000 + e * PG, &out));
			s = out;
		}
		rc = covh_pmpview_build(&f, BLOCK, BLOCK_SIZE, NULL, 0, &s, &v);
		assert_int_equal(rc, covh_winset_entries(&s) <= 6 ? 0 : FAILED);
		if (!rc)
			check_views(&v, mml, &s);
	}
}

static void t72_denied_device_is_m_only_in_both_views(void **state)
{
	const struct covh_range dev = { SYSCON, SYSCON + 0x1000 };
	const struct covh_winset none = { 0 };
	struct covh_pmpview v;

	(void)state;
	for (int mml = 0; mml < 2; mml++) {
		struct covh_pmpfixed f = fixed(mml);

		assert_rc(OK, covh_pmpview_build(&f, BLOCK, BLOCK_SIZE, &dev, 1,
						 &none, &v));
		assert_int_equal(pmp(&v, v.host.entry, mml, S, SYSCON), 0);
		assert_int_equal(pmp(&v, v.guest.entry, mml, S, SYSCON), 0);
		assert_int_equal(pmp(&v, v.host.entry, mml, M, SYSCON) & 3, 3);
		assert_int_equal(pmp(&v, v.guest.entry, mml, M, SYSCON) & 3, 3);
		assert_int_equal(pmp(&v, v.host.entry, mml, S, 0x10000000), 3);
	}
}

static void what_cannot_be_built_is_refused(void **state)
{
	const struct covh_range odd = { SYSCON + PG, SYSCON + 2 * PG };
	const struct covh_range bad = { SYSCON, SYSCON + 0x3000 };
	const struct covh_winset none = { 0 };
	struct covh_pmpfixed f = fixed(false);
	struct covh_pmpview v;

	(void)state;
	assert_rc(FAILED, covh_pmpview_build(&f, BLOCK, BLOCK_SIZE / 2, NULL, 0,
					     &none, &v));
	assert_rc(FAILED, covh_pmpview_build(&f, BLOCK, BLOCK_SIZE, &odd, 1,
					     &none, &v));
	assert_rc(FAILED, covh_pmpview_build(&f, BLOCK, BLOCK_SIZE, &bad, 1,
					     &none, &v));
	assert_rc(OK, covh_pmpview_build(&f, 0, 0, NULL, 0, &none, &v));

	/* No catch-all, or one that does not give the host everything */
	f.cfg[9] = 0x1b;
	assert_int_equal(covh_pmpview_free(&f), 0);
	assert_rc(FAILED, covh_pmpview_build(&f, 0, 0, NULL, 0, &none, &v));
	f.cfg[9] = 0x1f;
	f.addr[9] = covh_pmp_napot(0x80000000, 0x40000000);
	assert_int_equal(covh_pmpview_free(&f), 0);
	f.count = 0;
	assert_int_equal(covh_pmpview_free(&f), 0);
	f.count = COVH_PMP_MAX + 1;
	assert_int_equal(covh_pmpview_free(&f), 0);
}

static void catchall_in_the_last_entry_leaves_no_room(void **state)
{
	const struct covh_winset one = { 1, { { 0x81000000, 0x81001000 } } };
	const struct covh_winset none = { 0 };
	struct covh_pmpfixed f = fixed(false);
	struct covh_pmpview v;

	(void)state;
	f.count = 10;
	f.addr[9] = ~0UL;
	assert_int_equal(covh_pmpview_free(&f), 0);
	assert_rc(FAILED, covh_pmpview_build(&f, 0, 0, NULL, 0, &one, &v));
	assert_rc(OK, covh_pmpview_build(&f, 0, 0, NULL, 0, &none, &v));
	assert_int_equal(v.host.entry[9], 0x1f);
	assert_int_equal(v.guest.entry[9], 0x1b);
	assert_int_equal(v.addr[9], ~0UL);
}

/* A reset need not clear the PMP: the last boot's entries are still there */
static void t72_leftovers_behind_the_catchall_do_not_count(void **state)
{
	const struct covh_winset s = { 1, { { 0x81000000, 0x81003000 } } };
	struct covh_pmpfixed f = fixed(false), clean = fixed(false);
	struct covh_pmpview v, want;

	(void)state;
	f.addr[10] = 0x80900000 >> 2;
	f.addr[11] = 0x80a03000 >> 2;
	f.cfg[11] = COVH_PMP_A_TOR;
	f.addr[12] = covh_pmp_napot(0x80b00000, 0x1000);
	f.cfg[12] = COVH_PMP_A_NAPOT;
	f.addr[15] = ALL_ONES;
	f.cfg[15] = 0x1f;
	assert_int_equal(covh_pmpview_free(&f), 6);
	build(&f, &s, &v);
	build(&clean, &s, &want);
	assert_memory_equal(v.addr, want.addr, sizeof(v.addr));
	assert_memory_equal(v.host.entry, want.host.entry,
			    sizeof(v.host.entry));
	assert_memory_equal(v.guest.entry, want.guest.entry,
			    sizeof(v.guest.entry));
	/* The last one is no catch-all: it does not matter */
	f.cfg[15] = 0;
	assert_int_equal(covh_pmpview_free(&f), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reference_figures),
		cmocka_unit_test(random_windows_mean_what_they_say),
		cmocka_unit_test(t72_denied_device_is_m_only_in_both_views),
		cmocka_unit_test(what_cannot_be_built_is_refused),
		cmocka_unit_test(catchall_in_the_last_entry_leaves_no_room),
		cmocka_unit_test(
			t72_leftovers_behind_the_catchall_do_not_count),
	};

	return cmocka_run_group_tests_name("pmpview", tests, NULL, NULL);
}

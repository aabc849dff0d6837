/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * See findkey.h. A private key is 48 bytes, the most significant first, or in
 * mbedTLS' numbers last. Each 8 of them count, in both orders, at any address
 * in firmware and helper; elsewhere the first 8, and at multiples of 8.
 */

#include <sbi/sbi_scratch.h>
#include "core/attest.h"
#include "core/page.h"
#include "hart/hart.h"
#include "findkey.h"

#define WORDS	 (COVH_P384_SIZE / 8)
#define PATTERNS (2 * WORDS)

/* What is looked for, inverted, or the search would find itself: so many,
 * anywhere, and the first of each half far from where secrets are used */
static struct {
	u64 word[PATTERNS];
	u32 n;
	u64 own, own_end; /* not here */
} want;

static void want_key(const u8 *key)
{
	u64 byte;
	u32 i, j;

	memset(&want, 0, sizeof(want));
	for (i = 0; i < COVH_P384_SIZE; i++) {
		byte = (u8)~key[i];
		j = COVH_P384_SIZE - 1 - i;
		want.word[i / 8] |= byte << 8 * (i % 8);
		want.word[WORDS + j / 8] |= byte << 8 * (j % 8);
	}
	want.n = PATTERNS;
	want.own = (u64)key;
	want.own_end = (u64)key + COVH_P384_SIZE;
}

static u64 search_closely(u64 base, u64 end)
{
	u64 pa, word = 0, n = 0;
	u32 i;

	for (pa = base; pa < end; pa++) {
		word = word >> 8 | (u64) * (const volatile u8 *)pa << 56;
		for (i = 0; i < want.n; i++)
			n += ~word == want.word[i] &&
			     (pa < want.own || pa - 7 >= want.own_end);
	}
	return n;
}

static u64 search_page(u64 pa)
{
	const volatile u64 *p = (const volatile u64 *)pa;
	const volatile u64 *end = (const volatile u64 *)(pa + COVH_PAGE_SIZE);
	u64 first = ~want.word[0], last = ~want.word[want.n / 2], n = 0;

	for (; p != end; p++) {
		u64 word = *p;

		n += word == first || word == last;
	}
	return n;
}

/* With Smepmp M-mode cannot read what the host can */
static bool readable(u64 pa)
{
	return !covh_hart_this()->fixed.mml || covh_page_is_conf(pa);
}

static u64 search(void)
{
	const struct sbi_scratch *s = sbi_scratch_thishart_ptr();
	u64 fw = s->fw_start, fw_end = s->fw_start + s->fw_size;
	u64 tramp = covh_place.tramp, pa, n;
	u64 tramp_end = tramp + covh_place.tramp_size;
	u32 i;

	n = search_closely(fw, fw_end) + search_closely(tramp, tramp_end);
	for (i = 0; i < covh_nram; i++)
		for (pa = covh_ram[i].base; pa < covh_ram[i].end;
		     pa += COVH_PAGE_SIZE)
			if ((pa < fw || pa >= fw_end) &&
			    (pa < tramp || pa >= tramp_end) && readable(pa))
				n += search_page(pa);
	return n;
}

u64 covh_test_find_key(void)
{
	want_key(covh_attest_identity()->key);
	return search();
}

u64 covh_test_find(u64 inverted)
{
	memset(&want, 0, sizeof(want));
	want.word[0] = inverted;
	want.n = 1;
	return search();
}

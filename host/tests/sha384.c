/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-384 as the TSM computes it, with each of its compression functions that
 * the harts have the instructions for.
 */

#include <string.h>
#include <sbi_covh/test.h>
#include <host/attack.h>
#include <host/measure.h>

#define LEN_MAX 4000

static uint8_t page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint8_t digest[COVH_DIGEST_SIZE] __attribute__((aligned(64)));

static const char *const names[] = {
	[COVH_TEST_SHA_BASE] = "base",
	[COVH_TEST_SHA_ZBB] = "zbb",
	[COVH_TEST_SHA_ZKNH] = "zknh",
	[COVH_TEST_SHA_CHOSEN] = "chosen",
};

/* Of len bytes of the page; instructions, or 0 if the harts lack those */
static unsigned long tsm_sha384(unsigned int how, unsigned int align,
				unsigned long len)
{
	struct sbiret r = sbi_call(COVH_TEST_EID, COVH_TEST_SHA384,
				   pa(page) + align, len, pa(digest), how);

	if (r.error == SBI_ERR_NOT_SUPPORTED)
		return 0;
	CHECK_EQ(r.error, 0);
	CHECK(r.value);
	return r.value;
}

/* FIPS 180's examples */
static const struct {
	const char *text;
	const char *digest;
} examples[] = {
	{ "", "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
	      "274edebfe76f65fbd51ad2f14898b95b" },
	{ "abc",
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6"
	  "b0455a8520bc4e6f5fe95b1fe3c8452b" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	  "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
	  "fcc7c71a557e2db966c3e9fa91746039" },
};

static void nist(void)
{
	char hex[DIGEST_HEX_SIZE];
	unsigned int how, i;

	need_debug();
	for (how = 0; how < ARRAY_SIZE(names); how++) {
		for (i = 0; i < ARRAY_SIZE(examples); i++) {
			size_t len = strlen(examples[i].text);

			memcpy(page, examples[i].text, len);
			if (!tsm_sha384(how, 0, len))
				continue;
			digest_to_hex(digest, hex);
			if (strcmp(hex, examples[i].digest))
				FAIL("%s, example %u: %s", names[how], i, hex);
		}
	}
}

/* Against the host's own, which is mbedTLS' C */
static void lengths(void)
{
	static const unsigned short lens[] = {
		0,   1,	  7,   8,   55,	 56,  63,  64,	111,  112,
		113, 119, 120, 127, 128, 129, 200, 239, 240,  241,
		255, 256, 257, 383, 384, 385, 512, 999, 2048, LEN_MAX,
	};
	uint8_t want[COVH_DIGEST_SIZE];
	unsigned int how, align, i;

	need_debug();
	for (i = 0; i < PAGE_SIZE; i++)
		page[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + 1);
	for (align = 0; align < 8; align++) {
		for (i = 0; i < ARRAY_SIZE(lens); i++) {
			sha384(page + align, lens[i], want);
			for (how = 0; how < ARRAY_SIZE(names); how++) {
				if (tsm_sha384(how, align, lens[i]) &&
				    memcmp(digest, want, sizeof(want)))
					FAIL("%s, %u bytes at %u", names[how],
					     lens[i], align);
			}
		}
	}
}

/* What the runner compares */
static void cost(void)
{
	unsigned int how;

	need_debug();
	for (how = 0; how < ARRAY_SIZE(names); how++)
		NOTE("bench sha384.%s %lu", names[how],
		     tsm_sha384(how, 0, PAGE_SIZE));
}

TEST_GROUP(sha384, { "NIST's examples", nist },
	   { "many lengths, any alignment", lengths },
	   { "instructions for a page", cost }, );

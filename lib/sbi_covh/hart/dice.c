/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The TSM's identity at cold boot.
 */

#include <sbi/sbi_console.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_string.h>
#include <sbi_covh/abi.h>
#include "../attest/image.h"
#include "../core/attest.h"
#include "../core/fence.h"
#include "dice.h"
#include "hart.h"
#include "helper.h"

/* Where nobody hands anything over. It is no secret, and evidence says so */
#define TEST_SECRET "opensbi-cove: no root of trust, for tests only"

static int from_fdt(const void *fdt, struct covh_handover *h);

int (*covh_dice_hook)(const void *fdt, struct covh_handover *h) = from_fdt;

/* Until the keys are derived, or it is known that there is no TSM */
static struct covh_handover handover;
static const char *state_why;

/* Where the RAM map is unusable, who has handed something over knows more */
static bool in_ram(u64 pa, u64 len)
{
	u32 i;

	if (!covh_ram_known)
		return pa + len > pa;
	for (i = 0; i < covh_nram; i++)
		if (pa >= covh_ram[i].base && pa < covh_ram[i].end &&
		    len <= covh_ram[i].end - pa)
			return true;
	return false;
}

static void wipe(void *p, u64 len)
{
	volatile u8 *b = p;
	u64 i;

	for (i = 0; i < len; i++)
		b[i] = 0;
}

static bool touches(const struct covh_range *r, u64 pa, u64 len)
{
	return pa < r->end && r->base < pa + len;
}

/*
 * Where the loader has put something, or this firmware is: it would be wiped.
 * How much the next image is, only the image says, and it is the host's: were
 * that believed, a host that names a size could keep the secret for itself. So
 * there what has the mark is a handover.
 */
static bool in_use(u64 pa, u64 len)
{
	u32 i;

	for (i = 0; i < covh_nloaded; i++)
		if (touches(&covh_loaded[i], pa, len))
			return true;
	return touches(&covh_next_image, pa, len) &&
	       ((const struct covh_handover *)pa)->magic != COVH_HANDOVER_MAGIC;
}

static int from_fdt(const void *fdt, struct covh_handover *h)
{
	u64 pa;
	int rc = covh_fdt_handover(fdt, &pa);

	if (rc == SBI_EINVAL)
		sbi_printf("opensbi-cove: dice-handover: not two cells\n");
	if (rc)
		return -1;
	if ((pa & 7) || !in_ram(pa, sizeof(*h)) || in_use(pa, sizeof(*h))) {
		sbi_printf(
			"opensbi-cove: dice-handover at 0x%lx: not aligned or not in free RAM\n",
			(unsigned long)pa);
		return -1;
	}
	memcpy(h, (const void *)pa, sizeof(*h));
	wipe((void *)pa, sizeof(*h));
	covh_flush_page(pa & ~(COVH_PAGE_SIZE - 1));
	covh_flush_page((pa + sizeof(*h) - 1) & ~(COVH_PAGE_SIZE - 1));
	return 0;
}

/* What verifiers take; the rest is zeros, since all of it is hashed */
static bool usable_type(const char *type)
{
	u32 i, n = 0;

	while (n < COVH_COMPONENT_NAME && type[n] >= '!' && type[n] <= '~')
		n++;
	for (i = n; i < COVH_COMPONENT_NAME; i++)
		if (type[i])
			return false;
	return n && n < COVH_COMPONENT_NAME;
}

static bool usable(const struct covh_handover *h)
{
	u32 i;

	if (h->magic != COVH_HANDOVER_MAGIC ||
	    h->version != COVH_HANDOVER_VERSION ||
	    h->platform_state < COVH_PLATFORM_NOT_CONFIGURED ||
	    h->platform_state > COVH_PLATFORM_RECOVERY || !h->ncomponents ||
	    h->ncomponents > COVH_MAX_COMPONENTS)
		return false;
	for (i = 0; i < h->ncomponents; i++)
		if (!usable_type(h->component[i].type))
			return false;
	return true;
}

/* Our own code and constants */
static u8 own_digest[COVH_DIGEST_SIZE];

static void measure_self(void)
{
	struct covh_bytes image = { _fw_start, covh_image.ro_end };

	covh_sha384(&image, 1, own_digest);
}

static void own_component(struct covh_component *c, const char *type)
{
	memset(c, 0, sizeof(*c));
	memcpy(c->type, type, sbi_strlen(type));
	memcpy(c->digest, own_digest, sizeof(c->digest));
	c->svn = covh_image.svn;
}

static void use_test_secret(struct covh_handover *h)
{
	struct covh_bytes text = { TEST_SECRET, sizeof(TEST_SECRET) - 1 };

	memset(h, 0, sizeof(*h));
	h->platform_state = COVH_PLATFORM_NOT_CONFIGURED;
	covh_sha384(&text, 1, h->secret);
	h->ncomponents = 1;
	own_component(&h->component[0], COVH_COMPONENT_FIRMWARE);
}

void covh_dice_take(const void *fdt)
{
	struct covh_handover *h = &handover;
	bool given = !covh_dice_hook(fdt, h);

	measure_self();
	if (given && !usable(h))
		sbi_printf("opensbi-cove: dice-handover: not understood\n");
	if (!given || !usable(h)) {
		use_test_secret(h);
		state_why = "no root of trust, DMA is not stopped";
	} else if (h->platform_state == COVH_PLATFORM_SECURED) {
		/* It cannot be that as long as devices reach what they like */
		h->platform_state = COVH_PLATFORM_NOT_CONFIGURED;
		state_why = "DMA is not stopped";
	} else {
		state_why = "as handed over, DMA is not stopped";
	}
	if (covh_image.flags & COVH_FLAG_TEST) {
		h->platform_state = COVH_PLATFORM_DEBUG;
		state_why = "test build, DMA is not stopped";
	}
}

static const char *const state_name[] = {
	[COVH_PLATFORM_NOT_CONFIGURED] = "NotConfigured",
	[COVH_PLATFORM_DEBUG] = "Debug",
	[COVH_PLATFORM_RECOVERY] = "Recovery",
};

const char *covh_dice_state_name(void)
{
	return state_name[handover.platform_state];
}

void covh_dice_forget(void)
{
	wipe(&handover, sizeof(handover));
}

u32 covh_dice_state(void)
{
	return handover.platform_state;
}

static void put_le(u8 **p, u64 val, u32 bytes)
{
	for (; bytes; bytes--, val >>= 8)
		*(*p)++ = (u8)val;
}

/* What register 3 stands for: options and places, as they are at boot */
static void config_digest(const struct covh_hart *hart, u8 out[48])
{
	u8 rec[32], *p = rec;
	struct covh_bytes in = { rec, sizeof(rec) };

	put_le(&p, covh_image.version, 4);
	put_le(&p, covh_image.svn, 4);
	put_le(&p, covh_image.flags, 4);
	put_le(&p, hart->fixed.count - covh_fence_pmp_entries(), 4);
	put_le(&p, covh_place.pool, 8);
	put_le(&p, covh_place.pool_size, 8);
	covh_sha384(&in, 1, out);
}

static void extend(u8 reg[48], const u8 digest[48])
{
	struct covh_bytes in[2] = { { reg, 48 }, { digest, 48 } };

	covh_sha384(in, 2, reg);
}

static void fill_boot_job(const struct covh_hart *h, struct covh_boot_in *in)
{
	memcpy(in->secret, handover.secret, sizeof(in->secret));
	memcpy(in->manufacturer, handover.manufacturer,
	       sizeof(in->manufacturer));
	in->platform_state = handover.platform_state;
	in->ncomponents = handover.ncomponents;
	memcpy(in->component, handover.component, sizeof(in->component));
	own_component(&in->driver, COVH_COMPONENT_DRIVER);
	own_component(&in->tsm, COVH_COMPONENT_TSM);
	config_digest(h, in->tsm_config);
}

static void set_registers(const struct covh_boot_in *in)
{
	u8 msmt[4][COVH_DIGEST_SIZE];
	u32 i;

	memset(msmt, 0, sizeof(msmt));
	for (i = 0; i < in->ncomponents; i++)
		extend(msmt[COVH_MSMT_PLATFORM], in->component[i].digest);
	extend(msmt[COVH_MSMT_TSM], in->tsm.digest);
	extend(msmt[COVH_MSMT_TSM_CONFIG], in->tsm_config);
	covh_attest_set_platform(msmt);
}

void covh_dice_start(struct covh_hart *h)
{
	int i = covh_helper_take();
	struct covh_job *job;
	bool ok;

	if (i < 0)
		return;
	covh_helper_load((u32)i);
	job = covh_helper_job((u32)i);
	job->kind = COVH_JOB_BOOT;
	fill_boot_job(h, &job->in.boot);
	set_registers(&job->in.boot);
	wipe(handover.secret, sizeof(handover.secret));
	ok = covh_helper_do(h, (u32)i) && !job->result;
	if (ok)
		covh_attest_set_identity(&job->out.boot);
	else
		sbi_printf(
			"opensbi-cove: no evidence: keys cannot be derived\n");
	covh_helper_give((u32)i);
	sbi_printf("opensbi-cove: platform state %s: %s\n",
		   covh_dice_state_name(), state_why);
}

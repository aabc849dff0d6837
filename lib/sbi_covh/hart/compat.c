/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Hooks into OpenSBI: public ones where there are, else those that the patch
 * series of the version adds.
 */

#include <sbi/sbi_domain.h>
#include <sbi/sbi_error.h>
#include "compat.h"

#if COVH_OPENSBI >= 108

/* A protection of a higher rating in front of OpenSBI's own, which does the
 * work: it is told from outside when the entries have been written */
static struct sbi_hart_protection *inner;
static int (*inner_configured)(struct sbi_scratch *scratch);

static int covh_configure(struct sbi_scratch *scratch)
{
	int rc = inner->configure(scratch);

	return rc ? rc : inner_configured(scratch);
}

static void covh_unconfigure(struct sbi_scratch *scratch)
{
	if (inner->unconfigure)
		inner->unconfigure(scratch);
}

static int covh_map_range(struct sbi_scratch *scratch, unsigned long base,
			  unsigned long size)
{
	return inner->map_range ? inner->map_range(scratch, base, size) : 0;
}

static int covh_unmap_range(struct sbi_scratch *scratch, unsigned long base,
			    unsigned long size)
{
	return inner->unmap_range ? inner->unmap_range(scratch, base, size) : 0;
}

static struct sbi_hart_protection covh_protection = {
	.name = "covh",
	.rating = 1000,
	.configure = covh_configure,
	.unconfigure = covh_unconfigure,
	.map_range = covh_map_range,
	.unmap_range = covh_unmap_range,
};

int covh_compat_hook_pmp(int (*configured)(struct sbi_scratch *scratch))
{
	inner = sbi_hart_protection_best();
	if (!inner || !inner->configure)
		return SBI_ENODEV;
	inner_configured = configured;
	return sbi_hart_protection_register(&covh_protection);
}

#else

int covh_compat_hook_pmp(int (*configured)(struct sbi_scratch *scratch))
{
	sbi_hart_pmp_set_configured_hook(configured);
	return 0;
}

#endif

void covh_compat_hook_addr(bool (*may_touch)(unsigned long addr,
					     unsigned long size, bool range))
{
	sbi_domain_set_addr_filter(may_touch);
}

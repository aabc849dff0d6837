/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * PMP register images.
 */

#include "pmpview.h"
#include <sbi_covh/abi.h>

#define RW  (COVH_PMP_R | COVH_PMP_W)
#define RWX (RW | COVH_PMP_X)

/* Smallest reach of a catch-all: less does not cover RAM */
#define CATCHALL_MIN (BIT64(30) - 1)

/*
 * What only M-mode may reach. Without MML an unlocked entry never binds
 * M-mode, so "nothing" is enough; with MML, M-mode needs the lock bit.
 */
static u8 m_only(const struct covh_pmpfixed *f, u8 mode)
{
	return mode | (f->mml ? COVH_PMP_L | RW : 0);
}

/* pmpaddr all ones, as far as the hardware implements bits, and open */
static bool is_catchall(u64 addr, u8 cfg)
{
	return cfg == (COVH_PMP_A_NAPOT | RWX) && !(addr & (addr + 1)) &&
	       addr >= CATCHALL_MIN;
}

/*
 * Index of the catch-all; f->count if there is none. It is the first of those
 * that reach furthest: what lies behind it never matches and is not OpenSBI's,
 * but left over from before a reset that did not clear the PMP.
 */
static u32 catchall(const struct covh_pmpfixed *f)
{
	u32 i, best = f->count;

	for (i = 0; i < f->count; i++)
		if (is_catchall(f->addr[i], f->cfg[i]) &&
		    (best == f->count || f->addr[i] > f->addr[best]))
			best = i;

	return best;
}

u32 covh_pmpview_free(const struct covh_pmpfixed *fixed)
{
	u32 i;

	if (!fixed->count || fixed->count > COVH_PMP_MAX)
		return 0;

	i = catchall(fixed);
	return i < fixed->count ? fixed->count - 1 - i : 0;
}

/* Entry below the catch-all for [base, base + size); f->count if none */
static u32 entry_of(const struct covh_pmpfixed *f, u32 own, u64 base, u64 size)
{
	u32 i;

	if (size < 8 || (size & (size - 1)) || (base & (size - 1)))
		return f->count;

	for (i = 0; i < own; i++)
		if ((f->cfg[i] & COVH_PMP_A_MASK) == COVH_PMP_A_NAPOT &&
		    f->addr[i] == covh_pmp_napot(base, size))
			return i;

	return f->count;
}

static void put(struct covh_pmpview *out, u32 i, u64 addr, u8 host, u8 guest)
{
	out->addr[i] = addr;
	out->host.entry[i] = host;
	out->guest.entry[i] = guest;
}

/* One of OpenSBI's own entries that the host loses */
static long put_fixed(const struct covh_pmpfixed *f, u32 own, u64 base,
		      u64 size, u8 guest, struct covh_pmpview *out)
{
	u32 i = entry_of(f, own, base, size);

	if (i == f->count)
		return COVH_ERR_FAILED;

	put(out, i, f->addr[i], m_only(f, COVH_PMP_A_NAPOT), guest);
	return 0;
}

/* One window at entry i. @return the next entry */
static u32 put_window(const struct covh_pmpfixed *f, u32 i,
		      const struct covh_range *r, struct covh_pmpview *out)
{
	u64 size = r->end - r->base;

	if (!(size & (size - 1)) && !(r->base & (size - 1))) {
		put(out, i, covh_pmp_napot(r->base, size),
		    m_only(f, COVH_PMP_A_NAPOT), COVH_PMP_A_NAPOT | RWX);
		return i + 1;
	}

	/* The lower bound is the address of an entry that is off */
	put(out, i, r->base >> 2, 0, 0);
	put(out, i + 1, r->end >> 2, m_only(f, COVH_PMP_A_TOR),
	    COVH_PMP_A_TOR | RWX);
	return i + 2;
}

long covh_pmpview_build(const struct covh_pmpfixed *fixed, u64 block,
			u64 block_size, const struct covh_range *deny,
			u32 ndeny, const struct covh_winset *set,
			struct covh_pmpview *out)
{
	u32 i, k, own, last = fixed->count - 1;

	if (!fixed->count || fixed->count > COVH_PMP_MAX)
		return COVH_ERR_FAILED;
	own = catchall(fixed);
	if (own == fixed->count ||
	    covh_winset_entries(set) > covh_pmpview_free(fixed))
		return COVH_ERR_FAILED;

	out->count = fixed->count;
	for (i = 0; i < own; i++)
		put(out, i, fixed->addr[i], fixed->cfg[i], fixed->cfg[i]);
	if (block_size && put_fixed(fixed, own, block, block_size,
				    COVH_PMP_A_NAPOT | RWX, out))
		return COVH_ERR_FAILED;
	for (k = 0; k < ndeny; k++)
		if (put_fixed(fixed, own, deny[k].base,
			      deny[k].end - deny[k].base,
			      m_only(fixed, COVH_PMP_A_NAPOT), out))
			return COVH_ERR_FAILED;

	i = own;
	for (k = 0; k < set->n; k++)
		i = put_window(fixed, i, &set->r[k], out);
	for (; i < last; i++)
		put(out, i, 0, 0, 0);

	/* Behind the windows, and without X while a TVM runs: HS code outside
	 * the confidential regions cannot run there */
	put(out, last, fixed->addr[own], COVH_PMP_A_NAPOT | RWX,
	    COVH_PMP_A_NAPOT | RW);
	return 0;
}

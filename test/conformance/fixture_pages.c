/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Where the fixture's things are: symbols, and all pages one by one.
 */

#include "fixture.h"
#include "places.h"

#define NAME(__x) #__x,

static const char *const names[] = { SYMBOLS(NAME) };

static bool is_symbol(uint64_t v)
{
	return v >> 56 == SYM_TOP;
}

static unsigned int number(uint64_t v)
{
	return v >> 48 & 0xFF;
}

const char *fixture_symbol(uint64_t v)
{
	return is_symbol(v) && number(v) < SYM_COUNT ? names[number(v)] : NULL;
}

static uint64_t page(uint64_t base, unsigned int n)
{
	return base ? base + n * PAGE : 0;
}

static uint64_t mine(const struct fixture *fx, unsigned int n)
{
	return page(fx->at.block[fx->subject], n);
}

static uint64_t other(const struct fixture *fx, unsigned int n)
{
	return page(fx->at.block[!fx->subject], n);
}

static uint64_t host(const struct fixture *fx, unsigned int n)
{
	return page(fx->at.host, n);
}

/* Numbers made from the id; of what is 0 there is none */
static uint64_t symbol_id(const struct fixture *fx, unsigned int sym)
{
	switch (sym) {
	case SYM_ID:
		return fx->id;
	case SYM_ID_STALE:
		return fx->stale;
	case SYM_ID_SLOT:
		return fx->id & 0xFFFF;
	case SYM_ID_SLOT_0:
		return fx->id & ~0xFFFFULL;
	case SYM_ID_SLOT_65:
		return (fx->id & ~0xFFFFULL) | 65;
	default:
		return fx->id | 1ULL << 63;
	}
}

static uint64_t symbol_tvm(const struct fixture *fx, unsigned int sym)
{
	switch (sym) {
	case SYM_PGD:
		return mine(fx, AT_PGD);
	case SYM_STATE:
		return mine(fx, AT_STATE);
	case SYM_VCPU0:
		return mine(fx, AT_VCPU0);
	case SYM_VCPU1:
		return mine(fx, AT_VCPU1);
	case SYM_PT:
		return mine(fx, AT_PT);
	case SYM_CODE:
		return mine(fx, AT_CODE);
	case SYM_DATA:
		return mine(fx, AT_DATA);
	case SYM_SDATA:
		return mine(fx, AT_SDATA);
	case SYM_EDATA:
		return mine(fx, AT_EDATA);
	case SYM_NEW_PGD:
		return mine(fx, AT_NEW_PGD);
	case SYM_NEW_STATE:
		return mine(fx, AT_NEW_STATE);
	case SYM_FREE:
		return mine(fx, AT_FREE);
	case SYM_O_PGD:
		return other(fx, AT_PGD);
	case SYM_O_STATE:
		return other(fx, AT_STATE);
	case SYM_O_VCPU0:
		return other(fx, AT_VCPU0);
	case SYM_O_PT:
		return other(fx, AT_PT);
	default:
		return other(fx, AT_DATA);
	}
}

static uint64_t symbol_host(const struct fixture *fx, unsigned int sym)
{
	switch (sym) {
	case SYM_HOST:
		return host(fx, AT_HOST);
	case SYM_BUF:
		return host(fx, AT_BUF);
	case SYM_EDGE:
		return host(fx, AT_EDGE);
	case SYM_SHMEM:
		return host(fx, AT_SHMEM);
	case SYM_SHMEM2:
		return host(fx, AT_SHMEM2);
	case SYM_SHPAGE:
		return host(fx, AT_SHPAGE);
	case SYM_WFREE:
		return host(fx, AT_WFREE);
	default:
		return host(fx, AT_CONVERTING);
	}
}

static uint64_t symbol_place(const struct fixture *fx, unsigned int sym)
{
	switch (sym) {
	case SYM_POOL:
		return fx->at.pool;
	case SYM_BIG:
		return fx->at.big;
	case SYM_BIG_HOST:
		return fx->at.big_host;
	case SYM_FIRMWARE:
		return fx->at.firmware;
	case SYM_TSM:
		return fx->at.tsm;
	case SYM_SPLIT:
		return page(fx->at.windows, AT_SPLIT);
	case SYM_HOLE:
		return fx->at.hole;
	case SYM_MMIO:
		return fx->at.mmio;
	case SYM_RAM_LAST:
		return fx->at.ram_last;
	case SYM_LIMIT:
		return fx->at.limit;
	default:
		return fx->at.info_len;
	}
}

bool fixture_resolve(const struct fixture *fx, uint64_t v, uint64_t *out)
{
	unsigned int sym = number(v);
	uint64_t base;

	*out = v;
	if (!is_symbol(v))
		return true;
	if (sym <= SYM_ID_HIGH)
		base = symbol_id(fx, sym);
	else if (sym <= SYM_O_DATA)
		base = symbol_tvm(fx, sym);
	else if (sym <= SYM_CONVERTING)
		base = symbol_host(fx, sym);
	else if (sym < SYM_COUNT)
		base = symbol_place(fx, sym);
	else
		return true;
	*out = base + (v & (2 * SYM_BIAS - 1)) - SYM_BIAS;
	return base != 0;
}

void fixture_held(const struct fixture *fx, uint64_t held[6], uint64_t *taken)
{
	*taken = mine(fx, AT_FREE + 6);
	held[0] = fx->id;
	held[1] = host(fx, AT_HOST + 4);
	held[2] = *taken;
	held[3] = COVH_PAGE_4K;
	held[4] = 1;
	held[5] = 0x80216000;
}

static enum fixture_kind kind_of_mine(unsigned int n)
{
	if (n == AT_VCPU0 || n == AT_VCPU1 || n >= AT_CODE)
		return KIND_LIVE;
	return KIND_TABLE;
}

static enum fixture_kind kind_of_host(unsigned int n)
{
	if (n >= AT_BUF && n < AT_SHMEM)
		return KIND_BUF;
	if (n >= AT_SHMEM && n < AT_SHPAGE)
		return KIND_LIVE;
	return KIND_HOST;
}

/* Those that are single */
static bool fixture_place(const struct fixture *fx, unsigned int i,
			  struct fixture_page *p)
{
	const uint64_t place[] = { fx->at.firmware, fx->at.tsm,
				   fx->at.hole,	    fx->at.mmio,
				   fx->at.ram_last, fx->at.pool };

	if (i >= sizeof(place) / sizeof(place[0]))
		return false;
	p->pa = place[i];
	p->kind = KIND_TSM;
	return true;
}

bool fixture_page(const struct fixture *fx, unsigned int i,
		  struct fixture_page *p)
{
	if (i < BLOCK_PAGES) {
		p->pa = mine(fx, i);
		p->kind = kind_of_mine(i);
		return true;
	}
	i -= BLOCK_PAGES;
	if (i < BLOCK_PAGES) {
		p->pa = other(fx, i);
		p->kind = KIND_OTHER;
		return true;
	}
	i -= BLOCK_PAGES;
	if (i < AT_HOST_END) {
		p->pa = host(fx, i);
		p->kind = kind_of_host(i);
		return true;
	}
	i -= AT_HOST_END;
	if (fx->state == ST_WINDOWS) {
		if (i < WINDOW_PAGES) {
			p->pa = page(fx->at.windows, i);
			p->kind = KIND_TSM;
			return true;
		}
		i -= WINDOW_PAGES;
	}
	if (fx->big) {
		if (i < 2 * BIG_PAGES) {
			p->pa = page(i < BIG_PAGES ? fx->at.big
						   : fx->at.big_host,
				     i % BIG_PAGES);
			p->kind = KIND_TSM;
			return true;
		}
		i -= 2 * BIG_PAGES;
	}
	return fixture_place(fx, i, p);
}

bool fixture_pooled(const struct fixture *fx, uint64_t pa)
{
	if (!fx->at.pooled)
		return false;
	return pa - fx->at.block[0] < BLOCK_PAGES * PAGE ||
	       pa - fx->at.block[1] < BLOCK_PAGES * PAGE ||
	       pa - fx->at.big < BIG_PAGES * PAGE;
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The memory that calls read and write.
 */

#include <string.h>
#include "check.h"
#include "places.h"

/* More than any get_tsm_info writes */
#define INFO_ROOM 64
#define FILLED	  0xA5

static bool in_pages(const struct fixture *fx, uint64_t pa, unsigned int at,
		     unsigned int n, uint64_t len)
{
	return pa - (fx->at.host + at * PAGE) <= n * PAGE - len;
}

static bool is_info(const struct fixture *fx, const struct check *c)
{
	return c->row.fn == FN_INFO && !c->row.error &&
	       in_pages(fx, c->arg[0], AT_HOST, AT_BUF - AT_HOST, INFO_ROOM);
}

void memory_before(const struct fixture *fx, const struct check *c)
{
	uint64_t buf = fx->at.host + AT_BUF * PAGE;
	uint64_t slots = fx->at.host + AT_SHMEM * PAGE;
	uint8_t fill[INFO_ROOM];

	if (c->row.fn == FN_CREATE) {
		drv_write(buf, &c->arg[6], 16);
		/* Where it is told to look for them, if that is in BUF */
		if (in_pages(fx, c->arg[0], AT_BUF, 2, 16))
			drv_write(c->arg[0], &c->arg[6], 16);
	}
	if (c->row.fn == FN_RUN)
		drv_write(slots + COVH_NACL_GPR_OFFSET(10), &c->arg[2], 16);
	if (is_info(fx, c)) {
		memset(fill, FILLED, sizeof(fill));
		drv_write(c->arg[0], fill, sizeof(fill));
	}
}

static bool all(const uint8_t *p, const uint8_t *end, uint8_t val)
{
	for (; p < end; p++)
		if (*p != val)
			return false;
	return true;
}

/* What has come back to the host holds nothing of what it held (T-07) */
static bool reclaimed(const struct fixture *fx, const struct effect *e)
{
	static uint8_t page[PAGE];
	unsigned int i;
	uint64_t pa;

	fixture_resolve(fx, e->pa, &pa);
	for (i = 0; e->kind == EFF_BACK && i < e->n; i++) {
		if (fixture_pooled(fx, pa + i * PAGE))
			continue;
		drv_read(pa + i * PAGE, page, PAGE);
		if (all(page, page + PAGE, 0))
			continue;
		drv_note("reclaimed page %u is not zero", i);
		return false;
	}
	return true;
}

/*
 * The state comes first in both layouts (J-2). Without a TSM all else is zero;
 * with one, nothing is: no field may be left as it was.
 */
static bool info_written(const struct fixture *fx, const struct check *c)
{
	bool none = c->row.state == ST_NOT_READY;
	uint8_t info[INFO_ROOM];
	uint32_t state;

	drv_read(c->arg[0], info, sizeof(info));
	memcpy(&state, info, sizeof(state));
	if (state == (none ? COVH_TSM_LOADED : COVH_TSM_READY) &&
	    all(info + fx->at.info_len, info + INFO_ROOM, FILLED) &&
	    all(info + 4, info + fx->at.info_len, 0) == none &&
	    !memchr(info, FILLED, fx->at.info_len))
		return true;
	drv_note("tsm_info: state %u, or it is too short or too long", state);
	return false;
}

bool memory_after(const struct fixture *fx, const struct check *c)
{
	if (c->row.error)
		return true;
	if (c->row.fn == FN_RECLAIM)
		return reclaimed(fx, &c->row.effect[0]);
	return !is_info(fx, c) || info_written(fx, c);
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * hart/fencelog.h
 */

#include <core/hart_ops.h>
#include <hart/fencelog.h>

#define LOG_SIZE 64

static struct {
	u32 n;
	struct {
		u32 ev;
		u64 arg;
	} e[LOG_SIZE];
} fencelog[COVH_MAX_HARTS];

static u64 flushes[COVH_MAX_HARTS];

void covh_test_flush(void)
{
	flushes[covh_hart_self()]++;
}

u64 covh_test_flushes(void)
{
	return flushes[covh_hart_self()];
}

void covh_fencelog(u32 ev, u64 arg)
{
	u32 h = covh_hart_self();
	u32 i = fencelog[h].n++ % LOG_SIZE;

	fencelog[h].e[i].ev = ev;
	fencelog[h].e[i].arg = arg;
}

u32 covh_fencelog_read(u32 i, u64 *arg)
{
	u32 h = covh_hart_self();

	if (i >= LOG_SIZE || i >= fencelog[h].n)
		return COVH_LOG_NONE;
	i = (fencelog[h].n - 1 - i) % LOG_SIZE;
	*arg = fencelog[h].e[i].arg;
	return fencelog[h].e[i].ev;
}

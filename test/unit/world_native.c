/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * hart/world_switch.h compiled with OpenSBI's headers for this machine: CSRs
 * are words of an array.
 */

#include <sbi/riscv_asm.h>
#include "world_native.h"

unsigned long csr[NR_CSRS];
unsigned int csr_reads[NR_CSRS], csr_writes[NR_CSRS];

static unsigned long get(unsigned int num)
{
	csr_reads[num]++;
	return csr[num];
}

static unsigned long put(unsigned int num, unsigned long val)
{
	unsigned long old = csr[num];

	csr_writes[num]++;
	csr[num] = val;
	return old;
}

#undef csr_read
#undef csr_write
#undef csr_swap
#define csr_read(__num)		get(__num)
#define csr_write(__num, __val) put(__num, __val)
#define csr_swap(__num, __val)	(csr_reads[__num]++, put(__num, __val))

#include "../hart/world_switch.h"

struct covh_tramp covh_tramp = { 0x1000, 0x1004, 0x2000 };

static struct covh_hart hart;

const struct row rows[] = {
#define ROW(__name, __num, __needs, __how, __what) \
	{ #__name, #__needs, __num, __how },
	COVH_WORLD_CSRS(ROW)
};
const unsigned int nr_rows = sizeof(rows) / sizeof(rows[0]);

void world_hart(int has_all)
{
	hart = (struct covh_hart){ 0 };
	hart.has_stateen = hart.has_aia = hart.has_ctr = has_all;
	hart.has_csrind = hart.has_scontext = hart.has_qosid = has_all;
	/* Each row is asked for all the same */
	hart.has_more_csrs = true;
	hart.run.hvip = 4;
	hart.run.hgatp = 0x8765;
	hart.run.htimedelta = -77;
}

void world_enter(void)
{
	host_csrs_read(&hart);
	guest_csrs_load(&hart);
}

unsigned long world_promised(unsigned int num)
{
	const struct covh_host_csrs *saved = &hart.host_csrs;
	const struct covh_run *run = &hart.run;

	(void)saved;
	switch (num) {
#define PROMISED(__name, __num, __needs, __how, __what) \
	COVH_SWAP_##__how(case __num                    \
			  : return __what;)             \
		COVH_LATE_##__how(case __num            \
				  : return __what;)
		COVH_WORLD_CSRS(PROMISED)
	}
	return 0;
}

void world_leave(unsigned long scause, unsigned long stval)
{
	host_csrs_restore(&hart, scause, stval);
}

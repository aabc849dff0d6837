/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each vCPU shares memory of its own, writes to it and takes it back, all at
 * the same time: so many pages that the host's calls on the TVM overlap.
 *
 *     make run GUEST=build/guests/sharers.elf VCPUS=4
 */

#include <guest/smp.h>

#define SHARERS 4
#define ROUNDS	20
#define BYTES	(64 * PAGE_SIZE)

static uint8_t area[SHARERS][BYTES] __attribute__((aligned(PAGE_SIZE)));
static unsigned long left, failed;

static void change(unsigned long fid, uint8_t *at)
{
	if (sbi_call(COVH_EID_COVG, fid, (unsigned long)at, BYTES).error)
		__atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);
}

static void work(unsigned long id, unsigned long arg)
{
	uint8_t *mine = area[id];
	unsigned long i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++) {
		change(COVG_SHARE_MEMORY_REGION, mine);
		mine[i * PAGE_SIZE] = 1;
		change(COVG_UNSHARE_MEMORY_REGION, mine);
		/* A new page of zeros */
		if (mine[i * PAGE_SIZE])
			__atomic_fetch_add(&failed, 1, __ATOMIC_RELAXED);
	}
	__atomic_fetch_sub(&left, 1, __ATOMIC_RELEASE);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long i, n = 1;

	(void)arg;
	while (n < SHARERS && guest_status(n) >= 0)
		n++;
	left = n;
	for (i = 1; i < n; i++) {
		if (guest_start(i, work, 0))
			return 1;
	}
	work(vcpu_id, 0);
	while (__atomic_load_n(&left, __ATOMIC_ACQUIRE))
		;
	printf("%lu vCPUs shared and unshared, %lu times in vain\n", n, failed);
	return failed != 0;
}

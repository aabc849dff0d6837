/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several vCPUs: starts all that the host has made, lets each sum a part of
 * the numbers below a million, and adds the parts up.
 *
 *     make run GUEST=build/guests/team.elf VCPUS=4
 */

#include <guest/smp.h>

#define NUMBERS 1000000UL

static unsigned long parts, sum, left;

static void work(unsigned long id, unsigned long arg)
{
	unsigned long i, part = 0;

	(void)arg;
	for (i = id; i < NUMBERS; i += parts)
		part += i;
	__atomic_fetch_add(&sum, part, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&left, 1, __ATOMIC_RELEASE);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long i;

	(void)arg;
	/* An id that there is not has no status */
	while (parts < GUEST_MAX_VCPUS && guest_status(parts) >= 0)
		parts++;
	left = parts;
	for (i = 1; i < parts; i++) {
		if (guest_start(i, work, 0))
			return 1;
	}
	work(vcpu_id, 0);
	while (__atomic_load_n(&left, __ATOMIC_ACQUIRE))
		;
	printf("%lu vCPUs: the numbers below %lu add up to %lu\n", parts,
	       NUMBERS, sum);
	return sum != NUMBERS * (NUMBERS - 1) / 2;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first confidential VM: it greets, computes, and prints what the TSM
 * measured of it.
 */

#include <guest/guest.h>

/* Sits in .bss: with lazy loading these pages come when they are touched */
static unsigned char sieve[20000];
static unsigned char digest[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

static unsigned int count_primes(void)
{
	unsigned int i, j, n = 0;

	for (i = 2; i < sizeof(sieve); i++) {
		if (sieve[i])
			continue;
		n++;
		for (j = 2 * i; j < sizeof(sieve); j += i)
			sieve[j] = 1;
	}
	return n;
}

/* The square root of @x by Newton's method, in floating point */
static double root(double x)
{
	double r = x;
	int i;

	for (i = 0; i < 40; i++)
		r = (r + x / r) / 2;
	return r;
}

static int print_measurement(unsigned long index)
{
	long err = guest_read_measurement(index, digest);

	if (err) {
		printf("measurement %lu: error %ld\n", index, err);
		return 1;
	}
	printf("measurement %lu: ", index);
	print_hex(digest, COVH_DIGEST_SIZE);
	puts("\n");
	return 0;
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long r;
	int err;

	printf("hello from a confidential VM: vCPU %lu, argument 0x%lx\n",
	       vcpu_id, arg);
	printf("%u primes below %u\n", count_primes(),
	       (unsigned int)sizeof(sieve));
	r = (unsigned long)(root(2) * 1e15);
	printf("the square root of 2 is %lu.%015lu\n", r / 1000000000000000,
	       r % 1000000000000000);
	err = print_measurement(COVH_MSMT_TVM_CODE);
	err |= print_measurement(COVH_MSMT_TVM_CONFIG);
	return err;
}

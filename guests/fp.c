/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same floating-point work twice: undisturbed, and with calls to the
 * host in between. The results must be equal to the last bit. The argument
 * is the number of rounds, 0: 200.
 */

#include <guest/guest.h>

#define LANES 16

struct result {
	double lane[LANES];
	float single;
	unsigned long flags;
};

static void work(struct result *r, unsigned long rounds, int disturb)
{
	double x[LANES];
	float s = 1.0f;
	unsigned long i, j;

	/* Rounding mode 2 (down) must survive, too */
	csr_write(fcsr, 2 << 5);
	for (j = 0; j < LANES; j++)
		x[j] = 1.0 + (double)j / 7;
	for (i = 1; i <= rounds; i++) {
		for (j = 0; j < LANES; j++)
			x[j] = x[j] * 1.0000001 + 1.0 / (double)(i + j);
		s = s * 1.001f + 0.3f;
		if (disturb)
			putchar(i % 50 ? '.' : '\n');
	}
	for (j = 0; j < LANES; j++)
		r->lane[j] = x[j];
	r->single = s;
	r->flags = csr_read(fcsr);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	static struct result quiet, disturbed;
	unsigned long rounds = arg ? arg : 200;
	int bad;

	(void)vcpu_id;
	work(&quiet, rounds, 0);
	work(&disturbed, rounds, 1);
	bad = memcmp(&quiet, &disturbed, sizeof(quiet)) != 0;
	printf("\nfp=%d\n", bad);
	printf("sum=%lu\n", (unsigned long)(quiet.lane[0] * 1e9));
	printf("flags=0x%lx\n", disturbed.flags);
	return bad;
}

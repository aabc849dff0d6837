/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot argument counters=1: what exits a guest makes between its lines "bench:
 * begin" and "bench: end", by the TSM's own counters (SBI_COVH_COUNTERS). On
 * one hart: the TSM refuses to run a TVM whose counters it is reading.
 */

#include <string.h>
#include <host/console.h>
#include "linux.h"

static struct {
	struct covh_vcpu_counters sum;
	unsigned long time;
} begin;

static const char *const handlers[COVH_COUNT_HANDLERS] = {
	[COVH_COUNT_TRAMPOLINE] = "trampoline",
	[COVH_COUNT_M_MODE] = "m_mode",
	[COVH_COUNT_HOST] = "host",
};

/* Of all vCPUs; leaves are those of the TVM */
static void count(struct tvm *t, struct covh_vcpu_counters *sum)
{
	static struct covh_vcpu_counters one;
	unsigned int v, h, c;
	struct sbiret r;

	memset(sum, 0, sizeof(*sum));
	for (v = 0; v < t->cfg.vcpus; v++) {
		r = covh_get_vcpu_counters(t->id, v, pa(&one), sizeof(one));
		if (r.error)
			fail("get_vcpu_counters: %s (%ld)",
			     sbi_strerror(r.error), r.error);
		for (h = 0; h < COVH_COUNT_HANDLERS; h++) {
			for (c = 0; c < COVH_COUNT_CAUSES; c++)
				sum->exits[h][c] += one.exits[h][c];
		}
		sum->instructions += one.instructions;
	}
	sum->leaves_2m = one.leaves_2m;
	sum->leaves_4k = one.leaves_4k;
}

static void show(const struct covh_vcpu_counters *end)
{
	unsigned int h, c;
	unsigned long n;

	for (h = 0; h < COVH_COUNT_HANDLERS; h++) {
		for (c = 0; c < COVH_COUNT_CAUSES; c++) {
			n = end->exits[h][c] - begin.sum.exits[h][c];
			if (n)
				printf("# bench exits.%s.%u %lu\n", handlers[h],
				       c, n);
		}
	}
	printf("# bench leaves_2m %lu\n# bench leaves_4k %lu\n", end->leaves_2m,
	       end->leaves_4k);
	printf("# bench guest_instructions %lu\n",
	       end->instructions - begin.sum.instructions);
	printf("# bench ticks %lu\n", time_now() - begin.time);
}

void linux_count(struct tvm *t, const char *line)
{
	static struct covh_vcpu_counters end;

	if (!strcmp(line, "bench: begin")) {
		count(t, &begin.sum);
		begin.time = time_now();
	} else if (!strcmp(line, "bench: end")) {
		count(t, &end);
		show(&end);
	}
}

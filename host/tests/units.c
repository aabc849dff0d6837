/* SPDX-License-Identifier: BSD-2-Clause */
/* T-11, T-18: F and V of vCPUs and of the host, on several harts at once. */

#include <string.h>
#include <guest/units.h>
#include "world.h"

/* What a hart's registers must hold when it comes out; and hold then */
static struct {
	struct units made, found;
	unsigned long loads, looks;
} mine[64];

/* Bytes of a V register for which the TSM has room */
#define ROOM 64

static bool has_v;
static unsigned long wrong, exits[64];

static unsigned int self(void)
{
	int i;

	for (i = 0; i < hart_count(); i++)
		if (hart_get(i) == this_hart())
			return (unsigned int)i;
	return 0;
}

/* New values for the next run; half of the time the units are off meanwhile */
static void load(unsigned int h)
{
	csr_set(sstatus, SSTATUS_FS | (has_v ? SSTATUS_VS : 0));
	units_make(&mine[h].made, 100000UL * (h + 1) + mine[h].loads, has_v);
	units_load(&mine[h].made, has_v);
	if (mine[h].loads++ & 1)
		csr_clear(sstatus, SSTATUS_FS | SSTATUS_VS);
}

static enum tvm_result look(struct tvm *t, struct tvm_exit *e)
{
	unsigned long want = SSTATUS_FS | (has_v ? SSTATUS_VS : 0);
	unsigned int h = self();

	(void)t;
	__atomic_fetch_add(&exits[e->scause & 63], 1, __ATOMIC_RELAXED);
	if (mine[h].loads) {
		if (mine[h].loads & 1 && (csr_read(sstatus) & want) != want)
			wrong |= 1UL << 63;
		csr_set(sstatus, want);
		units_store(&mine[h].found, has_v);
		wrong |= units_differ(&mine[h].made, &mine[h].found, has_v);
		mine[h].looks++;
	}
	load(h);
	return TVM_CONTINUE;
}

static long off(void *arg)
{
	(void)arg;
	csr_clear(sstatus, SSTATUS_VS);
	csr_set(sstatus, SSTATUS_FS);
	return 0;
}

/* Bytes of the host's V registers, 0 without V */
static unsigned long find_vlenb(void)
{
	unsigned long bytes, old = csr_read(sstatus);

	csr_set(sstatus, SSTATUS_VS);
	if (csr_probe_read(0xc22, &bytes))
		bytes = 0;
	csr_write(sstatus, old);
	return bytes;
}

static void run(unsigned int vcpus, int harts, unsigned long rounds)
{
	struct tvm_config cfg = { .vcpus = vcpus,
				  .lazy = true,
				  .tick = time_us(300),
				  .window = !free_pool.nr };
	struct tvm *t = test_guest("units", &cfg, vcpus | rounds << 8);
	enum tvm_result r;
	unsigned long host_vlenb = find_vlenb();
	long vlenb;
	int i;

	memset(mine, 0, sizeof(mine));
	memset(exits, 0, sizeof(exits));
	wrong = 0;
	has_v = host_vlenb != 0;
	t->hook = look;
	r = tvm_run_smp(t, harts);
	hart_each(off, NULL);
	if (r != TVM_SHUTDOWN)
		FAIL("result %d, %s, %s: \"%.200s\"", r, t->step,
		     tvm_describe_exit(t), t->output);
	/* Bits 0-31: registers; then fcsr, vstart, vcsr, vl, vtype; sstatus */
	CHECK_EQ(wrong, 0);
	for (i = 0; i < harts; i++)
		CHECK(mine[i].looks > 10);
	CHECK(exits[CAUSE_VS_ECALL]);
	CHECK(exits[CAUSE_STORE_GPF]);
	CHECK(exits[CAUSE_VIRTUAL_INSN]);
	CHECK(exits[IRQ_STI]);
	world_expect(t, "initial", 0);
	world_expect(t, "kept", 0);
	world_expect(t, "off", 4 * CAUSE_ILLEGAL);
	CHECK(tvm_value_long(t, "vlenb", &vlenb));
	/* One whose registers are longer than there is room for has none */
	CHECK_EQ(vlenb, host_vlenb <= ROOM ? host_vlenb : 0);
	NOTE("V registers of a TVM: %ld bytes", vlenb);
}

static void one_hart(void)
{
	run(1, 1, 60);
}

static void two_harts(void)
{
	test_second_hart();
	run(2, 2, 60);
}

static void moving(void)
{
	test_second_hart();
	run(5, 2, 40);
}

TEST_GROUP(units, { "T-11 T-18 F and V: a vCPU and the host", one_hart },
	   { "T-11 T-18 F and V: two vCPUs, two harts", two_harts },
	   { "T-11 T-18 F and V: vCPUs that move between harts", moving });

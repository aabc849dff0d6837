/* SPDX-License-Identifier: BSD-2-Clause */
/* The vendor function that shows a vCPU's counters (SBI_COVH_COUNTERS). */

#include <string.h>
#include <guest/count.h>
#include <host/fdt.h>
#include "world.h"

#define ECALL	CAUSE_VS_ECALL
#define SIZE	((long)sizeof(struct covh_vcpu_counters))
#define NEXT(p) ((p) + 1)
#define LOOP	(2UL * COUNT_TURNS)

static struct covh_vcpu_counters from, to;

static void need_counters(const struct tvm *t)
{
	struct sbiret r =
		covh_get_vcpu_counters(t->id, 0, pa(&from), sizeof(from));

	if (r.error == SBI_ERR_NOT_SUPPORTED)
		SKIP("needs firmware of SBI_COVH_COUNTERS");
}

static void read(const struct tvm *t, struct covh_vcpu_counters *c)
{
	struct sbiret r = covh_get_vcpu_counters(t->id, 0, pa(c), sizeof(*c));

	CHECK_EQ(r.error, 0);
	CHECK_EQ(r.value, SIZE);
}

/* Up to the exit with that byte, and behind it */
static void run_to(struct tvm *t, unsigned long byte)
{
	do {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	} while (t->exit.scause != ECALL || t->exit.a[0] != byte);
}

static unsigned long between(unsigned int handler, unsigned int cause)
{
	return to.exits[handler][cause] - from.exits[handler][cause];
}

static void exits(void)
{
	struct tvm *t = world_guest("count", 0);
	unsigned int handler, cause;
	unsigned long runs, all = 0;

	need_counters(t);
	run_to(t, '<');
	read(t, &from);
	runs = t->runs;
	run_to(t, '>');
	read(t, &to);
	CHECK_EQ(between(COVH_COUNT_TRAMPOLINE, ECALL),
		 COUNT_BASE + COUNT_TIMER);
	CHECK_EQ(between(COVH_COUNT_M_MODE, ECALL), COUNT_STATUS);
	CHECK_EQ(between(COVH_COUNT_HOST, ECALL), COUNT_BYTES + 1);
	CHECK_EQ(between(COVH_COUNT_HOST, CAUSE_VIRTUAL_INSN), COUNT_WFI);
	for (cause = 0; cause < COVH_COUNT_CAUSES; cause++) {
		all += between(COVH_COUNT_HOST, cause);
		for (handler = 0; handler < COVH_COUNT_HOST; handler++)
			if (cause != ECALL)
				CHECK_EQ(between(handler, cause), 0);
	}
	CHECK_EQ(all, t->runs - runs);
}

static void leaves(void)
{
	struct tvm *t = world_guest("count", 0);
	unsigned long i, mapped = 0;

	need_counters(t);
	for (i = 0; i < t->nr_page; i++)
		mapped += t->page[i].pa != 0;
	read(t, &from);
	CHECK_EQ(from.leaves_4k, mapped);
	CHECK_EQ(from.leaves_2m, 0);
	run_to(t, '>');
	read(t, &to);
	CHECK_EQ(to.leaves_4k, mapped + t->faults);
}

/* Of the guest and of the trampoline; the host's instret has none of them
 * (T-55) */
static void instructions(void)
{
	struct tvm *t = world_guest("count", 0);
	unsigned long seen, n;

	need_counters(t);
	if (!bootarg_ulong("icount", 0))
		SKIP("needs QEMU's -icount, and icount=1");
	read(t, &from);
	CHECK_EQ(from.instructions, 0);
	run_to(t, '<');
	read(t, &from);
	seen = csr_read(instret);
	run_to(t, '>');
	seen = csr_read(instret) - seen;
	read(t, &to);
	n = to.instructions - from.instructions;
	NOTE("instructions of a TVM: %lu, of all else meanwhile: %lu", n, seen);
	CHECK(n > LOOP);
	CHECK(n < LOOP + 20000);
	CHECK(seen < LOOP / 2);
}

static void errors(void)
{
	struct tvm *t = world_guest("count", 0);
	unsigned long at = pa(&from), size = sizeof(from);

	need_counters(t);
	memset(&from, 0x5a, size);
	memset(&to, 0x5a, size);
#define REFUSED(id, vcpu, addr, len, err) \
	CHECK_EQ(covh_get_vcpu_counters(id, vcpu, addr, len).error, err)
	REFUSED(NEXT(t->id), 0, at, size, SBI_ERR_INVALID_PARAM);
	REFUSED(t->id, 1, at, size, SBI_ERR_INVALID_PARAM);
	REFUSED(t->id, 64, at, size, SBI_ERR_INVALID_PARAM);
	REFUSED(t->id, -1UL, at, size, SBI_ERR_INVALID_PARAM);
	REFUSED(t->id, 0, at, size - 1, SBI_ERR_INVALID_PARAM);
	REFUSED(t->id, 0, at + 4, size, SBI_ERR_INVALID_ADDRESS);
	REFUSED(t->id, 0, t->first_page, size, SBI_ERR_INVALID_ADDRESS);
	REFUSED(t->id, 0, t->vcpu_state, size, SBI_ERR_INVALID_ADDRESS);
	REFUSED(t->id, 0, 0x80000000, size, SBI_ERR_INVALID_ADDRESS);
	REFUSED(t->id, 0, -size, size, SBI_ERR_INVALID_ADDRESS);
	CHECK(!memcmp(&from, &to, size));
}

TEST_GROUP(counters, { "counters of exits, by who handles them", exits },
	   { "counters of leaves", leaves },
	   { "counters of instructions", instructions },
	   { "counters that are not shown", errors });

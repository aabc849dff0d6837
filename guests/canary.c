/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fills all registers with known values, leaves to the host in the way that
 * the argument says (canary.h), and checks afterwards what came back.
 */

#include <guest/canary.h>
#include <guest/guest.h>

/* Filled by canary_leave; never written by anything else */
static struct {
	uint64_t x[32];
	uint64_t f[32];
	uint64_t fcsr;
	uint64_t stval;
	uint64_t scause;
	uint64_t sepc;
} after;

/* First touched by CANARY_FAULT: with lazy loading it is not there yet */
static uint64_t unpopulated[PAGE_SIZE / 8] __attribute__((aligned(PAGE_SIZE)));

/* canary_asm.S */
void canary_leave(unsigned long mode, void *out, void *page);

static int is_access(unsigned long mode)
{
	return mode == CANARY_FAULT || mode == CANARY_LOAD ||
	       mode == CANARY_STORE;
}

static int is_mmio(unsigned long mode)
{
	return mode == CANARY_LOAD || mode == CANARY_STORE;
}

static int check(unsigned long mode)
{
	int i, bad = 0;

	for (i = 1; i < 32; i++) {
		/* The answer of an ecall is in a0 and a1, a6, a7 are its */
		if (mode == CANARY_ECALL &&
		    (i == 10 || i == 11 || i == 16 || i == 17))
			continue;
		/* The access's address and the value it loaded */
		if (is_access(mode) && (i == 5 || i == 6))
			continue;
		if (after.x[i] != (CANARY_X_BASE | (uint64_t)i)) {
			printf("x%d=0x%lx\n", i, after.x[i]);
			bad++;
		}
	}
	for (i = 0; i < 32; i++) {
		if (after.f[i] != (CANARY_F_BASE | (uint64_t)i)) {
			printf("f%d=0x%lx\n", i, after.f[i]);
			bad++;
		}
	}
	if (after.fcsr != CANARY_FCSR) {
		printf("fcsr=0x%lx\n", after.fcsr);
		bad++;
	}
	if (after.stval != CANARY_STVAL || after.scause != CANARY_SCAUSE ||
	    after.sepc != CANARY_SEPC) {
		printf("stval=0x%lx\nscause=0x%lx\nsepc=0x%lx\n", after.stval,
		       after.scause, after.sepc);
		bad++;
	}
	return bad;
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	int bad;

	(void)vcpu_id;
	memset(&after, 0, sizeof(after));
	if (is_mmio(arg) && sbi_call(COVH_EID_COVG, COVG_ADD_MMIO_REGION,
				     CANARY_MMIO, PAGE_SIZE)
				    .error)
		return 1;
	canary_leave(arg, &after,
		     is_mmio(arg) ? (void *)CANARY_MMIO : unpopulated);
	bad = check(arg);
	if (arg == CANARY_ECALL)
		printf("\nanswer=%ld,%ld\n", (long)after.x[10],
		       (long)after.x[11]);
	if (is_access(arg))
		printf("loaded=0x%lx\n", after.x[6]);
	printf("canary=%d\n", bad);
	return bad;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes every kind of exit, round after round: shares and takes back, touches
 * new pages, reaches for a device, prints from a buffer, sleeps. For tests of
 * whoever answers these. CHURN_ARG() says how much; see guest/churn.h.
 */

#include <guest/churn.h>
#include <guest/smp.h>
#include <stdbool.h>

#define BYTES	   (4 * PAGE_SIZE)
#define IRQ_TIMER  (1UL << 5)
#define SLEEP	   1000 /* ticks */
#define DBCN_WRITE 0

static uint8_t area[CHURN_VCPUS][BYTES] __attribute__((aligned(PAGE_SIZE)));
/* Shared to the end */
static uint8_t kept[BYTES] __attribute__((aligned(PAGE_SIZE)));
static unsigned long rounds, left, wrong;

static void expect(bool right)
{
	if (!right)
		__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
}

static long change(unsigned long fid, void *at)
{
	return sbi_call(COVH_EID_COVG, fid, (unsigned long)at, BYTES).error;
}

static void share(uint8_t *at, bool print)
{
	expect(!change(COVG_SHARE_MEMORY_REGION, at));
	at[0] = '.';
	at[PAGE_SIZE] = 1;
	if (print)
		sbi_call(SBI_EID_DBCN, DBCN_WRITE, 1, (unsigned long)at, 0);
	expect(!change(COVG_UNSHARE_MEMORY_REGION, at));
	/* New pages, of zeros */
	expect(!at[0] && !at[PAGE_SIZE]);
}

static void share_for_ever(void)
{
	unsigned long i;

	expect(!change(COVG_SHARE_MEMORY_REGION, kept));
	for (i = 0; i < BYTES; i += PAGE_SIZE)
		kept[i] = 1;
}

static void use_device(unsigned long round)
{
	volatile uint32_t *reg = (uint32_t *)CHURN_DEVICE;

	reg[0] = (uint32_t)round;
	expect(reg[1] == (uint32_t)~round);
}

static void nap(void)
{
	csr_write(sie, IRQ_TIMER);
	csr_write(CSR_STIMECMP, guest_time() + SLEEP);
	__asm__ __volatile__("wfi" ::: "memory");
	csr_write(CSR_STIMECMP, -1UL);
	csr_write(sie, 0);
}

static void work(unsigned long id, unsigned long arg)
{
	unsigned long i;

	(void)arg;
	for (i = 0; !rounds || i < rounds; i++) {
		share(area[id], i % CHURN_DOT == 0);
		if (id == 0)
			use_device(i);
		if (i % 4 == 0)
			nap();
	}
	__atomic_fetch_sub(&left, 1, __ATOMIC_RELEASE);
}

static void touch(unsigned long mib)
{
	volatile uint8_t *p = (uint8_t *)CHURN_MORE;
	unsigned long i;

	for (i = 0; i < mib << 20; i += PAGE_SIZE) {
		expect(!p[i]);
		p[i] = 1;
	}
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long i, n = 1;

	rounds = CHURN_ROUNDS(arg);
	while (n < CHURN_VCPUS && guest_status(n) >= 0)
		n++;
	left = n;
	expect(!sbi_call(COVH_EID_COVG, COVG_ADD_MMIO_REGION, CHURN_DEVICE,
			 PAGE_SIZE)
			.error);
	share_for_ever();
	puts("churn\n");
	touch(CHURN_MIB(arg));
	for (i = 1; i < n; i++)
		expect(!guest_start(i, work, 0));
	work(vcpu_id, 0);
	while (__atomic_load_n(&left, __ATOMIC_ACQUIRE))
		;
	printf("\nvcpus=%lu rounds=%lu wrong=%lu\n", n, rounds, wrong);
	return wrong != 0;
}

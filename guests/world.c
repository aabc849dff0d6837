/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's side of the tests of the world switch: see guest/world.h. */

#include <stdbool.h>
#include <guest/canary.h>
#include <guest/guest.h>
#include <guest/world.h>

#define SSTATUS_SIE (1UL << 1)
#define SSTATUS_SUM (1UL << 18)
#define SSTATUS_MXR (1UL << 19)
#define CAUSE_IRQ   (1UL << 63)
#define SATP_SV39   (8UL << 60)
#define SATP_ASID   (0x5aUL << 44)
#define LEAF	    0xcf

static uint64_t root[512] __attribute__((aligned(PAGE_SIZE)));
static volatile unsigned long irqs, exceptions;

/* Counts; goes on behind an instruction of 4 bytes */
unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	(void)pc;
	(void)tval;
	if (cause & CAUSE_IRQ) {
		irqs++;
		csr_write(sie, 0);
		return 0;
	}
	exceptions++;
	return 4;
}

#define STATE_CSRS(X)                                                  \
	X(sstatus,                                                     \
	  csr_read(sstatus) | SSTATUS_SUM | SSTATUS_MXR | SSTATUS_SIE) \
	X(stvec, csr_read(stvec) | 0)                                  \
	X(sie, 0x222)                                                  \
	X(sscratch, WORLD_SSCRATCH)                                    \
	X(sepc, WORLD_SEPC)                                            \
	X(stval, WORLD_STVAL)                                          \
	X(scause, WORLD_SCAUSE)                                        \
	X(CSR_STIMECMP, WORLD_STIMECMP)                                \
	X(scounteren, WORLD_SCOUNTEREN)                                \
	X(senvcfg, 0xf1)                                               \
	X(fcsr, WORLD_FCSR)                                            \
	X(satp, SATP_SV39 | SATP_ASID | (unsigned long)root >> 12)

#define COUNT(csr, val) +1
#define NR		(0 STATE_CSRS(COUNT))

static void read_state(unsigned long *v)
{
#define READ(csr, val) *v++ = csr_read(csr);
	STATE_CSRS(READ)
}

static unsigned long initial(void)
{
	unsigned long bad = 0;

	bad += csr_read(sscratch) != 0;
	bad += csr_read(sepc) != 0;
	bad += csr_read(stval) != 0;
	bad += csr_read(scause) != 0;
	bad += csr_read(satp) != 0;
	bad += csr_read(senvcfg) != 0;
	bad += csr_read(scounteren) != 2;
	bad += csr_read(fcsr) != 0;
	bad += csr_read(sip) != 0;
	bad += csr_read(CSR_STIMECMP) != -1UL;
	/* FS as the start code left it, 64 bits; FS is dirty by now, or not */
	bad += (csr_read(sstatus) & ~(1UL << 63 | 3UL << 13)) != 2UL << 32;
	return bad;
}

#define CSR_SSTATEEN0 0x10c

static bool has_sstateen0(void)
{
	unsigned long before = exceptions;

	csr_read(CSR_SSTATEEN0);
	return exceptions == before;
}

/* One exit, of the one kind or the other: what was loaded */
static unsigned long leave(bool mmio)
{
	if (!mmio) {
		putchar('.');
		return 1;
	}
	return *(volatile unsigned long *)CANARY_MMIO;
}

static void state(unsigned long rounds, bool mmio)
{
	unsigned long before[NR], after[NR], bad = 0, start = initial();
	unsigned long stateen = 0, loads = 0;
	bool has_stateen = has_sstateen0();
	unsigned int i, j;

	if (has_stateen)
		start += csr_read(CSR_SSTATEEN0) != 0;
	/* All of memory as it is, one page of 1 GiB */
	root[2] = 0x80000000UL >> 2 | LEAF;
	__asm__ __volatile__("sfence.vma" ::: "memory");
	for (i = 0; i < rounds; i++) {
#define WRITE(csr, val) csr_write(csr, val);
		STATE_CSRS(WRITE)
		if (has_stateen) {
			csr_write(CSR_SSTATEEN0, i & 1 ? -1UL : 0);
			stateen = csr_read(CSR_SSTATEEN0);
		}
		read_state(before);
		loads += !leave(mmio);
		read_state(after);
		if (has_stateen)
			bad += csr_read(CSR_SSTATEEN0) != stateen;
		for (j = 0; j < NR; j++) {
			if (before[j] != after[j]) {
				printf("\ncsr.%u=0x%lx,0x%lx\n", j, before[j],
				       after[j]);
				bad++;
			}
		}
		csr_clear(sstatus, SSTATUS_SIE | SSTATUS_SUM | SSTATUS_MXR);
	}
	printf("\ninitial=%lu\nstate=%lu\nirqs=%lu\nloads=%lu\nsstateen0=%d\n",
	       start, bad, irqs, loads, has_stateen);
}

/* Nothing here may cost an exit: the host counts */
static void calls(void)
{
	static const unsigned long unknown[] = {
		0x12345678, 0x0a000000,
		0x504D55,   0x53555350,
		0x43505043, 0x535345,
		0x46574654, 0x535441,
		0x4D505859, 0x44425452,
		0x4E41434C, 0x53555044,
		0x434F5648, 0x434F5649,
		0x08C0DE00, 0x08C0DE01,
		4,	    5,
		8,	    15,
		-1UL,	    1UL << 32 | 0x10,
	};
	/* IPI, RFENCE, HSM: no such function from 7 on */
	static const unsigned long known[] = { 0x735049, 0x52464E43, 0x48534D };
	unsigned long bad = 0, i, fid;
	struct sbiret r;

	putchar('<');
	for (i = 0; i < 100; i++) {
		bad += sbi_call(SBI_EID_BASE, i % 7, 0).error != 0;
		bad += sbi_call(SBI_EID_TIME, 0, -1UL).error != 0;
		bad += csr_read(CSR_STIMECMP) != -1UL;
		bad += sbi_call(SBI_EID_TIME, 0, i + (1UL << 60)).error != 0;
		bad += csr_read(CSR_STIMECMP) != i + (1UL << 60);
	}
	sbi_call(0, 0, -1UL);
	bad += csr_read(CSR_STIMECMP) != -1UL;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		for (fid = 7; fid < 16; fid++) {
			r = sbi_call(known[i], fid, 1, 0);
			bad += r.error != -2 || r.value;
		}
	}
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		for (fid = 0; fid < 16; fid++) {
			r = sbi_call(unknown[i], fid, 1, 2, 3, 4, 5, 6);
			bad += r.error != -2 || r.value;
		}
	}
	for (fid = 0; fid < 10; fid++)
		bad += sbi_call(COVH_EID_COVG, fid + (1UL << 16), 0).error !=
		       -2;
	bad += sbi_call(SBI_EID_TIME, 1, 0).error != -2;
	bad += sbi_call(SBI_EID_TIME, 1UL << 32, 0).error != -2;
	bad += sbi_call(SBI_EID_SRST, 0, 3, 0).error != -3;
	bad += sbi_call(SBI_EID_SRST, 0, 0, 2).error != -3;
	putchar('>');
	printf("\ncalls=%lu\n", bad);
}

static void fpinit(void)
{
	uint64_t f[32];
	unsigned long n = 0;
	int i;

	__asm__ __volatile__(
		".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"
		"21,22,23,24,25,26,27,28,29,30,31\n"
		"fsd f\\n, 8 * \\n(%0)\n"
		".endr\n" ::"r"(f)
		: "memory");
	for (i = 0; i < 32; i++)
		n += f[i] != 0;
	printf("fpinit=%lu\n", n);
}

static void lrsc(void)
{
	static unsigned long word;
	unsigned long failed;
	register unsigned long a0 __asm__("a0") = '\n';
	register unsigned long a1 __asm__("a1") = 0;
	register unsigned long a6 __asm__("a6") = 2;
	register unsigned long a7 __asm__("a7") = SBI_EID_DBCN;

	word = 1;
	__asm__ __volatile__("lr.d	t0, (%3)\n"
			     "ecall\n"
			     "sc.d	%0, t0, (%3)\n"
			     : "=&r"(failed), "+r"(a0), "+r"(a1)
			     : "r"(&word), "r"(a6), "r"(a7)
			     : "t0", "memory");
	printf("lrsc=%d\n", failed != 0);
}

static void times(void)
{
	unsigned long first = guest_time(), last = first, now, back = 0;
	int i;

	for (i = 0; i < 50; i++) {
		putchar('.');
		now = guest_time();
		back += now < last;
		last = now;
	}
	printf("\ntime.first=%lu\ntime.last=%lu\ntime.back=%lu\n", first, last,
	       back);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	(void)vcpu_id;
	switch (arg & 0xff) {
	case WORLD_STATE:
		state(arg >> 8, false);
		break;
	case WORLD_MMIO:
		sbi_call(COVH_EID_COVG, COVG_ADD_MMIO_REGION, CANARY_MMIO,
			 PAGE_SIZE);
		state(arg >> 8, true);
		break;
	case WORLD_CALLS:
		calls();
		break;
	case WORLD_FPINIT:
		fpinit();
		break;
	case WORLD_LRSC:
		lrsc();
		break;
	case WORLD_TIME:
		times();
		break;
	}
	return 0;
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * M-mode's side of the helper, for tests: a program for QEMU's virt board
 * without any firmware. It makes a context of the image at IMAGE and the job at
 * JOB, lets the image do it, and writes a report and the context, as they are,
 * to the serial port.
 */

#include "helper/job.h"
#include "trampoline/layout.h"

/* Where QEMU's loader puts things */
#define PARAMS	0x80800000UL /**< struct params */
#define IMAGE	0x80900000UL
#define JOB	0x80A00000UL
#define CONTEXT 0x80B07000UL

#define UART	      0x10000000UL
#define FINISHER      0x100000UL
#define FINISHER_PASS 0x5555
#define MTIMECMP      0x2004000UL
#define MTIME	      0x200BFF8UL

#define MIE_MTIE 0x80UL
#define MIP_STIP 0x20UL
#define SIE_STIE 0x20UL

/* What is in memory that nobody has written to */
#define FILL 0xA5

struct params {
	u64 interval; /**< Ticks from one interrupt to the next; 0: none */
};

struct report {
	u64 magic;
	u64 status; /**< 0: done; else the ecall was another one */
	u64 instructions;
	u64 pauses;
	u64 trap[6]; /**< mcause, mepc, a0, a1, a6, a7 of the last ecall */
	u64 stack;   /**< The least stack pointer at a pause, in the context */
	u64 size;    /**< Bytes of the context, which follows */
};

u64 bare_before, bare_after, bare_trap[7];

void bare_enter(u64 pc);
void bare_main(void);

#define csr_write(__csr, __v) \
	__asm__ volatile("csrw " #__csr ", %0" : : "r"((u64)(__v)) : "memory")
#define csr_set(__csr, __v) \
	__asm__ volatile("csrs " #__csr ", %0" : : "r"((u64)(__v)) : "memory")
#define csr_clear(__csr, __v) \
	__asm__ volatile("csrc " #__csr ", %0" : : "r"((u64)(__v)) : "memory")

void *memcpy(void *dst, const void *src, size_t n)
{
	const u8 *s = src;
	u8 *d = dst;

	while (n--)
		*d++ = *s++;
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	u8 *d = dst;

	while (n--)
		*d++ = (u8)c;
	return dst;
}

static u32 header(u32 offset)
{
	return *(const u32 *)(IMAGE + offset);
}

static void relocate(void)
{
	const u64 *r = (const u64 *)(CONTEXT + header(COVH_HELPER_RELA_OFFSET));
	u32 n = header(COVH_HELPER_RELA_SIZE) / 24;

	for (; n--; r += 3)
		*(u64 *)(CONTEXT + r[0]) = CONTEXT + r[2];
}

static void make_context(void)
{
	u32 image = header(COVH_HELPER_IMAGE_SIZE);

	memcpy((void *)CONTEXT, (const void *)IMAGE, image);
	memset((void *)(CONTEXT + image), FILL,
	       header(COVH_HELPER_SIZE) - image);
	relocate();
	memcpy((void *)(CONTEXT + header(COVH_HELPER_JOB_OFFSET)),
	       (const void *)JOB, sizeof(struct covh_job));
}

static void set_timer(u64 interval)
{
	if (!interval)
		return;
	csr_clear(mip, MIP_STIP);
	*(volatile u64 *)MTIMECMP = *(volatile u64 *)MTIME + interval;
	csr_set(mie, MIE_MTIE);
}

static void send(const void *p, u64 n)
{
	const u8 *b = p;

	while (n--)
		*(volatile u8 *)UART = *b++;
}

static void run(struct report *r, u64 interval)
{
	u64 entry = COVH_HELPER_START;

	for (;;) {
		set_timer(interval);
		bare_enter(CONTEXT + entry);
		r->instructions += bare_after - bare_before;
		if (bare_trap[0] != 9 || bare_trap[4] != COVH_TRAMP_WORK_PAUSE)
			break;
		r->pauses++;
		if (bare_trap[6] - CONTEXT < r->stack)
			r->stack = bare_trap[6] - CONTEXT;
		entry = COVH_HELPER_RESUME;
	}
	memcpy(r->trap, bare_trap, sizeof(r->trap));
	r->status = bare_trap[0] != 9 || bare_trap[4] != COVH_TRAMP_WORK_DONE ||
		    bare_trap[5] != COVH_TRAMP_EID;
}

void bare_main(void)
{
	const struct params *params = (const struct params *)PARAMS;
	struct report r = { .magic = 0x455241425648434FULL, .stack = -1 };

	csr_write(pmpaddr0, -1);
	csr_write(pmpcfg0, 0x1F);
	csr_write(medeleg, 0xB1FF & ~0x200);
	csr_write(mideleg, 0x222);
	csr_write(mcounteren, 0);
	csr_write(sie, SIE_STIE);
	csr_write(satp, 0);
	make_context();
	run(&r, params->interval);
	r.size = header(COVH_HELPER_SIZE);
	send(&r, sizeof(r));
	send((const void *)CONTEXT, r.size);
	*(volatile u32 *)FINISHER = FINISHER_PASS;
	for (;;)
		;
}

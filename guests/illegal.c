/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that a guest does not have: see guest/world.h. */

#include <guest/guest.h>
#include <guest/world.h>

#define CAUSE_ILLEGAL 2

static volatile unsigned long traps, last_cause, last_tval;

/* Every instruction here has 4 bytes */
unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval)
{
	(void)pc;
	/* QEMU 7.2 takes exception 2 for VS's software interrupt, whose number
	 * is moved down by one, and says 1 */
	last_cause = cause == 1 ? CAUSE_ILLEGAL : cause;
	last_tval = tval;
	traps++;
	return 4;
}

/* clang-format off */
/* H and VS CSRs, machine's, counters, and what stateen hides */
#define CSRS(X)                                                          \
	X(0x600) X(0x602) X(0x603) X(0x604) X(0x605) X(0x606) X(0x607)   \
	X(0x60a) X(0x60c) X(0x608) X(0x609) X(0x643) X(0x644) X(0x645)   \
	X(0x64a) X(0x680) X(0x6a8) X(0xe12) X(0x200) X(0x204) X(0x205)   \
	X(0x240) X(0x241) X(0x242) X(0x243) X(0x244) X(0x24d) X(0x24e)   \
	X(0x250) X(0x251) X(0x25c) X(0x280) X(0xeb0) X(0x300) X(0x3a0)   \
	X(0x3b0) X(0xf14) X(0x7a0) X(0xc00) X(0xc02) X(0xc03) X(0x10d)   \
	X(0x5a8) X(0x14e) X(0x120) X(0x011) X(0x017) X(0x181)

#define WRITABLE(X)                                                      \
	X(0x600) X(0x602) X(0x603) X(0x604) X(0x605) X(0x606) X(0x607)   \
	X(0x60a) X(0x645) X(0x680) X(0x24d) X(0x24e) X(0x280) X(0x200)   \
	X(0x300) X(0x302) X(0x7a1)

/* hlv.d, hlvx.wu, hsv.d, hfence.gvma, hfence.vvma */
#define INSNS(X)                                   \
	X(".insn r 0x73, 4, 0x36, x0, x0, x0")     \
	X(".insn r 0x73, 4, 0x34, x0, x0, x3")     \
	X(".insn r 0x73, 4, 0x37, x0, x0, x0")     \
	X(".insn r 0x73, 0, 0x31, x0, x0, x0")     \
	X(".insn r 0x73, 0, 0x11, x0, x0, x0")     \
	X("mret")
/* clang-format on */

static void hext(void)
{
	unsigned long bad = 0, tried = 0, before;

#define TRY(text)                                                      \
	before = traps;                                                \
	last_cause = 0;                                                \
	tried++;                                                       \
	__asm__ __volatile__(text ::: "memory");                       \
	if (traps == before || last_cause != CAUSE_ILLEGAL) {          \
		printf("hext.%lu=%lu: %s\n", tried, last_cause, text); \
		bad++;                                                 \
	}
#define READ(num)  TRY("csrr zero, " #num)
#define WRITE(num) TRY("csrw " #num ", zero")
	CSRS(READ)
	WRITABLE(WRITE)
	INSNS(TRY)
	printf("tried=%lu\nhext=%lu\n", tried, bad);
}

static void wrs(void)
{
	__asm__ __volatile__(".word 0x00d00073" ::: "memory");
	__asm__ __volatile__(".word 0x01d00073" ::: "memory");
	printf("wrs.cause=%lu tval=0x%lx\nwrs=%lu\n", last_cause, last_tval,
	       traps);
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	(void)vcpu_id;
	switch (arg & 0xff) {
	case ILLEGAL_HEXT:
		hext();
		break;
	case ILLEGAL_WRS:
		wrs();
		break;
	}
	return 0;
}

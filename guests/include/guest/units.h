/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All F and V registers at once, for guests and hosts. A caller must not be
 * compiled to use them itself between a load and a store.
 */

#ifndef GUEST_UNITS_H
#define GUEST_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNITS_MAX_VLENB 128
#define UNITS_FS	(3UL << 13)
#define UNITS_VS	(3UL << 9)

struct units {
	uint64_t f[32];
	uint64_t fcsr;
	uint64_t vstart, vcsr, vl, vtype;
	/** v0 to v31 without gaps, so less than all of it */
	uint8_t v[32 * UNITS_MAX_VLENB];
};

#define UNITS_ALL                                                              \
	"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25," \
	"26,27,28,29,30,31"

/** Bytes of a V register; sstatus.VS must be on. */
static inline unsigned long units_vlenb(void)
{
	unsigned long n;

	__asm__ __volatile__("csrr %0, 0xc22" : "=r"(n));
	return n;
}

/** F and, with @vector, V registers; sstatus.FS and VS must be on. */
static inline void units_load(const struct units *u, bool vector)
{
	const uint8_t *v = u->v;

	__asm__ __volatile__(".option push\n"
			     ".option arch, +d\n"
			     ".irp n, " UNITS_ALL "\n"
			     "fld f\\n, 8 * \\n(%0)\n"
			     ".endr\n"
			     "csrw fcsr, %1\n"
			     ".option pop\n" ::"r"(u->f),
			     "r"(u->fcsr)
			     : "memory");
	if (!vector)
		return;
	__asm__ __volatile__(".option push\n"
			     ".option arch, +v\n"
			     "csrw vstart, zero\n"
			     ".irp n, 0,8,16,24\n"
			     "vl8re8.v v\\n, (%0)\n"
			     "add %0, %0, %1\n"
			     ".endr\n"
			     "vsetvl zero, %2, %3\n"
			     "csrw vcsr, %4\n"
			     "csrw vstart, %5\n"
			     ".option pop\n"
			     : "+r"(v)
			     : "r"(8 * units_vlenb()), "r"(u->vl),
			       "r"(u->vtype), "r"(u->vcsr), "r"(u->vstart)
			     : "memory");
}

static inline void units_store(struct units *u, bool vector)
{
	uint8_t *v = u->v;

	__asm__ __volatile__(".option push\n"
			     ".option arch, +d\n"
			     ".irp n, " UNITS_ALL "\n"
			     "fsd f\\n, 8 * \\n(%1)\n"
			     ".endr\n"
			     "csrr %0, fcsr\n"
			     ".option pop\n"
			     : "=&r"(u->fcsr)
			     : "r"(u->f)
			     : "memory");
	if (!vector)
		return;
	__asm__ __volatile__(".option push\n"
			     ".option arch, +v\n"
			     "csrr %0, vstart\n"
			     "csrr %1, vcsr\n"
			     "csrr %2, vl\n"
			     "csrr %3, vtype\n"
			     "csrw vstart, zero\n"
			     ".irp n, 0,8,16,24\n"
			     "vs8r.v v\\n, (%4)\n"
			     "add %4, %4, %5\n"
			     ".endr\n"
			     "csrw vstart, %0\n"
			     ".option pop\n"
			     : "=&r"(u->vstart), "=&r"(u->vcsr), "=&r"(u->vl),
			       "=&r"(u->vtype), "+&r"(v)
			     : "r"(8 * units_vlenb())
			     : "memory");
}

/** Values that belong to @seed, as the hart keeps them */
static inline void units_make(struct units *u, unsigned long seed, bool vector)
{
	/* e8 to e64, m1 to m8, ta and ma */
	static const uint8_t vtype[] = { 0x00, 0xc8, 0x51, 0x93, 0x03, 0xda };
	unsigned long i, x = seed * 0x9e3779b97f4a7c15 | 1;

	for (i = 0; i < 32; i++)
		u->f[i] = x * (2 * i + 1);
	u->fcsr = seed % 5 << 5 | x >> 59;
	if (!vector)
		return;
	for (i = 0; i < 32 * units_vlenb(); i++)
		u->v[i] = (uint8_t)((x >> 8) * (2 * i + 1) >> 5);
	u->vtype = vtype[seed % sizeof(vtype)];
	u->vl = 1 + seed % 2;
	u->vcsr = seed % 8;
	u->vstart = seed % 2;
}

/** What is not equal: a bit for each of the 32, 32-36 for the CSRs, 0: none */
static inline unsigned long units_differ(const struct units *a,
					 const struct units *b, bool vector)
{
	unsigned long i, n = vector ? units_vlenb() : 0, bad = 0;

	for (i = 0; i < 32; i++)
		bad |= (unsigned long)(a->f[i] != b->f[i]) << i;
	bad |= (unsigned long)(a->fcsr != b->fcsr) << 32;
	if (!vector)
		return bad;
	for (i = 0; i < 32 * n; i++)
		bad |= (unsigned long)(a->v[i] != b->v[i]) << i / n;
	bad |= (unsigned long)(a->vstart != b->vstart) << 33;
	bad |= (unsigned long)(a->vcsr != b->vcsr) << 34;
	bad |= (unsigned long)(a->vl != b->vl) << 35;
	bad |= (unsigned long)(a->vtype != b->vtype) << 36;
	return bad;
}

#endif

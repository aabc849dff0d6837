/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host fills its CSRs with before RUN. */

#ifndef HOST_TESTS_WORLD_CSRS_H
#define HOST_TESTS_WORLD_CSRS_H

#define ODD(csr) (0x0dd5710000000000UL | (csr) << 12)

/*
 * Every S, HS and VS CSR that a host can write: number, odd value (what the
 * hart does not implement of it drops out by itself). Not sstatus, stvec,
 * satp, which the host runs on; scause and stval, which the exit writes.
 */
#define HOST_CSRS(X)                                \
	/* The CSRs that others are views of */     \
	X(0x603, 0x1444)                            \
	X(0x608, ODD(0x608UL))                      \
	X(0x645, 0x444)                             \
	X(0x604, 0x1444)                            \
	X(0x104, 0)                                 \
	X(0x106, 0x5)                               \
	X(0x10a, 0xf1)                              \
	X(0x10c, -1UL)                              \
	X(0x10d, -1UL)                              \
	X(0x10e, -1UL)                              \
	X(0x10f, -1UL)                              \
	X(0x140, ODD(0x140UL))                      \
	X(0x141, ODD(0x141UL))                      \
	X(0x14d, ODD(0x14dUL))                      \
	X(0x14e, 1UL << 33 | 1)                     \
	X(0x150, 0x31)                              \
	X(0x181, 0x0a0005)                          \
	X(0x200, 0x80000002000c6122UL)              \
	X(0x204, 0x222)                             \
	X(0x205, ODD(0x205UL))                      \
	X(0x240, ODD(0x240UL))                      \
	X(0x241, ODD(0x241UL))                      \
	X(0x242, 7)                                 \
	X(0x243, ODD(0x243UL))                      \
	X(0x24d, ODD(0x24dUL))                      \
	X(0x24e, 3)                                 \
	X(0x250, 0x32)                              \
	X(0x280, 8UL << 60 | 0x0dd57UL)             \
	X(0x5a8, 0x0dd5)                            \
	X(0x181, 0x00050003)                        \
	X(0x600, 0x2007001c0UL)                     \
	X(0x602, 0x1f9)                             \
	X(0x605, ODD(0x605UL))                      \
	X(0x606, 0x5)                               \
	X(0x607, 0xe)                               \
	X(0x609, 0x40070185)                        \
	X(0x60a, 0xa0000000000000d1UL)              \
	X(0x60c, -1UL)                              \
	X(0x60d, -1UL)                              \
	X(0x60e, -1UL)                              \
	X(0x60f, -1UL)                              \
	X(0x643, ODD(0x643UL))                      \
	X(0x646, ODD(0x646UL))                      \
	X(0x647, ODD(0x647UL))                      \
	X(0x64a, 0x2003)                            \
	X(0x680, 8UL << 60 | 5UL << 44 | 0x82000UL) \
	X(0x6a8, 0x0dd5)                            \
	X(0x011, 0x0dd57000)                        \
	X(0x017, 0x0dd57000)

/* Read only, or views: must read as before */
/* clang-format off */
#define HOST_VIEWS(X)                                                  \
	X(0x100) X(0x105) X(0x180) X(0x104) X(0x144) X(0x244) X(0x644) \
	X(0xe12) X(0xdb0) X(0xeb0) X(0xda0) X(0x120)
/* clang-format on */

#endif

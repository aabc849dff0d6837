/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ecall with every register chosen before and captured after: for tests
 * of what leaks through a call, and of what a call must preserve.
 */

#ifndef HOST_CAPTURE_H
#define HOST_CAPTURE_H

#define CAPTURE_X    0
#define CAPTURE_F    256
#define CAPTURE_FCSR 512
#define CAPTURE_SIZE 520

#ifndef __ASSEMBLER__

#include <stdint.h>

struct capture {
	/** x1..x31 (x[0] is not used); sp, gp and tp included */
	uint64_t x[32];
	uint64_t f[32];
	uint64_t fcsr;
};

/**
 * Load all registers from @in, execute ecall, store them all to @out.
 * FPRs are loaded and stored only with @fp, and then sstatus.FS is set for
 * the time of the call. sscratch is used and restored.
 */
void capture_ecall(const struct capture *in, struct capture *out, long fp);

#endif

#endif

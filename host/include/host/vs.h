/* SPDX-License-Identifier: BSD-2-Clause */
/* An ordinary VM of the host's: its registers, and one stay in VS-mode. */

#ifndef HOST_VS_H
#define HOST_VS_H

#define VS_X	  0
#define VS_PC	  256
#define VS_SCAUSE 264
#define VS_STVAL  272
#define VS_HTVAL  280

#ifndef __ASSEMBLER__

#include <stdint.h>

struct vs {
	/** x1..x31 (x[0] is not used) */
	uint64_t x[32];
	/** Where it goes on; after vs_enter where it trapped */
	uint64_t pc;
	/** Why it trapped */
	uint64_t scause;
	uint64_t stval;
	uint64_t htval;
};

/**
 * Go on in VS-mode under the hgatp and vs* CSRs of this hart until something
 * traps into HS-mode, an interrupt that is enabled in sie included.
 */
void vs_enter(struct vs *vs);

#endif

#endif

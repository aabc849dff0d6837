/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The code that hart/world_csrs.h makes, on a hart that is an array.
 */

#ifndef WORLD_NATIVE_H
#define WORLD_NATIVE_H

#define NR_CSRS 4096

/** The hart's CSRs, and how often code has read or written each */
extern unsigned long csr[NR_CSRS];
extern unsigned int csr_reads[NR_CSRS], csr_writes[NR_CSRS];

enum treatment { SWITCH, LATE, KEEP, EXIT, FIXED };

struct row {
	const char *name;
	const char *needs;
	unsigned int num;
	enum treatment how;
};
extern const struct row rows[];
extern const unsigned int nr_rows;

/** The hart has all that rows may need, or nothing */
void world_hart(int has_all);
/** The host's CSRs are saved, the guest world's loaded */
void world_enter(void);
/** What a SWITCH or LATE row promises for the guest world */
unsigned long world_promised(unsigned int num);
void world_leave(unsigned long scause, unsigned long stval);

#endif

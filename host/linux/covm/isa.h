/* SPDX-License-Identifier: BSD-2-Clause */
/* The extensions that a guest's device tree names. */

#ifndef COVM_ISA_H
#define COVM_ISA_H

#include <stddef.h>

#define ISA_MAX	 64
#define ISA_NAME 32

struct isa {
	char name[ISA_MAX][ISA_NAME];
	size_t nr;
	/** The old form: all of them in one string, "rv64imafdc_zicntr..." */
	char old[ISA_MAX * ISA_NAME + 8];
};

/**
 * The usual ones and @more, names with commas or spaces between; NULL: no
 * more. NULL, or what is wrong with the name that is in *@bad.
 */
const char *isa_make(struct isa *isa, const char *more, char bad[ISA_NAME]);

#endif

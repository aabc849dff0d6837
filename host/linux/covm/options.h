/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of "covm run" and "covm measure". */

#ifndef COVM_OPTIONS_H
#define COVM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <cove.h>

#define NO_ESCAPE (-1)

struct options {
	/** Either a kernel, with these, or a bare-metal ELF file */
	const char *kernel, *initrd, *append, *isa, *loader;
	const char *elf;
	/** Bytes */
	uint64_t memory;
	unsigned int vcpus;
	/** Register a1 of an ELF file's start */
	uint64_t arg;
	/** All memory at the start, not on demand */
	bool eager;
	/** An ordinary guest of KVM's instead of a TVM */
	bool kvm;
	/** Print exit counts at the end */
	bool stats;
	/** COVE_FROM_* */
	uint32_t from;
	bool has_identity;
	uint8_t identity[COVE_IDENTITY];
	/** Character, or NO_ESCAPE */
	int escape;
};

/** Read and check it; @argv[0] is the subcommand. Dies if it is wrong. */
void options_parse(struct options *o, int argc, char **argv);

/** "^X", a single character or "none". False: none of them. */
bool escape_parse(const char *text, int *escape);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A function whose number is written anew, with a fence for all CPUs, before
 * the number is made known: whoever then calls it must get that one or a later.
 */

#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "load.h"

#define PAGE 4096UL
/* lui a0, number; srliw a0, a0, 12; ret */
#define LUI_A0(n) (0x00000537U | (unsigned int)(n) << 12)
#define SRLIW_A0  0x00c5551bU
#define RET	  0x00008067U
#define NUMBERS	  0xfffffUL

struct function {
	_Alignas(64) atomic_uint instructions[3];
	atomic_ulong known;
};

static struct function *functions;

static int fence(const void *from, const void *to)
{
	return syscall(SYS_riscv_flush_icache, from, to, 0UL) != 0;
}

const char *code_setup(void)
{
	unsigned int threads = load_cpus * CODE_THREADS, i;

	functions = mmap(NULL, threads * sizeof(*functions),
			 PROT_READ | PROT_WRITE | PROT_EXEC,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (functions == MAP_FAILED)
		return "no memory";
	for (i = 0; i < threads; i++) {
		functions[i].instructions[0] = LUI_A0(0);
		functions[i].instructions[1] = SRLIW_A0;
		functions[i].instructions[2] = RET;
	}
	return fence(functions, functions + threads) ? "no fence" : NULL;
}

const char *code_pass(struct seat *s)
{
	struct function *mine = &functions[s->index];
	unsigned long n = s->pass + 1, got;
	unsigned int i;

	/* It fits into the instruction no longer: the last one stays */
	if (n <= NUMBERS) {
		mine->instructions[0] = LUI_A0(n);
		if (fence(mine, mine + 1))
			return "the fence fails";
		mine->known = n;
	}
	for (i = 0; i < s->of; i++) {
		n = functions[i].known;
		got = ((unsigned long (*)(void))functions[i].instructions)();
		if (got < n)
			return "code that is no longer there was run";
	}
	return NULL;
}

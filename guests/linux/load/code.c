/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A function whose number is written anew, with a fence for all CPUs: whoever
 * then calls it, on any CPU, must get that one. Nobody calls it meanwhile: QEMU
 * may keep what it has translated while another CPU was writing, whatever
 * fences come after it.
 */

#define _GNU_SOURCE
#include <pthread.h>
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
	unsigned long number;
	pthread_mutex_t lock;
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
		pthread_mutex_init(&functions[i].lock, NULL);
	}
	return fence(functions, functions + threads) ? "no fence" : NULL;
}

static int write_number(struct function *f, unsigned long n)
{
	int bad;

	pthread_mutex_lock(&f->lock);
	f->instructions[0] = LUI_A0(n);
	f->number = n;
	bad = fence(f, f + 1);
	pthread_mutex_unlock(&f->lock);
	return bad;
}

static int returns_number(struct function *f)
{
	unsigned long got;
	int good;

	pthread_mutex_lock(&f->lock);
	got = ((unsigned long (*)(void))f->instructions)();
	good = got == f->number;
	pthread_mutex_unlock(&f->lock);
	return good;
}

const char *code_pass(struct seat *s)
{
	unsigned long n = s->pass + 1;
	unsigned int i;

	/* It fits into the instruction no longer: the last one stays */
	if (n <= NUMBERS && write_number(&functions[s->index], n))
		return "the fence fails";
	for (i = 0; i < s->of; i++) {
		if (!returns_number(&functions[i]))
			return "code that is no longer there was run";
	}
	return NULL;
}

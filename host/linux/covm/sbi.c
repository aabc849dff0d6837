/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debug console and legacy console. What a TVM wants written has to be in
 * memory that it shares; anywhere else our side of its memory holds zeros.
 */

#include <string.h>
#include "console.h"
#include "sbi.h"
#include "vm.h"

#define LEGACY_PUTCHAR 1
#define LEGACY_GETCHAR 2
#define DBCN	       0x4442434EUL

enum { DBCN_WRITE, DBCN_READ, DBCN_WRITE_BYTE };

#define NOT_SUPPORTED (-2)
#define INVALID_PARAM (-3)

/* A call may do less than it was asked for: at most this */
#define MOST 4096

static int64_t get(struct vm *vm, uint8_t *to, uint64_t room, uint64_t *count)
{
	uint64_t n;
	int c;

	for (n = 0; n < room; n++) {
		c = devices_getc(&vm->devices);
		if (c < 0)
			break;
		to[n] = (uint8_t)c;
	}
	*count = n;
	return 0;
}

static int64_t buffer(struct vm *vm, struct vm_exit *e)
{
	uint64_t n = e->sbi.args[0] < MOST ? e->sbi.args[0] : MOST;
	void *at = plan_at(vm->plan, e->sbi.args[1], e->sbi.args[0]);
	char copy[MOST];

	if (!at || e->sbi.args[2])
		return INVALID_PARAM;
	if (e->sbi.function == DBCN_READ)
		return get(vm, at, n, &e->sbi.value);
	memcpy(copy, at, n);
	console_write(copy, n);
	e->sbi.value = n;
	return 0;
}

static int64_t debug_console(struct vm *vm, struct vm_exit *e)
{
	char c = (char)e->sbi.args[0];

	switch (e->sbi.function) {
	case DBCN_WRITE_BYTE:
		console_write(&c, 1);
		return 0;
	case DBCN_WRITE:
	case DBCN_READ:
		return buffer(vm, e);
	}
	return NOT_SUPPORTED;
}

void sbi_call(struct vm *vm, struct vm_exit *e)
{
	char c = (char)e->sbi.args[0];

	e->sbi.value = 0;
	switch (e->sbi.extension) {
	case DBCN:
		e->sbi.error = debug_console(vm, e);
		break;
	case LEGACY_PUTCHAR:
		console_write(&c, 1);
		e->sbi.error = 0;
		break;
	case LEGACY_GETCHAR:
		e->sbi.error = devices_getc(&vm->devices);
		break;
	default:
		e->sbi.error = NOT_SUPPORTED;
	}
}

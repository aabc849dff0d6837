/* SPDX-License-Identifier: BSD-2-Clause */
/* What a Linux guest finds outside of its memory, and the input for it. */

#ifndef COVM_DEVICES_H
#define COVM_DEVICES_H

#include <pthread.h>
#include <host/plic.h>
#include <host/uart16550.h>
#include <cove.h>

struct vm;
struct vm_exit;

#define INPUT_SIZE 4096

struct devices {
	struct vm *vm;
	/** For all below */
	pthread_mutex_t lock;
	struct uart uart;
	struct plic plic;
	/** The interrupt lines of the vCPUs as the kernel knows them */
	bool level[COVE_MAX_VCPUS];
	/** The serial port is to be told soon that it has sent something */
	bool tick;
	/** Bytes that the serial port had no room for: @count, from @first on */
	uint8_t input[INPUT_SIZE];
	unsigned int first, count;
};

/** All as after reset. */
void devices_init(struct devices *d, struct vm *vm);

/** Answer a load or a store outside of memory. */
void devices_access(struct devices *d, struct vm_exit *e);

/** Time has passed: what devices do by themselves. */
void devices_tick(struct devices *d);

/** True if devices_tick() has something to do in 2 ms or so. */
bool devices_wants_tick(struct devices *d);

/** How many bytes of input there is room for. */
unsigned int devices_room(struct devices *d);

/** A byte of input; without room it is lost. */
void devices_input(struct devices *d, uint8_t byte);

/** The oldest byte of input, for the debug console; -1: none. */
int devices_getc(struct devices *d);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The devices that a TVM finds in its MMIO regions. */

#ifndef HOST_DEVICES_H
#define HOST_DEVICES_H

#include <host/image.h>
#include <host/plic.h>
#include <host/uart16550.h>

struct tvm;
struct tvm_exit;

struct devices {
	/** Where they are: guest addresses; end 0: there is none */
	struct image_region uart_at, plic_at;
	/** The interrupt controller's source that the serial port drives */
	unsigned int uart_source;
	/** For all below. With it held, t->lock may be taken */
	int lock;
	struct uart uart;
	struct plic plic;
};

/** Connect the devices, whose places are known, to a TVM. */
void devices_init(struct devices *d, struct tvm *t);

/** Answer a load or a store, which the guest waits for, in this hart's slot. */
void devices_access(struct tvm *t, const struct tvm_exit *e);

/** Level of a vCPU's external interrupt. */
bool devices_interrupt(struct tvm *t, unsigned long vcpu);

/** Time has passed: what devices do by themselves. */
void devices_step(struct tvm *t);

/** How many bytes of input the TVM takes now. */
unsigned int devices_room(struct tvm *t);

/** A byte of input. */
void devices_input(struct tvm *t, uint8_t byte);

/** The oldest byte of input that the guest has not seen; -1: none. */
int devices_take_input(struct tvm *t);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A serial port that behaves like a 16550A: eight registers of a byte each.
 * What is written is out at once, so that its transmitter is always empty; the
 * interrupt that tells so comes when the host thinks fit. At once, it would
 * keep Linux in its handler for as long as there is something to print.
 */

#ifndef HOST_UART16550_H
#define HOST_UART16550_H

#include <stdbool.h>
#include <stdint.h>

#define UART_FIFO 16

struct uart {
	uint8_t ier, lcr, mcr, scr, divisor[2];
	/** Changes in MSR since it was read, and of the last byte received */
	uint8_t delta, overrun;
	bool fifo_on;
	/** The transmitter became empty, and nobody was told yet */
	bool thre;
	/** The same, and nobody shall be told before uart_sent() */
	bool sending;
	/** Bytes received: @count of them, from @first on */
	uint8_t fifo[UART_FIFO];
	unsigned int first, count;
	/** Where output goes */
	void (*put)(void *arg, char c);
	void *arg;
};

/** As after reset. */
void uart_init(struct uart *u, void (*put)(void *arg, char c), void *arg);

/** The guest loads from register @reg, 0 to 7. */
uint8_t uart_read(struct uart *u, unsigned int reg);

/** The guest stores to register @reg. */
void uart_write(struct uart *u, unsigned int reg, uint8_t value);

/** What was written has left: time for an interrupt. */
void uart_sent(struct uart *u);

/** How many bytes the receiver has room for. */
unsigned int uart_room(const struct uart *u);

/** A byte arrives. */
void uart_receive(struct uart *u, uint8_t byte);

/** Take the oldest byte received; 0: there is none. */
uint8_t uart_take(struct uart *u);

/** Level of the interrupt line. */
bool uart_irq(const struct uart *u);

#endif

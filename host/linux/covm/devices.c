/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads and stores of the guest outside of its memory, and interrupts. */

#include <string.h>
#include "console.h"
#include "devices.h"
#include "fdt.h"
#include "vm.h"

/* The serial port's interrupt enables, as the guest writes them */
#define IER_RX	 0x01
#define IER_THRE 0x02
/* The register that empties the receiver's FIFO */
#define FCR 2
/* Bytes of a file may have to come back from there */
#define INPUT_MOST (INPUT_SIZE - UART_FIFO)

/* The lines after something has changed. The lock is held */
static void update(struct devices *d)
{
	struct vm *vm = d->vm;
	unsigned int i;
	bool level;

	plic_set(&d->plic, UART_IRQ, uart_irq(&d->uart));
	for (i = 0; i < vm->plan->vcpus; i++) {
		level = plic_output(&d->plic, i);
		if (level == d->level[i])
			continue;
		d->level[i] = level;
		vm->backend->interrupt(&vm->vcpu[i], level);
	}
}

/*
 * Give the serial port what waits for it. What is typed may come at any time,
 * but a file's first bytes would be lost before the guest has opened the port.
 */
static void feed(struct devices *d)
{
	if (!console_is_terminal() && !(d->uart.ier & IER_RX))
		return;
	while (d->count && uart_room(&d->uart)) {
		uart_receive(&d->uart, d->input[d->first]);
		d->first = (d->first + 1) % INPUT_SIZE;
		d->count--;
	}
}

/* After the serial port has changed: what else comes of it */
static void settle(struct devices *d)
{
	bool full = d->count >= INPUT_MOST;
	bool tick = d->uart.sending && d->uart.ier & IER_THRE && !d->tick;

	feed(d);
	d->tick |= tick;
	update(d);
	if (tick || (full && d->count < INPUT_MOST))
		console_wake();
}

/*
 * The driver empties the receiver when it opens the port, after it has allowed
 * the interrupt: what was typed so early may be lost, but not a file's bytes.
 */
static void keep(struct devices *d)
{
	unsigned int n = d->uart.count, i;

	if (console_is_terminal())
		return;
	d->first = (d->first + INPUT_SIZE - n) % INPUT_SIZE;
	d->count += n;
	for (i = 0; i < n; i++)
		d->input[(d->first + i) % INPUT_SIZE] = uart_take(&d->uart);
}

static bool within(uint64_t base, uint64_t len, const struct vm_exit *e)
{
	return e->mmio.gpa >= base && e->mmio.gpa - base < len &&
	       e->mmio.size <= len - (e->mmio.gpa - base);
}

static void access_uart(struct devices *d, struct vm_exit *e)
{
	unsigned int reg = (unsigned int)(e->mmio.gpa - GUEST_UART);

	if (e->mmio.is_store) {
		if (reg == FCR)
			keep(d);
		uart_write(&d->uart, reg, (uint8_t)e->mmio.data);
	} else {
		e->mmio.data = uart_read(&d->uart, reg);
	}
}

static void access_plic(struct devices *d, struct vm_exit *e)
{
	uint64_t offset = e->mmio.gpa - GUEST_PLIC;

	if (e->mmio.is_store) {
		plic_write(&d->plic, offset, (uint32_t)e->mmio.data);
		/* The guest's handler may have ended, and can come again */
		uart_sent(&d->uart);
	} else {
		e->mmio.data = plic_read(&d->plic, offset);
	}
}

/* What is nowhere reads as 0 and takes no stores */
void devices_access(struct devices *d, struct vm_exit *e)
{
	if (!e->mmio.is_store)
		e->mmio.data = 0;
	if (!d->vm->plan->devices)
		return;
	pthread_mutex_lock(&d->lock);
	if (within(GUEST_UART, UART_SIZE, e)) {
		access_uart(d, e);
		settle(d);
	} else if (within(GUEST_PLIC, PLIC_SIZE, e) && e->mmio.size == 4 &&
		   !(e->mmio.gpa & 3)) {
		access_plic(d, e);
		settle(d);
	}
	pthread_mutex_unlock(&d->lock);
}

void devices_tick(struct devices *d)
{
	pthread_mutex_lock(&d->lock);
	d->tick = false;
	uart_sent(&d->uart);
	update(d);
	pthread_mutex_unlock(&d->lock);
}

bool devices_wants_tick(struct devices *d)
{
	bool tick;

	pthread_mutex_lock(&d->lock);
	tick = d->tick;
	pthread_mutex_unlock(&d->lock);
	return tick;
}

unsigned int devices_room(struct devices *d)
{
	unsigned int room;

	pthread_mutex_lock(&d->lock);
	room = d->count < INPUT_MOST ? INPUT_MOST - d->count : 0;
	pthread_mutex_unlock(&d->lock);
	return room;
}

void devices_input(struct devices *d, uint8_t byte)
{
	pthread_mutex_lock(&d->lock);
	if (d->count < INPUT_MOST) {
		d->input[(d->first + d->count) % INPUT_SIZE] = byte;
		d->count++;
	}
	settle(d);
	pthread_mutex_unlock(&d->lock);
}

/* The serial port's bytes are older */
static int take(struct devices *d)
{
	int byte;

	if (d->uart.count)
		return uart_take(&d->uart);
	if (!d->count)
		return -1;
	byte = d->input[d->first];
	d->first = (d->first + 1) % INPUT_SIZE;
	d->count--;
	return byte;
}

int devices_getc(struct devices *d)
{
	bool full;
	int byte;

	pthread_mutex_lock(&d->lock);
	full = d->count >= INPUT_MOST;
	byte = take(d);
	settle(d);
	full &= d->count < INPUT_MOST;
	pthread_mutex_unlock(&d->lock);
	if (full)
		console_wake();
	return byte;
}

static void put(void *arg, char c)
{
	(void)arg;
	console_write(&c, 1);
}

void devices_init(struct devices *d, struct vm *vm)
{
	memset(d, 0, sizeof(*d));
	d->vm = vm;
	pthread_mutex_init(&d->lock, NULL);
	uart_init(&d->uart, put, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers and interrupts of a 16550A, as Linux's 8250 driver wants them. */

#include <string.h>
#include <host/uart16550.h>

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };

#define IER_RX	  0x01
#define IER_THRE  0x02
#define IER_LINE  0x04
#define IER_MODEM 0x08
#define IER_ALL	  0x0f

#define IIR_MODEM 0x00
#define IIR_NONE  0x01
#define IIR_THRE  0x02
#define IIR_RX	  0x04
#define IIR_LINE  0x06
#define IIR_FIFO  0xc0

#define FCR_ENABLE   0x01
#define FCR_CLEAR_RX 0x02

#define LCR_DLAB 0x80

#define MCR_DTR	 0x01
#define MCR_RTS	 0x02
#define MCR_OUT1 0x04
#define MCR_OUT2 0x08
#define MCR_LOOP 0x10
#define MCR_ALL	 0x1f

#define LSR_DATA    0x01
#define LSR_OVERRUN 0x02
#define LSR_EMPTY   0x60

#define MSR_CTS 0x10
#define MSR_DSR 0x20
#define MSR_RI	0x40
#define MSR_DCD 0x80

void uart_init(struct uart *u, void (*put)(void *arg, char c), void *arg)
{
	memset(u, 0, sizeof(*u));
	u->put = put;
	u->arg = arg;
}

/* In loopback the port hears its own lines; else somebody is always there */
static uint8_t modem_lines(const struct uart *u)
{
	uint8_t lines = 0;

	if (!(u->mcr & MCR_LOOP))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	if (u->mcr & MCR_RTS)
		lines |= MSR_CTS;
	if (u->mcr & MCR_DTR)
		lines |= MSR_DSR;
	if (u->mcr & MCR_OUT1)
		lines |= MSR_RI;
	if (u->mcr & MCR_OUT2)
		lines |= MSR_DCD;
	return lines;
}

static void set_mcr(struct uart *u, uint8_t value)
{
	uint8_t old = modem_lines(u), new;

	u->mcr = value & MCR_ALL;
	new = modem_lines(u);
	/* The ring indicator counts only when it ends */
	u->delta |= ((old ^ new) & ~MSR_RI) >> 4;
	u->delta |= (old & ~new &MSR_RI) >> 4;
}

/* The cause with the highest priority */
static uint8_t cause(const struct uart *u)
{
	if (u->ier & IER_LINE && u->overrun)
		return IIR_LINE;
	if (u->ier & IER_RX && u->count)
		return IIR_RX;
	if (u->ier & IER_THRE && u->thre)
		return IIR_THRE;
	if (u->ier & IER_MODEM && u->delta)
		return IIR_MODEM;
	return IIR_NONE;
}

bool uart_irq(const struct uart *u)
{
	return cause(u) != IIR_NONE;
}

static uint8_t read_iir(struct uart *u)
{
	uint8_t c = cause(u);

	if (c == IIR_THRE)
		u->thre = false;
	return c | (u->fifo_on ? IIR_FIFO : 0);
}

static uint8_t read_lsr(struct uart *u)
{
	uint8_t lsr = LSR_EMPTY | u->overrun;

	u->overrun = 0;
	return u->count ? lsr | LSR_DATA : lsr;
}

static uint8_t read_msr(struct uart *u)
{
	uint8_t msr = modem_lines(u) | u->delta;

	u->delta = 0;
	return msr;
}

uint8_t uart_take(struct uart *u)
{
	uint8_t byte = u->fifo[u->first];

	if (!u->count)
		return 0;
	u->first = (u->first + 1) % UART_FIFO;
	u->count--;
	return byte;
}

unsigned int uart_room(const struct uart *u)
{
	return UART_FIFO - u->count;
}

void uart_receive(struct uart *u, uint8_t byte)
{
	if (!uart_room(u)) {
		u->overrun = LSR_OVERRUN;
		return;
	}
	u->fifo[(u->first + u->count) % UART_FIFO] = byte;
	u->count++;
}

static void write_data(struct uart *u, uint8_t byte)
{
	if (u->mcr & MCR_LOOP)
		uart_receive(u, byte);
	else
		u->put(u->arg, (char)byte);
	u->thre = false;
	u->sending = true;
}

void uart_sent(struct uart *u)
{
	u->thre |= u->sending;
	u->sending = false;
}

static void write_ier(struct uart *u, uint8_t value)
{
	/* Enabled while the transmitter is empty: that is news at once */
	if (value & ~u->ier & IER_THRE)
		u->thre = true;
	u->ier = value & IER_ALL;
}

static void write_fcr(struct uart *u, uint8_t value)
{
	bool on = value & FCR_ENABLE;

	if (on != u->fifo_on || value & FCR_CLEAR_RX)
		u->count = 0;
	u->fifo_on = on;
}

uint8_t uart_read(struct uart *u, unsigned int reg)
{
	if (u->lcr & LCR_DLAB && reg <= IER)
		return u->divisor[reg];
	switch (reg) {
	case DATA:
		return uart_take(u);
	case IER:
		return u->ier;
	case IIR:
		return read_iir(u);
	case LCR:
		return u->lcr;
	case MCR:
		return u->mcr;
	case LSR:
		return read_lsr(u);
	case MSR:
		return read_msr(u);
	case SCR:
		return u->scr;
	}
	return 0;
}

void uart_write(struct uart *u, unsigned int reg, uint8_t value)
{
	if (u->lcr & LCR_DLAB && reg <= IER) {
		u->divisor[reg] = value;
		return;
	}
	switch (reg) {
	case DATA:
		write_data(u, value);
		break;
	case IER:
		write_ier(u, value);
		break;
	case IIR:
		write_fcr(u, value);
		break;
	case LCR:
		u->lcr = value;
		break;
	case MCR:
		set_mcr(u, value);
		break;
	case SCR:
		u->scr = value;
		break;
	}
}

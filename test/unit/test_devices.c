/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial port and the interrupt controller of the reference host. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <host/plic.h>
#include <host/uart16550.h>

#define IRQ 10

static char out[64];
static unsigned int out_len;

static void put(void *arg, char c)
{
	(void)arg;
	out[out_len++] = c;
}

static struct uart fresh(void)
{
	struct uart u;

	memset(out, 0, sizeof(out));
	out_len = 0;
	uart_init(&u, put, NULL);
	return u;
}

static void output(void **state)
{
	struct uart u = fresh();

	(void)state;
	assert_int_equal(uart_read(&u, 5), 0x60);
	uart_write(&u, 0, 'h');
	uart_write(&u, 0, 'i');
	assert_string_equal(out, "hi");
	assert_int_equal(uart_read(&u, 5), 0x60);
	assert_false(uart_irq(&u));
}

/* What serial8250_do_startup does to find out about broken ports */
static void empty_interrupt(void **state)
{
	struct uart u = fresh();

	(void)state;
	assert_int_equal(uart_read(&u, 2), 0x01);
	uart_write(&u, 1, 0x02);
	assert_true(uart_irq(&u));
	assert_int_equal(uart_read(&u, 2), 0x02);
	assert_false(uart_irq(&u));
	assert_int_equal(uart_read(&u, 2), 0x01);
	uart_write(&u, 1, 0);
	uart_write(&u, 1, 0x02);
	assert_int_equal(uart_read(&u, 2), 0x02);
	uart_write(&u, 0, 'x');
	assert_false(uart_irq(&u));
	uart_sent(&u);
	assert_true(uart_irq(&u));
	/* More to send: not until that is out, too */
	uart_write(&u, 0, 'y');
	assert_false(uart_irq(&u));
	uart_sent(&u);
	uart_write(&u, 1, 0);
	assert_false(uart_irq(&u));
	uart_sent(&u);
	assert_int_equal(uart_read(&u, 2), 0x01);
}

static void input(void **state)
{
	struct uart u = fresh();
	unsigned int i;

	(void)state;
	uart_write(&u, 2, 0x07);
	uart_write(&u, 1, 0x05);
	assert_int_equal(uart_room(&u), UART_FIFO);
	for (i = 0; i < UART_FIFO; i++)
		uart_receive(&u, (uint8_t)i);
	assert_int_equal(uart_room(&u), 0);
	assert_int_equal(uart_read(&u, 2), 0xc4);
	uart_receive(&u, 99);
	assert_int_equal(uart_read(&u, 2), 0xc6);
	assert_int_equal(uart_read(&u, 5), 0x63);
	for (i = 0; i < UART_FIFO; i++) {
		assert_true(uart_irq(&u));
		assert_int_equal(uart_read(&u, 5), 0x61);
		assert_int_equal(uart_read(&u, 0), i);
	}
	assert_false(uart_irq(&u));
	assert_int_equal(uart_read(&u, 5), 0x60);
	uart_receive(&u, 1);
	uart_write(&u, 2, 0x03);
	assert_int_equal(uart_read(&u, 5), 0x60);
}

/* What autoconfig does */
static void loopback(void **state)
{
	struct uart u = fresh();

	(void)state;
	assert_int_equal(uart_read(&u, 6), 0xb0);
	uart_write(&u, 4, 0x1a);
	assert_int_equal(uart_read(&u, 6) & 0xf0, 0x90);
	uart_write(&u, 0, 'q');
	assert_int_equal(out_len, 0);
	assert_int_equal(uart_read(&u, 0), 'q');
	uart_write(&u, 1, 0x08);
	uart_read(&u, 6);
	assert_false(uart_irq(&u));
	uart_write(&u, 4, 0x18);
	assert_int_equal(uart_read(&u, 2), 0x00);
	assert_int_equal(uart_read(&u, 6), 0x81);
	assert_false(uart_irq(&u));
}

static void registers(void **state)
{
	struct uart u = fresh();

	(void)state;
	uart_write(&u, 3, 0x80);
	uart_write(&u, 0, 0x34);
	uart_write(&u, 1, 0x12);
	assert_int_equal(uart_read(&u, 0), 0x34);
	assert_int_equal(uart_read(&u, 1), 0x12);
	uart_write(&u, 3, 0x13);
	assert_int_equal(uart_read(&u, 1), 0);
	assert_int_equal(uart_read(&u, 3), 0x13);
	uart_write(&u, 7, 0x5a);
	assert_int_equal(uart_read(&u, 7), 0x5a);
	uart_write(&u, 1, 0xff);
	assert_int_equal(uart_read(&u, 1), 0x0f);
	assert_int_equal(out_len, 0);
}

static struct plic wired(void)
{
	struct plic p = { .pending = 0 };

	plic_write(&p, 4 * IRQ, 1);
	plic_write(&p, 0x2000, 1U << IRQ);
	return p;
}

static void claim(void **state)
{
	struct plic p = wired();

	(void)state;
	assert_int_equal(plic_read(&p, 0x200004), 0);
	plic_set(&p, IRQ, true);
	assert_true(plic_output(&p, 0));
	assert_int_equal(plic_read(&p, 0x1000), 1U << IRQ);
	assert_int_equal(plic_read(&p, 0x200004), IRQ);
	assert_false(plic_output(&p, 0));
	assert_int_equal(plic_read(&p, 0x200004), 0);
	/* Still high at completion: once more */
	plic_write(&p, 0x200004, IRQ);
	assert_true(plic_output(&p, 0));
	assert_int_equal(plic_read(&p, 0x200004), IRQ);
	plic_set(&p, IRQ, false);
	plic_write(&p, 0x200004, IRQ);
	assert_false(plic_output(&p, 0));
}

static void masks(void **state)
{
	struct plic p = wired();

	(void)state;
	plic_set(&p, IRQ, true);
	plic_write(&p, 0x200000, 1);
	assert_false(plic_output(&p, 0));
	plic_write(&p, 4 * IRQ, 2);
	assert_true(plic_output(&p, 0));
	plic_write(&p, 0x2000, 0);
	assert_false(plic_output(&p, 0));
	assert_int_equal(plic_read(&p, 0x200004), 0);
	plic_write(&p, 0x2000, ~0U);
	assert_int_equal(plic_read(&p, 0x2000), ~1U);
	plic_write(&p, 4 * IRQ, 0);
	plic_write(&p, 0x200000, 0);
	assert_false(plic_output(&p, 0));
}

static void order(void **state)
{
	static const uint32_t expected[] = { 31, 3, 5, 0 };
	struct plic p = { .context[0].enabled = ~1U };
	unsigned int i;

	(void)state;
	plic_write(&p, 4 * 3, 1);
	plic_write(&p, 4 * 5, 1);
	plic_write(&p, 4 * 31, 7);
	plic_set(&p, 5, true);
	plic_set(&p, 3, true);
	plic_set(&p, 31, true);
	plic_set(&p, 0, true);
	plic_set(&p, 32, true);
	for (i = 0; i < 4; i++)
		assert_int_equal(plic_read(&p, 0x200004), expected[i]);
}

/* Each has its own mask; who claims first has it */
static void contexts(void **state)
{
	struct plic p = wired();

	(void)state;
	plic_set(&p, IRQ, true);
	assert_false(plic_output(&p, 1));
	plic_write(&p, 0x2080, 1U << IRQ);
	assert_true(plic_output(&p, 1));
	plic_write(&p, 0x201000, 7);
	assert_false(plic_output(&p, 1));
	assert_int_equal(plic_read(&p, 0x201004), 0);
	assert_true(plic_output(&p, 0));
	plic_write(&p, 0x201000, 0);
	assert_int_equal(plic_read(&p, 0x201004), IRQ);
	assert_false(plic_output(&p, 0));
	assert_int_equal(plic_read(&p, 0x200004), 0);
	plic_write(&p, 0x2000 + 0x80 * 63, 1U << IRQ);
	plic_write(&p, 0x201004, IRQ);
	assert_true(plic_output(&p, 63));
	assert_int_equal(plic_read(&p, 0x200004 + 0x1000 * 63), IRQ);
}

/* Nothing that a guest can name leads outside */
static void anywhere(void **state)
{
	struct plic p = wired();
	struct uart u = fresh();
	uint64_t offset;

	(void)state;
	for (offset = 0; offset < 0x4000000; offset += 4) {
		plic_write(&p, offset, ~0U);
		plic_read(&p, offset);
	}
	plic_write(&p, 0x200004, 32);
	assert_int_equal(plic_read(&p, 0), 0);
	uart_write(&u, 8, 1);
	assert_int_equal(uart_read(&u, 8), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output),    cmocka_unit_test(empty_interrupt),
		cmocka_unit_test(input),     cmocka_unit_test(loopback),
		cmocka_unit_test(registers), cmocka_unit_test(claim),
		cmocka_unit_test(masks),     cmocka_unit_test(order),
		cmocka_unit_test(contexts),  cmocka_unit_test(anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

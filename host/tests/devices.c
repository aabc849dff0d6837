/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's own devices as a guest finds them: what it stores comes out of
 * the console, and what comes in interrupts it.
 */

#include <host/fdt.h>
#include <string.h>
#include <host/devices.h>
#include "mmio.h"

#define UART MMIO_GPA
#define PLIC (MMIO_GPA + 0x400000UL)
#define IRQ  10

#define PLIC_LEN      0x400000UL
#define PLIC_PRIORITY (PLIC + 4 * IRQ)
#define PLIC_ENABLE   (PLIC + 0x2000)
#define PLIC_CLAIM    (PLIC + 0x200004)

#define UART_IER 1
#define UART_LSR 5

static struct puppet p;
static struct devices devices;

static void make(void)
{
	puppet_make(&p, 1);
	devices = (struct devices){ .uart_at = { UART, UART + PAGE_SIZE },
				    .plic_at = { PLIC, PLIC + PLIC_LEN },
				    .uart_source = IRQ };
	devices_init(&devices, p.t);
	mmio_add(&p, UART, PAGE_SIZE);
	mmio_add(&p, PLIC, PLIC_LEN);
}

/* One access by vCPU 0, which the host's ordinary code answers */
static unsigned long access(int kind, unsigned long gpa, unsigned long value)
{
	struct mmio_insn i = mmio_insn(kind, REG_A0, REG_A1, 0);
	struct puppet_regs *r = puppet_regs(&p, 0);

	memset(r->in, 0, sizeof(r->in));
	r->in[REG_A0] = value;
	r->in[REG_A1] = gpa;
	CHECK_EQ(puppet(&p, 0, PUPPET_INSN, p.data, i.word, 1), PUPPET_NO_TRAP);
	return r->out[REG_A0];
}

static bool interrupted(void)
{
	puppet(&p, 0, PUPPET_IRQ, 0, 0);
	return puppet_ret(&p, 0, 1) & SIP_SEIP;
}

static void output(void)
{
	unsigned int before, i;

	make();
	before = p.t->output_len;
	for (i = 0; i < 5; i++)
		access(MMIO_SB, UART, (unsigned char)"hello"[i] | 0xff00);
	CHECK(!strcmp(p.t->output + before, "hello"));
	CHECK_EQ(access(MMIO_LBU, UART + UART_LSR, 0), 0x60);
	CHECK_EQ(p.t->mmio_stores, 5);
	CHECK_EQ(p.t->mmio_loads, 1);
}

static void input(void)
{
	if (bootarg_ulong("qemu", 10) < 10)
		SKIP("this QEMU shows no SEIP in a guest's sip");
	make();
	access(MMIO_SB, UART + UART_IER, 1);
	access(MMIO_SW, PLIC_PRIORITY, 1);
	access(MMIO_SW, PLIC_ENABLE, 1U << IRQ);
	devices_input(p.t, 'x');
	/* Not before it is allowed */
	CHECK(!interrupted());
	puppet(&p, 0, PUPPET_ECALL, COVH_EID_COVG,
	       COVG_ALLOW_EXTERNAL_INTERRUPT, -1UL);
	CHECK(interrupted());
	CHECK_EQ(access(MMIO_LW, PLIC_CLAIM, 0), IRQ);
	CHECK(!interrupted());
	CHECK_EQ(access(MMIO_LBU, UART + UART_LSR, 0), 0x61);
	CHECK_EQ(access(MMIO_LB, UART, 0), 'x');
	access(MMIO_SW, PLIC_CLAIM, IRQ);
	CHECK(!interrupted());
	CHECK_EQ(access(MMIO_LW, PLIC_CLAIM, 0), 0);
}

/* What is in the regions but no register: 0, and nothing happens */
static void nowhere(void)
{
	make();
	mmio_add(&p, UART + PAGE_SIZE, PAGE_SIZE);
	access(MMIO_SD, UART + PAGE_SIZE, -1UL);
	access(MMIO_SD, PLIC_ENABLE, -1UL);
	CHECK_EQ(access(MMIO_LD, UART + PAGE_SIZE, -1UL), 0);
	CHECK_EQ(access(MMIO_LD, PLIC_ENABLE, -1UL), 0);
	CHECK_EQ(access(MMIO_LB, UART + 0xfff, -1UL), 0);
	CHECK_EQ(access(MMIO_LWU, PLIC_ENABLE, -1UL), 0);
}

TEST_GROUP(devices, { "output of a serial port", output },
	   { "input of a serial port, its interrupt", input },
	   { "registers that are none", nowhere });

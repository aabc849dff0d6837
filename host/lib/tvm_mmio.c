/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads and stores that the guest makes to devices, and their interrupts. */

#include <string.h>
#include <host/devices.h>
#include <host/tvm.h>

/* Bytes that a transformed load or store moves */
#define INSN_SIZE(insn) (1UL << ((insn) >> 12 & 3))

static bool within(const struct image_region *r, uint64_t gpa, uint64_t size)
{
	return gpa >= r->start && gpa < r->end && size <= r->end - gpa;
}

/*
 * Its external interrupt reaches a vCPU when it is run: it must come out if it
 * is inside, and must not sleep.
 */
static void tell_vcpu(struct tvm *t, unsigned int id)
{
	const struct tvm_vcpu *v = &t->vcpu[id];

	tvm_wake(t, 1UL << id);
	if (__atomic_load_n(&v->inside, __ATOMIC_SEQ_CST) & 1)
		ipi_send(v->hart);
}

static uint64_t outputs(const struct tvm *t)
{
	uint64_t mask = 0;
	unsigned int i;

	for (i = 0; i < t->cfg.vcpus; i++)
		mask |= (uint64_t)plic_output(&t->devices->plic, i) << i;
	return mask;
}

/* The lines after something has changed; @before is what outputs() was. The
 * lock is held */
static void update(struct tvm *t, uint64_t before)
{
	struct devices *d = t->devices;
	uint64_t risen;
	unsigned int i;

	plic_set(&d->plic, d->uart_source, uart_irq(&d->uart));
	risen = outputs(t) & ~before;
	for (i = 0; risen; i++, risen >>= 1) {
		if (risen & 1)
			tell_vcpu(t, i);
	}
}

/* What is nowhere reads as 0 and takes no stores */
static uint64_t load(struct devices *d, uint64_t gpa, uint64_t size)
{
	if (within(&d->uart_at, gpa, size))
		return uart_read(&d->uart,
				 (unsigned int)(gpa - d->uart_at.start));
	if (within(&d->plic_at, gpa, size) && size == 4)
		return plic_read(&d->plic, gpa - d->plic_at.start);
	return 0;
}

static void store(struct devices *d, uint64_t gpa, uint64_t size, uint64_t val)
{
	if (within(&d->uart_at, gpa, size)) {
		uart_write(&d->uart, (unsigned int)(gpa - d->uart_at.start),
			   (uint8_t)val);
	} else if (within(&d->plic_at, gpa, size) && size == 4) {
		plic_write(&d->plic, gpa - d->plic_at.start, (uint32_t)val);
		/* The guest's handler may have ended, and can come again */
		uart_sent(&d->uart);
	}
}

void devices_access(struct tvm *t, const struct tvm_exit *e)
{
	uint64_t size = INSN_SIZE(e->htinst);
	struct devices *d = t->devices;
	uint64_t value = 0, before;

	/* A guest may have declared such a region all the same */
	if (d) {
		spin_lock(&d->lock);
		before = outputs(t);
		if (e->scause == CAUSE_LOAD_GPF)
			value = load(d, e->gpa, size);
		else
			store(d, e->gpa, size, e->a[0]);
		update(t, before);
		spin_unlock(&d->lock);
	}
	if (e->scause == CAUSE_LOAD_GPF)
		*nacl_gpr(REG_A0) = value;
}

void devices_step(struct tvm *t)
{
	uint64_t before;

	spin_lock(&t->devices->lock);
	if (t->devices->uart.sending) {
		before = outputs(t);
		uart_sent(&t->devices->uart);
		update(t, before);
	}
	spin_unlock(&t->devices->lock);
}

bool devices_interrupt(struct tvm *t, unsigned long vcpu)
{
	bool level;

	if (!t->devices)
		return false;
	spin_lock(&t->devices->lock);
	level = plic_output(&t->devices->plic, (unsigned int)vcpu);
	spin_unlock(&t->devices->lock);
	return level;
}

unsigned int devices_room(struct tvm *t)
{
	unsigned int room;

	spin_lock(&t->devices->lock);
	room = uart_room(&t->devices->uart);
	spin_unlock(&t->devices->lock);
	return room;
}

void devices_input(struct tvm *t, uint8_t byte)
{
	spin_lock(&t->devices->lock);
	uart_receive(&t->devices->uart, byte);
	update(t, outputs(t));
	spin_unlock(&t->devices->lock);
}

int devices_take_input(struct tvm *t)
{
	struct uart *u;
	int byte = -1;

	if (!t->devices)
		return -1;
	u = &t->devices->uart;
	spin_lock(&t->devices->lock);
	if (u->count) {
		byte = uart_take(u);
		update(t, outputs(t));
	}
	spin_unlock(&t->devices->lock);
	return byte;
}

static void put(void *arg, char c)
{
	tvm_put(arg, c);
}

void devices_init(struct devices *d, struct tvm *t)
{
	memset(&d->plic, 0, sizeof(d->plic));
	uart_init(&d->uart, put, t);
	t->devices = d;
}

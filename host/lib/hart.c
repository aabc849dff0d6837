/* SPDX-License-Identifier: BSD-2-Clause */
/* Harts: starting them, giving them work, interrupts and time. */

#include <host/entry.h>
#include <host/console.h>
#include <host/hart.h>
#include <host/mem.h>
#include <host/sbi.h>

static struct hart harts[FDT_MAX_HARTS];

extern char secondary_entry[];

void hart_init(unsigned long boot_hartid)
{
	int i, n = 1;

	/* The boot hart comes first whatever the device tree says */
	harts[0].id = boot_hartid;
	harts[0].online = 1;
	for (i = 0; i < machine.nr_harts; i++) {
		if (machine.hartid[i] != boot_hartid && n < FDT_MAX_HARTS)
			harts[n++].id = machine.hartid[i];
	}
	machine.nr_harts = n;
	__asm__ __volatile__("mv tp, %0" : : "r"(&harts[0]));
	timer_clear();
	ipi_clear();
}

int hart_count(void)
{
	return machine.nr_harts;
}

struct hart *hart_get(int i)
{
	return &harts[i];
}

/* Where a secondary hart lives: it sleeps until an IPI brings work. */
void hart_main(void)
{
	struct hart *h = this_hart();
	hart_fn fn;

	timer_clear();
	ipi_clear();
	csr_write(sie, SIP_SSIP);
	__atomic_store_n(&h->online, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&h->online, __ATOMIC_ACQUIRE)) {
		fn = __atomic_load_n(&h->fn, __ATOMIC_ACQUIRE);
		if (!fn) {
			hart_wfi();
			ipi_clear();
			continue;
		}
		h->result = fn(h->arg);
		__atomic_store_n(&h->fn, NULL, __ATOMIC_RELEASE);
	}
	sbi_call(SBI_EID_HSM, SBI_HSM_STOP, 0);
	fail("hart %lu cannot stop", h->id);
}

long hart_start(struct hart *h)
{
	struct sbiret r;

	if (h->online)
		return 0;
	if (!h->sp) {
		h->sp = (unsigned long)page_alloc(HART_STACK_PAGES, PAGE_SIZE);
		h->sp += HART_STACK_PAGES * PAGE_SIZE;
	}
	h->fn = NULL;
	r = sbi_call(SBI_EID_HSM, SBI_HSM_START, h->id,
		     (unsigned long)secondary_entry, (unsigned long)h);
	if (r.error)
		return r.error;
	while (!__atomic_load_n(&h->online, __ATOMIC_ACQUIRE))
		;
	return 0;
}

long hart_stop(struct hart *h)
{
	struct sbiret r;

	if (!h->online)
		return 0;
	hart_wait(h);
	__atomic_store_n(&h->online, 0, __ATOMIC_RELEASE);
	ipi_send(h);
	do {
		r = sbi_call(SBI_EID_HSM, SBI_HSM_STATUS, h->id);
	} while (!r.error && r.value != SBI_HSM_STOPPED);
	h->shmem = NULL;
	return r.error;
}

void hart_post(struct hart *h, hart_fn fn, void *arg)
{
	hart_wait(h);
	h->arg = arg;
	__atomic_store_n(&h->fn, fn, __ATOMIC_RELEASE);
	ipi_send(h);
}

bool hart_busy(const struct hart *h)
{
	return __atomic_load_n(&h->fn, __ATOMIC_ACQUIRE) != NULL;
}

long hart_wait(struct hart *h)
{
	while (hart_busy(h))
		;
	return h->result;
}

long hart_call(struct hart *h, hart_fn fn, void *arg)
{
	if (h == this_hart())
		return fn(arg);
	hart_post(h, fn, arg);
	return hart_wait(h);
}

long hart_each(hart_fn fn, void *arg)
{
	long first = 0, r;
	int i;

	for (i = 0; i < hart_count(); i++) {
		if (!harts[i].online || &harts[i] == this_hart())
			continue;
		r = hart_call(&harts[i], fn, arg);
		if (!first)
			first = r;
	}
	r = fn(arg);
	return first ? first : r;
}

void ipi_send(const struct hart *h)
{
	__asm__ __volatile__("fence rw, rw" ::: "memory");
	sbi_call(SBI_EID_IPI, 0, 1, h->id);
}

void ipi_settle(void)
{
	/* One to itself comes behind all that were sent before */
	ipi_send(this_hart());
	while (!(csr_read(sip) & SIP_SSIP))
		;
	ipi_clear();
}

void timer_set(unsigned long when)
{
	if (machine.sstc)
		csr_write(CSR_STIMECMP, when);
	else
		sbi_call(SBI_EID_TIME, 0, when);
}

void timer_clear(void)
{
	timer_set(-1UL);
}

void time_delay(unsigned long us)
{
	unsigned long end = time_now() + time_us(us);

	while (time_now() < end)
		;
}

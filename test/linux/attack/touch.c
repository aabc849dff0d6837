// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Loads and stores that may fail, and why they did. */

#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/uaccess.h>
#include <asm/csr.h>
#include "attack.h"

/* No cause that a load or a store has */
#define NO_CAUSE 3

/*
 * Nothing else may trap on this CPU until scause is read: interrupts are off,
 * and what M-mode does leaves it alone.
 */
unsigned long touch_load(const void *at, u64 *val)
{
	unsigned long flags, cause;
	long rc;

	local_irq_save(flags);
	csr_write(CSR_SCAUSE, NO_CAUSE);
	rc = copy_from_kernel_nofault(val, at, sizeof(*val));
	cause = csr_read(CSR_SCAUSE);
	local_irq_restore(flags);
	return rc ? cause : 0;
}

static int store(u64 *at, u64 val)
{
	int rc = 0;

	pagefault_disable();
	__put_kernel_nofault(at, &val, u64, failed);
	goto out;
failed:
	rc = -EFAULT;
out:
	pagefault_enable();
	return rc;
}

unsigned long touch_store(void *at, u64 val)
{
	unsigned long flags, cause;
	int rc;

	local_irq_save(flags);
	csr_write(CSR_SCAUSE, NO_CAUSE);
	rc = store(at, val);
	cause = csr_read(CSR_SCAUSE);
	local_irq_restore(flags);
	return rc ? cause : 0;
}

static void count_load(struct tally *t, unsigned long cause)
{
	if (cause == CAUSE_LOAD_ACCESS) {
		t->load_access++;
		return;
	}
	t->load_other++;
	t->last_other = cause;
	t->read += cause ? 0 : sizeof(u64);
}

void touch_page(struct tally *t, void *page)
{
	unsigned long cause;
	u64 val;

	t->pages++;
	count_load(t, touch_load(page, &val));
	count_load(t, touch_load(page + PAGE_SIZE - sizeof(val), &val));
	cause = touch_store(page, 0);
	if (cause == CAUSE_STORE_ACCESS) {
		t->store_access++;
	} else {
		t->store_other++;
		t->last_other = cause;
	}
}

void touch_report(const char *name, const struct tally *t)
{
	pr_info("attack: %s: %lu pages, stopped by PMP: %lu loads, %lu stores; not: %lu loads, %lu stores (cause %lu); %lu bytes read\n",
		name, t->pages, t->load_access, t->store_access, t->load_other,
		t->store_other, t->last_other, t->read);
}

// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What the kernel sees of a TVM: its pages, and the firmware's fence log. */

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <asm/csr.h>
#include <sbi_covh/test.h>
#include "cove.h"

#define VMID_SHIFT 44
#define VMID_MASK  0x3fffUL

static int store(u64 *at)
{
	u64 val = 0;
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

/* Through the kernel's own map if the page is in it */
static int touch(const struct cove_tvm *t, phys_addr_t pa,
		 struct cove_test_peek *p)
{
	u64 *at, val;

	at = t->conf.window ? phys_to_virt(pa)
			    : memremap(pa, PAGE_SIZE, MEMREMAP_WB);
	if (!at)
		return -ENOMEM;
	p->tried += 2;
	p->faults += copy_from_kernel_nofault(&val, at, sizeof(val)) != 0;
	p->faults += store(at) != 0;
	if (!t->conf.window)
		memunmap(at);
	return 0;
}

int cove_tvm_peek(struct cove_tvm *t, struct cove_test_peek *p)
{
	const phys_addr_t page[] = { t->conf.base, t->pgd, t->state, t->vcpu,
				     t->pt };
	unsigned int i;
	int rc = 0;

	if (!t->id)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(page) && !rc; i++)
		rc = touch(t, page[i], p);
	return rc;
}

unsigned int cove_log(unsigned long i, unsigned long *arg)
{
	register unsigned long a0 asm("a0") = i;
	register unsigned long a1 asm("a1") = 0;
	register unsigned long a2 asm("a2") = 0;
	register unsigned long a6 asm("a6") = COVH_TEST_LOG;
	register unsigned long a7 asm("a7") = COVH_TEST_EID;

	asm volatile("ecall"
		     : "+r"(a0), "+r"(a1), "+r"(a2)
		     : "r"(a6), "r"(a7)
		     : "memory");
	*arg = a1;
	return a2;
}

static unsigned long vmid(unsigned long hgatp)
{
	return hgatp >> VMID_SHIFT & VMID_MASK;
}

/*
 * From the newest event back: the host's hgatp with everything flushed after
 * it, the TVM's VMID flushed before it; and at the beginning the TVM's hgatp,
 * with everything and the VMID flushed after it.
 */
void cove_check_log(struct cove_test_run *r, const struct cove_exit *e)
{
	unsigned long arg, i, gvma = 0, vvma = 0, host = 0, last_vvma = 0;
	bool left = false;
	unsigned int ev;

	if (!cove_test_firmware)
		return;
	for (i = 0; i < 64; i++) {
		ev = cove_log(i, &arg);
		if (ev == COVH_LOG_HFENCE_GVMA) {
			gvma++;
		} else if (ev == COVH_LOG_HFENCE_VVMA) {
			vvma++;
			last_vvma = arg;
		} else if (ev == COVH_LOG_HGATP && !left) {
			left = true;
			host = arg;
			/* One flush so far, of all, and none of a VMID */
			if (gvma != 1 || vvma || host != e->hgatp)
				r->unfenced++;
		} else if (ev == COVH_LOG_HGATP) {
			r->hgatp = arg;
			if (gvma < 2 || vvma < 2 || last_vvma != arg)
				r->unfenced++;
			r->over_vm += host != 0;
			r->same_vmid += host && vmid(host) == vmid(arg);
			return;
		} else if (ev == COVH_LOG_NONE) {
			break;
		}
	}
	r->unfenced++;
}

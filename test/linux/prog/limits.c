// SPDX-License-Identifier: BSD-2-Clause
/* More than there is: memory, PMP entries, TVMs. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "prog.h"

#define MANY 80

static int create(int cove, unsigned int flags, unsigned long size)
{
	struct cove_create c = { .flags = flags, .memory_size = size };

	return ioctl(cove, COVE_CREATE_TVM, &c);
}

/* All of a TVM's memory, which there is not. -> errno, 0: there was */
static int fill(unsigned int flags, unsigned long size)
{
	struct cove_span s = { GUEST_BASE, size };
	struct vmm v;
	int err = -1;

	/* A VMM that does not say how much it will need */
	if (vmm_start(&v, "churn", CHURN_ARG(1, 0), 1, CHURN_MEMORY, flags))
		vmm_close(&v);
	if (vmm_start(&v, "churn", CHURN_ARG(1, 0), 1, size, flags))
		err = ioctl(v.tvm, COVE_POPULATE, &s) ? errno : 0;
	vmm_close(&v);
	return err;
}

static unsigned long pool_size(void)
{
	struct pages p;

	pages_now(&p);
	return p.pool_size * PAGE_SIZE;
}

static void pool_is_full(void)
{
	unsigned long size = pool_size() + 2 * MIB;
	int err;

	err = fill(COVE_FROM_POOL, size);
	check_at(err == ENOMEM, "POPULATE: %s", strerror(err));
}

/* Whatever the kernel has of its own stays: it does not run out of it */
static void memory_is_full(void)
{
	struct pages p;
	int err;

	pages_now(&p);
	err = fill(0, (p.pool_size + p.free) / 512 * 2 * MIB + 512 * MIB);
	printf("# all memory: %s\n", strerror(err));
	check_at(err == ENOMEM || err == ENOSPC, "POPULATE: %s", strerror(err));
}

static void too_much_at_once(void)
{
	static const unsigned long size[] = { 1UL << 34, 1UL << 40, 1UL << 49 };
	int cove = cove_open(), tvm;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(size); i++) {
		tvm = create(cove, COVE_FROM_RAM, size[i]);
		/* It may take what there is, and fail later */
		if (tvm >= 0)
			close(tvm);
		else
			check_at(errno == ENOMEM || errno == ENOSPC,
				 "memory_size 0x%lx: %s", size[i],
				 strerror(errno));
	}
	close(cove);
}

/* A page that the guest touches: its VMM hears of it, and can try again */
static void guest_wants_more(void)
{
	unsigned long size = pool_size() + 16 * MIB;
	unsigned int i;
	struct vmm v;

	if (vmm_start(&v, "churn", CHURN_ARG(1, size / MIB - 2), 1, size,
		      COVE_FROM_POOL)) {
		check(!vmm_run(&v));
		for (i = 0; i < 3; i++) {
			check_at(v.exit_reason == COVE_EXIT_NO_MEMORY,
				 "exit %u, %s", v.exit_reason, strerror(errno));
			check(v.run[0]->memory.gpa - GUEST_BASE < size);
			check(!vmm_run(&v));
		}
	}
	vmm_close(&v);
}

/* What another TVM gives back is enough for the page */
static void guest_gets_more(void)
{
	unsigned long size = pool_size() * 3 / 4 / (2 * MIB) * (2 * MIB);
	struct cove_span s = { GUEST_BASE, size };
	struct vmm a, b;

	if (!vmm_start(&a, "churn", 0, 1, size, COVE_FROM_POOL) ||
	    !check_call(!ioctl(a.tvm, COVE_POPULATE, &s)))
		return vmm_close(&a);
	if (vmm_start(&b, "churn", CHURN_ARG(20, size / MIB - 2), 1, size,
		      COVE_FROM_POOL)) {
		check(!vmm_run(&b));
		check(b.exit_reason == COVE_EXIT_NO_MEMORY);
		vmm_close(&a);
		check(vmm_run(&b));
		churn_right(&b, 1, 20);
	} else {
		vmm_close(&a);
	}
	vmm_close(&b);
}

/* A TVM with all of its memory there, and no image. -> fd, or -errno */
static int hog(int cove, unsigned long size)
{
	struct cove_region r = { GUEST_BASE, size, 0 };
	struct cove_span s = { GUEST_BASE, size };
	struct cove_finalize f = { 0 };
	int tvm = create(cove, COVE_FROM_RAM, size), vcpu, err;

	if (tvm < 0)
		return -errno;
	vcpu = ioctl(tvm, COVE_ADD_REGION, &r)
		       ? -1
		       : ioctl(tvm, COVE_CREATE_VCPU, 0);
	err = vcpu < 0 || ioctl(tvm, COVE_FINALIZE, &f) ||
			      ioctl(tvm, COVE_POPULATE, &s)
		      ? errno
		      : 0;
	close(vcpu);
	if (!err)
		return tvm;
	close(tvm);
	return -err;
}

/* TVMs of different sizes, whose ranges do not fit together, up to the end */
static void ranges(void)
{
	static int tvm[MANY];
	int cove = cove_open();
	unsigned int n, i;
	struct pages p;

	for (n = 0; n < MANY; n++) {
		tvm[n] = hog(cove, (2UL << n % 6) * MIB);
		if (tvm[n] < 0)
			break;
	}
	pages_now(&p);
	printf("# %u TVMs, %lu MiB of RAM in %lu ranges, then: %s\n", n,
	       p.converted * PAGE_SIZE / MIB, p.ranges,
	       n < MANY ? strerror(-tvm[n]) : "no end");
	check(n > 1 && n < MANY);
	check_at(tvm[n] == -ENOSPC || tvm[n] == -ENOMEM, "TVM %u: %s", n,
		 strerror(-tvm[n]));
	/* Every other one: more ranges would need more entries */
	for (i = 0; i < n; i += 2)
		close(tvm[i]);
	for (i = 1; i < n; i += 2)
		close(tvm[i]);
	close(cove);
}

/* As many as the TSM has room for, from the pool */
static void many(void)
{
	static int tvm[MANY];
	int cove = cove_open(), err = 0;
	unsigned int n, i;

	for (n = 0; n < MANY; n++) {
		tvm[n] = create(cove, 0, 0);
		if (tvm[n] < 0) {
			err = errno;
			break;
		}
	}
	check_at(n == 64 && err == EAGAIN, "TVM %u: %s", n, strerror(err));
	for (i = 0; i < n; i++)
		close(tvm[i]);
	close(cove);
}

/* Pages of the VMM's that cannot be pinned are not shared, that is all */
static void no_memory_to_share(void)
{
	struct vmm v;

	if (vmm_start(&v, "churn", CHURN_ARG(20, 0), 1, CHURN_MEMORY, 0)) {
		munmap(v.shared, v.size);
		v.shared = NULL;
		check(!vmm_run(&v));
		printf("# shared memory is not there: exit %u, %s\n",
		       v.exit_reason, strerror(errno));
	}
	vmm_close(&v);
}

void limit_cases(void)
{
	run_case("the pool is full", pool_is_full);
	run_case("all memory is full", memory_is_full);
	run_case("more than there is, at once", too_much_at_once);
	run_case("a guest touches more than there is", guest_wants_more);
	run_case("a guest waits for memory", guest_gets_more);
	run_case("ranges of RAM, up to the last", ranges);
	run_case("TVMs, up to the last", many);
	run_case("shared memory that is not there", no_memory_to_share);
}

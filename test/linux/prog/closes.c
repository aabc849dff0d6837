// SPDX-License-Identifier: BSD-2-Clause
/* The descriptors of a TVM are closed in all orders. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "prog.h"

enum { COVE, TVM, VCPU_0, VCPU_1, PAGE_0, THINGS };

static void drop(struct vmm *v, unsigned int what)
{
	switch (what) {
	case COVE:
		close(v->cove);
		break;
	case TVM:
		close(v->tvm);
		v->tvm = -1;
		break;
	case PAGE_0:
		munmap(v->run[0], COVE_RUN_SIZE);
		v->run[0] = NULL;
		break;
	default:
		close(v->vcpu[what - VCPU_0]);
		v->vcpu[what - VCPU_0] = -1;
	}
}

/* What is left works until it is gone */
static void one_order(const unsigned int *order, bool finalized)
{
	struct cove_stats s;
	unsigned int i;
	struct vmm v;

	if (!vmm_start(&v, "churn", CHURN_ARG(0, 0), 2, CHURN_MEMORY, 0))
		return vmm_close(&v);
	if (finalized)
		check(vmm_run_once(&v, 0) == 1);
	for (i = 0; i < THINGS; i++) {
		drop(&v, order[i]);
		if (v.run[0] && v.vcpu[0] >= 0 && finalized)
			check(vmm_run_once(&v, 0) == 1);
		if (v.tvm >= 0)
			check_call(!ioctl(v.tvm, COVE_GET_STATS, &s));
	}
	munmap(v.run[1], COVE_RUN_SIZE);
	munmap(v.shared, v.size);
}

static void orders(unsigned int *order, unsigned int n)
{
	static unsigned int count;
	unsigned int i, tmp;

	if (n == THINGS)
		return one_order(order, count++ % 2);
	for (i = n; i < THINGS; i++) {
		tmp = order[n], order[n] = order[i], order[i] = tmp;
		orders(order, n + 1);
		tmp = order[n], order[n] = order[i], order[i] = tmp;
	}
}

static void all_orders(void)
{
	unsigned int order[THINGS] = { 0, 1, 2, 3, 4 };

	orders(order, 0);
}

/* Nothing but /dev/cove, and a TVM with nothing in it */
static void early(void)
{
	struct cove_create c = { 0 };
	unsigned int i;
	int cove, tvm;

	for (i = 0; i < 50; i++) {
		cove = cove_open();
		tvm = ioctl(cove, COVE_CREATE_TVM, &c);
		check_call(tvm >= 0);
		if (i % 2)
			close(cove);
		close(tvm);
		if (i % 2 == 0)
			close(cove);
	}
}

void close_cases(void)
{
	run_case("descriptors are closed in all orders", all_orders);
	run_case("a TVM is closed at once", early);
}

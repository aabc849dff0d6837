/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ordinary VMs of the host's beside TVMs: what they reach, and what becomes
 * of either when they share a VMID.
 */

#include <string.h>
#include <sbi_covh/test.h>
#include <guest/clash.h>
#include <host/attack.h>
#include <host/vm.h>
#include "world.h"

/* What guest "outside" does at VM_FOREIGN */
enum { TOUCH_LOAD, TOUCH_STORE, TOUCH_JUMP, TOUCHES };

static const unsigned long fault[] = { CAUSE_LOAD_ACCESS, CAUSE_STORE_ACCESS,
				       CAUSE_FETCH_ACCESS };
/* QEMU 7.2's name for what PMP denies under a G-stage */
static const unsigned long page_fault[] = { CAUSE_LOAD_GPF, CAUSE_STORE_GPF,
					    CAUSE_FETCH_GPF };

/* Guest "outside" with @pa at VM_FOREIGN, until it stops */
static void touch(struct vm *vm, unsigned long pa, unsigned int how,
		  unsigned long hedeleg)
{
	vm_create(vm, "outside", how, 1);
	vm_map(vm, pa);
	vm_load(vm, hedeleg);
	while (vm_run_once(vm))
		;
	vm_unload();
	vm_destroy(vm);
}

/* The trap that the VM took goes to the host, and nothing was moved */
static void check_denied_vm(unsigned long pa)
{
	struct vm vm;
	unsigned int how;

	for (how = 0; how < TOUCHES; how++) {
		touch(&vm, pa, how, 0);
		if (vm.done)
			FAIL("VM reached 0x%lx: %s", pa, vm.output);
		if (vm.vs.scause != fault[how] &&
		    vm.vs.scause != page_fault[how])
			FAIL("VM at 0x%lx: scause %lu, not %lu", pa,
			     vm.vs.scause, fault[how]);
		CHECK_EQ(vm.vs.stval, VM_FOREIGN);
		if (how == TOUCH_JUMP)
			CHECK_EQ(vm.vs.pc, VM_FOREIGN);
		CHECK(!strstr(vm.output, "loaded"));
	}
}

static void positive(void)
{
	unsigned long *page = page_zalloc(1, PAGE_SIZE);
	struct vm vm;

	page[0] = 0x8067; /* ret */
	touch(&vm, pa(page), TOUCH_LOAD, 0);
	CHECK(vm.done && strstr(vm.output, "loaded=0x8067\n"));
	touch(&vm, pa(page), TOUCH_JUMP, 0);
	CHECK(vm.done && strstr(vm.output, "survived=1\n"));
	touch(&vm, pa(page), TOUCH_STORE, 0);
	CHECK(vm.done && strstr(vm.output, "survived=1\n"));
	CHECK_EQ(page[0], 1);
	page_free(page, 1);
}

static void attack(bool window)
{
	struct tvm *t = test_victim(window, 1);
	const unsigned long page[] = { t->first_page, t->pgd,
				       t->pt,	      t->state,
				       t->vcpu_state, blank_page(t) };
	struct watch w = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(page); i++)
		watch_add(&w, page[i], 1);
	watch_start(&w);
	for (i = 0; i < ARRAY_SIZE(page); i++)
		check_denied_vm(page[i]);
	CHECK(watch_same(&w));
	/* Once more while the TVM is between two runs */
	CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
	watch_start(&w);
	for (i = 0; i < ARRAY_SIZE(page); i++)
		check_denied_vm(page[i]);
	CHECK(watch_same(&w));
	CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
}

static void pool(void)
{
	attack(false);
}

static void window(void)
{
	attack(true);
}

/* A host that lets its VM handle access faults: the VM sees it, the host not */
static void delegated(void)
{
	struct tvm *t = test_victim(!free_pool.nr, 0);
	unsigned int how;
	char line[32];
	struct vm vm;

	for (how = 0; how < TOUCHES; how++) {
		touch(&vm, t->first_page, how,
		      1UL << CAUSE_LOAD_ACCESS | 1UL << CAUSE_STORE_ACCESS |
			      1UL << CAUSE_FETCH_ACCESS);
		CHECK(!strstr(vm.output, "loaded") &&
		      !strstr(vm.output, "survived"));
		if (!vm.done && vm.vs.scause == page_fault[how])
			continue;
		snprintf(line, sizeof(line), "scause 0x%lx,", fault[how]);
		if (!vm.done || !strstr(vm.output, line))
			FAIL("scause %lu, guest: %s", vm.vs.scause, vm.output);
	}
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
}

static void firmware(void)
{
	const struct phys_range *r;
	unsigned int i;

	for (i = 0; i < (unsigned int)machine.nr_reserved; i++) {
		r = &machine.reserved[i];
		if (r->start == machine.fdt.start ||
		    r->start == machine.initrd.start)
			continue;
		check_denied_vm(r->start);
		check_denied_vm(r->end - PAGE_SIZE);
	}
	if (machine.pool.start)
		check_denied_vm(machine.pool.start - PAGE_SIZE);
}

#define ROUNDS 1000

/* VMIDs of TVMs go downwards from the highest one */
static unsigned long vmid_of(const struct tvm *t)
{
	return 0x3fff - ((t->id & 0xffff) - 1);
}

static void check_sum(const char *who, const char *out, unsigned long arg)
{
	unsigned long pages = sizeof(clash_pages) / PAGE_SIZE;
	void *work = page_alloc(pages, PAGE_SIZE);
	char line[32];

	snprintf(line, sizeof(line), "sum=0x%lx\n", clash_expected(work, arg));
	page_free(work, pages);
	if (!strstr(out, line))
		FAIL("%s: expected %s, got: %s", who, line, out);
}

static bool vmid_seen;

/* Around the newest run: in and out, the TVM's VMID has been flushed */
static void check_flushed(unsigned long host_hgatp)
{
	unsigned long arg, i, flushes = 0;
	unsigned int ev;

	if (!debug_present())
		return;
	for (i = 0; i < 16; i++) {
		ev = world_log(i, &arg);
		if (ev == COVH_LOG_HFENCE_VVMA) {
			CHECK_EQ(arg >> 44 & 0x3fff, host_hgatp >> 44 & 0x3fff);
			flushes++;
		}
		if (ev == COVH_LOG_HGATP && flushes == 0)
			CHECK_EQ(arg, host_hgatp);
		if (ev == COVH_LOG_HGATP && flushes == 2) {
			CHECK(arg != host_hgatp);
			vmid_seen = true;
			return;
		}
	}
	FAIL("no whole run in the log: %lu flushes", flushes);
}

/* One entry of the VM for each run of the TVM, until both are done */
static void alternate(struct tvm *t, struct vm *vm, bool log)
{
	enum tvm_result r = TVM_CONTINUE;
	bool more = true;

	while (more || r == TVM_CONTINUE) {
		if (more) {
			/* The VM too is stopped in the middle of a pass */
			timer_set(time_now() + time_us(300));
			csr_set(sie, SIP_STIP);
			more = vm_run_once(vm);
			timer_clear();
		}
		if (r != TVM_CONTINUE)
			continue;
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(csr_read(CSR_HGATP), vm->hgatp);
		if (log)
			check_flushed(vm->hgatp);
		r = tvm_handle_exit(t);
	}
	csr_clear(sie, SIP_STIP);
	CHECK_EQ(r, TVM_SHUTDOWN);
}

static void same_hart(void)
{
	struct tvm_config cfg = { .lazy = true, .window = !free_pool.nr };
	unsigned int i;
	struct tvm *t;
	struct vm vm;

	cfg.tick = time_us(300);
	vmid_seen = false;
	/* The second TVM has the place, and the VMID, of the first */
	for (i = 0; i < 2; i++) {
		t = test_guest("clash", &cfg, CLASH_ARG(10 + i, ROUNDS));
		vm_create(&vm, "clash", CLASH_ARG(20 + i, ROUNDS), vmid_of(t));
		vm_load(&vm, 0);
		alternate(t, &vm, true);
		vm_unload();
		check_sum("TVM", t->output, CLASH_ARG(10 + i, ROUNDS));
		CHECK(vm.done);
		check_sum("VM", vm.output, CLASH_ARG(20 + i, ROUNDS));
		NOTE("%lu runs, %lu interrupts", t->runs, t->interrupts);
		CHECK(t->interrupts > 0);
		vm_destroy(&vm);
		CHECK_EQ(tvm_destroy(t), 0);
	}
	if (debug_present())
		CHECK(vmid_seen);
}

static long run_vm(void *arg)
{
	struct vm *vm = arg;

	vm_load(vm, 0);
	while (vm_run_once(vm))
		;
	vm_unload();
	return vm->done;
}

static void other_hart(void)
{
	struct tvm_config cfg = { .lazy = true, .window = !free_pool.nr };
	struct hart *h = test_second_hart();
	struct vm here, there;
	struct tvm *t;

	cfg.tick = time_us(300);
	t = test_guest("clash", &cfg, CLASH_ARG(1, ROUNDS));
	vm_create(&here, "clash", CLASH_ARG(2, ROUNDS), vmid_of(t));
	vm_create(&there, "clash", CLASH_ARG(3, 2 * ROUNDS), vmid_of(t));
	hart_post(h, run_vm, &there);
	vm_load(&here, 0);
	alternate(t, &here, false);
	vm_unload();
	CHECK_EQ(hart_wait(h), true);
	check_sum("TVM", t->output, CLASH_ARG(1, ROUNDS));
	check_sum("VM here", here.output, CLASH_ARG(2, ROUNDS));
	check_sum("VM there", there.output, CLASH_ARG(3, 2 * ROUNDS));
	vm_destroy(&here);
	vm_destroy(&there);
}

TEST_GROUP(ordinary, { "an ordinary VM reaches what is the host's", positive },
	   { "T-03 an ordinary VM at the pages of a TVM, pool", pool },
	   { "T-03 an ordinary VM at the pages of a TVM, window", window },
	   { "T-03 the same when the VM handles its access faults", delegated },
	   { "T-02 an ordinary VM at firmware, page records, trampoline",
	     firmware },
	   { "T-52 an ordinary VM and a TVM, one VMID, one hart", same_hart },
	   { "T-52 ordinary VMs and a TVM, one VMID, two harts", other_hart });

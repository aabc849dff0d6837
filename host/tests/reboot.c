/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T-72 over two boots, with boot argument reboot=HOW. The first leaves TVMs
 * with something in their pages; the second looks for it. A page of ordinary
 * RAM, which survives, says where those pages are.
 *
 *	1	a reset through SRST
 *	2	the same while another hart starts
 *	3	a reset from outside: the runner sees the line "reset me" and
 *		makes one
 *	4	the same, where pages that the boot loader fills again are
 *		confidential
 *	5	through SRST, with a guest's V registers in another hart
 */

#include <string.h>
#include <guest/units.h>
#include "puppet.h"

#define MAGIC 0x7e570072a5a50072UL
/* What guest peek fills its pages with, plus the page's number */
#define FILL	   0x5ec4e75ec4e75ec4UL
#define FILL_PAGES 64UL
#define MAX_RANGES 8
/* Its constant may stand in a copy of the guest's code */
#define FEW_MATCHES 8

enum how { SRST = 1, LATE, OUTSIDE, LOADER, VECTOR };

struct note {
	unsigned long magic;
	unsigned long nr;
	struct conf_range range[MAX_RANGES];
	/** LOADER: sum over the initrd's bytes */
	unsigned long sum;
};

static struct note *find_note(void)
{
	unsigned long at = ranges_alloc_top(&free_ram, PAGE_SIZE, PAGE_SIZE);

	CHECK(at);
	return (struct note *)at;
}

static void remember(struct note *note, const struct conf *c)
{
	int i;

	for (i = 0; i < c->nr; i++) {
		CHECK(note->nr < MAX_RANGES);
		note->range[note->nr++] = c->range[i];
	}
}

static struct tvm *fill(bool window)
{
	struct tvm_config cfg = { .window = window, .lazy = true };
	struct tvm *t = test_guest("peek", &cfg, 0);

	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	return t;
}

static long spin(void *arg)
{
	return (long)tvm_run(arg, 0);
}

/* A vCPU that is inside while the machine goes down */
static void start_spinner(void)
{
	struct tvm_config cfg = { .window = !free_pool.nr,
				  .tick = time_us(1000) };
	struct tvm *t = test_guest("spin", &cfg, 0);
	struct hart *h = hart_get(1);

	CHECK_EQ(hart_start(h), 0);
	hart_post(h, spin, t);
	while (!strstr((const char *)t->output, "spin=1\n"))
		time_delay(100);
}

/* What a hart needs that nobody has prepared: NACL memory, then RUN for ever
 * with a timer that ends each run */
static unsigned long late[4];

__asm__(".text\n"
	".balign 4\n"
	"late_entry:\n"
	"	mv	s0, a1\n"
	"	ld	a0, 0(s0)\n"
	"	li	a1, 0\n"
	"	li	a2, 0\n"
	"	li	a6, 1\n"
	"	li	a7, 0x4E41434C\n"
	"	ecall\n"
	"	li	t0, 0x20\n"
	"	csrw	sie, t0\n"
	"1:	csrr	t0, time\n"
	"	addi	t0, t0, 300\n"
	"	csrw	0x14d, t0\n"
	"	ld	a0, 8(s0)\n"
	"	li	a1, 0\n"
	"	ld	a6, 16(s0)\n"
	"	ld	a7, 24(s0)\n"
	"	ecall\n"
	"	j	1b\n");
extern char late_entry[];

/* Confidential pages behind those that count: who writes to these has the time
 * until all are cleared */
static void lengthen_scrub(void)
{
	struct ranges *from = free_pool.nr ? &free_pool : &free_ram;
	unsigned long n = 8192;
	unsigned long base = ranges_alloc_top(from, n * PAGE_SIZE, PAGE_SIZE);

	CHECK(base);
	CHECK_EQ(covh_convert_pages(base, n).error, 0);
}

/* A hart that is about to start when the reset comes, and then runs a TVM
 * whose pages are among the first that are cleared */
static void start_late(struct note *note)
{
	struct tvm_config cfg = { .tick = time_us(1000) };
	struct tvm *t;
	int i;

	cfg.window = !free_pool.nr;
	t = test_guest("spin", &cfg, 0);
	while (!strstr(t->output, "spin=1\n")) {
		CHECK_EQ(tvm_run_once(t, 0), TVM_CONTINUE);
		CHECK_EQ(tvm_handle_exit(t), TVM_CONTINUE);
	}
	timer_clear();
	remember(note, &t->conf);
	lengthen_scrub();
	late[0] = pa(page_zalloc(COVH_NACL_SHMEM_SIZE / PAGE_SIZE, PAGE_SIZE));
	late[1] = t->id;
	late[2] = covh_numbers[COVH_RUN_TVM_VCPU];
	late[3] = COVH_EID_COVH;
	note->magic = MAGIC;
	__asm__ __volatile__("fence rw, rw" ::: "memory");
	for (i = 0; i < machine.nr_harts; i++) {
		if (sbi_call(SBI_EID_HSM, SBI_HSM_STATUS, machine.hartid[i])
				    .value == SBI_HSM_STOPPED &&
		    !sbi_call(SBI_EID_HSM, SBI_HSM_START, machine.hartid[i],
			      (unsigned long)late_entry, pa(late))
			     .error)
			break;
	}
}

/* The vCPU polls for its next command, in the same run */
static void far_insn(struct puppet *p, uint32_t insn, uint64_t a1)
{
	puppet_regs(p, 0)->in[REG_A0 + 1] = a1;
	if (puppet_far(p, 0, PUPPET_INSN, p->data, insn, 1) != PUPPET_NO_TRAP)
		SKIP("a guest has no V here");
}

static void start_vector(void)
{
	static struct puppet p;

	puppet_make(&p, 1);
	puppet_park(&p, 0, test_second_hart(), false);
	/* vsetvli a0, zero, e64, m8; vmv.v.x v0, a1; v8; ... */
	far_insn(&p, 0x0db07557, 0);
	far_insn(&p, 0x5e05c057, FILL);
	far_insn(&p, 0x5e05c457, FILL);
	far_insn(&p, 0x5e05c857, FILL);
	far_insn(&p, 0x5e05cc57, FILL);
}

/* A hart starts with nothing of a guest's in its V registers */
static long look_at_vector(void *arg)
{
	static struct units u;
	unsigned long i, val, n = 0;

	(void)arg;
	csr_set(sstatus, SSTATUS_FS | SSTATUS_VS);
	units_store(&u, true);
	for (i = 0; i < 32 * units_vlenb(); i += sizeof(val)) {
		memcpy(&val, u.v + i, sizeof(val));
		n += val == FILL;
	}
	csr_clear(sstatus, SSTATUS_VS);
	return (long)n;
}

static void check_vector(void)
{
	int i;

	for (i = 0; i < hart_count(); i++) {
		if (hart_get(i) != this_hart())
			CHECK_EQ(hart_start(hart_get(i)), 0);
		CHECK_EQ(hart_call(hart_get(i), look_at_vector, NULL), 0);
	}
}

static unsigned long matches(unsigned long page)
{
	unsigned long i, val, n = 0;

	for (i = page; i < page + PAGE_SIZE; i += 8) {
		if (probe_load(page, NULL)) {
			if (!peek(i, &val))
				return 0;
		} else {
			val = *(volatile unsigned long *)i;
		}
		n += val - FILL < FILL_PAGES;
	}
	return n;
}

/* There is something to find, as far as one can see */
static void check_filled(const struct note *note)
{
	unsigned long r, i, n = 0;

	if (!debug_present())
		return;
	for (r = 0; r < note->nr; r++) {
		for (i = 0; i < note->range[r].pages; i++)
			n += matches(note->range[r].base + (i << PAGE_SHIFT)) ==
			     PAGE_SIZE / 8;
	}
	NOTE("%lu pages are filled", n);
	CHECK(n >= FILL_PAGES);
}

static unsigned long initrd_sum(void)
{
	const uint8_t *p = (const uint8_t *)machine.initrd.start;
	unsigned long sum = 0;

	for (; p < (const uint8_t *)machine.initrd.end; p++)
		sum = sum * 31 + *p;
	return sum;
}

static void write_canary(unsigned long from, unsigned long to)
{
	for (from = ALIGN_UP(from, 8); from < to; from += 8)
		*(volatile unsigned long *)from = FILL;
}

/*
 * What the boot loader has filled, initrd and device tree, is RAM like any
 * other and can become confidential; then it is filled again. What the loader
 * leaves of the last page must not come through.
 */
static void convert_loaded(struct note *note)
{
	const struct phys_range *r[] = { &machine.initrd, &machine.fdt };
	unsigned long start, end;
	unsigned int i;
	long err;

	need_windows(2);
	note->sum = initrd_sum();
	for (i = 0; i < ARRAY_SIZE(r); i++) {
		start = ALIGN_DOWN(r[i]->start, PAGE_SIZE);
		end = ALIGN_UP(r[i]->end, PAGE_SIZE);
		write_canary(r[i]->end, end);
		err = covh_convert_pages(start, (end - start) >> PAGE_SHIFT)
			      .error;
		/* PMP entries may be short for the second */
		if (!i || err != SBI_ERR_FAILED)
			CHECK_EQ(err, 0);
		if (!err)
			NOTE("confidential: 0x%lx-0x%lx", start, end);
	}
	CHECK_EQ(conf_fence(), 0);
	check_denied(ALIGN_DOWN(machine.initrd.start, PAGE_SIZE));
}

/* The initrd is the one that the loader brought, with nothing behind it */
static void check_loaded(const struct note *note)
{
	unsigned long at = ALIGN_UP(machine.initrd.end, 8);

	CHECK_EQ(initrd_sum(), note->sum);
	for (; at < ALIGN_UP(machine.initrd.end, PAGE_SIZE); at += 8)
		CHECK_EQ(*(volatile unsigned long *)at, 0);
}

static void reset(enum how how)
{
	if (how == OUTSIDE || how == LOADER) {
		printf("host: reset me\n");
		time_delay(60 * 1000000UL);
		FAIL("nobody has reset the machine");
	}
	sbi_call(SBI_EID_SRST, 0, SBI_SRST_COLD_REBOOT, SBI_SRST_NO_REASON);
	FAIL("SRST came back");
}

static void first_boot(struct note *note, enum how how)
{
	memset(note, 0, PAGE_SIZE);
	if (how == LATE) {
		start_late(note);
		reset(how);
	}
	if (how == LOADER) {
		convert_loaded(note);
	} else if (how == VECTOR) {
		start_vector();
	} else {
		if (free_pool.nr)
			remember(note, &fill(false)->conf);
		remember(note, &fill(true)->conf);
		check_filled(note);
		if (hart_count() > 1)
			start_spinner();
	}
	note->magic = MAGIC;
	__asm__ __volatile__("fence rw, rw" ::: "memory");
	reset(how);
}

static void check_page(unsigned long page, bool pool)
{
	unsigned long i, val;

	if (pool)
		check_denied(page);
	for (i = page; i < page + PAGE_SIZE; i += 8) {
		if (pool) {
			if (!peek(i, &val))
				return;
		} else {
			CHECK_EQ(probe_load(i, &val), 0);
		}
		if (val)
			FAIL("0x%lx holds 0x%lx after the reset", i, val);
	}
}

static void second_boot(struct note *note)
{
	unsigned long r, i, at, n;
	const unsigned long *p;
	int k;

	note->magic = 0;
	CHECK(note->nr <= MAX_RANGES);
	for (r = 0; r < note->nr; r++) {
		NOTE("former pages 0x%lx, %lu", note->range[r].base,
		     note->range[r].pages);
		for (i = 0; i < note->range[r].pages; i++)
			check_page(note->range[r].base + (i << PAGE_SHIFT),
				   note->range[r].pool);
	}
	/* And nowhere else in what the host can read */
	for (k = 0; k < free_ram.nr; k++) {
		for (at = free_ram.r[k].start; at < free_ram.r[k].end;
		     at += PAGE_SIZE) {
			p = (const unsigned long *)at;
			for (n = 0, i = 0; i < PAGE_SIZE / 8; i++)
				n += p[i] - FILL < FILL_PAGES;
			if (n > FEW_MATCHES)
				FAIL("0x%lx: %lu words of a guest", at, n);
		}
	}
}

static void reboot(void)
{
	unsigned long how = bootarg_ulong("reboot", 0);
	struct note *note;

	if (!how)
		SKIP("needs boot argument reboot=1 and a group of its own");
	note = find_note();
	if (note->magic == MAGIC) {
		CHECK(note->nr || how >= LOADER);
		second_boot(note);
		if (how == LOADER)
			check_loaded(note);
		if (how == VECTOR)
			check_vector();
	} else {
		first_boot(note, how);
	}
	page_free(note, 1);
}

TEST_GROUP(reboot, { "T-72 nothing of a TVM survives a reset", reboot });

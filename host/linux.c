/* SPDX-License-Identifier: BSD-2-Clause */
/* Operating systems as TVMs: run them together, clean up. */

#include <string.h>
#include <host/console.h>
#include <host/demo.h>
#include <host/show.h>
#include <host/work.h>
#include "linux.h"

#define MAX_GUESTS 4
/* Input is looked for this often at most */
#define POLL_US 2000

static struct guest guests[MAX_GUESTS];
static struct tvm *tvms[MAX_GUESTS];
static int nr_guests;

/* The console's input goes to the first guest that still runs */
static struct tvm *reader(void)
{
	int i;

	for (i = 0; i < nr_guests; i++) {
		tvms[i]->cfg.input = tvms[i]->result == TVM_CONTINUE;
		if (tvms[i]->cfg.input)
			return tvms[i];
	}
	return NULL;
}

static void poll_input(struct tvm *t)
{
	unsigned int room = devices_room(t), i, n;
	char buf[UART_FIFO];

	n = room ? (unsigned int)console_read(buf, room) : 0;
	for (i = 0; i < n; i++)
		devices_input(t, (uint8_t)buf[i]);
}

static void between(struct tvm_set *s)
{
	static unsigned long next;
	struct tvm *t = reader();
	int i;

	if (time_now() < next)
		return;
	next = time_now() + time_us(POLL_US);
	work_step();
	if (t)
		poll_input(t);
	for (i = 0; i < s->nr; i++) {
		devices_step(s->tvm[i]);
		tvm_flush(s->tvm[i], false);
	}
}

static void run(void)
{
	struct tvm_set s = { .tvm = tvms, .nr = nr_guests, .between = between };
	long err;
	int i;

	printf("host: run; what follows is the console of %s\n",
	       nr_guests > 1 ? "all of them, input goes to the first"
			     : "the guest");
	work_begin();
	err = tvm_run_set(&s, 0);
	if (err)
		fail("cannot run: %s (%ld)", sbi_strerror(err), err);
	for (i = 0; i < nr_guests; i++)
		tvm_flush(tvms[i], true);
	work_end();
}

/* True if the guest asks for another start */
static bool show_end(const struct guest *g)
{
	const struct tvm *t = &g->tvm;
	bool again = t->exit.a[0] != SBI_SRST_SHUTDOWN;

	if (t->result == TVM_ERROR)
		fail("%s: %s: %s", g->name, t->step, tvm_describe_exit(t));
	if (t->result != TVM_SHUTDOWN)
		fail("%s died: %s", g->name, tvm_describe_exit(t));
	if (t->exit.a[1])
		fail("%s shut down, reason %lu (a failure)", g->name,
		     t->exit.a[1]);
	printf("host: %s %s; %lu runs: %lu calls, %lu page faults (%lu of "
	       "2 MiB), %lu MMIO loads, %lu MMIO stores, %lu waits, %lu host "
	       "interrupts\n",
	       g->name, again ? "reboots" : "shut down", t->runs, t->ecalls,
	       t->faults, t->huge_faults, t->mmio_loads, t->mmio_stores,
	       t->wfis, t->interrupts);
	return again;
}

/* Every page is where it came from, and empty */
static void destroy(struct guest *g)
{
	struct conf old = g->tvm.conf;
	void *fdt = (void *)g->tvm.cfg.file[0].data;
	size_t size = g->tvm.cfg.file[0].size;
	unsigned long end;
	int i;

	show_denied("a guest page", g->tvm.first_page);
	linux_check(g, tvm_destroy(&g->tvm));
	page_free(fdt, ALIGN_UP(size, PAGE_SIZE) >> PAGE_SHIFT);
	for (i = 0; i < old.nr; i++) {
		end = old.range[i].base + (old.range[i].pages << PAGE_SHIFT);
		if (!ranges_contain(old.range[i].pool ? &free_pool : &free_ram,
				    old.range[i].base, end))
			fail("%s: 0x%lx to 0x%lx is not free again", g->name,
			     old.range[i].base, end - 1);
		if (old.range[i].pool)
			continue;
		show_zeros(old.range[i].base);
		show_zeros(end - PAGE_SIZE);
	}
	printf("host: %s destroyed, pages reclaimed\n", g->name);
}

/* True if it is to be done again: with several, those that reboot just end */
static bool once(void)
{
	bool again = false;
	int i;

	for (i = 0; i < nr_guests; i++)
		linux_build(&guests[i], nr_guests == 1);
	run();
	for (i = 0; i < nr_guests; i++)
		again |= show_end(&guests[i]);
	for (i = 0; i < nr_guests; i++)
		destroy(&guests[i]);
	return again && nr_guests == 1;
}

static void read_names(char *names)
{
	char *comma;

	while (names) {
		if (nr_guests == MAX_GUESTS)
			fail("more than %d guests", MAX_GUESTS);
		comma = strchr(names, ',');
		if (comma)
			*comma++ = '\0';
		guests[nr_guests].name = names;
		tvms[nr_guests] = &guests[nr_guests].tvm;
		nr_guests++;
		names = comma;
	}
}

void linux_main(char *names)
{
	show_tsm();
	read_names(names);
	while (once())
		;
	printf("host: done, power off\n");
	sbi_shutdown(true);
}

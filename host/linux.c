/* SPDX-License-Identifier: BSD-2-Clause */
/* Operating systems as TVMs: build them, run them together, clean up. */

#include <string.h>
#include <host/console.h>
#include <host/demo.h>
#include <host/guest_fdt.h>
#include <host/show.h>
#include <host/tvm.h>
#include <host/work.h>

#define MAX_GUESTS 4
/* The host wants its hart back this often, as an operating system would */
#define TICK_US 10000
/* Input is looked for this often at most */
#define POLL_US 2000
#define MIB	(1UL << 20)

struct guest {
	const char *name;
	struct tvm tvm;
	struct devices devices;
	struct guest_layout layout;
	struct measure predicted;
};

static struct guest guests[MAX_GUESTS];
static struct tvm *tvms[MAX_GUESTS];
static int nr_guests;

static void find(const struct guest *g, const char *file, const void **data,
		 size_t *size)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", g->name, file);
	if (!image_find(path, data, size))
		fail("there is no file %s in the initrd", path);
}

/* libfdt wants it aligned */
static const void *find_fdt(const struct guest *g, size_t *size)
{
	const void *data;
	void *copy;

	find(g, "dtb", &data, size);
	copy = page_alloc(ALIGN_UP(*size, PAGE_SIZE) >> PAGE_SHIFT, PAGE_SIZE);
	return memcpy(copy, data, *size);
}

static void read_config(struct guest *g, struct tvm_config *cfg)
{
	struct guest_layout *l = &g->layout;
	struct tvm_file *f = cfg->file;
	const char *bad;

	memset(cfg, 0, sizeof(*cfg));
	f[0].data = find_fdt(g, &f[0].size);
	bad = guest_fdt_parse(l, f[0].data);
	if (bad)
		fail("%s: %s", g->name, bad);
	f[0].gpa = l->fdt;
	find(g, "Image", &f[1].data, &f[1].size);
	f[1].gpa = l->kernel;
	find(g, "initrd", &f[2].data, &f[2].size);
	f[2].gpa = l->initrd.start;
	if (f[2].size != l->initrd.end - l->initrd.start)
		fail("%s: the initrd is not as long as the device tree says",
		     g->name);
	cfg->nr_file = 3;
	find(g, "loader.elf", &cfg->elf, &cfg->elf_size);
	cfg->ram = l->ram;
	cfg->huge = true;
	cfg->window = !free_pool.nr;
	cfg->vcpus = l->vcpus;
	cfg->arg = l->fdt;
	cfg->tick = time_us(TICK_US);
	cfg->echo = true;
	cfg->name = nr_guests > 1 ? g->name : NULL;
	cfg->input = g == guests;
}

static void show_files(const struct guest *g)
{
	const struct tvm_file *f = g->tvm.cfg.file;

	printf("host: %s: %u vCPUs, %lu MiB at 0x%lx\n", g->name,
	       g->layout.vcpus, (g->layout.ram.end - g->layout.ram.start) / MIB,
	       g->layout.ram.start);
	printf("host: kernel %lu KiB at 0x%lx, initrd %lu KiB at 0x%lx, device "
	       "tree at 0x%lx, loader at 0x%lx\n",
	       f[1].size >> 10, f[1].gpa, f[2].size >> 10, f[2].gpa, f[0].gpa,
	       g->tvm.image.entry);
}

static void check(const struct guest *g, long err)
{
	if (err)
		fail("%s: %s: %s (%ld)", g->name, g->tvm.step,
		     sbi_strerror(err), err);
}

static void progress(const struct tvm *t, unsigned long done)
{
	unsigned long before = (done - HUGE_PAGES) * 10 / t->nr_measured;
	unsigned long now = done * 10 / t->nr_measured;

	if (now != before)
		printf(" %lu%%", now * 10);
}

static long predict(void *arg)
{
	struct guest *g = arg;

	tvm_predict(&g->tvm, &g->predicted);
	return 0;
}

/* The host computes the same beside it, on another hart if there is one */
static void measure(struct guest *g)
{
	struct hart *other = hart_get(hart_count() > 1);
	unsigned long start = time_now();

	printf("host: measuring %lu MiB:",
	       g->tvm.nr_measured * PAGE_SIZE / MIB);
	if (hart_start(other))
		fail("cannot start hart %lu", other->id);
	if (other != this_hart())
		hart_post(other, predict, g);
	check(g, tvm_add_pages(&g->tvm));
	if (other == this_hart())
		predict(g);
	else
		hart_wait(other);
	printf(", %lu ms\n", (time_now() - start) / time_us(1000));
}

static void show_register(int reg, const uint8_t *digest)
{
	char hex[DIGEST_HEX_SIZE];

	digest_to_hex(digest, hex);
	printf("predicted   %d: %s\n", reg, hex);
}

static void build(struct guest *g)
{
	struct tvm *t = &g->tvm;
	struct tvm_config cfg;
	const char *bad;
	unsigned int v;
	int i;

	read_config(g, &cfg);
	cfg.progress = progress;
	bad = tvm_plan(t, &cfg);
	if (bad)
		fail("%s: %s", g->name, bad);
	show_files(g);
	g->devices = (struct devices){ .uart_at = g->layout.uart_at,
				       .plic_at = g->layout.plic_at,
				       .uart_source = g->layout.uart_source };
	devices_init(&g->devices, t);
	check(g, tvm_convert(t));
	for (i = 0; i < t->conf.nr; i++)
		show_conversion(&t->conf.range[i]);
	check(g, tvm_create(t));
	check(g, tvm_add_regions(t));
	measure(g);
	for (v = 0; v < t->cfg.vcpus; v++)
		check(g, tvm_add_vcpu(t, v));
	check(g, tvm_finalize(t));
	show_register(COVH_MSMT_TVM_CODE, g->predicted.code);
	show_register(COVH_MSMT_TVM_CONFIG, g->predicted.config);
	printf("host: TVM 0x%lx is ready\n", t->id);
}

/* The console's input goes to the first guest */
static void poll_input(void)
{
	unsigned int room = devices_room(tvms[0]), i, n;
	char buf[UART_FIFO];

	n = room ? (unsigned int)console_read(buf, room) : 0;
	for (i = 0; i < n; i++)
		devices_input(tvms[0], (uint8_t)buf[i]);
}

static void between(struct tvm_set *s)
{
	static unsigned long next;
	int i;

	if (time_now() < next)
		return;
	next = time_now() + time_us(POLL_US);
	work_step();
	poll_input();
	for (i = 0; i < s->nr; i++)
		tvm_flush(s->tvm[i]);
}

static void run(void)
{
	struct tvm_set s = { .tvm = tvms, .nr = nr_guests, .between = between };
	long err;

	printf("host: run; what follows is the console of %s\n",
	       nr_guests > 1 ? "all of them, input goes to the first"
			     : "the guest");
	work_begin();
	err = tvm_run_set(&s, 0);
	if (err)
		fail("cannot run: %s (%ld)", sbi_strerror(err), err);
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
	check(g, tvm_destroy(&g->tvm));
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
		build(&guests[i]);
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

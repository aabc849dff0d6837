/* SPDX-License-Identifier: BSD-2-Clause */
/* Operating systems as TVMs: from files to a TVM. */

#include <string.h>
#include <host/console.h>
#include <host/show.h>
#include "linux.h"

/* The host wants its hart back this often, as an operating system would */
#define TICK_US 10000
#define MIB	(1UL << 20)

void linux_check(const struct guest *g, long err)
{
	if (err)
		fail("%s: %s: %s (%ld)", g->name, g->tvm.step,
		     sbi_strerror(err), err);
}

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
	linux_check(g, tvm_add_pages(&g->tvm));
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

void linux_build(struct guest *g, bool alone)
{
	struct tvm *t = &g->tvm;
	struct tvm_config cfg;
	const char *bad;
	unsigned int v;
	int i;

	read_config(g, &cfg);
	cfg.name = alone ? NULL : g->name;
	cfg.progress = progress;
	cfg.on_line = bootarg_ulong("counters", 0) ? linux_count : NULL;
	bad = tvm_plan(t, &cfg);
	if (bad)
		fail("%s: %s", g->name, bad);
	show_files(g);
	g->devices = (struct devices){ .uart_at = g->layout.uart_at,
				       .plic_at = g->layout.plic_at,
				       .uart_source = g->layout.uart_source };
	devices_init(&g->devices, t);
	linux_check(g, tvm_convert(t));
	for (i = 0; i < t->conf.nr; i++)
		show_conversion(&t->conf.range[i]);
	linux_check(g, tvm_create(t));
	linux_check(g, tvm_add_regions(t));
	measure(g);
	for (v = 0; v < t->cfg.vcpus; v++)
		linux_check(g, tvm_add_vcpu(t, v));
	linux_check(g, tvm_finalize(t));
	show_register(COVH_MSMT_TVM_CODE, g->predicted.code);
	show_register(COVH_MSMT_TVM_CONFIG, g->predicted.config);
	printf("host: TVM 0x%lx is ready\n", t->id);
}

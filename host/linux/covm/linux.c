/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux kernel: the guest loader, the device tree, the kernel and an initrd,
 * each at its place. An ordinary guest has no loader.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "die.h"
#include "fdt.h"
#include "file.h"
#include "kernel.h"
#include "memory.h"
#include "number.h"
#include "plan.h"

#define MAX_LOADER (16 * MIB)
/* In front of what the user appends */
#define BOOTARGS "console=ttyS0 earlycon=sbi"

extern const uint8_t loader_start[], loader_end[];

static void put_file(struct plan *p, const struct file *f, uint64_t gpa)
{
	const char *bad = image_add(&p->image, gpa, NULL, f->size);
	void *to = plan_at(p, gpa, f->size);

	if (bad || !to)
		die("%s: %s", f->path,
		    bad ? bad : "lies outside of guest memory");
	file_read(f, 0, to, f->size);
}

/* Where the initrd goes and ends, in a guest that has room for it all */
static void place(const struct options *o, const struct file *kernel,
		  const struct file *initrd, struct fdt_config *c)
{
	uint8_t head[KERNEL_HEADER];
	uint64_t size = 0, least;
	const char *bad;

	if (kernel->size < sizeof(head))
		die("%s: not a Linux kernel image", kernel->path);
	file_read(kernel, 0, head, sizeof(head));
	bad = kernel_size(head, kernel->size, &size);
	if (bad)
		die("%s: %s", kernel->path, bad);
	c->initrd_start = kernel_end(size);
	c->initrd_end = c->initrd_start + (initrd ? initrd->size : 0);
	least = kernel_least(c->initrd_end, o->vcpus);
	if (o->memory < least)
		die("too little memory for these files: --memory %luM at least",
		    least / MIB);
	if (!initrd)
		c->initrd_start = c->initrd_end = 0;
}

static char *bootargs(const struct options *o)
{
	const char *more = o->append ? o->append : "";
	char *text = xzalloc(sizeof(BOOTARGS) + 1 + strlen(more));
	const char *p;

	for (p = more; *p; p++) {
		if (!isascii(*p) || !isprint((unsigned char)*p))
			die_usage("--append: not plain text");
	}
	sprintf(text, "%s%s%s", BOOTARGS, *more ? " " : "", more);
	return text;
}

static void put_fdt(struct plan *p, struct fdt_config *c,
		    const struct options *o)
{
	char bad[ISA_NAME], *text = bootargs(o);
	const char *why = isa_make(&c->isa, o->isa, bad);
	size_t size;
	void *blob;

	if (why)
		die_usage("--isa: %s: %s", bad, why);
	/* A TVM's is measured, and the loader fills it in */
	if (o->kvm &&
	    getrandom(c->seed, sizeof(c->seed), 0) != (ssize_t)sizeof(c->seed))
		die_errno("getrandom");
	c->bootargs = text;
	c->memory = p->size;
	c->vcpus = p->vcpus;
	blob = fdt_make(c, &size);
	if (size > GUEST_KERNEL - GUEST_DTB)
		die_usage("--append: too long");
	if (image_add(&p->image, GUEST_DTB, NULL, size))
		die("the loader lies where the device tree has to be");
	memcpy(plan_at(p, GUEST_DTB, size), blob, size);
	free(blob);
	free(text);
}

/* The first code of a TVM; its segments are there before anything else */
static void put_loader(struct plan *p, const struct options *o)
{
	const char *what = o->loader ? o->loader : "the guest loader";
	size_t size = (size_t)(loader_end - loader_start);
	void *data = NULL;

	if (o->loader)
		data = file_load(o->loader, MAX_LOADER, &size);
	elf_parse(&p->image, what, data ? data : loader_start, size);
	elf_copy(p, what);
	p->entry = p->image.entry;
	free(data);
}

void plan_linux(struct plan *p, const struct options *o)
{
	struct file kernel = file_open(o->kernel), initrd;
	struct fdt_config c = { 0 };

	if (o->initrd)
		initrd = file_open(o->initrd);
	place(o, &kernel, o->initrd ? &initrd : NULL, &c);
	p->start = GUEST_RAM;
	p->piece = COVE_HUGE_SIZE;
	p->memory = memory_map(p->size);
	p->devices = true;
	p->entry = GUEST_KERNEL;
	p->arg = GUEST_DTB;
	if (!o->kvm)
		put_loader(p, o);
	put_fdt(p, &c, o);
	put_file(p, &kernel, GUEST_KERNEL);
	file_close(&kernel);
	if (o->initrd) {
		put_file(p, &initrd, c.initrd_start);
		file_close(&initrd);
	}
}

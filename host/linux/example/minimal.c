// SPDX-License-Identifier: BSD-2-Clause
/* minimal IMAGE [ARG]: run a flat image as a confidential VM, with one vCPU. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cove.h"

#define BASE 0x80000000UL /* where the image is linked, and starts */
#define SIZE (4UL << 20)

#define DBCN		   0x4442434EUL
#define DBCN_WRITE	   0
#define DBCN_READ	   1
#define DBCN_WRITE_BYTE	   2
#define ERR_NOT_SUPPORTED  (-2)
#define ERR_INVALID_PARAM  (-3)
#define ROUND_UP(n, align) (((n) + (align)-1) & ~((align)-1))

static void die(const char *what)
{
	fprintf(stderr, "minimal: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int create(int cove)
{
	struct cove_create p = { .memory_size = SIZE };
	int tvm = ioctl(cove, COVE_CREATE_TVM, &p);

	if (tvm < 0)
		die("COVE_CREATE_TVM");
	return tvm;
}

static char *add_memory(int tvm)
{
	char *shared = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct cove_region p = {
		.gpa = BASE,
		.size = SIZE,
		.user_addr = (unsigned long)shared,
	};

	if (shared == MAP_FAILED)
		die("mmap");
	if (ioctl(tvm, COVE_ADD_REGION, &p))
		die("COVE_ADD_REGION");
	return shared;
}

static void add_image(int tvm, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct cove_pages p = { .gpa = BASE };
	struct stat st;
	void *image;

	if (fd < 0 || fstat(fd, &st))
		die(path);
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		die(path);
	p.size = ROUND_UP((unsigned long)st.st_size, COVE_PAGE_SIZE);
	p.user_addr = (unsigned long)image;
	if (ioctl(tvm, COVE_ADD_PAGES, &p))
		die("COVE_ADD_PAGES");
	munmap(image, (size_t)st.st_size);
	close(fd);
}

static struct cove_run *add_vcpu(int tvm, int *vcpu)
{
	struct cove_run *run;

	*vcpu = ioctl(tvm, COVE_CREATE_VCPU, 0);
	if (*vcpu < 0)
		die("COVE_CREATE_VCPU");
	run = mmap(NULL, COVE_RUN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		   *vcpu, 0);
	if (run == MAP_FAILED)
		die("mmap of the vCPU");
	return run;
}

static void finalize(int tvm, unsigned long arg)
{
	struct cove_finalize p = { .entry = BASE, .arg = arg };

	if (ioctl(tvm, COVE_FINALIZE, &p))
		die("COVE_FINALIZE");
}

/* @n bytes of the guest's at @gpa, or NULL; what is not shared reads as 0 */
static const char *guest_bytes(const char *shared, __u64 gpa, __u64 n)
{
	if (gpa < BASE || n > SIZE || gpa - BASE > SIZE - n)
		return NULL;
	return shared + (gpa - BASE);
}

static void console(struct cove_run *run, const char *shared)
{
	const char *from;

	run->sbi.error = ERR_NOT_SUPPORTED;
	run->sbi.value = 0;
	if (run->sbi.extension != DBCN)
		return;
	switch (run->sbi.function) {
	case DBCN_WRITE:
		from = guest_bytes(shared, run->sbi.args[1], run->sbi.args[0]);
		run->sbi.error = ERR_INVALID_PARAM;
		if (!from || run->sbi.args[2])
			return;
		run->sbi.value = fwrite(from, 1, run->sbi.args[0], stdout);
		break;
	case DBCN_READ: /* there is no input */
		break;
	case DBCN_WRITE_BYTE:
		putchar((int)run->sbi.args[0]);
		break;
	default:
		return;
	}
	run->sbi.error = 0;
}

/* Answer an exit. The guest goes on as long as this says -1 */
static int answer(struct cove_run *run, const char *shared)
{
	switch (run->exit_reason) {
	case COVE_EXIT_NONE:
		return -1;
	case COVE_EXIT_SBI:
		console(run, shared);
		return -1;
	case COVE_EXIT_MMIO: /* no devices: reads are 0, writes are lost */
		run->mmio.data = 0;
		return -1;
	case COVE_EXIT_SYSTEM:
		return run->system.reason != 0;
	case COVE_EXIT_FAULT:
		fprintf(stderr,
			"minimal: guest died: scause %llu, gpa 0x%llx\n",
			run->fault.scause, run->fault.gpa);
		return 1;
	case COVE_EXIT_NO_MEMORY:
		fprintf(stderr, "minimal: no memory for the guest's page\n");
		return 1;
	}
	fprintf(stderr, "minimal: exit %u\n", run->exit_reason);
	return 1;
}

int main(int argc, char **argv)
{
	struct cove_run *run;
	int cove, tvm, vcpu, status = -1;
	char *shared;

	if (argc < 2)
		return 2;
	cove = open(COVE_DEVICE, O_RDWR | O_CLOEXEC);
	if (cove < 0)
		die(COVE_DEVICE);
	tvm = create(cove);
	shared = add_memory(tvm);
	add_image(tvm, argv[1]);
	run = add_vcpu(tvm, &vcpu);
	finalize(tvm, argc > 2 ? strtoul(argv[2], NULL, 0) : 0);
	while (status < 0) {
		if (!ioctl(vcpu, COVE_RUN, 0))
			status = answer(run, shared);
		else if (errno != EINTR)
			die("COVE_RUN");
	}
	return status;
}

// SPDX-License-Identifier: BSD-2-Clause
/* A TVM, through the test module. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "prog.h"

static int open_device(void)
{
	return open(COVE_TEST_DEVICE, O_RDWR | O_CLOEXEC);
}

bool tvm_info(struct cove_test_info *info)
{
	int fd = open_device();
	bool ok;

	if (fd < 0)
		return false;
	ok = !ioctl(fd, COVE_TEST_INFO, info);
	close(fd);
	return ok;
}

bool tvm_create(struct tvm *t, const char *name, uint64_t arg, bool window,
		unsigned int vmid)
{
	struct cove_test_create p = {
		.memory_size = GUEST_MEMORY,
		.arg = arg,
		.window = window,
		.vmid = vmid,
	};
	size_t size;

	memset(t, 0, sizeof(*t));
	t->fd = open_device();
	if (t->fd < 0)
		die(COVE_TEST_DEVICE);
	p.image = (uint64_t)guest_image(name, &size);
	p.image_size = size;
	return check_at(!ioctl(t->fd, COVE_TEST_CREATE, &p),
			"TVM cannot be made: %s", strerror(errno));
}

bool tvm_run(struct tvm *t, unsigned long max)
{
	struct cove_test_run r = { .max_runs = max };
	int rc = ioctl(t->fd, COVE_TEST_RUN, &r);

	/* Counts add up over the TVM's life */
	r.runs += t->run.runs;
	r.interrupts += t->run.interrupts;
	r.ecalls += t->run.ecalls;
	r.faults += t->run.faults;
	r.wfis += t->run.wfis;
	r.over_vm += t->run.over_vm;
	r.same_vmid += t->run.same_vmid;
	r.unfenced += t->run.unfenced;
	t->run = r;
	check_at(!rc, "TVM: %s, error %lld, value %lld, scause %llx, gpa %llx",
		 strerror(errno), r.error, r.value, r.scause, r.gpa);
	return r.done || rc;
}

const char *tvm_output(struct tvm *t)
{
	ssize_t n = pread(t->fd, t->out, sizeof(t->out) - 1, 0);

	t->out[n > 0 ? n : 0] = '\0';
	return t->out;
}

bool tvm_hidden(struct tvm *t)
{
	struct cove_test_peek p = { 0 };

	return check_at(!ioctl(t->fd, COVE_TEST_PEEK, &p), "peek: %s",
			strerror(errno)) &&
	       check_at(p.tried && p.tried == p.faults,
			"%u of %u accesses of the kernel faulted", p.faults,
			p.tried);
}

void *tvm_map(struct tvm *t)
{
	void *p = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_SHARED, t->fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

void tvm_destroy(struct tvm *t)
{
	uint32_t dirty = 0;

	check_at(!ioctl(t->fd, COVE_TEST_DESTROY, &dirty), "destroy: %s",
		 strerror(errno));
	check_at(!dirty, "%u reclaimed pages are not zero", dirty);
	close(t->fd);
}

uint64_t hgatp_of(unsigned int cpu)
{
	struct cove_test_hgatp h = { .cpu = cpu };
	int fd = open_device();

	if (fd < 0 || ioctl(fd, COVE_TEST_HGATP, &h))
		die("hgatp");
	close(fd);
	return h.hgatp;
}

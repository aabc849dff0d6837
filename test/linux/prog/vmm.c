// SPDX-License-Identifier: BSD-2-Clause
/* A small VMM for guest "churn" and others that need no device but its. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "prog.h"

#define DBCN		0x4442434EUL
#define DBCN_WRITE	0
#define DBCN_WRITE_BYTE 2
#define INVALID_PARAM	(-3)
#define NOT_SUPPORTED	(-2)

int cove_open(void)
{
	int fd = open(COVE_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die(COVE_DEVICE);
	return fd;
}

/* Read once; children have it, too */
const struct image *guest_image(const char *name)
{
	static struct {
		const char *name;
		struct image image;
	} known[4], *k;
	char path[64];
	struct stat st;
	int fd;

	for (k = known; k->name; k++) {
		if (!strcmp(k->name, name))
			return &k->image;
	}
	snprintf(path, sizeof(path), "/guests/%s.bin", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		die(path);
	k->image.size = ((size_t)st.st_size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	k->image.at = mmap(NULL, k->image.size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (k->image.at == MAP_FAILED ||
	    read(fd, k->image.at, (size_t)st.st_size) != st.st_size)
		die(path);
	close(fd);
	k->name = name;
	return &k->image;
}

static bool add_memory(struct vmm *v, const char *guest)
{
	const struct image *image = guest_image(guest);
	struct cove_region r = { .gpa = GUEST_BASE, .size = v->size };
	struct cove_pages p = {
		.gpa = GUEST_BASE,
		.size = image->size,
		.user_addr = (uint64_t)image->at,
	};

	v->shared = mmap(NULL, v->size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (v->shared == MAP_FAILED)
		die("mmap");
	r.user_addr = (uint64_t)v->shared;
	return check_call(!ioctl(v->tvm, COVE_ADD_REGION, &r)) &&
	       check_call(!ioctl(v->tvm, COVE_ADD_PAGES, &p));
}

static bool add_vcpu(struct vmm *v, unsigned int id)
{
	v->vcpu[id] = ioctl(v->tvm, COVE_CREATE_VCPU, id);
	if (!check_call(v->vcpu[id] >= 0))
		return false;
	v->run[id] = mmap(NULL, COVE_RUN_SIZE, PROT_READ | PROT_WRITE,
			  MAP_SHARED, v->vcpu[id], 0);
	return check_call(v->run[id] != MAP_FAILED);
}

bool vmm_start(struct vmm *v, const char *guest, unsigned long arg,
	       unsigned int vcpus, size_t size, unsigned int flags)
{
	struct cove_create c = { .flags = flags, .memory_size = size };
	struct cove_finalize f = { .entry = GUEST_BASE, .arg = arg };
	unsigned int i;

	memset(v, 0, sizeof(*v));
	memset(v->vcpu, -1, sizeof(v->vcpu));
	v->vcpus = vcpus;
	v->size = size;
	v->cove = cove_open();
	v->tvm = ioctl(v->cove, COVE_CREATE_TVM, &c);
	if (!check_call(v->tvm >= 0) || !add_memory(v, guest))
		return false;
	for (i = 0; i < vcpus; i++) {
		if (!add_vcpu(v, i))
			return false;
	}
	return check_call(!ioctl(v->tvm, COVE_FINALIZE, &f));
}

/* By all vCPUs */
static void print(struct vmm *v, char c)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	if (v->out_len + 1 >= sizeof(v->out))
		memmove(v->out, v->out + 1, --v->out_len);
	v->out[v->out_len++] = c;
	v->out[v->out_len] = '\0';
	pthread_mutex_unlock(&lock);
}

static void answer_sbi(struct vmm *v, struct cove_run *run)
{
	uint64_t n = run->sbi.args[0], from = run->sbi.args[1] - GUEST_BASE, i;

	run->sbi.error = 0;
	run->sbi.value = 0;
	if (run->sbi.extension != DBCN) {
		run->sbi.error = NOT_SUPPORTED;
	} else if (run->sbi.function == DBCN_WRITE_BYTE) {
		print(v, (char)run->sbi.args[0]);
	} else if (run->sbi.function == DBCN_WRITE && from < v->size &&
		   n <= v->size - from) {
		for (i = 0; i < n; i++)
			print(v, v->shared[from + i]);
		run->sbi.value = n;
	} else {
		run->sbi.error = INVALID_PARAM;
	}
}

/* Of the device: vCPU 0 alone uses it */
static void answer_mmio(struct cove_run *run)
{
	static uint32_t number;

	if (run->mmio.is_store)
		number = (uint32_t)run->mmio.data;
	else
		run->mmio.data = (uint32_t)~number;
}

int vmm_run_once(struct vmm *v, unsigned int id)
{
	struct cove_run *run = v->run[id];

	v->runs++;
	if (ioctl(v->vcpu[id], COVE_RUN, 0)) {
		if (errno != EINTR)
			return -1;
		v->interrupted++;
		return 1;
	}
	switch (run->exit_reason) {
	case COVE_EXIT_NONE:
		return 1;
	case COVE_EXIT_SBI:
		answer_sbi(v, run);
		return 1;
	case COVE_EXIT_MMIO:
		answer_mmio(run);
		return 1;
	case COVE_EXIT_SYSTEM:
		v->done = !run->system.reason;
	}
	v->exit_reason = run->exit_reason;
	return 0;
}

struct thread {
	pthread_t thread;
	struct vmm *vmm;
	unsigned int id;
};

static void *run_thread(void *arg)
{
	struct thread *t = arg;
	int rc;

	while ((rc = vmm_run_once(t->vmm, t->id)) > 0)
		;
	/* The TVM has ended by another vCPU */
	check_call(!rc || errno == ESHUTDOWN);
	return NULL;
}

bool vmm_run(struct vmm *v)
{
	struct thread t[CHURN_VCPUS];
	unsigned int i;

	for (i = 0; i < v->vcpus; i++) {
		t[i].vmm = v;
		t[i].id = i;
		if (i && pthread_create(&t[i].thread, NULL, run_thread, &t[i]))
			die("pthread_create");
	}
	run_thread(&t[0]);
	for (i = 1; i < v->vcpus; i++)
		pthread_join(t[i].thread, NULL);
	return v->done;
}

bool churn_right(struct vmm *v, unsigned int vcpus, unsigned long rounds)
{
	char line[64];

	snprintf(line, sizeof(line), "\nvcpus=%u rounds=%lu wrong=0\n", vcpus,
		 rounds);
	return check_at(strstr(v->out, line),
			"expected%s, got exit %u, errno %d, %.100s", line,
			v->exit_reason, errno, v->out);
}

void vmm_close(struct vmm *v)
{
	unsigned int i;

	for (i = 0; i < CHURN_VCPUS; i++) {
		if (v->run[i] && v->run[i] != MAP_FAILED)
			munmap(v->run[i], COVE_RUN_SIZE);
		if (v->vcpu[i] >= 0)
			close(v->vcpu[i]);
	}
	if (v->tvm >= 0)
		close(v->tvm);
	close(v->cove);
	if (v->shared && v->shared != MAP_FAILED)
		munmap(v->shared, v->size);
}

// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What each CPU has of its own: NACL memory, and its part of a fence. */

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include "priv.h"

static DEFINE_PER_CPU(void *, nacl);
static DEFINE_PER_CPU(bool, registered);
static int hotplug_state;

void *cove_nacl(void)
{
	return this_cpu_read(registered) ? this_cpu_read(nacl) : NULL;
}

int cove_errno(long error)
{
	switch (error) {
	case COVH_SUCCESS:
		return 0;
	case COVH_ERR_INVALID_PARAM:
		return -EINVAL;
	case COVH_ERR_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	case COVH_ERR_OUT_OF_PTPAGES:
	case COVH_ERR_OUT_OF_MEMORY:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

struct sbiret cove_call(unsigned long fid, unsigned long a0, unsigned long a1,
			unsigned long a2, unsigned long a3, unsigned long a4,
			unsigned long a5)
{
	unsigned long until = jiffies + HZ;
	struct sbiret r;

	for (;;) {
		r = covh_call(fid, a0, a1, a2, a3, a4, a5);
		if (r.error != COVH_ERR_FAILED || time_after(jiffies, until))
			return r;
		usleep_range(50, 100);
	}
}

/* The next three run on the CPU that is meant */

static int cpu_comes(unsigned int cpu)
{
	struct sbiret r;

	r = sbi_ecall(COVH_EID_NACL, COVH_NACL_SET_SHMEM,
		      virt_to_phys(this_cpu_read(nacl)), 0, 0, 0, 0, 0);
	if (r.error) {
		pr_err("cove: CPU %u: set_shmem: error %ld\n", cpu, r.error);
		return cove_errno(r.error);
	}
	this_cpu_write(registered, true);
	return 0;
}

static int cpu_goes(unsigned int cpu)
{
	struct sbiret r;

	this_cpu_write(registered, false);
	r = sbi_ecall(COVH_EID_NACL, COVH_NACL_SET_SHMEM, -1UL, -1UL, 0, 0, 0,
		      0);
	if (r.error)
		pr_err("cove: CPU %u: set_shmem, off: error %ld\n", cpu,
		       r.error);
	return 0;
}

static void local_fence(void *failed)
{
	if (covh_call(COVH_LOCAL_FENCE, 0, 0, 0, 0, 0, 0).error)
		atomic_inc(failed);
}

/* A hart that starts has the newest set, so that CPUs offline owe nothing */
int cove_fence(void)
{
	static DEFINE_MUTEX(lock);
	atomic_t failed = ATOMIC_INIT(0);
	struct sbiret r;

	mutex_lock(&lock);
	cpus_read_lock();
	r = covh_call(COVH_GLOBAL_FENCE, 0, 0, 0, 0, 0, 0);
	on_each_cpu(local_fence, &failed, 1);
	cpus_read_unlock();
	mutex_unlock(&lock);
	if (r.error || atomic_read(&failed)) {
		pr_err("cove: fence: error %ld, %d CPUs failed\n", r.error,
		       atomic_read(&failed));
		return -EIO;
	}
	return 0;
}

static void free_nacl(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
	{
		free_pages((unsigned long)per_cpu(nacl, cpu),
			   get_order(COVH_NACL_SHMEM_SIZE));
		per_cpu(nacl, cpu) = NULL;
	}
}

static int alloc_nacl(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
	{
		per_cpu(nacl, cpu) = (void *)__get_free_pages(
			GFP_KERNEL | __GFP_ZERO,
			get_order(COVH_NACL_SHMEM_SIZE));
		if (!per_cpu(nacl, cpu)) {
			free_nacl();
			return -ENOMEM;
		}
	}
	return 0;
}

int cove_cpu_init(void)
{
	int rc = alloc_nacl();

	if (rc)
		return rc;
	rc = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "cove:online", cpu_comes,
			       cpu_goes);
	if (rc < 0) {
		free_nacl();
		return rc;
	}
	hotplug_state = rc;
	return 0;
}

void cove_cpu_exit(void)
{
	cpuhp_remove_state(hotplug_state);
	free_nacl();
}

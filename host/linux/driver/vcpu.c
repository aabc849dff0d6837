// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* vCPUs: their file descriptors, and how others reach one that runs. */

#include <linux/anon_inodes.h>
#include <linux/cpumask.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include "priv.h"

static void nothing(void *arg)
{
}

/*
 * The flag that it is kicked for is written before, and read by it after it has
 * written its CPU (run.c): one of the two sees the other. The interrupt waits
 * while interrupts are off, and ends a run then.
 */
void cove_vcpu_kick(struct cove_vcpu *v)
{
	int cpu;

	wake_up_all(&v->wait);
	smp_mb();
	get_cpu();
	cpu = READ_ONCE(v->cpu);
	if (cpu >= 0 && cpu != smp_processor_id())
		smp_call_function_single(cpu, nothing, NULL, 0);
	put_cpu();
}

/* A CPU takes the interrupt when it has come out. One that enters later, or on
 * another CPU, does so with what the TSM has now */
void cove_vcpus_out(struct cove_tvm *t)
{
	cpumask_var_t mask;
	unsigned int i;
	int cpu;

	if (!zalloc_cpumask_var(&mask, GFP_KERNEL)) {
		on_each_cpu(nothing, NULL, 1);
		return;
	}
	smp_mb();
	for (i = 0; i < COVE_MAX_VCPUS; i++) {
		cpu = t->vcpu[i] ? READ_ONCE(t->vcpu[i]->cpu) : -1;
		if (cpu >= 0)
			cpumask_set_cpu(cpu, mask);
	}
	on_each_cpu_mask(mask, nothing, NULL, 1);
	free_cpumask_var(mask);
}

static long interrupt(struct cove_vcpu *v, unsigned long level)
{
	if (level > 1)
		return -EINVAL;
	if (xchg(&v->interrupt, level) != level && level)
		cove_vcpu_kick(v);
	return 0;
}

static long run(struct cove_vcpu *v)
{
	int rc;

	if (!mutex_trylock(&v->lock))
		return -EBUSY;
	rc = cove_run(v);
	if (rc)
		v->run->exit_reason = COVE_EXIT_NONE;
	mutex_unlock(&v->lock);
	return rc;
}

static long vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cove_vcpu *v = file->private_data;

	if (v->tvm->mm != current->mm)
		return -EIO;
	switch (cmd) {
	case COVE_RUN:
		return arg ? -EINVAL : run(v);
	case COVE_INTERRUPT:
		return interrupt(v, arg);
	}
	return -ENOTTY;
}

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct cove_vcpu *v = file->private_data;

	if (vma->vm_pgoff || vma->vm_end - vma->vm_start != COVE_RUN_SIZE ||
	    !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	return vm_insert_page(vma, vma->vm_start, virt_to_page(v->run));
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct cove_vcpu *v = file->private_data;
	struct cove_tvm *t = v->tvm;

	/* Its creation has failed; else it lives as long as the TVM */
	if (t->vcpu[v->id] != v)
		cove_vcpu_free(v);
	cove_tvm_put(t);
	return 0;
}

static const struct file_operations vcpu_ops = {
	.owner = THIS_MODULE,
	.release = vcpu_release,
	.unlocked_ioctl = vcpu_ioctl,
	.mmap = vcpu_mmap,
	.llseek = noop_llseek,
};

void cove_vcpu_free(struct cove_vcpu *v)
{
	if (!v)
		return;
	free_page((unsigned long)v->run);
	kfree(v);
}

static struct cove_vcpu *alloc(struct cove_tvm *t, unsigned int id)
{
	struct cove_vcpu *v = kzalloc(sizeof(*v), GFP_KERNEL_ACCOUNT);

	if (!v)
		return NULL;
	v->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!v->run) {
		kfree(v);
		return NULL;
	}
	v->tvm = t;
	v->id = id;
	v->cpu = -1;
	mutex_init(&v->lock);
	init_waitqueue_head(&v->wait);
	return v;
}

static int tsm_create(struct cove_tvm *t, unsigned int id)
{
	struct sbiret r;
	phys_addr_t pa;
	int rc;

	rc = cove_stock_get(t, cove_tsm.vcpu_pages, &pa);
	if (rc)
		return rc;
	r = cove_call(COVH_CREATE_TVM_VCPU, t->id, id, pa, 0, 0, 0);
	if (r.error) {
		cove_stock_put(t, pa, cove_tsm.vcpu_pages);
		return cove_errno(r.error);
	}
	t->pages_tsm += cove_tsm.vcpu_pages;
	return 0;
}

int cove_vcpu_create(struct cove_tvm *t, unsigned long id)
{
	struct cove_vcpu *v;
	struct file *file;
	int fd, rc;

	if (id >= cove_tsm.max_vcpus)
		return -EINVAL;
	id = array_index_nospec(id, COVE_MAX_VCPUS);
	if (t->vcpu[id])
		return -EEXIST;
	v = alloc(t, id);
	if (!v)
		return -ENOMEM;
	/* The vCPU cannot be taken back: all else that can fail comes first */
	fd = get_unused_fd_flags(O_CLOEXEC);
	rc = fd;
	if (fd < 0)
		goto no_fd;
	file = anon_inode_getfile("cove-vcpu", &vcpu_ops, v, O_RDWR);
	rc = PTR_ERR_OR_ZERO(file);
	if (rc)
		goto no_file;
	cove_tvm_get(t);
	rc = tsm_create(t, id);
	if (rc)
		goto no_vcpu;
	/* For who looks without the lock: cove_stats */
	smp_store_release(&t->vcpu[id], v);
	t->nr_vcpus++;
	fd_install(fd, file);
	return fd;

no_vcpu:
	put_unused_fd(fd);
	/* Its release frees v */
	fput(file);
	return rc;
no_file:
	put_unused_fd(fd);
no_fd:
	cove_vcpu_free(v);
	return rc;
}

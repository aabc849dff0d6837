// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A TVM from create to destroy, and its file descriptor. */

#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "priv.h"

DEFINE_MUTEX(cove_tvms_lock);
LIST_HEAD(cove_tvms);
static u32 nr_tvms, next_number = 1;
static bool closed;

void cove_tvm_get(struct cove_tvm *t)
{
	kref_get(&t->ref);
}

/* Nobody has it any more: no vCPU is inside, no call is under way */
static void destroy(struct cove_tvm *t)
{
	unsigned int i;
	struct sbiret r = { 0 };

	if (t->id)
		r = cove_call(COVH_DESTROY_TVM, t->id, 0, 0, 0, 0, 0);
	/* It would be the TSM's fault; what it has must not be used */
	if (r.error) {
		pr_err("cove: TVM 0x%llx: destroy: error %ld, its memory is lost\n",
		       t->id, r.error);
	} else {
		cove_share_release(t);
		cove_stock_release(t);
	}
	for (i = 0; i < COVE_MAX_VCPUS; i++)
		cove_vcpu_free(t->vcpu[i]);
	cove_regions_free(t);
	if (t->bounce)
		__free_pages(t->bounce, t->bounce_order);
	mmdrop(t->mm);
	put_pid(t->pid);
	kfree(t);
}

static void last_put(struct kref *ref)
{
	struct cove_tvm *t = container_of(ref, struct cove_tvm, ref);

	list_del(&t->node);
	nr_tvms--;
}

void cove_tvm_put(struct cove_tvm *t)
{
	if (!kref_put_mutex(&t->ref, last_put, &cove_tvms_lock))
		return;
	mutex_unlock(&cove_tvms_lock);
	destroy(t);
}

u32 cove_tvm_count(void)
{
	return READ_ONCE(nr_tvms);
}

int cove_tvms_close(void)
{
	int rc = -EBUSY;

	mutex_lock(&cove_tvms_lock);
	if (!nr_tvms) {
		closed = true;
		rc = 0;
	}
	mutex_unlock(&cove_tvms_lock);
	return rc;
}

void cove_tvms_open(void)
{
	mutex_lock(&cove_tvms_lock);
	closed = false;
	mutex_unlock(&cove_tvms_lock);
}

/* It counts from here on */
static int enter(struct cove_tvm *t)
{
	int rc = -EBUSY;

	mutex_lock(&cove_tvms_lock);
	if (!closed) {
		t->number = next_number++;
		list_add_tail(&t->node, &cove_tvms);
		nr_tvms++;
		rc = 0;
	}
	mutex_unlock(&cove_tvms_lock);
	return rc;
}

void cove_tvm_end(struct cove_tvm *t)
{
	unsigned int i;

	WRITE_ONCE(t->state, COVE_TVM_ENDED);
	/* Who reads the state after this kick sees it; none are added any more */
	smp_mb();
	for (i = 0; i < COVE_MAX_VCPUS; i++) {
		if (t->vcpu[i])
			cove_vcpu_kick(t->vcpu[i]);
	}
}

static int finalize(struct cove_tvm *t, const struct cove_finalize *f)
{
	void *identity = NULL;
	struct sbiret r;

	if (!t->vcpu[0] || f->reserved || f->has_identity > 1)
		return -EINVAL;
	if (f->has_identity) {
		/* Aligned to its size */
		identity = kmemdup(f->identity, COVE_IDENTITY, GFP_KERNEL);
		if (!identity)
			return -ENOMEM;
	}
	r = cove_call(COVH_FINALIZE_TVM, t->id, f->entry, f->arg,
		      identity ? virt_to_phys(identity) : 0, 0, 0);
	kfree(identity);
	if (r.error)
		return cove_errno(r.error);
	if (t->bounce)
		__free_pages(t->bounce, t->bounce_order);
	t->bounce = NULL;
	atomic_set(&t->vcpu[0]->started, 1);
	/* Whoever sees the state sees the start, for which nobody is woken */
	smp_store_release(&t->state, COVE_TVM_RUNNABLE);
	return 0;
}

union argument {
	struct cove_region region;
	struct cove_pages pages;
	struct cove_span span;
	struct cove_finalize finalize;
	struct cove_stats stats;
};

/* What each call takes, and in which state */
static int call(struct cove_tvm *t, unsigned int cmd, unsigned long arg,
		union argument *u)
{
	bool building = t->state == COVE_TVM_BUILDING;

	switch (cmd) {
	case COVE_ADD_REGION:
		return building ? cove_region_add(t, &u->region) : -EINVAL;
	case COVE_ADD_PAGES:
		return building ? cove_pages_add(t, &u->pages) : -EINVAL;
	case COVE_CREATE_VCPU:
		return building ? cove_vcpu_create(t, arg) : -EINVAL;
	case COVE_FINALIZE:
		return building ? finalize(t, &u->finalize) : -EINVAL;
	case COVE_POPULATE:
		return t->state == COVE_TVM_RUNNABLE
			       ? cove_pages_populate(t, &u->span)
			       : -EINVAL;
	case COVE_GET_STATS:
		cove_stats(t, &u->stats);
		return 0;
	}
	return -ENOTTY;
}

static bool known(unsigned int cmd)
{
	switch (cmd) {
	case COVE_ADD_REGION:
	case COVE_ADD_PAGES:
	case COVE_CREATE_VCPU:
	case COVE_FINALIZE:
	case COVE_POPULATE:
	case COVE_GET_STATS:
		return true;
	}
	return false;
}

static long tvm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct cove_tvm *t = file->private_data;
	union argument u = {};
	int rc;

	if (!known(cmd))
		return -ENOTTY;
	if (t->mm != current->mm)
		return -EIO;
	if (_IOC_DIR(cmd) & _IOC_WRITE &&
	    copy_from_user(&u, user, _IOC_SIZE(cmd)))
		return -EFAULT;
	if (mutex_lock_killable(&t->lock))
		return -EINTR;
	rc = call(t, cmd, arg, &u);
	mutex_unlock(&t->lock);
	if (!rc && _IOC_DIR(cmd) & _IOC_READ &&
	    copy_to_user(user, &u, _IOC_SIZE(cmd)))
		return -EFAULT;
	return rc;
}

static int tvm_release(struct inode *inode, struct file *file)
{
	cove_tvm_put(file->private_data);
	return 0;
}

static const struct file_operations tvm_ops = {
	.owner = THIS_MODULE,
	.release = tvm_release,
	.unlocked_ioctl = tvm_ioctl,
	.llseek = noop_llseek,
};

static int tsm_create(struct cove_tvm *t)
{
	struct covh_tvm_create_params *p;
	phys_addr_t pgd, state;
	struct sbiret r;
	int rc;

	rc = cove_stock_get(t, COVE_PGD_PAGES, &pgd);
	if (!rc)
		rc = cove_stock_get(t, cove_tsm.tvm_pages, &state);
	if (rc)
		return rc;
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	p->tvm_page_directory_addr = pgd;
	p->tvm_state_addr = state;
	r = covh_call(COVH_CREATE_TVM, virt_to_phys(p), sizeof(*p), 0, 0, 0, 0);
	kfree(p);
	if (r.error)
		return r.error == COVH_ERR_FAILED ? -EAGAIN
						  : cove_errno(r.error);
	t->id = r.value;
	t->pages_tsm = COVE_PGD_PAGES + cove_tsm.tvm_pages;
	return 0;
}

static struct cove_tvm *alloc(const struct cove_create *c)
{
	struct cove_tvm *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);

	if (!t)
		return NULL;
	kref_init(&t->ref);
	mutex_init(&t->lock);
	INIT_LIST_HEAD(&t->blocks);
	xa_init(&t->block_at);
	t->flags = c->flags;
	t->want = cove_blocks_for(c->memory_size);
	t->mm = current->mm;
	mmgrab(t->mm);
	t->pid = get_task_pid(current->group_leader, PIDTYPE_PID);
	return t;
}

int cove_tvm_create(const struct cove_create *c)
{
	struct cove_tvm *t;
	int rc;

	if (c->reserved || c->flags & ~(COVE_FROM_POOL | COVE_FROM_RAM) ||
	    c->memory_size > 1ULL << 50)
		return -EINVAL;
	t = alloc(c);
	if (!t)
		return -ENOMEM;
	rc = enter(t);
	if (rc) {
		destroy(t);
		return rc;
	}
	mutex_lock(&t->lock);
	rc = tsm_create(t);
	mutex_unlock(&t->lock);
	if (!rc)
		rc = anon_inode_getfd("cove-tvm", &tvm_ops, t,
				      O_RDWR | O_CLOEXEC);
	if (rc < 0)
		cove_tvm_put(t);
	return rc;
}

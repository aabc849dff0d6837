// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Test of the CoVE firmware from Linux: NACL memory and fences on every CPU,
 * and a device that runs TVMs. Not a driver: it trusts its user.
 */

#include <linux/cpuhotplug.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <sbi_covh/test.h>
#include "cove.h"

bool cove_test_firmware;
u32 cove_nacl_advertised;

static DEFINE_PER_CPU(void *, nacl);
static atomic_t nacl_count = ATOMIC_INIT(0);
static int hotplug_state;

void *cove_nacl(void)
{
	return this_cpu_read(nacl);
}

int cove_errno(long error)
{
	switch (error) {
	case 0:
		return 0;
	case COVH_ERR_INVALID_PARAM:
		return -EINVAL;
	case COVH_ERR_INVALID_ADDRESS:
		return -EFAULT;
	case COVH_ERR_NOT_SUPPORTED:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

/* Both run on the CPU that comes or goes */
static int cpu_up(unsigned int cpu)
{
	struct sbiret r;

	r = sbi_ecall(COVH_EID_NACL, COVH_NACL_SET_SHMEM,
		      virt_to_phys(this_cpu_read(nacl)), 0, 0, 0, 0, 0);
	if (r.error) {
		pr_err("cove-test: CPU %u: set_shmem: %ld\n", cpu, r.error);
		return cove_errno(r.error);
	}
	atomic_inc(&nacl_count);
	r = covh_call(COVH_LOCAL_FENCE, 0, 0, 0, 0, 0, 0);
	return cove_errno(r.error);
}

static int cpu_down(unsigned int cpu)
{
	struct sbiret r;

	r = sbi_ecall(COVH_EID_NACL, COVH_NACL_SET_SHMEM, -1UL, -1UL, 0, 0, 0,
		      0);
	if (r.error)
		pr_err("cove-test: CPU %u: no set_shmem: %ld\n", cpu, r.error);
	else
		atomic_dec(&nacl_count);
	return 0;
}

static void free_nacl(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) free_pages((unsigned long)per_cpu(nacl, cpu),
					      get_order(COVH_NACL_SHMEM_SIZE));
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

static int dev_open(struct inode *inode, struct file *file)
{
	struct cove_tvm *t = kvzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	mutex_init(&t->lock);
	file->private_data = t;
	return 0;
}

static int dev_release(struct inode *inode, struct file *file)
{
	struct cove_tvm *t = file->private_data;

	cove_tvm_destroy(t);
	kvfree(t);
	return 0;
}

static ssize_t dev_read(struct file *file, char __user *buf, size_t size,
			loff_t *pos)
{
	struct cove_tvm *t = file->private_data;

	return simple_read_from_buffer(buf, size, pos, t->output,
				       t->output_len);
}

static int dev_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct cove_tvm *t = file->private_data;
	unsigned long size = vma->vm_end - vma->vm_start;

	if (vma->vm_pgoff > t->conf.pages ||
	    size >> PAGE_SHIFT > t->conf.pages - vma->vm_pgoff)
		return -EINVAL;
	return remap_pfn_range(vma, vma->vm_start,
			       (t->conf.base >> PAGE_SHIFT) + vma->vm_pgoff,
			       size, vma->vm_page_prot);
}

static void read_hgatp(void *arg)
{
	*(u64 *)arg = csr_read(CSR_HGATP);
}

static void get_info(struct cove_test_info *i)
{
	i->registered = atomic_read(&nacl_count);
	i->online = num_online_cpus();
	i->nacl_advertised = cove_nacl_advertised;
	i->test_firmware = cove_test_firmware;
	i->pool_pages = cove_pool_pages();
}

union argument {
	struct cove_test_info info;
	struct cove_test_create create;
	struct cove_test_run run;
	struct cove_test_peek peek;
	struct cove_test_hgatp hgatp;
	u32 number;
};

static int dispatch(struct cove_tvm *t, unsigned int cmd, union argument *u)
{
	int rc;

	switch (cmd) {
	case COVE_TEST_INFO:
		get_info(&u->info);
		return 0;
	case COVE_TEST_CREATE:
		return cove_tvm_create(t, &u->create);
	case COVE_TEST_RUN:
		return cove_tvm_run(t, &u->run);
	case COVE_TEST_PEEK:
		return cove_tvm_peek(t, &u->peek);
	case COVE_TEST_HGATP:
		return smp_call_function_single(u->hgatp.cpu, read_hgatp,
						&u->hgatp.hgatp, 1);
	case COVE_TEST_DESTROY:
		rc = cove_tvm_destroy(t);
		u->number = rc < 0 ? 0 : rc;
		return rc < 0 ? rc : 0;
	default:
		return -ENOTTY;
	}
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct cove_tvm *t = file->private_data;
	union argument u = { 0 };
	int rc;

	if (_IOC_SIZE(cmd) > sizeof(u))
		return -ENOTTY;
	if (_IOC_DIR(cmd) & _IOC_WRITE &&
	    copy_from_user(&u, (void __user *)arg, _IOC_SIZE(cmd)))
		return -EFAULT;
	mutex_lock(&t->lock);
	rc = dispatch(t, cmd, &u);
	mutex_unlock(&t->lock);
	if (_IOC_DIR(cmd) & _IOC_READ &&
	    copy_to_user((void __user *)arg, &u, _IOC_SIZE(cmd)))
		return -EFAULT;
	return rc;
}

static const struct file_operations ops = {
	.owner = THIS_MODULE,
	.open = dev_open,
	.release = dev_release,
	.read = dev_read,
	.mmap = dev_mmap,
	.unlocked_ioctl = dev_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cove-test",
	.fops = &ops,
};

static bool tsm_ready(void)
{
	struct covh_tsm_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	struct sbiret r;
	bool ready;

	if (!info)
		return false;
	r = covh_call(COVH_GET_TSM_INFO, virt_to_phys(info), sizeof(*info), 0,
		      0, 0, 0);
	ready = !r.error && info->tsm_state == COVH_TSM_READY &&
		info->tvm_state_pages == 1 && info->tvm_vcpu_state_pages == 1;
	kfree(info);
	return ready;
}

static void look_at_firmware(void)
{
	struct sbiret r;

	r = sbi_ecall(SBI_EXT_BASE, SBI_EXT_BASE_PROBE_EXT, COVH_EID_NACL, 0, 0,
		      0, 0, 0);
	cove_nacl_advertised = r.error ? 0 : r.value;
	r = sbi_ecall(COVH_TEST_EID, COVH_TEST_TRAMPOLINE, 0, 0, 0, 0, 0, 0);
	cove_test_firmware = !r.error;
}

static int __init cove_init(void)
{
	int rc;

	if (sbi_probe_extension(COVH_EID_COVH) <= 0 || !tsm_ready())
		return -ENODEV;
	look_at_firmware();
	rc = alloc_nacl();
	if (rc)
		return rc;
	rc = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "cove-test:online", cpu_up,
			       cpu_down);
	if (rc < 0)
		goto no_cpus;
	hotplug_state = rc;
	rc = cove_conf_init();
	if (rc)
		goto no_conf;
	rc = misc_register(&device);
	if (!rc)
		return 0;
	cove_conf_exit();
no_conf:
	cpuhp_remove_state(hotplug_state);
no_cpus:
	free_nacl();
	return rc;
}

static void __exit cove_exit(void)
{
	misc_deregister(&device);
	cove_conf_exit();
	cpuhp_remove_state(hotplug_state);
	free_nacl();
}

module_init(cove_init);
module_exit(cove_exit);
MODULE_DESCRIPTION("Test of the CoVE firmware interface");
MODULE_LICENSE("Dual BSD/GPL");

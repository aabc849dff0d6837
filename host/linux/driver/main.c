// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * /dev/cove: confidential VMs on firmware with a TSM (CoVE). The device, the
 * module, and what it does not allow while TVMs exist.
 */

#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/uaccess.h>
#include <asm/csr.h>
#include <asm/hwcap.h>
#include "priv.h"

struct cove_tsm cove_tsm;

static void get_info(struct cove_info *i)
{
	memset(i, 0, sizeof(*i));
	i->api_version = COVE_API_VERSION;
	i->tsm_state = cove_tsm.state;
	i->tsm_impl_id = cove_tsm.impl_id;
	i->tsm_version = cove_tsm.version;
	i->tsm_capabilities = cove_tsm.capabilities;
	i->max_vcpus = cove_tsm.max_vcpus;
	i->tvms = cove_tvm_count();
	cove_range_info(i);
}

union argument {
	struct cove_info info;
	struct cove_create create;
	struct cove_stats stats;
};

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	union argument u;
	int rc = 0;

	if (cmd != COVE_GET_INFO && cmd != COVE_CREATE_TVM &&
	    cmd != COVE_NEXT_TVM)
		return -ENOTTY;
	if (_IOC_DIR(cmd) & _IOC_WRITE &&
	    copy_from_user(&u, user, _IOC_SIZE(cmd)))
		return -EFAULT;
	if (cmd == COVE_CREATE_TVM)
		return cove_tvm_create(&u.create);
	if (cmd == COVE_GET_INFO)
		get_info(&u.info);
	else
		rc = cove_stats_next(&u.stats);
	if (!rc && copy_to_user(user, &u, _IOC_SIZE(cmd)))
		rc = -EFAULT;
	return rc;
}

static const struct file_operations ops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = dev_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cove",
	.fops = &ops,
	.mode = 0600,
};

/*
 * A hart that sleeps and wakes keeps what the TSM knows of it, but TVMs would
 * stand still without having been asked. Hibernation starts the firmware anew,
 * which then knows nothing of what is converted.
 */
static int on_sleep(struct notifier_block *nb, unsigned long event, void *arg)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		pr_notice("cove: no hibernation with this module\n");
		return notifier_from_errno(-EBUSY);
	case PM_SUSPEND_PREPARE:
		if (!cove_tvms_close())
			break;
		pr_notice("cove: no suspend while there are TVMs\n");
		return notifier_from_errno(-EBUSY);
	case PM_POST_SUSPEND:
		cove_tvms_open();
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block sleep_notifier = { .notifier_call = on_sleep };

/*
 * A kernel that is started by kexec knows nothing of what is converted, and has
 * a use for it. TVMs that are still there keep theirs: only the firmware, in a
 * reset, takes it from them.
 */
static int on_reboot(struct notifier_block *nb, unsigned long event, void *arg)
{
	if (cove_tvms_close())
		pr_notice("cove: there are TVMs, with their memory\n");
	else
		cove_range_give_back();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = { .notifier_call = on_reboot };

static int ask_tsm(void)
{
	struct covh_tsm_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	struct sbiret r;

	if (!info)
		return -ENOMEM;
	r = covh_call(COVH_GET_TSM_INFO, virt_to_phys(info), sizeof(*info), 0,
		      0, 0, 0);
	if (!r.error) {
		cove_tsm.state = info->tsm_state;
		cove_tsm.impl_id = info->tsm_impl_id;
		cove_tsm.version = info->tsm_version;
		cove_tsm.capabilities = info->tsm_capabilities;
		cove_tsm.max_vcpus =
			min_t(u64, info->tvm_max_vcpus, COVE_MAX_VCPUS);
		cove_tsm.tvm_pages = roundup_pow_of_two(
			max_t(u64, info->tvm_state_pages, 1));
		cove_tsm.vcpu_pages = roundup_pow_of_two(
			max_t(u64, info->tvm_vcpu_state_pages, 1));
	}
	kfree(info);
	if (r.error || cove_tsm.state != COVH_TSM_READY) {
		pr_err("cove: the firmware has no TSM that is ready\n");
		return -ENODEV;
	}
	if (cove_tsm.tvm_pages > COVE_HUGE_PAGES ||
	    cove_tsm.vcpu_pages > COVE_HUGE_PAGES) {
		pr_err("cove: the TSM wants too many pages\n");
		return -ENODEV;
	}
	return 0;
}

/* Probing NACL would not do: it is not announced, for KVM's sake */
static int find_tsm(void)
{
	if (!riscv_isa_extension_available(NULL, h)) {
		pr_err("cove: the CPUs have no hypervisor extension\n");
		return -ENODEV;
	}
	if (sbi_probe_extension(COVH_EID_COVH) <= 0) {
		pr_err("cove: the firmware has no TSM (no CoVE extension)\n");
		return -ENODEV;
	}
	return ask_tsm();
}

static int __init cove_init(void)
{
	int rc = find_tsm();

	if (rc)
		return rc;
	rc = cove_cpu_init();
	if (rc)
		return rc;
	rc = cove_range_init();
	if (rc)
		goto no_ranges;
	rc = register_pm_notifier(&sleep_notifier);
	if (rc)
		goto no_notifier;
	rc = register_reboot_notifier(&reboot_notifier);
	if (rc)
		goto no_reboot;
	rc = misc_register(&device);
	if (!rc)
		return 0;
	unregister_reboot_notifier(&reboot_notifier);
no_reboot:
	unregister_pm_notifier(&sleep_notifier);
no_notifier:
	cove_range_exit();
no_ranges:
	cove_cpu_exit();
	return rc;
}

/* No file is open, so that there is no TVM */
static void __exit cove_exit_module(void)
{
	misc_deregister(&device);
	unregister_reboot_notifier(&reboot_notifier);
	unregister_pm_notifier(&sleep_notifier);
	cove_range_exit();
	cove_cpu_exit();
}

module_init(cove_init);
module_exit(cove_exit_module);
MODULE_DESCRIPTION("Confidential VMs (RISC-V CoVE)");
MODULE_LICENSE("Dual BSD/GPL");

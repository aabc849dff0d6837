/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What /dev/cove-test does: a test's hands in the kernel, no driver for use.
 * One open file is one TVM with one vCPU; closing it destroys the TVM.
 */

#ifndef COVE_TEST_H
#define COVE_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define COVE_TEST_DEVICE "/dev/cove-test"

/** Where the guest's memory is, and where it starts */
#define COVE_TEST_BASE 0x80000000UL

struct cove_test_info {
	/** CPUs whose NACL memory is registered, CPUs online */
	__u32 registered;
	__u32 online;
	/** What SBI Base says of NACL */
	__u32 nacl_advertised;
	/** Firmware with the test extension: logs and VMIDs can be had */
	__u32 test_firmware;
	__u64 pool_pages;
};

struct cove_test_create {
	/** User address and size of what goes to COVE_TEST_BASE */
	__u64 image;
	__u64 image_size;
	/** Size of the guest's memory, zero pages on demand */
	__u64 memory_size;
	/** Register a1 at start */
	__u64 arg;
	/** Ordinary memory, not the pool */
	__u32 window;
	/** VMID it shall have, 0: any; test firmware only */
	__u32 vmid;
};

struct cove_test_run {
	/** In: return after so many runs, 0: when the guest is done */
	__u64 max_runs;
	/** Runs of this call and how they ended */
	__u64 runs;
	__u64 interrupts;
	__u64 ecalls;
	__u64 faults;
	__u64 wfis;
	/** Runs that began with a VM's table in hgatp, and those of them with
	 * the very VMID that the TVM has; the hart's fence log says so */
	__u64 over_vm;
	__u64 same_vmid;
	/** Runs around which a fence was missing in that log */
	__u64 unfenced;
	/** The guest has asked for shutdown; its reason */
	__u32 done;
	__u32 reason;
	/** hgatp in the TVM's runs, as the log has it */
	__u64 hgatp;
	/** The last exit, for messages */
	__s64 error;
	__u64 value;
	__u64 scause;
	__u64 gpa;
};

/** Loads and stores by the kernel at the TVM's pages */
struct cove_test_peek {
	__u32 tried;
	__u32 faults;
};

/** hgatp of another CPU at this moment */
struct cove_test_hgatp {
	__u32 cpu;
	__u32 pad;
	__u64 hgatp;
};

#define COVE_TEST_INFO	 _IOR('c', 0, struct cove_test_info)
#define COVE_TEST_CREATE _IOW('c', 1, struct cove_test_create)
#define COVE_TEST_RUN	 _IOWR('c', 2, struct cove_test_run)
#define COVE_TEST_PEEK	 _IOR('c', 3, struct cove_test_peek)
#define COVE_TEST_HGATP	 _IOWR('c', 4, struct cove_test_hgatp)
/** Destroy, and tell how many reclaimed pages of a window were not zero */
#define COVE_TEST_DESTROY _IOR('c', 5, __u32)

/*
 * read() gives what the guest printed. mmap() shows the TVM's confidential
 * pages, first those of the guest, of which nobody can see anything.
 */

#endif

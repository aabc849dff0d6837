/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * /dev/cove: confidential VMs (TVMs) from Linux, in the shape of /dev/kvm.
 *
 *	fd = open("/dev/cove", O_RDWR | O_CLOEXEC);
 *	tvm = ioctl(fd, COVE_CREATE_TVM, &create);
 *	ioctl(tvm, COVE_ADD_REGION, &region);		in the order in which
 *	ioctl(tvm, COVE_ADD_PAGES, &pages);		they are measured
 *	vcpu = ioctl(tvm, COVE_CREATE_VCPU, id);
 *	ioctl(tvm, COVE_FINALIZE, &finalize);
 *	run = mmap(NULL, COVE_RUN_SIZE, ..., MAP_SHARED, vcpu, 0);
 *	while (!ioctl(vcpu, COVE_RUN, 0))
 *		... run->exit_reason ...
 *
 * A TVM lives as long as one of its file descriptors; with the last one it is
 * destroyed and its memory comes back. Only the process that created it, or
 * rather its address space, may use it (EIO otherwise).
 *
 * The driver answers by itself what needs no device: faults in guest memory,
 * sharing, WFI, IPIs, vCPUs that start and stop each other. Every ioctl can
 * fail with EFAULT (an address of the caller's), EINVAL (a number, or the
 * TVM's state), EIO (another address space, or the TSM refused) and ENOTTY.
 */

#ifndef COVE_UAPI_H
#define COVE_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define COVE_DEVICE	 "/dev/cove"
#define COVE_API_VERSION 1

/** Units of guest memory: a page, and the largest piece that is mapped */
#define COVE_PAGE_SIZE 4096UL
#define COVE_HUGE_SIZE (2UL << 20)
#define COVE_MAX_VCPUS 64
#define COVE_IDENTITY  64

/* ---- /dev/cove ---------------------------------------------------------- */

struct cove_info {
	/** COVE_API_VERSION of the driver */
	__u32 api_version;
	/** As get_tsm_info gives them (CoVE, struct tsm_info) */
	__u32 tsm_state;
	__u32 tsm_impl_id;
	__u32 tsm_version;
	__u64 tsm_capabilities;
	/** vCPUs that a TVM can have at most */
	__u32 max_vcpus;
	/** TVMs that exist */
	__u32 tvms;
	/** Bytes of the pool of the firmware, and those that no TVM has */
	__u64 pool_size;
	__u64 pool_free;
	/** Bytes of ordinary memory that are converted now, and their ranges */
	__u64 ram_size;
	__u32 ram_ranges;
	__u32 reserved;
};

/** Where a TVM's memory may come from; none of them: both, the pool first */
#define COVE_FROM_POOL (1U << 0)
#define COVE_FROM_RAM  (1U << 1)

struct cove_create {
	/** COVE_FROM_* */
	__u32 flags;
	/** 0 */
	__u32 reserved;
	/**
	 * Bytes of memory that the TVM will have in all, 0: not known. What the
	 * pool lacks of it is taken from ordinary memory in one range, because
	 * ranges are few.
	 */
	__u64 memory_size;
};

/** Why vCPUs came out, each cause counted in the driver: index of exits[] */
enum cove_count {
	COVE_COUNT_INTERRUPT,
	COVE_COUNT_FAULT,
	COVE_COUNT_SHARED_FAULT,
	COVE_COUNT_MMIO_LOAD,
	COVE_COUNT_MMIO_STORE,
	COVE_COUNT_WFI,
	COVE_COUNT_SBI,
	COVE_COUNT_SHARE,
	COVE_COUNT_IPI,
	COVE_COUNT_OTHER,
	/** Of all runs those that went back to the VMM */
	COVE_COUNT_USER,
	COVE_COUNTS = 16
};

enum cove_tvm_state {
	COVE_TVM_BUILDING,
	COVE_TVM_RUNNABLE,
	COVE_TVM_ENDED,
};

struct cove_stats {
	/** In for COVE_NEXT_TVM: the first number that is of interest. Out: the
	 * driver's number of the TVM, never used twice */
	__u32 number;
	/** enum cove_tvm_state */
	__u32 state;
	/** The process that created it, as seen in its own namespace */
	__s32 pid;
	__u32 vcpus;
	/** tvm_guest_id of the TSM */
	__u64 tvm_id;
	/** Bytes of all its regions */
	__u64 memory_size;
	/** Pages that are mapped: the guest's own in pieces of 4 KiB and of
	 * 2 MiB, shared ones (4 KiB) */
	__u64 pages_4k;
	__u64 pages_2m;
	__u64 pages_shared;
	/** 4 KiB pages that the TSM has for tables and states, and converted
	 * ones that the TVM has in stock */
	__u64 pages_tsm;
	__u64 pages_stock;
	/** Runs of all vCPUs, and their exits by enum cove_count */
	__u64 runs;
	__u64 exits[COVE_COUNTS];
};

/* ---- A TVM -------------------------------------------------------------- */

struct cove_region {
	/** Guest physical address and length: pages */
	__u64 gpa;
	__u64 size;
	/**
	 * As many bytes of the caller's, page-aligned: what the guest and the
	 * VMM see of a page that the guest shares. Pinned when that happens
	 * (RLIMIT_MEMLOCK); never read or written otherwise.
	 */
	__u64 user_addr;
};

struct cove_pages {
	/** Where they go: pages, within one region */
	__u64 gpa;
	__u64 size;
	/** Their content: copied, measured, and of no interest afterwards */
	__u64 user_addr;
};

struct cove_span {
	__u64 gpa;
	__u64 size;
};

struct cove_finalize {
	/** Where vCPU 0 starts, and its register a1 */
	__u64 entry;
	__u64 arg;
	/** 1: the TVM has an identity */
	__u32 has_identity;
	__u32 reserved;
	__u8 identity[COVE_IDENTITY];
};

/* ---- A vCPU ------------------------------------------------------------- */

#define COVE_RUN_SIZE 4096

/** run->exit_reason */
enum cove_exit {
	/** Nothing to do: run again (the kernel had to do with the thread). Also
	 * after a COVE_RUN that has failed */
	COVE_EXIT_NONE,
	/** run->mmio: load: put the value into data, run again */
	COVE_EXIT_MMIO,
	/** run->sbi: a call; put error and value into ret, run again */
	COVE_EXIT_SBI,
	/** run->system: the guest shut itself down. The TVM has ended */
	COVE_EXIT_SYSTEM,
	/** run->fault: the vCPU has ended, or, if .tvm, all of the TVM */
	COVE_EXIT_FAULT,
	/** run->memory: no memory for this page; run again to try again */
	COVE_EXIT_NO_MEMORY,
};

struct cove_run {
	/** In: if not 0, COVE_RUN answers the last exit and fails with EINTR */
	__u8 immediate_exit;
	__u8 reserved[3];
	/** Out: enum cove_exit */
	__u32 exit_reason;
	union {
		struct {
			__u64 gpa;
			/** Load: in; store: out. Only the low @size bytes */
			__u64 data;
			/** 1, 2, 4 or 8 */
			__u32 size;
			__u32 is_store;
		} mmio;
		struct {
			__u64 extension;
			__u64 function;
			__u64 args[6];
			/** SBI error and value; only console calls come here */
			__s64 error;
			__u64 value;
		} sbi;
		struct {
			/** SRST: type and reason */
			__u32 type;
			__u32 reason;
		} system;
		struct {
			__u64 scause;
			__u64 gpa;
			__u32 tvm;
			__u32 reserved;
		} fault;
		struct {
			__u64 gpa;
		} memory;
		__u64 padding[32];
	};
};

#define COVE_IOC 0xC0

/** /dev/cove. -> 0; ENODEV: no TSM, or one that is not ready */
#define COVE_GET_INFO _IOR(COVE_IOC, 0x00, struct cove_info)

/** /dev/cove. -> fd of a new TVM; ENOMEM: no memory to be had for it, ENOSPC:
 * memory, but no PMP entry to protect it; EAGAIN: the TSM has no room; EBUSY:
 * the machine is about to sleep, or to be switched off */
#define COVE_CREATE_TVM _IOW(COVE_IOC, 0x01, struct cove_create)

/** /dev/cove. The first TVM of number @number or above -> 0; ENOENT: none */
#define COVE_NEXT_TVM _IOWR(COVE_IOC, 0x02, struct cove_stats)

/** TVM, before FINALIZE. EEXIST: it overlaps another region */
#define COVE_ADD_REGION _IOW(COVE_IOC, 0x10, struct cove_region)

/** TVM, before FINALIZE. ENOMEM, ENOSPC as above; EEXIST: a page is there;
 * EINTR: killed. Pieces of 2 MiB are mapped as such */
#define COVE_ADD_PAGES _IOW(COVE_IOC, 0x11, struct cove_pages)

/** TVM, before FINALIZE; argument: the id, below max_vcpus -> fd; EEXIST */
#define COVE_CREATE_VCPU _IO(COVE_IOC, 0x12)

/** TVM, once; needs vCPU 0 */
#define COVE_FINALIZE _IOW(COVE_IOC, 0x13, struct cove_finalize)

/** TVM, after FINALIZE: zero pages now and not on demand; pages that are there
 * stay. EINTR: a signal, the rest is not there */
#define COVE_POPULATE _IOW(COVE_IOC, 0x14, struct cove_span)

/** TVM; its own, whatever @number is */
#define COVE_GET_STATS _IOWR(COVE_IOC, 0x15, struct cove_stats)

/** vCPU. -> 0 and run->exit_reason. EINTR: a signal; EBUSY: another thread runs
 * it; ESHUTDOWN: the TVM has ended, by another vCPU. A vCPU that the guest has
 * not started, or stopped, waits in here */
#define COVE_RUN _IO(COVE_IOC, 0x20)

/** vCPU; argument 0 or 1: level of its external interrupt. From any thread;
 * ends a RUN or a WFI for as long as it takes */
#define COVE_INTERRUPT _IO(COVE_IOC, 0x21)

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ordinary VMs of the host's, the way a hypervisor runs them: a G-stage of
 * its own, guests in VS-mode, exits by SBI call. They run the same guests as
 * TVMs do. Registers that the guest leaves in CSRs (vsatp, ...) stay on the
 * hart between two entries: a VM does not move, and a hart has one at a time.
 */

#ifndef HOST_VM_H
#define HOST_VM_H

#include <stdbool.h>
#include <host/vs.h>

#define VM_PAGES       512
#define VM_OUTPUT_SIZE 256

/** Where vm_map() shows a page: what the guest "outside" touches. */
#define VM_FOREIGN 0x40000000UL

struct vm {
	struct vs vs;
	/** VM_PAGES pages that the guest sees at 0x80000000 */
	char *mem;
	/** G-stage: root of 16 KiB, then tables of a page */
	unsigned long *root;
	unsigned long (*table)[512];
	/** The value for the hart, VMID included */
	unsigned long hgatp;
	/** The guest asked for shutdown */
	bool done;
	/** What it printed, NUL-terminated, truncated when full */
	char output[VM_OUTPUT_SIZE];
	unsigned int output_len;
};

/** Guest @name of the initrd with argument @arg under VMID @vmid. */
void vm_create(struct vm *vm, const char *name, unsigned long arg,
	       unsigned long vmid);

/** Let the guest see @pa, 4 KiB of anything, at VM_FOREIGN. */
void vm_map(struct vm *vm, unsigned long pa);

/**
 * Prepare this hart for the VM. @hedeleg: exceptions that the guest gets by
 * itself.
 */
void vm_load(struct vm *vm, unsigned long hedeleg);

/**
 * Enter the guest once, and answer its console calls. False if it stopped for
 * good: shutdown (done is set), or something that has no answer (see vs).
 */
bool vm_run_once(struct vm *vm);

/** Leave the hart as it was before vm_load(). */
void vm_unload(void);

void vm_destroy(struct vm *vm);

#endif

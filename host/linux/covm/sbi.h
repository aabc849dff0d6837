/* SPDX-License-Identifier: BSD-2-Clause */
/* The SBI calls of a guest's that come to us: its console. */

#ifndef COVM_SBI_H
#define COVM_SBI_H

struct vm;
struct vm_exit;

/** Fill in error and value of a VM_EXIT_SBI. */
void sbi_call(struct vm *vm, struct vm_exit *e);

#endif

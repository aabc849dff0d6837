/* SPDX-License-Identifier: BSD-2-Clause */
/* The nested-acceleration shared memory of the calling hart. */

#ifndef HOST_NACL_H
#define HOST_NACL_H

#include <stdint.h>
#include <host/cove.h>
#include <host/csr.h>
#include <host/hart.h>

/** Allocate (once) and register this hart's shared memory. SBI error. */
long nacl_setup(void);

/** Unregister it. The memory stays with the hart for the next setup. */
long nacl_disable(void);

/** The same, and give the memory back. */
long nacl_release(void);

/** The slot of CSR number @csr, for example CSR_HTVAL. */
static inline volatile uint64_t *nacl_csr(unsigned int csr)
{
	return (volatile uint64_t *)((char *)this_hart()->shmem +
				     COVH_NACL_CSR_OFFSET(csr));
}

/** The slot of register x@i. */
static inline volatile uint64_t *nacl_gpr(unsigned int i)
{
	return (volatile uint64_t *)((char *)this_hart()->shmem +
				     COVH_NACL_GPR_OFFSET(i));
}

#define REG_A0 10

#endif

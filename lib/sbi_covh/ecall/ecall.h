/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the SBI front ends share: who may call, what a6 says, how to answer.
 */

#ifndef __COVH_ECALL_H__
#define __COVH_ECALL_H__

#include <sbi/sbi_ecall.h>
#include <sbi/sbi_trap.h>
#include "../core/shim.h"

/**
 * True if regs are those of a host in HS-mode: no VM, no user program, not
 * the trampoline, and the root domain
 */
bool covh_from_host(const struct sbi_trap_regs *regs);

/**
 * FID of a function word, cove-abi.md A.2
 *
 * @param sdid the host's choice of a supervisor domain counts: 0 and 1 are us
 * @return FID, or -1 if the word must be answered with NOT_SUPPORTED
 */
long covh_fid(unsigned long a6, bool sdid);

/**
 * Answer a call: a0 = err, a1 = value (0 on error), behind the ecall
 *
 * Writes the registers itself, because OpenSBI turns errors below
 * SBI_LAST_ERR into FAILED.
 */
int covh_answer(struct sbi_trap_regs *regs, struct sbi_ecall_return *out,
		long err, u64 value);

/** Define ecall_NAME, the extension of one id; more fields may follow */
#define COVH_EXTENSION(__name, __eid, __handle, ...)                  \
	struct sbi_ecall_extension ecall_##__name;                    \
	static int register_##__name(void)                            \
	{                                                             \
		return sbi_ecall_register_extension(&ecall_##__name); \
	}                                                             \
	struct sbi_ecall_extension ecall_##__name = {                 \
		.name = #__name,                                      \
		.extid_start = __eid,                                 \
		.extid_end = __eid,                                   \
		.register_extensions = register_##__name,             \
		.handle = __handle,                                   \
		__VA_ARGS__                                           \
	}

#endif

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The code that the table in world_csrs.h makes. For world.c only.
 */

#ifndef __COVH_WORLD_SWITCH_H__
#define __COVH_WORLD_SWITCH_H__

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include "hart.h"

/* The guest gets of the hart's envcfg what OpenSBI enabled at boot, less what
 * the host may have asked FWFT for since */
static inline unsigned long
run_guest_menvcfg(const struct covh_host_csrs *saved)
{
	return (saved->MENVCFG & COVH_GUEST_MENVCFG) | ENVCFG_STCE;
}

/*
 * Rows that every hart has make straight-line code; the others are in functions
 * of their own, for harts that have any of them.
 */
#define BASE_ALWAYS(__code) __code
#define BASE_STATEEN(__code)
#define BASE_AIA(__code)
#define BASE_CTR(__code)
#define BASE_CSRIND(__code)
#define BASE_CONTEXT(__code)
#define BASE_QOSID(__code)
#define MORE_ALWAYS(__code)
#define MORE_STATEEN(__code) \
	if (h->has_stateen)  \
	__code
#define MORE_AIA(__code) \
	if (h->has_aia)  \
	__code
#define MORE_CTR(__code) \
	if (h->has_ctr)  \
	__code
#define MORE_CSRIND(__code) \
	if (h->has_csrind)  \
	__code
#define MORE_CONTEXT(__code) \
	if (h->has_scontext) \
	__code
#define MORE_QOSID(__code) \
	if (h->has_qosid)  \
	__code

#define READ(__name, __num, __part, __how, __what) \
	COVH_READ_##__how(__part(saved->__name = csr_read(__num);))
#define SWAP(__name, __num, __part, __how, __what) \
	COVH_SWAP_##__how(__part(saved->__name = csr_swap(__num, __what);))
#define LATE(__name, __num, __part, __how, __what) \
	COVH_LATE_##__how(__part(csr_write(__num, __what);))
#define BACK(__name, __num, __part, __how, __what) \
	COVH_SAVED_##__how(__part(csr_write(__num, saved->__name);))

#define BASE_READ(__name, __num, __needs, __how, __what) \
	READ(__name, __num, BASE_##__needs, __how, __what)
#define BASE_SWAP(__name, __num, __needs, __how, __what) \
	SWAP(__name, __num, BASE_##__needs, __how, __what)
#define BASE_LATE(__name, __num, __needs, __how, __what) \
	LATE(__name, __num, BASE_##__needs, __how, __what)
#define BASE_BACK(__name, __num, __needs, __how, __what) \
	BACK(__name, __num, BASE_##__needs, __how, __what)
#define MORE_READ(__name, __num, __needs, __how, __what) \
	READ(__name, __num, MORE_##__needs, __how, __what)
#define MORE_SWAP(__name, __num, __needs, __how, __what) \
	SWAP(__name, __num, MORE_##__needs, __how, __what)
#define MORE_BACK(__name, __num, __needs, __how, __what) \
	BACK(__name, __num, MORE_##__needs, __how, __what)

static void __attribute__((noinline)) more_csrs_enter(struct covh_hart *h)
{
	struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(MORE_READ)
	COVH_WORLD_CSRS(MORE_SWAP)
}

static void __attribute__((noinline)) more_csrs_leave(const struct covh_hart *h)
{
	const struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(MORE_BACK)
}

static inline void host_csrs_read(struct covh_hart *h)
{
	struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(BASE_READ)
}

static inline void guest_csrs_load(struct covh_hart *h)
{
	struct covh_host_csrs *saved = &h->host_csrs;
	const struct covh_run *run = &h->run;

	if (h->has_more_csrs)
		more_csrs_enter(h);
	COVH_WORLD_CSRS(BASE_SWAP)
	COVH_WORLD_CSRS(BASE_LATE)
}

static inline void host_csrs_restore(const struct covh_hart *h, u64 scause,
				     u64 stval)
{
	const struct covh_host_csrs *saved = &h->host_csrs;

	COVH_WORLD_CSRS(BASE_BACK)
	if (h->has_more_csrs)
		more_csrs_leave(h);
	csr_write(CSR_SCAUSE, scause);
	csr_write(CSR_STVAL, stval);
}

#endif

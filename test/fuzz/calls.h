/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Random calls: choosing them, making them, and seeing what came of it.
 */

#ifndef __FUZZ_CALLS_H__
#define __FUZZ_CALLS_H__

#include "check.h"
#include "input.h"

/** Calls of the core so far, in all sessions */
extern u64 calls_made;
/** What they answered, and how often */
#define ANSWERS 9
extern u64 answers[OPS][ANSWERS];
extern const char *const answer_names[ANSWERS];
/** How many were made in the middle of another one */
extern u64 calls_nested;

/** A fresh machine and model; choices come from the input */
void session_begin(void);
/** One choice: a call or a few */
void session_step(void);
/** End what still runs, look at everything */
void session_end(void);

/** Make a call, check what it answers and what it has changed */
long play(struct call c);

/** The last calls, oldest first */
void trace_print(void);

const char *op_name(enum op op);

/* Choosing arguments (args.c) */

/** A page of this state nearby, as far as there is one; or any, or none */
u64 some_page(enum covh_page_state st);
/** n pages, aligned, that are CONF_FREE; 0: none found */
u64 free_pages(u64 n, u64 align);
u64 host_pages(u64 n);
/** 2 MiB that may be all alike */
u64 large_range(void);
u64 shareable_pages(u64 n, u64 align);
u64 some_count(void);
u64 some_id(void);
u64 some_vcpu(void);
u64 some_gpa(const struct m_tvm *t);
/** One that is likely to lie in a region of this type, or in a leaf that is
 * blocked or not */
u64 gpa_in(const struct m_tvm *t, u8 type);
u64 gpa_blocked(const struct m_tvm *t, bool blocked);
u64 some_type(void);
u64 some_len(void);
u64 odd(void);
/** A live TVM in one of the states of a mask, or NULL */
struct m_tvm *some_tvm(u32 states);
/** An id that has been in use */
void remember_id(u64 id);
void args_reset(void);

/* What a hart in the guest world does (fuzz_guest.c) */

extern struct covh_run runs[FAKE_HARTS];
void guest_step(u32 hart);
struct call choose_guest(u32 hart);

/* Evidence (fuzz_attest.c) */

/** Calls of the core */
long core_attest(struct call *c);
struct call choose_attest(u32 hart);
/** What becomes of the job that a hart works at */
struct call choose_work(u32 hart);
/** A run has begun in the helper */
void check_work_goes_on(u32 hart, u64 context);

#endif

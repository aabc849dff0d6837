/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of the fixture have in common.
 */

#ifndef CONFORM_FIXTURE_PRIV_H
#define CONFORM_FIXTURE_PRIV_H

#include "fixture.h"
#include "places.h"
#include "table.h"

/** CALL("name for messages", function, arguments): true if it succeeds */
#define CALL(__what, __fn, ...) \
	fixture_call(fx, __what, FN_##__fn, CALL_ARGS(__VA_ARGS__))
#define CALL_ARGS(...)			CALL_SIX(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_SIX(a, b, c, d, e, f, ...) a, b, c, d, e, f

/** Addresses of places.h: of one of the blocks, of the subject's, the host's */
static inline uint64_t fx_block(const struct fixture *fx, unsigned int which,
				unsigned int n)
{
	return fx->at.block[which] + n * PAGE;
}

static inline uint64_t fx_mine(const struct fixture *fx, unsigned int n)
{
	return fx_block(fx, fx->subject, n);
}

static inline uint64_t fx_host(const struct fixture *fx, unsigned int n)
{
	return fx->at.host + n * PAGE;
}

/** global_fence here, local_fence on the second hart */
bool fx_fence(struct fixture *fx);

/** A page with this content, measured into a TVM */
bool fx_measure(struct fixture *fx, uint64_t id, const uint8_t *content,
		uint64_t pa, uint64_t gpa);

/** A TVM from these pages */
bool fx_create(struct fixture *fx, uint64_t pgd, uint64_t state, uint64_t *id);

/** A call that may fail */
struct answer fx_try(enum conform_fn fn, uint64_t a0, uint64_t a1, uint64_t a2);

/** All steps to a state, from pages that are all as they should be */
bool fx_go_to(struct fixture *fx, enum conform_state state);

#endif

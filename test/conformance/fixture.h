/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The machine that the tables speak of: two TVMs, one of them (the subject) in
 * a state of the tables, and pages of every kind around them.
 */

#ifndef CONFORM_FIXTURE_H
#define CONFORM_FIXTURE_H

#include "driver.h"

#define MAX_SLOTS (SLOT_PAGES / 5)

struct fixture {
	struct layout at;
	/** Which of the two blocks is the subject's */
	unsigned int subject;
	bool ready;    /**< The pages are as they should be */
	bool broken;   /**< They could not be brought back */
	uint64_t lost; /**< Set of states that could not be reached */
	enum conform_state state;
	bool big;    /**< The 2 MiB are converted */
	uint64_t id; /**< The subject's, whether it lives or not */
	bool alive;
	uint64_t other; /**< The other TVM's id, 0: none */
	uint64_t stale;
	uint64_t made; /**< What a row has created */
	uint64_t slot[MAX_SLOTS];
	unsigned int slots;
	bool inside;	  /**< A vCPU is inside on the second hart */
	const char *step; /**< What failed */
};

/** Once: where things are, the other TVM, a stale id. False: see fx->step */
bool fixture_start(struct fixture *fx, unsigned int subject);

/** Everything back; false if the TSM does not give it */
bool fixture_end(struct fixture *fx);

/** NEED_* of a state */
unsigned int fixture_needs(enum conform_state state);

/**
 * Bring the subject into a state
 *
 * @param big the rows speak of pages of 2 MiB
 * @param again even if it is there already, because something has changed
 */
bool fixture_enter(struct fixture *fx, enum conform_state state, bool big,
		   bool again);

/** Undo the state that the subject is in; false: fx->step has not come back */
bool fixture_leave(struct fixture *fx);

/** Number behind a symbol, or the number itself; false: there is no such thing */
bool fixture_resolve(const struct fixture *fx, uint64_t v, uint64_t *out);

/** Name of the symbol in v, NULL if it is a number */
const char *fixture_symbol(uint64_t v);

/** arguments of the call that is at work in BUSY, and the page it takes */
void fixture_held(const struct fixture *fx, uint64_t held[6], uint64_t *page);

/** fixture_pages.c: one page of those that are looked at */
enum fixture_kind {
	KIND_TSM,   /**< Never changes state */
	KIND_TABLE, /**< Structures of the subject: written by calls only */
	KIND_LIVE,  /**< What its guest may write, and NACL memory */
	KIND_HOST,
	KIND_BUF,   /**< Parameters: written by the engine */
	KIND_OTHER, /**< The other TVM's */
};

struct fixture_page {
	uint64_t pa;
	enum fixture_kind kind;
};

/** Page i of all that are known; false: there are no more */
bool fixture_page(const struct fixture *fx, unsigned int i,
		  struct fixture_page *p);

/** A page that goes back to the pool when it is reclaimed, not to the host */
bool fixture_pooled(const struct fixture *fx, uint64_t pa);

/** fixture_guest.c: the states that a guest has a part in */
bool fixture_guest(struct fixture *fx, enum conform_state state);

/** A call that must succeed; false and fx->step = what if not */
bool fixture_call(struct fixture *fx, const char *what, enum conform_fn fn,
		  uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
		  uint64_t a4, uint64_t a5);

#endif

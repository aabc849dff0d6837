/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests that ask for evidence, for the groups that look at it. */

#ifndef HOST_TESTS_EVIDENCE_H
#define HOST_TESTS_EVIDENCE_H

#include "puppet.h"

#define EVIDENCE_KEY_LEN 107

/** Pages of a vCPU: key, challenge, and room for the certificate */
#define EVIDENCE_OUT_PAGES 2
#define EVIDENCE_PAGES	   (2 + EVIDENCE_OUT_PAGES)

/** Addresses in the guest; vCPUs have pages of their own. */
unsigned long evidence_key(const struct puppet *p, unsigned long vcpu);
unsigned long evidence_challenge(const struct puppet *p, unsigned long vcpu);
unsigned long evidence_out(const struct puppet *p, unsigned long vcpu);

/**
 * A key and a challenge that begins with @challenge lie in vCPU @vcpu's pages,
 * and its room is there and zero. vCPU 0 puts them there.
 */
void evidence_ready(struct puppet *p, unsigned long vcpu,
		    unsigned long challenge);

/** The vCPU asks for evidence; it has to be run for it. */
void evidence_ask(struct puppet *p, unsigned long vcpu, unsigned long format);

/** Run the vCPU to the end of that: bytes of a certificate of this form. */
unsigned long evidence_finish(struct puppet *p, unsigned long vcpu,
			      unsigned long format);

/** A checksum of what is in a vCPU's room, seen by vCPU 0. */
unsigned long evidence_sum(struct puppet *p, unsigned long vcpu);

#endif

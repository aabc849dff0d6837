/* SPDX-License-Identifier: BSD-2-Clause */
/* The TSM's functions for attestation, COVG 6, 7, 8 and 10. */

#include "attest.h"

/* Ticks between two tries while the TSM has no room for the work, and tries:
 * a minute, with a timer of 10 MHz */
#define PAUSE 100000
#define TRIES 6000

/* The TSM takes addresses of whole pages, and memory that is there */
static uint8_t page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint8_t challenge_page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint8_t evidence[EVIDENCE_MAX] __attribute__((aligned(PAGE_SIZE)));

static unsigned long addr(const void *p)
{
	return (unsigned long)p;
}

static void need(struct sbiret r, const char *what)
{
	if (r.error == COVH_ERR_NOT_SUPPORTED)
		die("%s: this TSM cannot do it", what);
	if (r.error)
		die("%s: error %ld, value %ld", what, r.error, r.value);
}

void show_capabilities(void)
{
	const struct covg_attcaps *caps = (void *)page;

	memset(page, 0, sizeof(page));
	need(sbi_call(COVH_EID_COVG, COVG_GET_ATTCAPS, addr(page),
		      sizeof(page)),
	     "get_attcaps");
	printf("attest: the TSM offers %s, certificates:%s%s, %d registers of "
	       "the start and %d of the running VM, SVN %lu\n",
	       caps->hash_algorithm == COVG_HASH_SHA384 ? "SHA-384"
							: "an unknown hash",
	       caps->certificate_formats & COVG_CERT_CBOR ? " CBOR" : "",
	       caps->certificate_formats & COVG_CERT_X509 ? " X.509" : "",
	       caps->initial_measurements, caps->runtime_measurements,
	       (unsigned long)caps->tcb_svn);
}

static void pause(void)
{
	unsigned long until = guest_time() + PAUSE;

	while ((long)(until - guest_time()) > 0)
		;
}

size_t get_evidence(const uint8_t *challenge, unsigned long format,
		    const uint8_t **out)
{
	struct sbiret r;
	int busy;

	memset(evidence, 0, sizeof(evidence));
	key_encode(page);
	memcpy(challenge_page, challenge, COVH_CHALLENGE_SIZE);
	for (busy = 0; busy < TRIES; busy++) {
		r = sbi_call(COVH_EID_COVG, COVG_GET_EVIDENCE, addr(page),
			     COSE_KEY_SIZE, addr(challenge_page), format,
			     addr(evidence), sizeof(evidence));
		if (r.error != COVH_ERR_BUSY)
			break;
		pause();
	}
	if (busy)
		printf("attest: the TSM was busy, %d times\n", busy);
	need(r, "get_evidence");
	if (r.value <= 0 || (unsigned long)r.value > sizeof(evidence))
		die("get_evidence: %ld bytes", r.value);
	*out = evidence;
	return (size_t)r.value;
}

void extend(unsigned long index, const uint8_t *value)
{
	memset(page, 0, sizeof(page));
	memcpy(page, value, COVH_DIGEST_SIZE);
	need(sbi_call(COVH_EID_COVG, COVG_EXTEND_MEASUREMENT, addr(page),
		      COVH_DIGEST_SIZE, index),
	     "extend_measurement");
}

const uint8_t *read_register(unsigned long index)
{
	struct sbiret r = { guest_read_measurement(index, page), 0 };

	need(r, "read_measurement");
	return page;
}

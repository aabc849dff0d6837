/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest's call for evidence takes, uninterrupted, and how much it is. */

#include "bench.h"
#include "evidence.h"

static void one(struct puppet *p, const char *name, unsigned long format)
{
	struct meter m = { 0 };
	unsigned long len;

	evidence_ask(p, 0, format);
	meter_start(&m);
	puppet_finish(p, 0);
	meter_stop(&m, 1);
	len = evidence_finish(p, 0, format);
	bench_report(name, "", &m);
	NOTE("bench %s.bytes %lu", name, len);
}

void bench_evidence(void)
{
	static struct puppet p;

	puppet_make(&p, 1);
	evidence_ready(&p, 0, 0);
	one(&p, "evidence.cbor", COVG_CERT_CBOR);
	one(&p, "evidence.x509", COVG_CERT_X509);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* "covm measure": what a guest will be measured as. */

#include <stdio.h>
#include "die.h"
#include "measure.h"
#include "progress.h"

static void measure_piece(const struct plan *p, struct measure *m, uint64_t gpa)
{
	const uint8_t *at = plan_at(p, gpa, p->piece);
	uint64_t i;

	for (i = 0; i < p->piece; i += COVE_PAGE_SIZE)
		measure_page(m, gpa + i, at + i);
}

/* In the order in which cove.c makes a TVM */
void measure_plan(const struct plan *p, struct measure *m)
{
	uint64_t gpa, done = 0, all = plan_pieces(p);
	unsigned int id;

	measure_init(m);
	measure_region(m, p->start, p->size);
	for (gpa = p->start; plan_piece(p, &gpa); gpa += p->piece) {
		measure_piece(p, m, gpa);
		progress("measuring", ++done, all);
	}
	progress_end();
	for (id = 0; id < p->vcpus; id++)
		measure_vcpu(m, id);
	measure_finalize(m, p->entry, p->arg);
}

static void show(int reg, const uint8_t *digest)
{
	char hex[DIGEST_HEX_SIZE];

	digest_to_hex(digest, hex);
	printf("%d: %s\n", reg, hex);
}

int measure_main(int argc, char **argv)
{
	struct options o;
	struct plan p;
	struct measure m;

	options_parse(&o, argc, argv);
	if (o.kvm)
		die_usage("only a TVM is measured, not --kvm");
	plan_make(&p, &o);
	measure_plan(&p, &m);
	plan_free(&p);
	show(COVH_MSMT_TVM_CODE, m.code);
	show(COVH_MSMT_TVM_CONFIG, m.config);
	return 0;
}

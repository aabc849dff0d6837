/* SPDX-License-Identifier: BSD-2-Clause */
/* Guest memory in pieces of 2 MiB: fewer faults, and shorter walks. */

#include <host/tvm.h>

bool tvm_huge_fits(const struct tvm *t, unsigned long gpa)
{
	const struct tvm_page *p;
	unsigned long at;

	if (!t->cfg.huge)
		return false;
	gpa = ALIGN_DOWN(gpa, HUGE_SIZE);
	for (at = gpa; at < gpa + HUGE_SIZE; at += PAGE_SIZE) {
		p = tvm_page_at(t, at);
		if (!p || p->pa || p->kind != TVM_PAGE_CONF)
			return false;
	}
	return true;
}

/* What could not be mapped is free again */
static long settle(struct tvm *t, unsigned long gpa, unsigned long piece,
		   long err)
{
	if (err) {
		conf_free(&t->conf, piece, HUGE_PAGES);
		return err;
	}
	if (!t->first_page)
		t->first_page = piece;
	tvm_note_pages(t, gpa, piece, HUGE_PAGES);
	return 0;
}

long tvm_add_huge_zero(struct tvm *t, unsigned long gpa)
{
	unsigned long piece = conf_alloc(&t->conf, HUGE_PAGES, HUGE_SIZE);
	unsigned long until = 0;
	long err;

	gpa = ALIGN_DOWN(gpa, HUGE_SIZE);
	if (!piece)
		return SBI_ERR_FAILED;
	do
		err = covh_add_tvm_zero_pages(t->id, piece, COVH_PAGE_2M, 1,
					      gpa)
			      .error;
	while (tvm_again(err, &until));
	if (!err)
		t->huge_faults++;
	return settle(t, gpa, piece, err);
}

long tvm_add_huge_measured(struct tvm *t, unsigned long source,
			   unsigned long gpa)
{
	unsigned long piece = conf_alloc(&t->conf, HUGE_PAGES, HUGE_SIZE);
	long err;

	if (!piece)
		return SBI_ERR_FAILED;
	err = covh_add_tvm_measured_pages(t->id, source, piece, COVH_PAGE_2M, 1,
					  gpa)
		      .error;
	return settle(t, gpa, piece, err);
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A hart in the guest world: it reads and writes the TVM's memory, and ends
 * the run in every way.
 */

#include <string.h>

#include "calls.h"

struct covh_run runs[FAKE_HARTS];

/* The translation is the model's. A blocked one may still be cached */
static void touch(u32 hart)
{
	struct m_tvm *t = &m.tvm[m.hart[hart].slot];
	u64 gpa = some_gpa(t), have, want;
	const struct m_leaf *l;
	void *at;

	gpa &= ~7UL;
	l = leaf_at(t, gpa);
	if (!fake_guest_load(hart, &runs[hart], gpa, &have)) {
		if (l && !l->blocked)
			bug("GPA 0x%lx is not mapped", gpa);
		return;
	}
	if (!l)
		bug("GPA 0x%lx is mapped", gpa);
	at = fake_ram(l->pa + (gpa - l->gpa));
	memcpy(&want, at, sizeof(want));
	if (have != want)
		bug("GPA 0x%lx holds 0x%lx, expected 0x%lx", gpa, have, want);
	/* A secret, to be gone when the host gets the page */
	want = pick64() | 1;
	memcpy(at, &want, sizeof(want));
}

/* What the trampoline looks up when the guest faults */
static void fault(u32 hart)
{
	const struct covh_tvm_page *page = fake_ram(runs[hart].tvm_page);
	u64 gpa = some_gpa(tvm_on(hart));

	if (covh_region_at(&page->regions, gpa) != region_at(tvm_on(hart), gpa))
		bug("GPA 0x%lx is in another region", gpa);
}

static struct call leave(u32 hart)
{
	u64 kind = COVH_EXIT_RESUMABLE;

	if (!m.hart[hart].must_leave)
		switch (pick(32)) {
		case 0:
			kind = COVH_EXIT_TVM_DEAD;
			break;
		case 1:
			kind = COVH_EXIT_VCPU_DEAD;
			break;
		case 2:
		case 3:
			kind = COVH_EXIT_VCPU_STOP;
		}
	return (struct call){ OP_RUN_END,
			      hart,
			      { kind,
				once_in(4) ? odd() : m.hart[hart].hvip } };
}

static struct call share(u32 hart)
{
	bool back = once_in(2);
	u64 gpa = gpa_in(tvm_on(hart), back ? COVH_RGN_SHARED : COVH_RGN_CONF);
	u64 len = once_in(8) ? some_len() : (u64)(1 + pick(4)) * PG;

	if (once_in(8)) {
		gpa = (gpa & ~0x1FFFFFUL) + pick(3) * 0x200000;
		len = 0x200000;
	}
	return (struct call){ back ? OP_UNSHARE : OP_SHARE,
			      hart,
			      { gpa, len } };
}

#define DEVICES 0x10000000UL

/* Around what is there, or anywhere */
static struct call mmio(u32 hart)
{
	bool add = once_in(2);
	u64 gpa = once_in(2) ? gpa_in(tvm_on(hart), COVH_RGN_MMIO)
			     : some_gpa(tvm_on(hart));
	u64 len = once_in(8) ? some_len() : (u64)(1 + pick(8)) * PG;

	if (once_in(4))
		gpa = DEVICES + pick(64) * PG;
	return (struct call){ add ? OP_ADD_MMIO : OP_REMOVE_MMIO,
			      hart,
			      { gpa, len } };
}

struct call choose_guest(u32 hart)
{
	if (m.hart[hart].must_leave)
		return leave(hart);
	if (m.hart[hart].working)
		return choose_work(hart);
	switch (pick(14)) {
	case 10:
	case 11:
		return choose_attest(hart);
	case 12:
	case 13:
		return mmio(hart);
	case 0:
	case 1:
	case 2:
	case 3:
		return share(hart);
	case 4:
	case 5:
		return (struct call){ OP_HART_START,
				      hart,
				      { some_vcpu(),
					once_in(8) ? odd() : GPA + 2 * pick(64),
					pick64() } };
	case 6:
		return (struct call){ OP_HART_STATUS, hart, { some_vcpu() } };
	case 7:
	case 8:
		return (struct call){ OP_SIGNAL,
				      hart,
				      { once_in(8) ? odd() : pick(16),
					once_in(4)   ? ~0UL
					: once_in(4) ? odd()
						     : pick(3),
					once_in(2) ? COVH_SIG_IPI
						   : COVH_SIG_FENCE } };
	default:
		return leave(hart);
	}
}

void guest_step(u32 hart)
{
	if (!m.hart[hart].must_leave && !m.hart[hart].working && once_in(2)) {
		touch(hart);
		fault(hart);
		return;
	}
	play(choose_guest(hart));
}

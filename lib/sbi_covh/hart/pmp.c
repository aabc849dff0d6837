/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The PMP registers of a hart: taking over OpenSBI's entries, installing a
 * window set, switching between the host view and the guest view.
 */

#include <sbi/riscv_asm.h>
#include <sbi/riscv_encoding.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_csr_detect.h>
#include <sbi/sbi_domain.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_hart.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_hfence.h>
#include <sbi/sbi_hsm.h>
#include "../core/fence.h"
#include "../trampoline/layout.h"
#include "../core/nacl.h"
#include "compat.h"
#include "../standalone/standalone.h"
#include "boot.h"
#include "dice.h"
#include "fencelog.h"
#include "hart.h"
#include "pmp_switch.h"

#define CFG_PER_REG 8

/* On RV64 pmpcfg registers have even numbers */
static void cfg_write(u32 reg, u64 val)
{
	csr_write_num(CSR_PMPCFG0 + 2 * reg, val);
}

/*
 * Entries that OpenSBI has written: one per memory region of the domain, and
 * with Smepmp the reserved one. Whatever is in the others is of another time:
 * they keep their content when a hart stops, and on QEMU over a reset.
 */
static u32 entries_of_opensbi(bool mml)
{
	const struct sbi_domain *dom = sbi_domain_thishart_ptr();
	struct sbi_domain_memregion *reg;
	u32 n = mml ? 1 : 0;

	sbi_domain_for_each_memregion(dom, reg) n++;
	return n;
}

static u32 usable_entries(struct sbi_scratch *scratch)
{
	u32 n = sbi_hart_pmp_count(scratch);

	if (n > CONFIG_SBI_COVH_PMP_LIMIT)
		n = CONFIG_SBI_COVH_PMP_LIMIT;
	return n < COVH_PMP_MAX ? n : COVH_PMP_MAX;
}

u32 covh_pmp_forecast(u32 *used)
{
	struct sbi_scratch *scratch = sbi_scratch_thishart_ptr();
	u32 n = usable_entries(scratch);
	bool mml = sbi_hart_has_extension(scratch, SBI_HART_EXT_SMEPMP);

	*used = entries_of_opensbi(mml);
	if (*used > n)
		*used = n;
	return n;
}

static void read_fixed(struct sbi_scratch *scratch, struct covh_pmpfixed *f)
{
	u32 i, own, n = usable_entries(scratch);

	f->count = n;
	f->mml = sbi_hart_has_extension(scratch, SBI_HART_EXT_SMEPMP);
	own = entries_of_opensbi(f->mml);
	for (i = 0; i < n; i++) {
		f->addr[i] = 0;
		f->cfg[i] = 0;
		if (i >= own)
			continue;
		f->addr[i] = csr_read_num(CSR_PMPADDR0 + i);
		f->cfg[i] = csr_read_num(CSR_PMPCFG0 + 2 * (i / CFG_PER_REG)) >>
			    (8 * (i % CFG_PER_REG));
	}
}

/*
 * Write the host view. OpenSBI's entries get what they hold already: with
 * Smepmp M-mode never loses its own. The registers are WARL: one that does not
 * hold what was written does not keep the host from what it should.
 *
 * @return true if all of it is there
 */
static bool write_view(struct covh_hart *h)
{
	const struct covh_pmpview *v = &h->view;
	bool ok = true;
	u32 i;

	for (i = 0; i < v->count; i++) {
		csr_write_num(CSR_PMPADDR0 + i, v->addr[i]);
		ok &= csr_read_num(CSR_PMPADDR0 + i) == v->addr[i];
	}
	h->view_diff = 0;
	for (i = 0; i * CFG_PER_REG < v->count; i++) {
		cfg_write(i, v->host.reg[i]);
		ok &= csr_read_num(CSR_PMPCFG0 + 2 * i) == v->host.reg[i];
		if (v->host.reg[i] != v->guest.reg[i])
			h->view_diff |= 1U << i;
	}
	return ok;
}

static long build_view(struct covh_hart *h, const struct covh_winset *set)
{
	return covh_pmpview_build(&h->fixed, covh_place.block,
				  covh_place.block_size, covh_deny, covh_ndeny,
				  set, &h->view);
}

void covh_hart_install(const struct covh_winset *set)
{
	struct covh_hart *h = covh_hart_this();

	/* convert has checked that the set fits */
	if (build_view(h, set) || !write_view(h)) {
		sbi_printf(
			"opensbi-cove: hart %u: PMP cannot hold the windows\n",
			covh_hart_self());
		sbi_hart_hang();
	}
	covh_fencelog(COVH_LOG_PMP_INSTALL, covh_winset_entries(set));
	__asm__ __volatile__("sfence.vma" : : : "memory");
	covh_fencelog(COVH_LOG_SFENCE, 0);
	__sbi_hfence_gvma_all();
	covh_fencelog(COVH_LOG_HFENCE_GVMA, 0);
}

void covh_pmp_write_more(const struct covh_hart *h, const u64 *cfg)
{
	u32 i;

	for (i = 2; h->view_diff >> i; i++)
		if (h->view_diff >> i & 1)
			cfg_write(i, cfg[i]);
}

/* What the harts have cached is of the guest view, and stays valid: nothing but
 * M-mode runs in between */
void covh_conf_open(void)
{
	struct covh_hart *h = covh_hart_this();

	if (h->fixed.mml)
		covh_pmp_switch(h, h->view.host.reg);
}

void covh_conf_close(void)
{
	struct covh_hart *h = covh_hart_this();

	if (!h->fixed.mml)
		return;
	covh_pmp_switch(h, h->view.guest.reg);
	/* Unless the hart has walked tables on its own meanwhile */
	__asm__ __volatile__("sfence.vma" : : : "memory");
	__sbi_hfence_gvma_all();
}

/* A reset device outside OpenSBI's regions has no entry that could deny it */
static void prune_deny(const struct covh_pmpfixed *f)
{
	u64 napot;
	u32 i, d = 0;

	while (d < covh_ndeny) {
		napot = covh_pmp_napot(covh_deny[d].base,
				       covh_deny[d].end - covh_deny[d].base);
		for (i = 0; i < f->count; i++)
			if (f->addr[i] == napot &&
			    (f->cfg[i] & COVH_PMP_A_MASK) == COVH_PMP_A_NAPOT)
				break;
		if (i < f->count) {
			d++;
			continue;
		}
		sbi_printf(
			"opensbi-cove: the host can reach the reset device at 0x%lx\n",
			(unsigned long)covh_deny[d].base);
		covh_deny[d] = covh_deny[--covh_ndeny];
	}
}

void covh_pmp_release(void)
{
	struct covh_hart *h = covh_hart_this();
	u64 block = covh_pmp_napot(covh_place.block, covh_place.block_size);
	u32 i, first;

	if (!covh_ready)
		return;
	/* The block, and all from where OpenSBI's catch-all stood before it
	 * moved to the end */
	first = h->fixed.count - covh_pmpview_free(&h->fixed) - 1;
	for (i = 0; i < h->view.count; i++)
		if (i >= first || h->fixed.addr[i] == block)
			h->view.host.entry[i] = 0;
	for (i = 0; i * CFG_PER_REG < h->view.count; i++)
		cfg_write(i, h->view.host.reg[i]);
}

void covh_hart_exit(void)
{
	if (!covh_ready)
		return;
	covh_world_drop(covh_hart_this());
	covh_nacl_drop();
	covh_pmp_release();
	covh_hart_set_running(false);
}

/* Not all versions of OpenSBI know all of these, but the host may use them */
#define HAS_CSR(__num)                                           \
	({                                                       \
		struct sbi_trap_info __trap = { 0 };             \
		csr_read_allowed(__num, &__trap), !__trap.cause; \
	})

/* The same as on the first hart that was asked, and not longer than there is
 * room for: vCPUs move from hart to hart */
static bool usable_vector(void)
{
	static u32 vlenb, said;
	unsigned long mstatus = csr_read(CSR_MSTATUS);
	u32 mine, first = 0;

	if (!misa_extension('V'))
		return false;
	csr_set(CSR_MSTATUS, MSTATUS_VS);
	mine = (u32)csr_read(COVH_CSR_VLENB);
	csr_write(CSR_MSTATUS, mstatus);
	__atomic_compare_exchange_n(&vlenb, &first, mine, false,
				    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	if (mine <= COVH_TRAMP_VLENB_MAX && (!first || first == mine))
		return true;
	if (!__atomic_exchange_n(&said, 1, __ATOMIC_RELAXED))
		sbi_printf(
			"opensbi-cove: hart %u: no V for TVMs, its registers have %u bytes\n",
			covh_hart_self(), mine);
	return false;
}

/* A hart that stops or is reset in the middle of a run keeps the guest's V
 * registers. OpenSBI clears those of FP at this time, but not these */
static void clear_vector(void)
{
	unsigned long mstatus = csr_read(CSR_MSTATUS);

	if (!misa_extension('V'))
		return;
	csr_set(CSR_MSTATUS, MSTATUS_VS);
	tramp_vector_clear();
	csr_write(CSR_MSTATUS, mstatus);
}

static void find_features(struct covh_hart *h, struct sbi_scratch *scratch)
{
	h->has_stateen =
		sbi_hart_has_extension(scratch, SBI_HART_EXT_SMSTATEEN);
	h->has_aia = sbi_hart_has_extension(scratch, SBI_HART_EXT_SMAIA);
	h->has_time = sbi_hart_has_extension(scratch, SBI_HART_EXT_ZICNTR);
	h->has_ctr = HAS_CSR(COVH_CSR_VSCTRCTL);
	h->has_csrind = HAS_CSR(CSR_VSISELECT);
	h->has_scontext = HAS_CSR(COVH_CSR_SCONTEXT);
	h->has_qosid = HAS_CSR(COVH_CSR_SRMCFG);
	h->has_more_csrs = h->has_stateen || h->has_aia || h->has_ctr ||
			   h->has_csrind || h->has_scontext || h->has_qosid;
	h->tramp_flags = 0;
	if (h->has_stateen)
		h->tramp_flags |= COVH_TRAMP_F_STATEEN;
	if (misa_extension('F') && misa_extension('D'))
		h->tramp_flags |= COVH_TRAMP_F_FP;
	if (usable_vector())
		h->tramp_flags |= COVH_TRAMP_F_V;
	h->tramp_area = covh_tramp.harts +
			(covh_hart_self() + 1) * COVH_TRAMP_HART_SIZE;
	h->triggers.n = covh_triggers_count();
}

/* The boot hart settles what all others must be able to do as well */
static int start_windows(struct covh_hart *h)
{
	static const struct covh_winset none;
	u32 free;

	prune_deny(&h->fixed);
	if (build_view(h, &none)) {
		sbi_printf(
			"opensbi-cove: no TSM: %u PMP entries do not suffice\n",
			h->fixed.count);
		return SBI_ENOSPC;
	}
	free = covh_pmpview_free(&h->fixed);
	covh_fence_init(free, covh_place.pool,
			covh_place.pool + covh_place.pool_size);
	sbi_printf(
		"opensbi-cove: PMP %u entries, %u used, %u free for windows\n",
		h->fixed.count, h->fixed.count - free, free);
	covh_ready = true;
	return 0;
}

/* What the boot hart was asked for before, and what it has promised for all */
static bool suffices(struct sbi_scratch *scratch)
{
	return misa_extension('H') &&
	       sbi_hart_has_extension(scratch, SBI_HART_EXT_SSTC) &&
	       sbi_hart_pmp_log2gran(scratch) <= COVH_PAGE_SHIFT &&
	       covh_boot_gstage_suffices();
}

static int take_over(struct sbi_scratch *scratch)
{
	static u32 cold_boot_done;
	struct covh_hart *h = covh_hart_this();
	bool cold;

	if (!suffices(scratch))
		return SBI_ENOTSUPP;

	h->in_guest = false;
	h->sse_masked = false;
	find_features(h, scratch);
	clear_vector();
	read_fixed(scratch, &h->fixed);

	cold = !__atomic_exchange_n(&cold_boot_done, 1, __ATOMIC_ACQ_REL);
	if (cold && start_windows(h)) {
		covh_dice_forget();
		return 0;
	}
	if (!covh_ready)
		return 0;
	if (covh_pmpview_free(&h->fixed) < covh_fence_pmp_entries())
		return SBI_ENOSPC;
	/* A hart that was stopped starts afresh; one that resumes goes on */
	if (__sbi_hsm_hart_get_state(covh_hart_self()) !=
	    SBI_HSM_STATE_RESUME_PENDING)
		covh_nacl_drop();
	covh_local_fence();
	if (cold) {
		covh_dice_start(h);
		covh_standalone_start();
	}
	return 0;
}

int covh_pmp_configured(struct sbi_scratch *scratch)
{
	int rc;

	/* In this order: a reset sees that we run, or we see the reset. Its
	 * halt does not reach a hart that is about to start */
	covh_hart_set_running(true);
	if (__atomic_load_n(&covh_resetting, __ATOMIC_SEQ_CST))
		sbi_hart_hang();
	rc = take_over(scratch);
	/* OpenSBI stops it: nobody shall wait for its fences */
	if (rc)
		covh_hart_set_running(false);
	return rc;
}

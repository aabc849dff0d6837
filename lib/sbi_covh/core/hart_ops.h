/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What core/ asks of the hart it runs on. hart/ implements it for OpenSBI,
 * test/unit/fake_hart.c natively (with a model of a TLB that keeps stale
 * entries until the right fence).
 */

#ifndef __COVH_HART_OPS_H__
#define __COVH_HART_OPS_H__

#include "shim.h"

/** Largest hart index + 1 that the TSM supports */
#define COVH_MAX_HARTS 64

/** Index of the calling hart, below covh_hart_count() */
u32 covh_hart_self(void);

/** Number of hart indexes in use */
u32 covh_hart_count(void);

/** True if hart index h is STOPPED: it runs no S-mode code and owes nothing */
bool covh_hart_stopped(u32 h);

/**
 * Make a confidential or firmware range addressable by the TSM
 *
 * Confidential memory is always readable and writable by M-mode in the host
 * view, so nothing is mapped and nothing has to be undone.
 *
 * @param pa physical address inside one RAM page
 * @return pointer to it
 */
#ifdef CONFIG_SBI_COVH
static inline void *covh_conf_ptr(u64 pa)
{
	return (void *)pa;
}
#else
void *covh_conf_ptr(u64 pa);
#endif

/**
 * Make host memory addressable; pairs with covh_host_unmap()
 *
 * One mapping exists at a time (OpenSBI reserves one PMP entry with Smepmp).
 *
 * @param pa physical address; the caller has checked the page records
 * @param len bytes, not 0, all in one page
 * @return pointer to it
 */
void *covh_host_map(u64 pa, u64 len);
void covh_host_unmap(u64 pa, u64 len);

/** Fill one 4 KiB confidential page at page-aligned pa with zeros */
void covh_clear_page(u64 pa);

/**
 * Bring a page's content from the caches to memory and drop it from them
 *
 * Zeros that are only in a cache are no protection from a host that can
 * invalidate lines (Zicbom): it would find what was in memory before.
 */
void covh_flush_page(u64 pa);

/** Clear and flush: what a page goes through before the host gets it */
void covh_scrub_page(u64 pa);

/** Install the current window set on this hart and flush (see window.h) */
struct covh_winset;
void covh_hart_install(const struct covh_winset *set);

/** Forget G-stage translations of one VMID on this hart */
void covh_hart_flush_vmid(u32 vmid);

/**
 * Make hart h look at the signals of the vCPU that it runs (covh_run_signals)
 *
 * Returns at once. The hart may be the calling one, or not run a vCPU any more.
 */
void covh_hart_interrupt(u32 h);

/**
 * Reach confidential memory from a hart in the guest world, and end that
 *
 * In the guest view of the PMP, Smepmp keeps M-mode from what S-mode may reach.
 */
void covh_conf_open(void);
void covh_conf_close(void);

/**
 * Put the helper's image into a context that somebody owns, made anew: with its
 * job all zero (helper.h)
 *
 * IPIs are served on the way.
 */
void covh_helper_load(u32 i);

/** Serve pending M-level IPIs; called between pages of long work, no lock held */
void covh_hart_serve_ipis(void);

#ifdef COVH_DEBUG
/** Instructions of this hart between start and stop; watches may be nested */
struct covh_watch {
	u64 inhibit;
	u64 instret;
};
void covh_watch_start(struct covh_watch *w);
u64 covh_watch_stop(const struct covh_watch *w);
#endif

/** One line on the console, printf-like with OpenSBI's subset of formats */
void covh_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * SHA-384 over the concatenation of up to three buffers
 *
 * @param out 48 bytes; may overlap the inputs
 */
struct covh_bytes {
	const void *p;
	size_t len;
};
void covh_sha384(const struct covh_bytes *in, u32 n, u8 out[48]);

#endif

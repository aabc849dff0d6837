/* SPDX-License-Identifier: BSD-2-Clause */
/* C functions that assembly, or another file of the frame, calls once. */

#ifndef HOST_ENTRY_H
#define HOST_ENTRY_H

/** First C function of the boot hart (start.S); @instret at its entry. */
void host_main(unsigned long hartid, const void *fdt, unsigned long instret);

/** Instructions of this hart before the host, 0 if firmware hides them. */
extern unsigned long boot_instret;

/** Life of a secondary hart (start.S). */
void hart_main(void);

/** A trap outside the probes (trap.S). */
void trap_unexpected(unsigned long cause, unsigned long pc, unsigned long tval);

/** End of a test case: give everything back. */
void test_cleanup(void);

#endif

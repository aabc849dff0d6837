/* SPDX-License-Identifier: BSD-2-Clause */
/* The demonstration: one guest, from its ELF file to its memory's reclaim. */

#ifndef HOST_DEMO_H
#define HOST_DEMO_H

/**
 * Boot arguments: load=eager|lazy, from=pool|window, arg=NUMBER (register a1
 * of the guest), ram=BYTES (demand-zero memory behind the guest's segments),
 * guest=NAME (when the initrd is an archive).
 */
void demo_main(void) __attribute__((noreturn));

#endif

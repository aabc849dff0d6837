/* SPDX-License-Identifier: BSD-2-Clause */
/* The demonstrations: guests, from their files to their memory's reclaim. */

#ifndef HOST_DEMO_H
#define HOST_DEMO_H

/**
 * Boot arguments: load=eager|lazy, from=pool|window, arg=NUMBER (register a1
 * of the guest), ram=BYTES (demand-zero memory behind the guest's segments),
 * guest=NAME (when the initrd is an archive).
 */
void demo_main(void) __attribute__((noreturn));

/**
 * Boot argument linux=NAME[,NAME...]: run operating systems, all of them at
 * the same time. Each one is in the initrd, a cpio archive, as NAME/loader.elf,
 * NAME/Image, NAME/initrd and NAME/dtb; the device tree says where they go.
 */
void linux_main(char *names) __attribute__((noreturn));

#endif

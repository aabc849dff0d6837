/* SPDX-License-Identifier: BSD-2-Clause */
/* Two-stage and one-stage address translation for single accesses. */

#ifndef HOST_PAGING_H
#define HOST_PAGING_H

/** Kinds of access. */
enum access {
	ACCESS_LOAD,
	ACCESS_STORE,
	ACCESS_AMO,
	ACCESS_EXEC,
	ACCESS_KINDS,
};

/** The access fault that belongs to a kind. */
unsigned long access_fault(enum access kind);

/** One access at @addr, physical; scause or 0. */
unsigned long access_bare(enum access kind, unsigned long addr);

/** The same through satp, at an address that is mapped to @pa. */
unsigned long access_mapped(enum access kind, unsigned long pa);

/** The same; but page @table, not ours, is the last level of the walk. */
unsigned long access_through(enum access kind, unsigned long table);

/** HLV or HSV (other kinds: 0) under an hgatp of ours that maps to @pa. */
unsigned long access_guest(enum access kind, unsigned long pa);

/** The same; but page @table is the second level of the G-stage. */
unsigned long access_guest_through(enum access kind, unsigned long table);

#endif

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What lies where in a TVM's block and in the host's, as page numbers.
 */

#ifndef CONFORM_PLACES_H
#define CONFORM_PLACES_H

/* clang-format off */

/* A block: free pages and those that a TVM is made of */
#define AT_NEW_PGD	0
#define AT_NEW_STATE	4
#define AT_VCPU1	7
#define AT_FREE		8
#define AT_PGD		16	/* right behind FREE */
#define AT_STATE	20
#define AT_VCPU0	21
#define AT_PT		24
#define AT_CODE		32
#define AT_DATA		40
#define AT_SDATA	42
#define AT_EDATA	43	/* the end of what is shared, and one behind */

#define FREE_PAGES	8
#define PGD_PAGES	4
#define PT_PAGES	8
#define CODE_PAGES	8
#define DATA_PAGES	2
#define EDATA_PAGES	2

/* The host's */
#define AT_HOST		0
#define AT_BUF		8
#define AT_SHMEM	10
#define AT_SHMEM2	13
#define AT_SHPAGE	16
#define AT_EDGE		20
#define AT_WFREE	22
#define AT_CONVERTING	23
#define AT_HOST_END	24

#define SHMEM_PAGES	3

/* Windows: one of four pages, then single ones with holes between */
#define AT_SPLIT	1
#define AT_USED		2	/* a table of the subject's */
#define WINDOW_FIRST	4
#define WINDOW_NEXT	8
#define WINDOW_STEP	2

/* clang-format on */

#endif

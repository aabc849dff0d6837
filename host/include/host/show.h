/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the demonstrations. Each fails the host if it is not true. */

#ifndef HOST_SHOW_H
#define HOST_SHOW_H

#include <host/conf.h>

/** The machine, and its TSM, which must be ready. */
void show_tsm(void);

/** A range that was converted. */
void show_conversion(const struct conf_range *r);

/** The host cannot read @addr, which is in @what. */
void show_denied(const char *what, unsigned long addr);

/** The reclaimed page at @addr holds nothing. */
void show_zeros(unsigned long addr);

#endif

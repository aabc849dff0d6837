/* SPDX-License-Identifier: BSD-2-Clause */
/* Something ordinary that the host does while TVMs run. */

#ifndef HOST_WORK_H
#define HOST_WORK_H

/** Get memory for it. */
void work_begin(void);

/** Check a page of it and write it anew; fails the host if it has changed. */
void work_step(void);

/** Check all of it, give it back, and say how many steps there were. */
void work_end(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* An operating system as TVM. */

#ifndef HOST_LINUX_H
#define HOST_LINUX_H

#include <host/devices.h>
#include <host/guest_fdt.h>
#include <host/tvm.h>

struct guest {
	const char *name;
	struct tvm tvm;
	struct devices devices;
	struct guest_layout layout;
	struct measure predicted;
};

/** From its files to a TVM that is ready to run. Fails the host otherwise. */
void linux_build(struct guest *g, bool alone);

/** Boot argument counters=1: a line that the guest has printed */
void linux_count(struct tvm *t, const char *line);

/** Fails the host if a step of the TVM's has. */
void linux_check(const struct guest *g, long err);

#endif

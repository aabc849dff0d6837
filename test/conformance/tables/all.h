/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The names of all tables.
 */

#ifndef CONFORM_ALL_H
#define CONFORM_ALL_H

#include "../conform.h"

/* clang-format off */

#define ALL_SPECS(X) \
	X(info) X(convert) X(reclaim) X(global) X(local) X(create) \
	X(finalize) X(promote) X(destroy) X(region) X(tables) X(measured) \
	X(zero) X(shared) X(vcpu) X(run) X(tvm_fence) X(invalidate) \
	X(validate) X(remove) X(supd) X(probe) X(shmem) X(share) X(unshare) \
	X(read) X(add_mmio) X(remove_mmio) X(allow) X(deny) X(attcaps) \
	X(extend) X(evidence) X(functions) X(word) X(guest_absent)

#define DECLARE_SPEC(__x) extern const struct spec conform_##__x;

ALL_SPECS(DECLARE_SPEC)

/* clang-format on */

#endif

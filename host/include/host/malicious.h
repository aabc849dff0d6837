/* SPDX-License-Identifier: BSD-2-Clause */
/* The host as an enemy of a guest that proves to somebody what it is. */

#ifndef HOST_MALICIOUS_H
#define HOST_MALICIOUS_H

#include <host/tvm.h>

/**
 * Boot argument attack=, for guest attest; without it, nothing.
 * flip: change one byte of the guest's image before it is measured.
 * replay: answer with old evidence, file "evidence" of the initrd.
 * swap-key: put the host's key into the guest's evidence.
 * tamper: change the encrypted secret that the guest is sent.
 */
void malicious_host(struct tvm_config *cfg);

#endif

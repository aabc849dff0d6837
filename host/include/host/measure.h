/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the TSM's measurement registers 4 (code) and 5 (configuration) of a
 * TVM must hold, computed by the host from the same inputs. Each call below
 * belongs to one COVH call; the order matters, as it does there.
 */

#ifndef HOST_MEASURE_H
#define HOST_MEASURE_H

#include <stdint.h>
#include <sbi_covh/abi.h>

#define DIGEST_HEX_SIZE (2 * COVH_DIGEST_SIZE + 1)

struct measure {
	uint8_t code[COVH_DIGEST_SIZE];
	uint8_t config[COVH_DIGEST_SIZE];
};

/** Both registers as create_tvm leaves them. */
void measure_init(struct measure *m);

/** add_tvm_measured_pages: one 4 KiB page, ascending addresses. */
void measure_page(struct measure *m, uint64_t gpa, const void *page);

/** add_tvm_memory_region. */
void measure_region(struct measure *m, uint64_t gpa, uint64_t len);

/** create_tvm_vcpu. */
void measure_vcpu(struct measure *m, uint64_t id);

/** finalize_tvm. */
void measure_finalize(struct measure *m, uint64_t sepc, uint64_t arg);

/** SHA-384 of @len bytes at @data, to @digest. */
void sha384(const void *data, uint64_t len, uint8_t *digest);

/** The 96 hexadecimal digits of a digest and a NUL, to @hex. */
void digest_to_hex(const uint8_t *digest, char *hex);

#endif

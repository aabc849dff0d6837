/* SPDX-License-Identifier: BSD-2-Clause */
/* Prediction of measurement registers 4 and 5. */

#include <string.h>
#include <mbedtls/sha512.h>
#include <host/console.h>
#include <host/mem.h>
#include <host/measure.h>

/* register = SHA-384(register || a || b) */
static void extend(uint8_t *reg, const void *a, uint64_t alen, const void *b,
		   uint64_t blen)
{
	mbedtls_sha512_context c;

	mbedtls_sha512_init(&c);
	mbedtls_sha512_starts(&c, 1);
	mbedtls_sha512_update(&c, reg, COVH_DIGEST_SIZE);
	mbedtls_sha512_update(&c, a, alen);
	mbedtls_sha512_update(&c, b, blen);
	mbedtls_sha512_finish(&c, reg);
	mbedtls_sha512_free(&c);
}

static void extend_record(struct measure *m, uint32_t tag,
			  const uint64_t *payload, uint32_t len)
{
	const uint32_t head[2] = { tag, len };

	extend(m->config, head, sizeof(head), payload, len);
}

void measure_init(struct measure *m)
{
	memset(m, 0, sizeof(*m));
}

void measure_page(struct measure *m, uint64_t gpa, const void *page)
{
	extend(m->code, &gpa, sizeof(gpa), page, PAGE_SIZE);
}

void measure_region(struct measure *m, uint64_t gpa, uint64_t len)
{
	const uint64_t payload[2] = { gpa, len };

	extend_record(m, COVH_MSMT_TAG_REGION, payload, sizeof(payload));
}

void measure_vcpu(struct measure *m, uint64_t id)
{
	extend_record(m, COVH_MSMT_TAG_VCPU, &id, sizeof(id));
}

void measure_finalize(struct measure *m, uint64_t sepc, uint64_t arg)
{
	const uint64_t payload[2] = { sepc, arg };

	extend_record(m, COVH_MSMT_TAG_FINALIZE, payload, sizeof(payload));
}

void sha384(const void *data, uint64_t len, uint8_t *digest)
{
	mbedtls_sha512_context c;

	mbedtls_sha512_init(&c);
	mbedtls_sha512_starts(&c, 1);
	mbedtls_sha512_update(&c, data, len);
	mbedtls_sha512_finish(&c, digest);
	mbedtls_sha512_free(&c);
}

void digest_to_hex(const uint8_t *digest, char *hex)
{
	int i;

	for (i = 0; i < COVH_DIGEST_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

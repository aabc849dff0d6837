/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ct DIR boot|cbor|x509|branch|memcmp, under valgrind: the job of that name
 * that make_evidence has left in DIR, with the secret in it undefined. Memcheck
 * then complains of each branch and each address that depends on it (threat
 * T-41). The last two leak it in the simplest ways, and must be seen.
 *
 * What becomes public is defined again where it does: points and signatures.
 * And so is the shape of a number, which mbedTLS finds by a look at its leading
 * zeros: ct.supp has that look, but not all that would come of it.
 */

#include "helper/helper.h"
#include <mbedtls/platform.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#define WRAP(__type, __name, ...)            \
	__type __real_##__name(__VA_ARGS__); \
	__type __wrap_##__name(__VA_ARGS__); \
	__type __wrap_##__name(__VA_ARGS__)

static struct covh_job job;

/* Length, sign and place, not the value */
static void shape(const mbedtls_mpi *x)
{
	VALGRIND_MAKE_MEM_DEFINED(x, sizeof(*x));
}

static void public(const mbedtls_mpi *x)
{
	shape(x);
	VALGRIND_MAKE_MEM_DEFINED(x->p, x->n * sizeof(*x->p));
}

WRAP(int, mbedtls_mpi_copy, mbedtls_mpi *x, const mbedtls_mpi *y)
{
	int err = __real_mbedtls_mpi_copy(x, y);

	shape(x);
	return err;
}

WRAP(int, mbedtls_mpi_sub_mpi, mbedtls_mpi *x, const mbedtls_mpi *a,
     const mbedtls_mpi *b)
{
	int err = __real_mbedtls_mpi_sub_mpi(x, a, b);

	shape(x);
	return err;
}

WRAP(int, mbedtls_mpi_safe_cond_assign, mbedtls_mpi *x, const mbedtls_mpi *y,
     unsigned char assign)
{
	int err = __real_mbedtls_mpi_safe_cond_assign(x, y, assign);

	shape(x);
	return err;
}

WRAP(int, mbedtls_mpi_mul_mpi, mbedtls_mpi *x, const mbedtls_mpi *a,
     const mbedtls_mpi *b)
{
	int err = __real_mbedtls_mpi_mul_mpi(x, a, b);

	shape(x);
	return err;
}

/* A public key, or what r is made of */
WRAP(int, mbedtls_ecp_mul, mbedtls_ecp_group *grp, mbedtls_ecp_point *r,
     const mbedtls_mpi *m, const mbedtls_ecp_point *p,
     int (*rng)(void *, unsigned char *, size_t), void *state)
{
	int err = __real_mbedtls_ecp_mul(grp, r, m, p, rng, state);

	VALGRIND_MAKE_MEM_DEFINED(&err, sizeof(err));
	public(&r->X);
	public(&r->Y);
	public(&r->Z);
	return err;
}

WRAP(int, mbedtls_ecdsa_sign, mbedtls_ecp_group *grp, mbedtls_mpi *r,
     mbedtls_mpi *s, const mbedtls_mpi *d, const unsigned char *buf, size_t len,
     int (*rng)(void *, unsigned char *, size_t), void *state)
{
	int err = __real_mbedtls_ecdsa_sign(grp, r, s, d, buf, len, rng, state);

	VALGRIND_MAKE_MEM_DEFINED(&err, sizeof(err));
	public(r);
	public(s);
	return err;
}

static void load(const char *dir, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.job", dir, name);
	f = fopen(path, "rb");
	if (!f || fread(&job, sizeof(job), 1, f) != 1) {
		fprintf(stderr, "ct: %s: cannot be read\n", path);
		exit(1);
	}
	fclose(f);
}

/* Where the secret of this job is */
static u8 *secret(void)
{
	return job.kind == COVH_JOB_BOOT ? job.in.boot.secret
					 : job.in.evidence.id.key;
}

int main(int argc, char **argv)
{
	static const u8 guess[COVH_P384_SIZE];
	bool branch, compare;

	if (argc != 3)
		return 1;
	branch = !strcmp(argv[2], "branch");
	compare = !strcmp(argv[2], "memcmp");
	mbedtls_platform_set_calloc_free(calloc, free);
	load(argv[1], branch || compare ? "cbor" : argv[2]);
	VALGRIND_MAKE_MEM_UNDEFINED(secret(), COVH_P384_SIZE);
	if (branch && (secret()[47] & 1))
		puts("odd");
	if (compare && !memcmp(secret(), guess, sizeof(guess)))
		puts("zero");
	covh_job_run(&job);
	VALGRIND_MAKE_MEM_DEFINED(&job, sizeof(job));
	return job.result ? 2 : 0;
}

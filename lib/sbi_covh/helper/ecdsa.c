/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The step of ECDSA that mbedTLS lets its users replace, made of its own
 * functions: mbedTLS' one ends in a division of a number that the private key
 * and the nonce are in as they are, and its division takes a time that depends
 * on what is divided. Here a random factor is in all that is divided (T-41).
 */

#include "helper.h"
#include <mbedtls/ecdsa.h>

/* x = a * b mod n; the time depends on all of them */
static int mul_mod(mbedtls_mpi *x, const mbedtls_mpi *a, const mbedtls_mpi *b,
		   const mbedtls_mpi *n)
{
	int err = mbedtls_mpi_mul_mpi(x, a, b);

	return err ? err : mbedtls_mpi_mod_mpi(x, x, n);
}

/* What is secret while a signature is made */
struct nonce {
	mbedtls_mpi k; /**< The nonce, then k t */
	mbedtls_mpi t; /**< The factor */
	mbedtls_mpi d; /**< d t */
	mbedtls_mpi e; /**< e t, then (e + r d) t */
};

/* s = (e + r d) / k, as (e t + r (d t)) / (k t): what is divided by n, and what
 * is inverted, is a product with t or made of such */
static int finish(const mbedtls_mpi *n, struct nonce *x, const mbedtls_mpi *d,
		  const mbedtls_mpi *r, mbedtls_mpi *s)
{
	return mul_mod(&x->d, d, &x->t, n) || mul_mod(&x->e, &x->e, &x->t, n) ||
	       mul_mod(&x->k, &x->k, &x->t, n) ||
	       mbedtls_mpi_mul_mpi(s, r, &x->d) ||
	       mbedtls_mpi_add_mpi(&x->e, &x->e, s) ||
	       mbedtls_mpi_inv_mod(&x->k, &x->k, n) ||
	       mul_mod(s, &x->e, &x->k, n);
}

/* rng is the generator of RFC 6979: what it brings after the nonce blinds. A
 * nonce whose r or s is 0 is an error: it will not be seen */
int mbedtls_ecdsa_sign(mbedtls_ecp_group *grp, mbedtls_mpi *r, mbedtls_mpi *s,
		       const mbedtls_mpi *d, const unsigned char *buf,
		       size_t len, int (*rng)(void *, unsigned char *, size_t),
		       void *rng_state)
{
	mbedtls_ecp_point p;
	struct nonce x;
	int err;

	if (len != COVH_P384_SIZE)
		return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
	mbedtls_ecp_point_init(&p);
	mbedtls_mpi_init(&x.k);
	mbedtls_mpi_init(&x.t);
	mbedtls_mpi_init(&x.d);
	mbedtls_mpi_init(&x.e);
	err = mbedtls_ecp_gen_privkey(grp, &x.k, rng, rng_state) ||
	      mbedtls_ecp_gen_privkey(grp, &x.t, rng, rng_state) ||
	      mbedtls_ecp_mul(grp, &p, &x.k, &grp->G, rng, rng_state) ||
	      mbedtls_mpi_mod_mpi(r, &p.X, &grp->N) ||
	      mbedtls_mpi_read_binary(&x.e, buf, len) ||
	      finish(&grp->N, &x, d, r, s) || !mbedtls_mpi_cmp_int(r, 0) ||
	      !mbedtls_mpi_cmp_int(s, 0);
	mbedtls_mpi_free(&x.e);
	mbedtls_mpi_free(&x.d);
	mbedtls_mpi_free(&x.t);
	mbedtls_mpi_free(&x.k);
	mbedtls_ecp_point_free(&p);
	return err ? MBEDTLS_ERR_ECP_RANDOM_FAILED : 0;
}

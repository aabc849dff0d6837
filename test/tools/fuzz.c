/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Hostile input for libcove-verify. Signatures are taken for good (--wrap), so
 * that what is wrong gets as far as it can.
 *
 *   fuzz --seed N --runs N SEED...   mutations of the seeds, the same each time
 *   fuzz FILE...                     these inputs
 *
 * The first byte of an input says what it is: evidence, a policy, a COSE_Key.
 * Built with -DLIBFUZZER, it is a target of libFuzzer.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "verify/priv.h"

#define INPUT_MAX (2 * COVE_EVIDENCE_MAX)

bool __wrap_cv_sign1_verify(const struct cv_sign1 *s, const uint8_t *point);
bool __wrap_cv_x509_verify(const struct cv_cert *c, const uint8_t *point);

bool __wrap_cv_sign1_verify(const struct cv_sign1 *s, const uint8_t *point)
{
	(void)s;
	return point[0] == 4;
}

bool __wrap_cv_x509_verify(const struct cv_cert *c, const uint8_t *point)
{
	return c->x509 && point[0] == 4;
}

static const uint8_t nonce[COVH_CHALLENGE_SIZE];
static unsigned long accepted;

static struct cove_policy *make_policy(const uint8_t *kid)
{
	struct cove_policy *p = calloc(1, sizeof(*p));
	size_t i;

	p->nroots = 1;
	p->root[0].point[0] = 4;
	memcpy(p->root[0].id, kid, sizeof(p->root[0].id));
	p->states = ~1U;
	for (i = 0; i < COVH_MSMT_COUNT; i++)
		p->reg[i].any = true;
	p->has_min_svn = true;
	p->nsvn = 1;
	strcpy(p->svn[0].type, "firmware");
	return p;
}

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "not so: %s\n", what);
	abort();
}

static bool all_zero(const void *p, size_t n)
{
	const uint8_t *b = p;

	while (n && !*b) {
		b++;
		n--;
	}
	return !n;
}

/* What holds of every report */
static void check_report(const struct cove_report *r)
{
	size_t i, pass = 0;

	check(r->nchecks <= COVE_MAX_CHECKS, "no more checks than fit");
	check(r->ncomponents <= COVE_MAX_COMPONENTS, "components fit");
	check(r->format != COVE_FORMAT_AUTO, "the format is known");
	for (i = 0; i < r->nchecks; i++) {
		check(strlen(r->check[i].detail) < COVE_DETAIL_SIZE, "text");
		pass += r->check[i].result == COVE_PASS;
	}
	check((r->verdict == COVE_ACCEPTED) == (pass == r->nchecks),
	      "accepted if all checks pass");
	check(r->verdict == COVE_ACCEPTED ||
		      all_zero(r->guest_point, sizeof(r->guest_point)),
	      "no key unless accepted");
	check(r->verdict != COVE_ACCEPTED || r->guest_point[0] == 4,
	      "a key if accepted");
	accepted += r->verdict == COVE_ACCEPTED;
}

/* The id that the platform token names, wherever it is, as the root's */
static const uint8_t *find_kid(const uint8_t *p, size_t len)
{
	static const uint8_t mark[] = { 0xa2, 1, 0x38, 0x22, 4, 0x54 };
	const uint8_t *at = len ? memmem(p, len, mark, sizeof(mark)) : NULL;

	if (!at || (size_t)(p + len - at) < sizeof(mark) + COVH_KEY_ID_SIZE)
		return nonce;
	return at + sizeof(mark);
}

static void try_evidence(const uint8_t *p, size_t len)
{
	static struct cove_report r;
	struct cove_policy *policy = make_policy(find_kid(p, len));
	FILE *null = fopen("/dev/null", "w");

	cove_verify(p, len, COVE_FORMAT_AUTO, nonce, policy, &r);
	/* Its nonce, if it has one, is not ours: the last thing to be wrong */
	check_report(&r);
	cove_report_print(&r, true, null);
	cove_report_json(&r, null);
	cove_verify(p, len, COVE_FORMAT_CBOR, nonce, policy, &r);
	check_report(&r);
	fclose(null);
	cove_policy_free(policy);
}

static void try_policy(const uint8_t *p, size_t len)
{
	struct cove_policy *policy = NULL;
	char why[COVE_DETAIL_SIZE] = "";

	if (cove_policy_parse(&policy, (const char *)p, len, NULL, why,
			      sizeof(why)) == COVE_ACCEPTED)
		check(policy && policy->nroots, "a policy has a root");
	else
		check(!policy && why[0], "a reason, and no policy");
	cove_policy_free(policy);
}

static void try_key(const uint8_t *p, size_t len)
{
	uint8_t point[COVH_POINT_SIZE], id[COVH_KEY_ID_SIZE];

	if (!cove_parse_key(p, len, point))
		check(point[0] == 4 && cove_key_id(point, id), "a point");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (!size)
		return 0;
	copy = malloc(size);
	size--;
	memcpy(copy, data + 1, size);
	switch (data[0] % 4) {
	case 0:
	case 1:
		try_evidence(copy, size);
		break;
	case 2:
		try_policy(copy, size);
		break;
	default:
		try_key(copy, size);
	}
	free(copy);
	return 0;
}

#ifndef LIBFUZZER
static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t below(size_t n)
{
	return n ? next() % n : 0;
}

struct input {
	size_t len;
	uint8_t p[INPUT_MAX];
};

static struct input *seeds;
static size_t nseeds;

static uint8_t odd_byte(void)
{
	static const uint8_t odd[] = {
		0,    1,    0x17, 0x18, 0x1b, 0x20, 0x3b, 0x40, 0x5b, 0x5f,
		0x60, 0x7f, 0x80, 0x9b, 0x9f, 0xa0, 0xbb, 0xbf, 0xd2, 0xdb,
		0xf5, 0xf6, 0xfb, 0xff, '\n', '#',  '=',  ' '
	};

	return odd[below(sizeof(odd))];
}

static void insert(struct input *in, size_t at, const uint8_t *p, size_t n)
{
	if (in->len + n > INPUT_MAX)
		return;
	memmove(in->p + at + n, in->p + at, in->len - at);
	memcpy(in->p + at, p, n);
	in->len += n;
}

static void cut(struct input *in, size_t at, size_t n)
{
	if (n > in->len - at)
		n = in->len - at;
	memmove(in->p + at, in->p + at + n, in->len - at - n);
	in->len -= n;
}

static void splice(struct input *in, size_t at)
{
	const struct input *other = &seeds[below(nseeds)];
	size_t from = below(other->len), n = below(other->len - from);
	uint8_t piece[512];

	if (n > sizeof(piece))
		n = sizeof(piece);
	memcpy(piece, other->p + from, n);
	if (next() & 1)
		cut(in, at, n);
	insert(in, at, piece, n);
}

/* The first byte stays, the others do not */
static void mutate(struct input *in)
{
	size_t at = 1 + below(in->len - 1);
	uint8_t b = odd_byte();

	if (in->len < 2)
		return;
	switch (below(7)) {
	case 0:
		in->p[at] ^= (uint8_t)(1 << below(8));
		break;
	case 1:
		in->p[at] = b;
		break;
	case 2:
		in->p[at] += (uint8_t)(next() & 1 ? 1 : -1);
		break;
	case 3:
		insert(in, at, &b, 1);
		break;
	case 4:
		cut(in, at, 1 + below(next() & 1 ? 4 : 200));
		break;
	case 5:
		splice(in, at);
		break;
	default:
		/* A length one more or less, and the bytes with it */
		in->p[at]++;
		insert(in, at + 1 < in->len ? at + 1 : at, &b, 1);
	}
}

static void read_seed(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct input *in = &seeds[nseeds++];

	if (!f) {
		perror(path);
		exit(2);
	}
	in->len = fread(in->p, 1, sizeof(in->p), f);
	fclose(f);
}

int main(int argc, char **argv)
{
	static struct input in;
	unsigned long i, runs = 0;
	int arg = 1;

	if (argc > 5 && !strcmp(argv[1], "--seed")) {
		state = strtoull(argv[2], NULL, 0);
		runs = strtoul(argv[4], NULL, 0);
		arg = 5;
	}
	seeds = calloc((size_t)(argc - arg) + 1, sizeof(*seeds));
	for (; arg < argc; arg++) {
		read_seed(argv[arg]);
		LLVMFuzzerTestOneInput(seeds[nseeds - 1].p,
				       seeds[nseeds - 1].len);
	}
	for (i = 0; i < runs; i++) {
		size_t n = 1 + below(4);

		in = seeds[below(nseeds)];
		while (n--)
			mutate(&in);
		LLVMFuzzerTestOneInput(in.p, in.len);
	}
	free(seeds);
	printf("%zu seeds, %lu mutations, %lu accepted\n", nseeds, runs,
	       accepted);
	return 0;
}
#endif

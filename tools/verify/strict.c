/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Deterministic CBOR, checked on the bytes.
 */

#include <string.h>
#include "priv.h"

#define MAX_DEPTH 16

static const char *item(struct cv_bytes *in, unsigned int depth);

static void advance(struct cv_bytes *in, size_t n)
{
	in->p += n;
	in->len -= n;
}

const char *cv_head(struct cv_bytes *in, struct cv_head *h)
{
	/* By the number of bytes behind the first: what would fit in fewer */
	static const uint64_t least[] = { 24, 1 << 8, 1 << 16, 1ULL << 32 };
	unsigned int info, n, i;

	if (!in->len)
		return "ends too early";
	h->major = in->p[0] >> 5;
	info = in->p[0] & 31;
	advance(in, 1);
	h->value = info;
	if (h->major > CV_TAG)
		return "has a simple value or a float";
	if (info < 24)
		return NULL;
	if (info > 27)
		return info == 31 ? "has an indefinite length"
				  : "has a reserved head";
	n = 1U << (info - 24);
	if (in->len < n)
		return "ends too early";
	for (h->value = 0, i = 0; i < n; i++)
		h->value = h->value << 8 | in->p[i];
	advance(in, n);
	return h->value < least[info - 24]
		       ? "has a number that is not as short as "
			 "possible"
		       : NULL;
}

/* Length of a good sequence at @p, 0: none there. As in RFC 3629. */
static size_t utf8_at(const uint8_t *p, size_t len)
{
	uint32_t c = p[0];
	size_t n, i;

	if (c < 0x80)
		return 1;
	n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4 || len < n)
		return 0;
	c &= 0x7f >> n;
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if ((n == 3 && c < 0x800) ||
	    (n == 4 && (c < 0x10000 || c > 0x10ffff)) ||
	    (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

static const char *string(struct cv_bytes *in, const struct cv_head *h)
{
	size_t i, n;

	if (h->value > in->len)
		return "has a string that is longer than what is left";
	for (i = 0; h->major == CV_TEXT && i < h->value; i += n) {
		n = utf8_at(in->p + i, h->value - i);
		if (!n)
			return "has a text that is not UTF-8";
	}
	advance(in, h->value);
	return NULL;
}

/* Ascending in the order of their bytes: equal keys are not */
static bool ascending(struct cv_bytes a, struct cv_bytes b)
{
	int d = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);

	return d < 0 || (!d && a.len < b.len);
}

static const char *map(struct cv_bytes *in, uint64_t pairs, unsigned int depth)
{
	struct cv_bytes last = { NULL, 0 }, key;
	const char *why;
	uint64_t i;

	for (i = 0; i < pairs; i++) {
		key.p = in->p;
		why = item(in, depth + 1);
		if (why)
			return why;
		key.len = (size_t)(in->p - key.p);
		if (i && !ascending(last, key))
			return "has a map whose keys are not sorted or repeated";
		last = key;
		why = item(in, depth + 1);
		if (why)
			return why;
	}
	return NULL;
}

static const char *array(struct cv_bytes *in, uint64_t n, unsigned int depth)
{
	const char *why = NULL;
	uint64_t i;

	for (i = 0; i < n && !why; i++)
		why = item(in, depth + 1);
	return why;
}

static const char *item(struct cv_bytes *in, unsigned int depth)
{
	struct cv_head h;
	const char *why;

	if (depth > MAX_DEPTH)
		return "is nested too deeply";
	why = cv_head(in, &h);
	if (why)
		return why;
	switch (h.major) {
	case CV_BYTES:
	case CV_TEXT:
		return string(in, &h);
	case CV_ARRAY:
		return array(in, h.value, depth);
	case CV_MAP:
		return map(in, h.value, depth);
	case CV_TAG:
		return item(in, depth + 1);
	default:
		return NULL;
	}
}

const char *cv_skip_item(struct cv_bytes *in)
{
	return item(in, 0);
}

const char *cv_strict(struct cv_bytes in)
{
	const char *why;

	if (in.len > COVE_EVIDENCE_MAX)
		return "is longer than 64 KiB";
	why = item(&in, 0);
	return !why && in.len ? "has bytes behind its end" : why;
}

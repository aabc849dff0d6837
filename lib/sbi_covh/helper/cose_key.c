/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Strict decoder of the one thing that comes from a guest: its COSE_Key.
 */

#include "helper.h"

/* Labels beyond those in evidence.h */
#define KEY_KID 2
#define KEY_ALG 3

struct reader {
	const u8 *p;
	const u8 *end;
};

struct head {
	u32 major;
	u64 arg;
};

/* A head in its shortest form; not 0: there is none */
static int read_head(struct reader *r, struct head *h)
{
	u8 shortest[COVH_CBOR_HEAD_MAX];
	u32 info, i, n = 0;

	if (r->p == r->end)
		return -1;
	h->major = *r->p >> 5;
	info = *r->p & 31;
	h->arg = info;
	if (info >= 24) {
		/* 28 to 31: reserved, and indefinite lengths */
		if (info > 27)
			return -1;
		n = 1U << (info - 24);
		if (n > (u64)(r->end - r->p - 1))
			return -1;
		for (h->arg = 0, i = 1; i <= n; i++)
			h->arg = h->arg << 8 | r->p[i];
	}
	if (covh_cbor_head(shortest, h->major, h->arg) != 1 + n)
		return -1;
	r->p += 1 + n;
	return 0;
}

/* The integer must be that value */
static int expect(struct reader *r, s64 value)
{
	struct head h;

	if (read_head(r, &h) || h.major != (value < 0) ||
	    h.arg != (value < 0 ? ~(u64)value : (u64)value))
		return -1;
	return 0;
}

/* A byte string: its bytes, or NULL */
static const u8 *read_bstr(struct reader *r, u64 *len)
{
	const u8 *p;
	struct head h;

	if (read_head(r, &h) || h.major != COVH_CBOR_BSTR ||
	    h.arg > (u64)(r->end - r->p))
		return NULL;
	p = r->p;
	r->p += h.arg;
	*len = h.arg;
	return p;
}

static int read_coordinate(struct reader *r, u8 *out)
{
	const u8 *p;
	u64 len;

	p = read_bstr(r, &len);
	if (!p || len != COVH_P384_SIZE)
		return -1;
	memcpy(out, p, len);
	return 0;
}

/* Optional: nothing if the next label is another one */
static int read_optional(struct reader *r, u8 label, u64 *keys)
{
	struct head h;
	u64 len;

	if (r->p == r->end || *r->p != label)
		return 0;
	r->p++;
	--*keys;
	if (label == KEY_KID)
		return read_bstr(r, &len) ? 0 : -1;
	return read_head(r, &h) || h.major > COVH_CBOR_NEG;
}

int covh_cose_key_decode(const u8 *p, u32 len, u8 *point)
{
	struct reader r = { .p = p, .end = p + len };
	struct head map;

	point[0] = 4;
	/* The order of the labels is that of their encodings */
	if (read_head(&r, &map) || map.major != COVH_CBOR_MAP ||
	    expect(&r, COVH_COSE_KTY) || expect(&r, COVH_COSE_KTY_EC2) ||
	    read_optional(&r, KEY_KID, &map.arg) ||
	    read_optional(&r, KEY_ALG, &map.arg) || expect(&r, COVH_COSE_CRV) ||
	    expect(&r, COVH_COSE_CRV_P384) || expect(&r, COVH_COSE_X) ||
	    read_coordinate(&r, point + 1) || expect(&r, COVH_COSE_Y) ||
	    read_coordinate(&r, point + 1 + COVH_P384_SIZE) || map.arg != 4 ||
	    r.p != r.end)
		return COVH_ERR_INVALID_PARAM;
	return 0;
}

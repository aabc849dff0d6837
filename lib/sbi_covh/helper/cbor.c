/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Encoder of CBOR.
 */

#include <string.h>
#include "cbor.h"

u32 covh_cbor_head(u8 *out, u32 major, u64 arg)
{
	u32 i, n;

	major <<= 5;
	if (arg < 24) {
		out[0] = major | arg;
		return 1;
	}
	n = arg < BIT64(8) ? 0 : arg < BIT64(16) ? 1 : arg < BIT64(32) ? 2 : 3;
	out[0] = major | (24 + n);
	n = 1U << n;
	for (i = 0; i < n; i++)
		out[1 + i] = arg >> 8 * (n - 1 - i);
	return 1 + n;
}

void covh_cbor_init(struct covh_cbor *c, u8 *buf, u32 size)
{
	*c = (struct covh_cbor){ .buf = buf, .size = size };
}

void covh_cbor_raw(struct covh_cbor *c, const void *p, u32 len)
{
	if (c->overflow || len > c->size - c->len) {
		c->overflow = true;
		return;
	}
	memcpy(c->buf + c->len, p, len);
	c->len += len;
}

static void head(struct covh_cbor *c, u32 major, u64 arg)
{
	u8 h[COVH_CBOR_HEAD_MAX];

	covh_cbor_raw(c, h, covh_cbor_head(h, major, arg));
}

void covh_cbor_int(struct covh_cbor *c, s64 value)
{
	if (value < 0)
		head(c, COVH_CBOR_NEG, ~(u64)value);
	else
		head(c, COVH_CBOR_UINT, value);
}

void covh_cbor_tag(struct covh_cbor *c, u64 tag)
{
	head(c, COVH_CBOR_TAG, tag);
}

void covh_cbor_bstr(struct covh_cbor *c, const void *p, u32 len)
{
	head(c, COVH_CBOR_BSTR, len);
	covh_cbor_raw(c, p, len);
}

void covh_cbor_tstr(struct covh_cbor *c, const char *text)
{
	u32 len = strlen(text);

	head(c, COVH_CBOR_TSTR, len);
	covh_cbor_raw(c, text, len);
}

void covh_cbor_array(struct covh_cbor *c, u32 n)
{
	head(c, COVH_CBOR_ARRAY, n);
}

void covh_cbor_map(struct covh_cbor *c, struct covh_cbor_map *m, u32 n)
{
	*m = (struct covh_cbor_map){ .left = n };
	head(c, COVH_CBOR_MAP, n);
}

/* The key that begins at start is the next of its map, and greater than the
 * one before. No encoding of a key is the beginning of another one's */
static void check_key(const struct covh_cbor *c, struct covh_cbor_map *m,
		      u32 start)
{
	u32 len = c->len - start;

	COVH_ASSERT(m->left);
	m->left--;
	if (c->overflow)
		return;
	COVH_ASSERT(!m->key_len ||
		    memcmp(c->buf + m->key, c->buf + start,
			   m->key_len < len ? m->key_len : len) < 0);
	m->key = start;
	m->key_len = len;
}

void covh_cbor_key(struct covh_cbor *c, struct covh_cbor_map *m, s64 label)
{
	u32 start = c->len;

	covh_cbor_int(c, label);
	check_key(c, m, start);
}

void covh_cbor_key_text(struct covh_cbor *c, struct covh_cbor_map *m,
			const char *text)
{
	u32 start = c->len;

	covh_cbor_tstr(c, text);
	check_key(c, m, start);
}

u32 covh_cbor_begin(struct covh_cbor *c)
{
	return c->len;
}

/* The head's length is known now: what is there makes room for it */
void covh_cbor_end(struct covh_cbor *c, u32 begin)
{
	u8 h[COVH_CBOR_HEAD_MAX];
	u32 len = c->len - begin;
	u32 n = covh_cbor_head(h, COVH_CBOR_BSTR, len);

	if (c->overflow || n > c->size - c->len) {
		c->overflow = true;
		return;
	}
	memmove(c->buf + begin + n, c->buf + begin, len);
	memcpy(c->buf + begin, h, n);
	c->len += n;
}

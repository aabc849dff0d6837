/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading items of CBOR where they lie. Everything has been through cv_strict():
 * all heads are whole, and all lengths lie inside.
 */

#include <string.h>
#include "priv.h"

static const struct cv_bytes nothing = { NULL, 0 };

/* What follows the head of an item of this type; false: another type */
static bool open_item(struct cv_bytes item, unsigned int major,
		      struct cv_head *h, struct cv_bytes *rest)
{
	*rest = item;
	return item.p && !cv_head(rest, h) && h->major == major;
}

struct cv_bytes cv_decode(struct cv_bytes in, const char **why)
{
	*why = cv_strict(in);
	return *why ? nothing : in;
}

bool cv_bytes(struct cv_bytes item, struct cv_bytes *out)
{
	struct cv_head h;

	return open_item(item, CV_BYTES, &h, out);
}

bool cv_bytes_copy(struct cv_bytes item, void *out, size_t len)
{
	struct cv_bytes b;

	if (!cv_bytes(item, &b) || b.len != len)
		return false;
	memcpy(out, b.p, len);
	return true;
}

bool cv_text(struct cv_bytes item, struct cv_bytes *out)
{
	struct cv_head h;

	return open_item(item, CV_TEXT, &h, out);
}

bool cv_text_is(struct cv_bytes item, const char *text)
{
	struct cv_bytes b;

	return cv_text(item, &b) && b.len == strlen(text) &&
	       !memcmp(b.p, text, b.len);
}

bool cv_int(struct cv_bytes item, int64_t *out)
{
	struct cv_bytes rest;
	struct cv_head h;
	bool negative;

	negative = open_item(item, CV_NEGATIVE, &h, &rest);
	if ((!negative && !open_item(item, CV_UNSIGNED, &h, &rest)) ||
	    h.value > INT64_MAX)
		return false;
	*out = negative ? -1 - (int64_t)h.value : (int64_t)h.value;
	return true;
}

struct cv_bytes cv_tagged(struct cv_bytes item, uint64_t tag)
{
	struct cv_bytes rest;
	struct cv_head h;

	return open_item(item, CV_TAG, &h, &rest) && h.value == tag ? rest
								    : nothing;
}

bool cv_array(struct cv_bytes item, struct cv_iter *it)
{
	struct cv_head h;

	if (!open_item(item, CV_ARRAY, &h, &it->rest))
		return false;
	it->left = h.value;
	return true;
}

bool cv_map(struct cv_bytes item, struct cv_iter *it)
{
	struct cv_head h;

	if (!open_item(item, CV_MAP, &h, &it->rest))
		return false;
	it->left = h.value;
	return true;
}

bool cv_is_map(struct cv_bytes item)
{
	struct cv_iter it;

	return cv_map(item, &it);
}

/* Take the first of several items */
static struct cv_bytes take(struct cv_bytes *rest)
{
	struct cv_bytes item = *rest;

	if (cv_skip_item(rest)) {
		*rest = nothing;
		return nothing;
	}
	item.len -= rest->len;
	return item;
}

bool cv_next(struct cv_iter *it, struct cv_bytes *item)
{
	if (!it->left)
		return false;
	it->left--;
	*item = take(&it->rest);
	return item->p;
}

bool cv_next_pair(struct cv_iter *it, struct cv_bytes *key,
		  struct cv_bytes *value)
{
	if (!cv_next(it, key))
		return false;
	*value = take(&it->rest);
	return value->p;
}

struct cv_bytes cv_get(struct cv_bytes map, int64_t key)
{
	struct cv_bytes k, v;
	struct cv_iter it;
	int64_t n;

	if (!cv_map(map, &it))
		return nothing;
	while (cv_next_pair(&it, &k, &v)) {
		if (cv_int(k, &n) && n == key)
			return v;
	}
	return nothing;
}

struct cv_bytes cv_get_text(struct cv_bytes map, const char *key)
{
	struct cv_bytes k, v;
	struct cv_iter it;

	if (!cv_map(map, &it))
		return nothing;
	while (cv_next_pair(&it, &k, &v)) {
		if (cv_text_is(k, key))
			return v;
	}
	return nothing;
}

static bool among(const int64_t *keys, size_t n, int64_t key)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (keys[i] == key)
			return true;
	}
	return false;
}

bool cv_only(struct cv_bytes map, const int64_t *keys, size_t n)
{
	struct cv_bytes k, v;
	struct cv_iter it;
	int64_t key;

	if (!cv_map(map, &it))
		return false;
	while (cv_next_pair(&it, &k, &v)) {
		if (!cv_int(k, &key) || !among(keys, n, key))
			return false;
	}
	return true;
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading libcbor's items: its accessors trust their callers to have looked at
 * the type, those here do look. Everything has been through cv_strict(), so that
 * there are no indefinite lengths.
 */

#include <string.h>
#include "priv.h"

void cv_arena_free(struct cv_arena *a)
{
	while (a->n)
		cbor_decref(&a->tree[--a->n]);
}

const cbor_item_t *cv_decode(struct cv_arena *a, struct cv_bytes in,
			     const char **why)
{
	struct cbor_load_result result;
	cbor_item_t *item;

	*why = cv_strict(in);
	if (*why)
		return NULL;
	if (a->n == CV_ARRAY_SIZE(a->tree)) {
		*why = "has too many parts";
		return NULL;
	}
	item = cbor_load(in.p, in.len, &result);
	if (!item) {
		a->no_memory |= result.error.code == CBOR_ERR_MEMERROR;
		*why = "cannot be decoded";
		return NULL;
	}
	a->tree[a->n++] = item;
	return item;
}

bool cv_bytes(const cbor_item_t *item, struct cv_bytes *out)
{
	if (!item || !cbor_isa_bytestring(item) ||
	    !cbor_bytestring_is_definite(item))
		return false;
	out->p = cbor_bytestring_handle(item);
	out->len = cbor_bytestring_length(item);
	return true;
}

bool cv_bytes_copy(const cbor_item_t *item, void *out, size_t len)
{
	struct cv_bytes b;

	if (!cv_bytes(item, &b) || b.len != len)
		return false;
	memcpy(out, b.p, len);
	return true;
}

bool cv_text(const cbor_item_t *item, struct cv_bytes *out)
{
	if (!item || !cbor_isa_string(item) || !cbor_string_is_definite(item))
		return false;
	out->p = cbor_string_handle(item);
	out->len = cbor_string_length(item);
	return true;
}

bool cv_text_is(const cbor_item_t *item, const char *text)
{
	struct cv_bytes b;

	return cv_text(item, &b) && b.len == strlen(text) &&
	       !memcmp(b.p, text, b.len);
}

bool cv_int(const cbor_item_t *item, int64_t *out)
{
	uint64_t v;

	if (!item || !cbor_is_int(item))
		return false;
	v = cbor_get_int(item);
	if (v > INT64_MAX)
		return false;
	*out = cbor_isa_negint(item) ? -1 - (int64_t)v : (int64_t)v;
	return true;
}

bool cv_is_map(const cbor_item_t *item)
{
	return item && cbor_isa_map(item) && cbor_map_is_definite(item);
}

bool cv_array(const cbor_item_t *item, const cbor_item_t *const **out,
	      size_t *n)
{
	if (!item || !cbor_isa_array(item) || !cbor_array_is_definite(item))
		return false;
	*out = (const cbor_item_t *const *)cbor_array_handle(item);
	*n = cbor_array_size(item);
	return true;
}

const cbor_item_t *cv_tagged(const cbor_item_t *item, uint64_t tag)
{
	if (!item || !cbor_isa_tag(item) || cbor_tag_value(item) != tag)
		return NULL;
	/* The tag keeps a reference of its own */
	return cbor_move(cbor_tag_item(item));
}

const cbor_item_t *cv_get(const cbor_item_t *map, int64_t key)
{
	const struct cbor_pair *p;
	int64_t k;
	size_t i;

	if (!cv_is_map(map))
		return NULL;
	p = cbor_map_handle(map);
	for (i = 0; i < cbor_map_size(map); i++) {
		if (cv_int(p[i].key, &k) && k == key)
			return p[i].value;
	}
	return NULL;
}

const cbor_item_t *cv_get_text(const cbor_item_t *map, const char *key)
{
	const struct cbor_pair *p;
	size_t i;

	if (!cv_is_map(map))
		return NULL;
	p = cbor_map_handle(map);
	for (i = 0; i < cbor_map_size(map); i++) {
		if (cv_text_is(p[i].key, key))
			return p[i].value;
	}
	return NULL;
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

bool cv_only(const cbor_item_t *map, const int64_t *keys, size_t n)
{
	const struct cbor_pair *p;
	int64_t k;
	size_t i;

	if (!cv_is_map(map))
		return false;
	p = cbor_map_handle(map);
	for (i = 0; i < cbor_map_size(map); i++) {
		if (!cv_int(p[i].key, &k) || !among(keys, n, k))
			return false;
	}
	return true;
}

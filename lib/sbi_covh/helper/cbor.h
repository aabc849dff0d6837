/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Encoder of the CBOR (RFC 8949) that evidence consists of: definite lengths,
 * shortest forms. Keys of a map are written in their bytewise order by the
 * caller; debug builds check it.
 */

#ifndef __COVH_HELPER_CBOR_H__
#define __COVH_HELPER_CBOR_H__

#include "../core/shim.h"

/* Major types */
#define COVH_CBOR_UINT	0
#define COVH_CBOR_NEG	1
#define COVH_CBOR_BSTR	2
#define COVH_CBOR_TSTR	3
#define COVH_CBOR_ARRAY 4
#define COVH_CBOR_MAP	5
#define COVH_CBOR_TAG	6

/** Bytes of a head at most */
#define COVH_CBOR_HEAD_MAX 9

/** Where the encoding goes. Once overflow is set nothing more is written */
struct covh_cbor {
	u8 *buf;
	u32 size;
	u32 len;
	bool overflow;
};

/** A map while it is written, for the check of its keys */
struct covh_cbor_map {
	u32 left;    /**< Keys to come */
	u32 key;     /**< Offset of the one before */
	u32 key_len; /**< 0: there is none */
};

/**
 * Encode a head: major type and argument, in the shortest form
 *
 * @param out receives up to COVH_CBOR_HEAD_MAX bytes
 * @param major COVH_CBOR_*
 * @return bytes written
 */
u32 covh_cbor_head(u8 *out, u32 major, u64 arg);

void covh_cbor_init(struct covh_cbor *c, u8 *buf, u32 size);
void covh_cbor_int(struct covh_cbor *c, s64 value);
void covh_cbor_tag(struct covh_cbor *c, u64 tag);
void covh_cbor_bstr(struct covh_cbor *c, const void *p, u32 len);
/** A NUL-terminated UTF-8 string, without the NUL */
void covh_cbor_tstr(struct covh_cbor *c, const char *text);
void covh_cbor_array(struct covh_cbor *c, u32 n);
/** What is encoded already */
void covh_cbor_raw(struct covh_cbor *c, const void *p, u32 len);

/** A map of n keys, each written with one of the two below */
void covh_cbor_map(struct covh_cbor *c, struct covh_cbor_map *m, u32 n);
void covh_cbor_key(struct covh_cbor *c, struct covh_cbor_map *m, s64 label);
void covh_cbor_key_text(struct covh_cbor *c, struct covh_cbor_map *m,
			const char *text);

/**
 * A byte string that holds what is encoded until the matching end; they nest
 *
 * @return what covh_cbor_end() wants
 */
u32 covh_cbor_begin(struct covh_cbor *c);
void covh_cbor_end(struct covh_cbor *c, u32 begin);

#endif

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader of CBOR that accepts deterministic encoding and nothing else.
 */

#ifndef __COVH_UNIT_CBOR_WALK_H__
#define __COVH_UNIT_CBOR_WALK_H__

#include "helper/helper.h"

/**
 * Walk over one data item
 *
 * @return its bytes; 0 if it is not whole, or not deterministic
 */
size_t cbor_walk(const u8 *p, size_t len);

/**
 * The value of a label in a map, or the n-th item of an array
 *
 * @param p the item; tags before it are skipped
 * @param label of an integer key, or index
 * @return where the value begins; fails the test if there is none
 */
const u8 *cbor_find(const u8 *p, size_t len, s64 label);

/** As cbor_find(), NULL if there is none */
const u8 *cbor_look(const u8 *p, size_t len, s64 label);

/** The same for a key that is text */
const u8 *cbor_find_text(const u8 *p, size_t len, const char *key);

/** Bytes of a byte or text string, fails the test if it is none */
const u8 *cbor_string(const u8 *p, size_t len, size_t *n);

#endif

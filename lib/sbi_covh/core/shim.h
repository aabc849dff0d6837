/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * The only header through which core/ sees its surroundings: OpenSBI in the
 * firmware, the C library in the native tests, nothing in the trampoline.
 */

#ifndef __COVH_SHIM_H__
#define __COVH_SHIM_H__

#ifdef CONFIG_SBI_COVH
#include <sbi/sbi_types.h>
#else
#include <stdint.h>
#include <stdbool.h>
#include <stddef.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
#endif

#ifndef BIT64
#define BIT64(__n) (1ULL << (__n))
#endif

#define COVH_ARRAY_SIZE(__a) (sizeof(__a) / sizeof((__a)[0]))

void *memcpy(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* The native tests define it themselves */
#ifdef CONFIG_SBI_COVH_TEST
#define COVH_DEBUG
#endif

/** What must hold, checked in debug builds only: stops the machine */
#ifdef COVH_DEBUG
#define COVH_ASSERT(__c)                  \
	do {                              \
		if (!(__c))               \
			__builtin_trap(); \
	} while (0)
#else
#define COVH_ASSERT(__c)           \
	do {                       \
		(void)sizeof(__c); \
	} while (0)
#endif

/** A fence between atomic accesses; the thread sanitizer knows none */
#ifdef __SANITIZE_THREAD__
#define COVH_FENCE(__order) ((void)0)
#else
#define COVH_FENCE(__order) __atomic_thread_fence(__order)
#endif

/**
 * Bound an index that has passed its check against speculation past the check
 *
 * @param idx index, architecturally below size
 * @param size number of elements
 * @return idx, or 0 if idx >= size, computed without a branch
 */
static inline u64 covh_index_nospec(u64 idx, u64 size)
{
	u64 mask;

	/* The compiler must not conclude from the caller's check what comes */
	__asm__("" : "+r"(idx));
	/* All ones if idx < size, else zero, for any idx and sizes to 2^63 */
	mask = (u64)((s64) ~(idx | (size - 1 - idx)) >> 63);
	__asm__("" : "+r"(mask));
	return idx & mask;
}

#endif

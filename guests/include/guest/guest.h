/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library for bare-metal guests (VS-mode, no paging). A guest is one C
 * file with
 *
 *	int main(unsigned long vcpu_id, unsigned long arg)
 *
 * vcpu_id is 0, arg is what the host chose. Returning shuts the machine
 * down: 0 for success, anything else for failure.
 */

#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sbi_covh/abi.h>

#define PAGE_SIZE 4096

/** Registers a0 and a1 after an SBI call. */
struct sbiret {
	long error;
	long value;
};

#define SBI_EID_PUTCHAR 0x01
#define SBI_EID_BASE	0x10
#define SBI_EID_TIME	0x54494D45
#define SBI_EID_SRST	0x53525354
#define SBI_EID_DBCN	0x4442434E

/** An SBI call with all of its registers. */
struct sbiret sbi_ecall(unsigned long eid, unsigned long a6,
			const unsigned long *args);

/** sbi_call(eid, fid, args...): up to six arguments, missing ones are 0. */
#define sbi_call(eid, fid, ...) \
	sbi_ecall(eid, fid, (const unsigned long[6]){ __VA_ARGS__ })

#define __CSR_STR(x) #x
#define CSR_STR(x)   __CSR_STR(x)
#define csr_read(csr)                                         \
	({                                                    \
		unsigned long __v;                            \
		__asm__ __volatile__("csrr %0, " CSR_STR(csr) \
				     : "=r"(__v)              \
				     :                        \
				     : "memory");             \
		__v;                                          \
	})
#define csr_write(csr, val)                              \
	__asm__ __volatile__("csrw " CSR_STR(csr) ", %0" \
			     :                           \
			     : "r"((unsigned long)(val)) \
			     : "memory")
#define csr_set(csr, bits)                                \
	__asm__ __volatile__("csrs " CSR_STR(csr) ", %0"  \
			     :                            \
			     : "r"((unsigned long)(bits)) \
			     : "memory")
#define csr_clear(csr, bits)                              \
	__asm__ __volatile__("csrc " CSR_STR(csr) ", %0"  \
			     :                            \
			     : "r"((unsigned long)(bits)) \
			     : "memory")

/** stimecmp: VS-mode's own timer. Older assemblers lack the name. */
#define CSR_STIMECMP 0x14D

/** Print one byte through the host. */
void putchar(char c);

/** Print a string as it is. */
void puts(const char *s);

/** %s %c %d %u %x (with l), %% and a zero-padded width: "%016lx". */
void printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/** Shut down; @reason 0: all is well, 1: failure. */
void guest_exit(unsigned long type, unsigned long reason)
	__attribute__((noreturn));
#define guest_shutdown() guest_exit(0, 0)

/**
 * Measurement register @index (4: code, 5: configuration) to @buf, which is
 * page-aligned and COVH_DIGEST_SIZE bytes at least. SBI error code.
 */
long guest_read_measurement(unsigned long index, void *buf);

/** Print @len bytes as hexadecimal digits. */
void print_hex(const void *data, size_t len);

/** Time in ticks. */
static inline unsigned long guest_time(void)
{
	return csr_read(time);
}

/**
 * Called for every trap and interrupt of VS-mode; returns how many bytes
 * behind @pc to go on. The library's one prints the trap and shuts down; a
 * guest may define its own.
 */
unsigned long guest_trap(unsigned long cause, unsigned long pc,
			 unsigned long tval);

void *memset(void *s, int c, size_t n);
void *memcpy(void *dest, const void *src, size_t n);
int memcmp(const void *a, const void *b, size_t n);

int main(unsigned long vcpu_id, unsigned long arg);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* SBI calls: the raw call, and the standard extensions the host uses. */

#ifndef HOST_SBI_H
#define HOST_SBI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What every SBI call returns: registers a0 and a1. */
struct sbiret {
	long error;
	long value;
};

/** One SBI call with every register given; @a6 goes out unchanged. */
static inline struct sbiret __sbi_call(unsigned long eid, unsigned long a6,
				       const unsigned long *args)
{
	register unsigned long r0 __asm__("a0");
	register unsigned long r1 __asm__("a1");
	register unsigned long r2 __asm__("a2");
	register unsigned long r3 __asm__("a3");
	register unsigned long r4 __asm__("a4");
	register unsigned long r5 __asm__("a5");
	register unsigned long r6 __asm__("a6") = a6;
	register unsigned long r7 __asm__("a7") = eid;

	r0 = args[0];
	r1 = args[1];
	r2 = args[2];
	r3 = args[3];
	r4 = args[4];
	r5 = args[5];
	__asm__ __volatile__("ecall"
			     : "+r"(r0), "+r"(r1)
			     : "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r6),
			       "r"(r7)
			     : "memory");
	return (struct sbiret){ .error = (long)r0, .value = (long)r1 };
}

/**
 * SBI call: sbi_call(eid, a6, args...). Up to six arguments, integers or
 * (unsigned long) casts; the missing ones are 0. a6 is passed raw, so a test
 * can put anything into its reserved bits.
 */
#define sbi_call(eid, a6, ...) \
	__sbi_call(eid, a6, (const unsigned long[6]){ __VA_ARGS__ })

#define SBI_SUCCESS		  0
#define SBI_ERR_FAILED		  (-1)
#define SBI_ERR_NOT_SUPPORTED	  (-2)
#define SBI_ERR_INVALID_PARAM	  (-3)
#define SBI_ERR_DENIED		  (-4)
#define SBI_ERR_INVALID_ADDRESS	  (-5)
#define SBI_ERR_ALREADY_AVAILABLE (-6)
#define SBI_ERR_ALREADY_STARTED	  (-7)

#define SBI_EID_PUTCHAR 0x01
#define SBI_EID_GETCHAR 0x02
#define SBI_EID_BASE	0x10
#define SBI_EID_TIME	0x54494D45
#define SBI_EID_IPI	0x735049
#define SBI_EID_RFENCE	0x52464E43
#define SBI_EID_HSM	0x48534D
#define SBI_EID_SRST	0x53525354
#define SBI_EID_DBCN	0x4442434E

#define SBI_BASE_SPEC_VERSION 0
#define SBI_BASE_IMPL_ID      1
#define SBI_BASE_IMPL_VERSION 2
#define SBI_BASE_PROBE	      3
#define SBI_DBCN_WRITE	      0
#define SBI_DBCN_READ	      1
#define SBI_DBCN_WRITE_BYTE   2
#define SBI_HSM_START	      0
#define SBI_HSM_STOP	      1
#define SBI_HSM_STATUS	      2
#define SBI_HSM_SUSPEND	      3
#define SBI_HSM_STARTED	      0
#define SBI_HSM_STOPPED	      1
#define SBI_SRST_SHUTDOWN     0
#define SBI_SRST_COLD_REBOOT  1
#define SBI_SRST_NO_REASON    0
#define SBI_SRST_SYSFAIL      1

/** Name of an SBI error code of the standard or of this TSM. */
const char *sbi_strerror(long error);

/** True when the firmware says that it has the extension. */
bool sbi_probe(unsigned long eid);

/** Power off: exit status 0 of QEMU when @ok, else 1. Does not return. */
void sbi_shutdown(bool ok) __attribute__((noreturn));

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Console, power off and names of error codes. */

#include <stdint.h>
#include <sbi_covh/abi.h>
#include <host/console.h>
#include <host/csr.h>
#include <host/fdt.h>
#include <host/hart.h>
#include <host/probe.h>
#include <host/sbi.h>

static bool have_dbcn;
static int console_lock;

bool sbi_probe(unsigned long eid)
{
	struct sbiret r = sbi_call(SBI_EID_BASE, SBI_BASE_PROBE, eid);

	return !r.error && r.value;
}

void console_init(void)
{
	have_dbcn = sbi_probe(SBI_EID_DBCN);
}

void console_putc(char c)
{
	if (have_dbcn)
		sbi_call(SBI_EID_DBCN, SBI_DBCN_WRITE_BYTE, (unsigned char)c);
	else
		sbi_call(SBI_EID_PUTCHAR, 0, (unsigned char)c);
}

size_t console_read(char *buf, size_t len)
{
	struct sbiret r;
	size_t n = 0;

	if (have_dbcn) {
		r = sbi_call(SBI_EID_DBCN, SBI_DBCN_READ, len,
			     (unsigned long)buf, 0);
		return r.error ? 0 : (size_t)r.value;
	}
	for (; n < len; n++) {
		r = sbi_call(SBI_EID_GETCHAR, 0, 0);
		if (r.error < 0)
			break;
		buf[n] = (char)r.error;
	}
	return n;
}

void console_write(const char *s, size_t len)
{
	struct sbiret r;

	spin_lock(&console_lock);
	while (len) {
		if (have_dbcn) {
			r = sbi_call(SBI_EID_DBCN, SBI_DBCN_WRITE, len,
				     (unsigned long)s, 0);
			if (!r.error && r.value > 0) {
				s += r.value;
				len -= r.value;
				continue;
			}
		}
		console_putc(*s++);
		len--;
	}
	spin_unlock(&console_lock);
}

/*
 * The reason "system failure" must reach the exit status of QEMU. OpenSBI's
 * syscon-poweroff device cannot express it; firmware with the TSM can. Where
 * firmware leaves the test device to the host, the host writes it itself.
 */
void sbi_shutdown(bool ok)
{
	const uint32_t test_fail = 0x3333 | 1 << 16;

	/* Once is enough: a second word would take the first back */
	if (!ok && machine.test_device &&
	    !probe_store32(machine.test_device, test_fail))
		for (;;)
			__asm__ __volatile__("wfi");
	sbi_call(SBI_EID_SRST, 0, SBI_SRST_SHUTDOWN,
		 ok ? SBI_SRST_NO_REASON : SBI_SRST_SYSFAIL);
	printf("host: FAILED: firmware does not power off\n");
	csr_write(sie, 0);
	for (;;)
		__asm__ __volatile__("wfi");
}

const char *sbi_strerror(long error)
{
	static const char *const names[] = {
		"SUCCESS",
		"FAILED",
		"NOT_SUPPORTED",
		"INVALID_PARAM",
		"DENIED",
		"INVALID_ADDRESS",
		"ALREADY_AVAILABLE",
		"ALREADY_STARTED",
		"ALREADY_STOPPED",
		"NO_SHMEM",
		"INVALID_STATE",
		"BAD_RANGE",
		"TIMEOUT",
		"IO",
		"DENIED_LOCKED",
	};

	if (error <= 0 && error > -(long)(sizeof(names) / sizeof(names[0])))
		return names[-error];
#ifndef COVE_STD_ERRORS
	switch (error) {
	case COVH_ERR_OUT_OF_PTPAGES:
		return "OUT_OF_PTPAGES";
	case COVH_ERR_OUT_OF_MEMORY:
		return "OUT_OF_MEMORY";
	case COVH_ERR_AUTH:
		return "AUTH";
	case COVH_ERR_BUSY:
		return "BUSY";
	}
#endif
	return "unknown error";
}

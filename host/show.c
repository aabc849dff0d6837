/* SPDX-License-Identifier: BSD-2-Clause */
/* What both demonstrations say about the machine and about pages. */

#include <host/console.h>
#include <host/probe.h>
#include <host/show.h>
#include <host/tvm.h>

void show_tsm(void)
{
	struct covh_tsm_info info;
	long err;

	printf("host: bare-metal host in HS-mode, %d hart%s, %lu MiB free\n",
	       hart_count(), hart_count() == 1 ? "" : "s",
	       ranges_total(&free_ram) >> 20);
	if (!sbi_probe(COVH_EID_COVH))
		fail("this firmware has no TSM (no SBI extension COVH)");
	err = tsm_info(&info);
	if (err && info.tsm_state)
		fail("the TSM is not ready (state %u)", info.tsm_state);
	if (err)
		fail("get_tsm_info: %s (%ld)", sbi_strerror(err), err);
	printf("host: TSM found: implementation 0x%x, version %u.%u, "
	       "capabilities 0x%lx\n",
	       info.tsm_impl_id, info.tsm_version >> 16,
	       info.tsm_version & 0xffff, info.tsm_capabilities);
	if (!(info.tsm_capabilities & COVH_CAP_MEMORY_ALLOCATION))
		fail("the TSM does not take memory from the host");
}

void show_conversion(const struct conf_range *r)
{
	printf("host: converted %lu pages (%lu KiB) at 0x%lx to confidential "
	       "memory, %s\n",
	       r->pages, r->pages * 4, r->base,
	       r->pool ? "from the boot-time pool"
		       : "a window in ordinary memory");
}

void show_denied(const char *what, unsigned long addr)
{
	unsigned long value, cause = probe_load(addr, &value);

	if (!cause)
		fail("the host read %s at 0x%lx: 0x%lx", what, addr, value);
	if (cause != CAUSE_LOAD_ACCESS)
		fail("reading %s at 0x%lx: scause %lu, no access fault", what,
		     addr, cause);
	printf("host: reading %s at 0x%lx: access fault\n", what, addr);
}

void show_zeros(unsigned long addr)
{
	unsigned long i, value, cause;

	for (i = 0; i < PAGE_SIZE; i += 8) {
		cause = probe_load(addr + i, &value);
		if (cause)
			fail("reading the reclaimed page at 0x%lx: scause %lu",
			     addr, cause);
		if (value)
			fail("the reclaimed page at 0x%lx holds 0x%lx", addr,
			     value);
	}
	printf("host: reading the reclaimed page at 0x%lx: all zeros\n", addr);
}

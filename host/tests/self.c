/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's own tools; this group needs no TSM. */

#include <string.h>
#include <host/capture.h>
#include <host/measure.h>
#include <host/test.h>

static void probes(void)
{
	unsigned long v = 1;
	uint32_t *code = page_alloc(1, PAGE_SIZE);

	CHECK(machine.firmware.end);
	CHECK_EQ(probe_load(machine.firmware.start, &v), CAUSE_LOAD_ACCESS);
	CHECK_EQ(v, 1);
	CHECK_EQ(probe_store(machine.firmware.start, 0), CAUSE_STORE_ACCESS);
	v = probe_amo(machine.firmware.start);
	/* With one hart, QEMU 7.2 makes it a load first */
	CHECK(v == CAUSE_STORE_ACCESS || v == CAUSE_LOAD_ACCESS);
	v = 1;
	CHECK_EQ(probe_exec(machine.firmware.start), CAUSE_FETCH_ACCESS);
	code[0] = 0x00008067;
	code[1] = 0;
	CHECK_EQ(probe_exec(pa(code)), 0);
	CHECK_EQ(probe_exec(pa(code + 1)), CAUSE_ILLEGAL);
	CHECK_EQ(probe_load(pa(code), &v), 0);
	CHECK_EQ(v, 0x00008067);
	CHECK_EQ(csr_probe_read(sstatus, &v), 0);
	CHECK_EQ(csr_probe_read(0x5c0, &v), CAUSE_ILLEGAL);
	page_free(code, 1);
}

static void digest(void)
{
	char hex[DIGEST_HEX_SIZE];
	uint8_t d[COVH_DIGEST_SIZE];

	sha384("abc", 3, d);
	digest_to_hex(d, hex);
	CHECK(!strcmp(hex, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
			   "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"));
}

/* Expected values: Python's hashlib over the bytes that the TSM extends */
static void prediction(void)
{
	uint8_t *page = page_alloc(1, PAGE_SIZE);
	char hex[DIGEST_HEX_SIZE];
	struct measure m;

	measure_init(&m);
	measure_region(&m, 0x80000000, 0x3000);
	memset(page, 0x5a, PAGE_SIZE);
	measure_page(&m, 0x80000000, page);
	memset(page, 0, PAGE_SIZE);
	measure_page(&m, 0x80001000, page);
	measure_vcpu(&m, 0);
	measure_finalize(&m, 0x80000000, 7);
	page_free(page, 1);
	digest_to_hex(m.code, hex);
	CHECK(!strcmp(hex, "df391ab37e448b0159b3e6e9b60ec9995ce476f0cc865028"
			   "e0828a25f48a47f82db741e57915d2564fd6acba3d8c4faa"));
	digest_to_hex(m.config, hex);
	CHECK(!strcmp(hex, "cacef1d5732bf3629f11f860b983e0b309e3e0167475553c"
			   "eeb765f880419f4ad0d600af8bc6393d329c579e1ed09fd6"));
}

static void captures(void)
{
	static struct capture in, out;
	int i;

	for (i = 0; i < 32; i++) {
		in.x[i] = 0xc0de000000000000 + i;
		in.f[i] = 0xf00d000000000000 + i;
	}
	in.fcsr = 0x61;
	in.x[10] = 0;
	in.x[16] = SBI_BASE_SPEC_VERSION;
	in.x[17] = SBI_EID_BASE;
	capture_ecall(&in, &out, 1);
	for (i = 1; i < 32; i++) {
		if (i != 10 && i != 11)
			CHECK_EQ(out.x[i], in.x[i]);
		CHECK_EQ(out.f[i], in.f[i]);
	}
	CHECK_EQ(out.x[10], 0);
	CHECK(out.x[11] >= 0x1000000);
	CHECK_EQ(out.fcsr, in.fcsr);
}

static long answer(void *arg)
{
	return *(long *)arg + 1;
}

static void second_hart(void)
{
	struct hart *h = test_second_hart();
	long n = 41;
	int i;

	for (i = 0; i < 3; i++) {
		CHECK_EQ(hart_call(h, answer, &n), 42);
		CHECK_EQ(hart_stop(h), 0);
		CHECK_EQ(hart_start(h), 0);
	}
	CHECK_EQ(hart_call(h, answer, &n), 42);
}

static void interrupts(void)
{
	timer_set(time_now() + time_us(100));
	csr_write(sie, SIP_STIP);
	hart_wfi();
	CHECK(csr_read(sip) & SIP_STIP);
	timer_clear();
	CHECK(!(csr_read(sip) & SIP_STIP));
	ipi_send(this_hart());
	csr_write(sie, SIP_SSIP);
	hart_wfi();
	CHECK(csr_read(sip) & SIP_SSIP);
	ipi_clear();
	CHECK(!(csr_read(sip) & SIP_SSIP));
}

static void memory(void)
{
	unsigned long before = ranges_total(&free_ram);
	void *a = page_alloc(1, PAGE_SIZE);
	void *b = page_alloc(3, 2UL << 20);

	CHECK_EQ(pa(b) & ((2UL << 20) - 1), 0);
	CHECK_EQ(ranges_total(&free_ram), before - 4 * PAGE_SIZE);
	page_free(a, 1);
	page_free(b, 3);
	CHECK_EQ(ranges_total(&free_ram), before);
}

TEST_GROUP(self, { "probes see traps of each kind", probes },
	   { "SHA-384 of abc", digest },
	   { "measurement registers 4 and 5", prediction },
	   { "an SBI call preserves all registers", captures },
	   { "a second hart starts, works and stops", second_hart },
	   { "timer and software interrupt", interrupts },
	   { "page allocator", memory });

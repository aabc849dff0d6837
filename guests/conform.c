/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does what the host says: the guest of the conformance tables.
 *
 * A host that answers a console byte can choose an error from -14 to 0, so it
 * can pass three bits at a time. Words come in like that, bytes go out through
 * the legacy console call.
 */

#include <guest/conform.h>
#include <guest/cose_key.h>
#include <guest/guest.h>

#define SBI_EID_HSM 0x48534D

static unsigned long get_bits(unsigned long nr)
{
	unsigned long i, bits, v = 0;

	for (i = 0; i < nr; i++) {
		bits = (unsigned long)-sbi_call(SBI_EID_DBCN, 2, '?').error;
		v |= bits << CONFORM_BITS * i;
	}
	return v;
}

static unsigned long get(void)
{
	return get_bits(get_bits(CONFORM_COUNT));
}

static void put(unsigned long v)
{
	int i;

	for (i = 0; i < 64; i += 8)
		sbi_call(SBI_EID_PUTCHAR, 0, v >> i & 0xff);
}

static void answer(struct sbiret r)
{
	put((unsigned long)r.error);
	put((unsigned long)r.value);
}

static struct sbiret call(unsigned long nr)
{
	unsigned long arg[6] = { 0 }, eid = get(), a6 = get(), i;

	for (i = 0; i < nr && i < 6; i++)
		arg[i] = get();
	return sbi_ecall(eid, a6, arg);
}

static void put_key(unsigned char *to)
{
	unsigned long i;

	for (i = 0; i < sizeof(cose_key); i++)
		to[i] = cose_key[i];
}

/* Where a second vCPU starts: it has no stack, and needs none */
static void __attribute__((naked, used)) spin(void)
{
	__asm__ __volatile__("1: j 1b");
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned long op;

	(void)vcpu_id;
	(void)arg;
	csr_write(sie, 0);
	for (;;) {
		op = get();
		switch (op & 0xff) {
		case CONFORM_CALL:
			answer(call(op >> 8));
			break;
		case CONFORM_START:
			answer(sbi_call(SBI_EID_HSM, 0, op >> 8,
					(unsigned long)spin, 0));
			break;
		case CONFORM_KEY:
			put_key((unsigned char *)get());
			put(0);
			break;
		case CONFORM_SPIN:
			/* The next run is another hart's */
			put(0);
			spin();
			break;
		}
	}
}

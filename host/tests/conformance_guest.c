/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conformance tables' guest, from the host's side: it is told word by
 * word what to do (guests/conform.c) and tells what came of it.
 */

#include <string.h>
#include <guest/conform.h>
#include <guest/cose_key.h>
#include <host/test.h>
#include "../../test/conformance/driver.h"

/* What a run came out with */
enum guest_exit {
	EXIT_PROMPT, /* the guest wants bits */
	EXIT_BYTE,   /* it says a byte */
	EXIT_NOTICE, /* a call that the TSM has answered */
	EXIT_CALL,   /* a call for the host to answer */
	EXIT_ENDED,
	EXIT_REFUSED, /* RUN's error */
	EXIT_TIMER,   /* the host is interrupted */
	EXIT_OTHER,
};

#define WAIT_US 10000000

/* The TVM that vCPU 0 is of, and where it is */
static uint64_t current;
static bool at_prompt;
/* RUN's last error */
static long run_error;

static volatile uint64_t *slot(unsigned int i)
{
	return nacl_gpr(i);
}

static enum guest_exit what_exit(void)
{
	uint64_t eid = *slot(REG_A0 + 7), fid = *slot(REG_A0 + 6);

	if (csr_read(scause) == (SCAUSE_IRQ | IRQ_STI))
		return EXIT_TIMER;
	if (csr_read(scause) != CAUSE_VS_ECALL)
		return EXIT_OTHER;
	switch (eid) {
	case SBI_EID_PUTCHAR:
		return EXIT_BYTE;
	case SBI_EID_DBCN:
		return EXIT_PROMPT;
	case SBI_EID_HSM:
		return EXIT_NOTICE;
	case COVH_EID_COVG:
		return fid == COVG_SHARE_MEMORY_REGION ||
				       fid == COVG_UNSHARE_MEMORY_REGION
			       ? EXIT_CALL
			       : EXIT_NOTICE;
	}
	return EXIT_OTHER;
}

/* Runs end after a millisecond, that of a call that waits for the helper for
 * good */
static bool interrupted;

static struct sbiret run_vcpu(uint64_t id)
{
	struct sbiret r;

	if (!interrupted)
		return covh_run_tvm_vcpu(id, 0);
	do {
		timer_set(time_now() + time_us(1000));
		r = covh_run_tvm_vcpu(id, 0);
	} while (!r.error && !r.value && what_exit() == EXIT_TIMER &&
		 !drv_contexts());
	return r;
}

static enum guest_exit run_once(uint64_t id)
{
	struct sbiret r = run_vcpu(id);
	enum guest_exit e;

	run_error = r.error;
	if (r.error)
		return EXIT_REFUSED;
	if (r.value)
		return r.value == 1 ? EXIT_ENDED : EXIT_OTHER;
	e = what_exit();
	at_prompt = e == EXIT_PROMPT;
	return e;
}

/* Answer what it asked for, and go on */
static enum guest_exit answer(uint64_t id, long error)
{
	*slot(REG_A0) = (uint64_t)error;
	*slot(REG_A0 + 1) = 0;
	return run_once(id);
}

static bool to_prompt(uint64_t id)
{
	if (current != id)
		at_prompt = false;
	current = id;
	return at_prompt || run_once(id) == EXIT_PROMPT;
}

/* So many pieces of three bits to the guest, that waits for them */
static enum guest_exit say_bits(uint64_t id, uint64_t bits, unsigned int nr)
{
	enum guest_exit e = EXIT_OTHER;
	unsigned int i;

	for (i = 0; i < nr; i++, bits >>= CONFORM_BITS) {
		if (!at_prompt)
			return EXIT_OTHER;
		e = answer(id, -(long)(bits & ((1 << CONFORM_BITS) - 1)));
	}
	return e;
}

/* One word: how many pieces there are, and the pieces */
static enum guest_exit say(uint64_t id, uint64_t word)
{
	unsigned int nr = 0;

	while (nr * CONFORM_BITS < 64 && word >> nr * CONFORM_BITS)
		nr++;
	if (!nr)
		return say_bits(id, 0, CONFORM_COUNT);
	say_bits(id, nr, CONFORM_COUNT);
	return say_bits(id, word, nr);
}

/* Words that it says, the first byte being here already */
static bool hear(uint64_t id, enum guest_exit e, uint64_t *word,
		 unsigned int words)
{
	unsigned int i;

	for (i = 0; i < 8 * words; i++) {
		if (i % 8 == 0)
			word[i / 8] = 0;
		if (e != EXIT_BYTE)
			return false;
		word[i / 8] |= *slot(REG_A0) << 8 * (i % 8);
		if (i + 1 < 8 * words)
			e = answer(id, 0);
	}
	return true;
}

/* The last notice */
static struct {
	unsigned int seen;
	uint64_t fid, a0, a1;
} notice;

/* The result of what it was told, up to its next prompt */
static enum guest_end result(uint64_t id, enum guest_exit e, struct answer *a)
{
	uint64_t word[2];

	for (notice.seen = 0; e == EXIT_NOTICE; e = answer(id, 0)) {
		notice.seen++;
		notice.fid = *slot(REG_A0 + 6);
		notice.a0 = *slot(REG_A0);
		notice.a1 = *slot(REG_A0 + 1);
	}
	switch (e) {
	case EXIT_CALL:
		*a = (struct answer){ (long)*slot(REG_A0), *slot(REG_A0 + 1) };
		return GUEST_FORWARDED;
	case EXIT_ENDED:
		return GUEST_ENDED;
	case EXIT_REFUSED:
		*a = (struct answer){ run_error, 0 };
		return GUEST_REFUSED;
	default:
		break;
	}
	if (!hear(id, e, word, 2) || answer(id, 0) != EXIT_PROMPT)
		return GUEST_LOST;
	*a = (struct answer){ (int64_t)word[0], word[1] };
	return GUEST_ANSWERED;
}

/* A call, up to the exit that it ends in */
static enum guest_exit say_call(uint64_t id, uint64_t eid, uint64_t a6,
				const uint64_t *arg, unsigned int nr)
{
	enum guest_exit e;
	unsigned int i;

	say(id, CONFORM_CALL | nr << 8);
	say(id, eid);
	e = say(id, a6);
	for (i = 0; i < nr; i++)
		e = say(id, arg[i]);
	return e;
}

static enum guest_end call(uint64_t id, uint64_t eid, uint64_t a6,
			   const uint64_t *arg, unsigned int nr,
			   struct answer *a)
{
	a->error = 0;
	if (!to_prompt(id)) {
		a->error = run_error;
		return run_error ? GUEST_REFUSED : GUEST_LOST;
	}
	return result(id, say_call(id, eid, a6, arg, nr), a);
}

/* Key and challenge are in the guest's memory */
static bool put_key(uint64_t id, uint64_t gpa)
{
	uint64_t word;

	if (!to_prompt(id))
		return false;
	say(id, CONFORM_KEY);
	return hear(id, say(id, gpa), &word, 1) && answer(id, 0) == EXIT_PROMPT;
}

bool drv_guest_work(uint64_t id, uint64_t gpa)
{
	const uint64_t arg[] = { gpa, sizeof(cose_key), gpa, COVG_CERT_CBOR,
				 gpa, PAGE_SIZE };
	enum guest_exit e;

	if (!put_key(id, gpa))
		return false;
	/* The first interrupt that comes while the helper works is the last;
	 * the host's others come between words */
	csr_write(sie, SIP_STIP);
	interrupted = true;
	e = say_call(id, COVH_EID_COVG, COVG_GET_EVIDENCE, arg, 6);
	interrupted = false;
	timer_clear();
	csr_write(sie, SIP_SSIP);
	return e == EXIT_TIMER && drv_contexts() == 1;
}

/* One, with what is the host's business, if the call has succeeded */
static bool good_notice(enum conform_fn fn, unsigned int fid,
			const uint64_t *arg, const struct answer *a)
{
	bool region = fn == FN_G_ADD_MMIO || fn == FN_G_REMOVE_MMIO;

	if (a->error || (!region && fn != FN_G_ALLOW && fn != FN_G_DENY))
		return !notice.seen;
	return notice.seen == 1 && notice.fid == fid && notice.a0 == arg[0] &&
	       notice.a1 == (region ? arg[1] : 0);
}

enum guest_end drv_guest_call(uint64_t id, enum conform_fn fn,
			      const uint64_t arg[MAX_ARGS], struct answer *a)
{
	static const unsigned int number[] = {
		[FN_G_SHARE] = COVG_SHARE_MEMORY_REGION,
		[FN_G_UNSHARE] = COVG_UNSHARE_MEMORY_REGION,
		[FN_G_READ] = COVG_READ_MEASUREMENT,
		[FN_G_ADD_MMIO] = COVG_ADD_MMIO_REGION,
		[FN_G_REMOVE_MMIO] = COVG_REMOVE_MMIO_REGION,
		[FN_G_ALLOW] = COVG_ALLOW_EXTERNAL_INTERRUPT,
		[FN_G_DENY] = COVG_DENY_EXTERNAL_INTERRUPT,
		[FN_G_ATTCAPS] = COVG_GET_ATTCAPS,
		[FN_G_EXTEND] = COVG_EXTEND_MEASUREMENT,
		[FN_G_EVIDENCE] = COVG_GET_EVIDENCE,
	};
	enum guest_end end;

	if (fn == FN_G_RAW)
		return call(id, arg[6], arg[7], arg, 6, a);
	if (fn == FN_G_EVIDENCE && arg[6] && !put_key(id, arg[6]))
		return GUEST_LOST;
	end = call(id, COVH_EID_COVG, number[fn], arg,
		   fn == FN_G_EVIDENCE ? 6 : 3, a);
	/* E.4: the host is shown these two arguments and nothing else */
	if (end == GUEST_FORWARDED &&
	    ((uint64_t)a->error != arg[0] || a->value != arg[1] ||
	     *slot(REG_A0 + 6) != number[fn] || *slot(REG_A0 + 2)))
		return GUEST_LOST;
	if (end == GUEST_ANSWERED && !good_notice(fn, number[fn], arg, a))
		return GUEST_LOST;
	return end;
}

enum guest_end drv_guest_resume(uint64_t id, struct answer *a)
{
	return result(id, run_once(id), a);
}

bool drv_guest_start_second(uint64_t id)
{
	struct answer a;

	return to_prompt(id) &&
	       result(id, say(id, CONFORM_START | 1 << 8), &a) ==
		       GUEST_ANSWERED &&
	       !a.error;
}

bool drv_guest_end(uint64_t id, bool all)
{
	const uint64_t arg[] = { SBI_SRST_SHUTDOWN, SBI_SRST_NO_REASON };
	struct answer a;
	enum guest_end end;

	if (all)
		end = call(id, SBI_EID_SRST, 0, arg, 2, &a);
	else
		end = call(id, SBI_EID_HSM, SBI_HSM_STOP, arg, 0, &a);
	return end == GUEST_ENDED;
}

/* The second hart's part of a run */
static struct {
	uint64_t id, vcpu;
	int waiting, go, stop;
} second;

static long run_second(void *arg)
{
	struct sbiret r = { nacl_setup(), 0 };

	(void)arg;
	__atomic_store_n(&second.waiting, 1, __ATOMIC_RELEASE);
	/* The interrupt that brought us here must not end the run */
	while (!__atomic_load_n(&second.go, __ATOMIC_ACQUIRE))
		;
	ipi_settle();
	while (!r.error && !r.value &&
	       !__atomic_load_n(&second.stop, __ATOMIC_ACQUIRE))
		r = covh_run_tvm_vcpu(second.id, second.vcpu);
	ipi_clear();
	nacl_disable();
	return r.error;
}

/*
 * Without NACL memory here, RUN tells a vCPU that runs from one that could. The
 * other hart may be slow: it may have to wait for a processor of the machine
 * that all this runs on.
 */
static bool is_inside(void)
{
	unsigned long end = time_now() + time_us(WAIT_US);
	long error = nacl_disable();

	if (error)
		return false;
	do
		error = covh_run_tvm_vcpu(second.id, second.vcpu).error;
	while (error == SBI_ERR_FAILED && hart_busy(hart_get(1)) &&
	       time_now() < end);
	return !nacl_setup() && error == SBI_ERR_INVALID_PARAM;
}

bool drv_guest_spin(uint64_t id, uint64_t vcpu)
{
	uint64_t word;

	if (vcpu == 0 &&
	    (!to_prompt(id) || !hear(id, say(id, CONFORM_SPIN), &word, 1)))
		return false;
	second.id = id;
	second.vcpu = vcpu;
	second.waiting = second.go = second.stop = 0;
	hart_post(hart_get(1), run_second, NULL);
	while (!__atomic_load_n(&second.waiting, __ATOMIC_ACQUIRE))
		;
	__atomic_store_n(&second.go, 1, __ATOMIC_RELEASE);
	if (is_inside())
		return true;
	drv_guest_kick();
	return false;
}

void drv_guest_kick(void)
{
	__atomic_store_n(&second.stop, 1, __ATOMIC_RELEASE);
	ipi_send(hart_get(1));
	hart_wait(hart_get(1));
}

/* Pages of the file, and the top of the stack */
enum image_page drv_image(unsigned int i, uint64_t *gpa, uint8_t page[PAGE])
{
	static struct image image;
	const struct image_region *r = &image.region[0];
	const void *elf;
	size_t size;

	if (!image.nr_region && (!image_find("conform", &elf, &size) ||
				 image_parse(&image, elf, size)))
		FAIL("there is no guest conform in the initrd");
	for (*gpa = r->start; *gpa < r->end; *gpa += PAGE) {
		bool file = image_page_in_file(&image, *gpa);

		if ((!file && *gpa != r->end - PAGE) || i--)
			continue;
		image_page(&image, *gpa, page);
		return file ? IMAGE_FILE : IMAGE_ZERO;
	}
	return IMAGE_END;
}

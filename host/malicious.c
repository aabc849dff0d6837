/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a malicious host does to a guest that wants to prove what it is. It owns
 * the guest's image before the start and its console all the time, no more.
 */

#include <string.h>
#include <host/console.h>
#include <host/fdt.h>
#include <host/image.h>
#include <host/malicious.h>

/* Of guests/attest: what it says first, and how it sends its evidence */
#define GREETING   "attest: hello"
#define BEGIN	   "attest> evidence "
#define PIECE	   "attest> | "
#define END	   "attest> end"
#define PIECE_SIZE 48

static struct {
	uint8_t data[16384];
	size_t len;
	bool open;
} evidence;

static uint8_t *find(uint8_t *in, size_t len, const void *what, size_t size)
{
	size_t i;

	for (i = 0; i + size <= len; i++) {
		if (!memcmp(in + i, what, size))
			return in + i;
	}
	return NULL;
}

/* The guest works as before, and says "Hello" for "hello" */
static void flip(struct tvm_config *cfg)
{
	uint8_t *image = (uint8_t *)cfg->elf, *p;

	p = find(image, cfg->elf_size, GREETING, sizeof(GREETING) - 1);
	if (!p)
		fail("attack=flip: not the guest that it is for");
	p += strlen("attest: ");
	printf("host: ATTACK: byte 0x%lx of the guest's image is 0x%x, not "
	       "0x%x\n",
	       (unsigned long)(p - image), *p ^ 0x20, *p);
	*p ^= 0x20;
}

static unsigned int digit(char c)
{
	return c <= '9' ? c & 0xf : (c & 7) + 9;
}

static void collect(const char *hex)
{
	for (; hex[0] && hex[1]; hex += 2) {
		if (evidence.len < sizeof(evidence.data))
			evidence.data[evidence.len++] =
				(uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
	}
}

static void send(const uint8_t *data, size_t len)
{
	size_t i;

	printf(BEGIN "%lu\n", (unsigned long)len);
	for (i = 0; i < len; i++) {
		if (i % PIECE_SIZE == 0)
			printf(i ? "\n" PIECE : PIECE);
		printf("%02x", data[i]);
	}
	printf("\n" END "\n");
}

static bool starts(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/*
 * Passes lines on, but for the guest's evidence. True once all of that is
 * there.
 */
static bool withhold(const char *line)
{
	if (starts(line, BEGIN)) {
		evidence.open = true;
		evidence.len = 0;
	} else if (evidence.open && starts(line, PIECE)) {
		collect(line + strlen(PIECE));
	} else if (evidence.open && starts(line, END)) {
		evidence.open = false;
		return true;
	} else {
		printf("%s\n", line);
	}
	return false;
}

/* Evidence of an earlier day, which was accepted then */
static void replay(struct tvm *t, const char *line)
{
	const void *old;
	size_t len;

	(void)t;
	if (!withhold(line))
		return;
	if (!image_find("evidence", &old, &len))
		fail("attack=replay: no file evidence in the initrd");
	printf("host: ATTACK: old evidence in place of the guest's\n");
	send(old, len);
}

/*
 * A key whose private half the host has: it is 1, so the public one is the
 * curve's base point.
 */
static const uint8_t our_x[] = {
	0xaa, 0x87, 0xca, 0x22, 0xbe, 0x8b, 0x05, 0x37, 0x8e, 0xb1, 0xc7, 0x1e,
	0xf3, 0x20, 0xad, 0x74, 0x6e, 0x1d, 0x3b, 0x62, 0x8b, 0xa7, 0x9b, 0x98,
	0x59, 0xf7, 0x41, 0xe0, 0x82, 0x54, 0x2a, 0x38, 0x55, 0x02, 0xf2, 0x5d,
	0xbf, 0x55, 0x29, 0x6c, 0x3a, 0x54, 0x5e, 0x38, 0x72, 0x76, 0x0a, 0xb7,
};
static const uint8_t our_y[] = {
	0x36, 0x17, 0xde, 0x4a, 0x96, 0x26, 0x2c, 0x6f, 0x5d, 0x9e, 0x98, 0xbf,
	0x92, 0x92, 0xdc, 0x29, 0xf8, 0xf4, 0x1d, 0xbd, 0x28, 0x9a, 0x14, 0x7c,
	0xe9, 0xda, 0x31, 0x13, 0xb5, 0xf0, 0xb8, 0xc0, 0x0a, 0x60, 0xb1, 0xce,
	0x1d, 0x7e, 0x81, 0x9d, 0x7a, 0x43, 0x1d, 0x7c, 0x90, 0xea, 0x0e, 0x5f,
};

static unsigned int replace(const uint8_t *from, const uint8_t *to, size_t size)
{
	uint8_t *end = evidence.data + evidence.len, *p = evidence.data;
	unsigned int n = 0;

	while ((p = find(p, (size_t)(end - p), from, size))) {
		memcpy(p, to, size);
		p += size;
		n++;
	}
	return n;
}

/* The host's key instead of the guest's, in the token and wherever else */
static void swap_key(struct tvm *t, const char *line)
{
	/* Label of the claim, and bytes from there to X, from X to Y */
	static const uint8_t label[] = { 0x3a, 0x00, 0x01, 0x11, 0x74 };
	const size_t to_x = sizeof(label) + 2 + 8, to_y = 48 + 3;
	uint8_t x[sizeof(our_x)], y[sizeof(our_y)], *p;

	(void)t;
	if (!withhold(line))
		return;
	p = find(evidence.data, evidence.len, label, sizeof(label));
	if (!p || p + to_x + to_y + sizeof(y) > evidence.data + evidence.len)
		fail("attack=swap-key: no key in the evidence");
	memcpy(x, p + to_x, sizeof(x));
	memcpy(y, p + to_x + to_y, sizeof(y));
	printf("host: ATTACK: the host's key in place of the guest's, %u times\n",
	       replace(x, our_x, sizeof(x)));
	replace(y, our_y, sizeof(y));
	send(evidence.data, evidence.len);
}

/* The first digit of the encrypted secret, on its way to the guest */
static char tamper(char c)
{
	static bool secret, begin = true;
	static int word;

	if (begin) {
		secret = c == 's';
		word = 0;
	}
	begin = c == '\n';
	if (c == ' ')
		word++;
	else if (secret && word == 4) {
		secret = false;
		printf("host: ATTACK: a changed digit in the secret's text\n");
		return c == '0' ? '1' : '0';
	}
	return c;
}

void malicious_host(struct tvm_config *cfg)
{
	char attack[16];

	if (!bootarg("attack", attack, sizeof(attack)))
		return;
	if (!strcmp(attack, "flip"))
		flip(cfg);
	else if (!strcmp(attack, "replay"))
		cfg->on_line = replay;
	else if (!strcmp(attack, "swap-key"))
		cfg->on_line = swap_key;
	else if (!strcmp(attack, "tamper"))
		cfg->intake = tamper;
	else
		fail("boot argument attack=%s: known are flip, replay, "
		     "swap-key and tamper",
		     attack);
	cfg->echo = !cfg->on_line;
}

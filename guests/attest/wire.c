/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines to and from the relying party, over the console that the host has. */

#include "attest.h"

#define SBI_EID_GETCHAR 0x02
/* Ticks between two looks for input */
#define POLL 1000
/* Bytes in a line */
#define PIECE 48

static int get(void)
{
	unsigned long until;
	long c;

	for (;;) {
		c = sbi_call(SBI_EID_GETCHAR, 0, 0).error;
		if (c >= 0)
			return (int)c;
		until = guest_time() + POLL;
		while ((long)(until - guest_time()) > 0)
			;
	}
}

char *read_line(void)
{
	static char line[LINE_MAX];
	size_t n = 0;
	int c;

	while ((c = get()) != '\n') {
		if (n + 1 == sizeof(line))
			die("a line of the relying party's is too long");
		if (c != '\r')
			line[n++] = (char)c;
	}
	line[n] = '\0';
	return line;
}

char *next_word(char **line)
{
	char *word, *p = *line;

	while (*p == ' ')
		p++;
	word = p;
	while (*p && *p != ' ')
		p++;
	if (*p)
		*p++ = '\0';
	*line = p;
	return word;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

long parse_hex(const char *digits, uint8_t *out, size_t max)
{
	int hi, lo;
	size_t n;

	for (n = 0; *digits; n++) {
		hi = digit_value(*digits++);
		lo = hi < 0 ? -1 : digit_value(*digits++);
		if (lo < 0 || n == max)
			return -1;
		out[n] = (uint8_t)(hi << 4 | lo);
	}
	return (long)n;
}

void send(const char *name, const void *data, size_t len)
{
	printf("attest> %s", name);
	if (len)
		putchar(' ');
	print_hex(data, len);
	putchar('\n');
}

void send_evidence(const uint8_t *data, size_t len)
{
	size_t n;

	printf("attest> evidence %lu\n", (unsigned long)len);
	for (; len; data += n, len -= n) {
		n = len < PIECE ? len : PIECE;
		send("|", data, n);
	}
	send("end", NULL, 0);
}

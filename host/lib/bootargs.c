/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of the form key=value in the boot arguments. */

#include <string.h>
#include <host/fdt.h>

const char *bootarg(const char *key, char *buf, unsigned long size)
{
	const char *p = machine.bootargs;
	unsigned long klen = strlen(key), n;

	while (*p) {
		while (*p == ' ')
			p++;
		for (n = 0; p[n] && p[n] != ' '; n++)
			;
		if (n > klen && !strncmp(p, key, klen) && p[klen] == '=') {
			n -= klen + 1;
			if (n >= size)
				n = size - 1;
			memcpy(buf, p + klen + 1, n);
			buf[n] = '\0';
			return buf;
		}
		p += n;
	}
	return NULL;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

unsigned long bootarg_ulong(const char *key, unsigned long def)
{
	unsigned long v = 0;
	char buf[32];
	const char *s = bootarg(key, buf, sizeof(buf));
	int base = 10;

	if (!s)
		return def;
	if (s[0] == '0' && (s[1] | 0x20) == 'x') {
		base = 16;
		s += 2;
	}
	for (; *s; s++) {
		if (digit(*s) >= base)
			return def;
		v = v * base + digit(*s);
	}
	return v;
}

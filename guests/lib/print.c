/* SPDX-License-Identifier: BSD-2-Clause */
/* Output, one forwarded SBI call for each byte. */

#include <guest/guest.h>

void putchar(char c)
{
	sbi_call(SBI_EID_DBCN, 2, (unsigned char)c);
}

void puts(const char *s)
{
	while (*s)
		putchar(*s++);
}

static void number(unsigned long v, unsigned int base, int width, char pad)
{
	char tmp[24];
	int i = sizeof(tmp);

	do {
		tmp[--i] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	for (; width > (int)sizeof(tmp) - i; width--)
		putchar(pad);
	while (i < (int)sizeof(tmp))
		putchar(tmp[i++]);
}

static void signed_number(long v, int width, char pad)
{
	if (v < 0) {
		putchar('-');
		number(0 - (unsigned long)v, 10, width - 1, pad);
	} else {
		number(v, 10, width, pad);
	}
}

void vprintf(const char *fmt, va_list ap)
{
	int width, is_long;
	char pad;

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			putchar(*fmt);
			continue;
		}
		fmt++;
		pad = *fmt == '0' ? '0' : ' ';
		for (width = 0; *fmt >= '0' && *fmt <= '9'; fmt++)
			width = width * 10 + *fmt - '0';
		for (is_long = 0; *fmt == 'l'; fmt++)
			is_long = 1;
		switch (*fmt) {
		case 'd':
			signed_number(is_long ? va_arg(ap, long)
					      : va_arg(ap, int),
				      width, pad);
			break;
		case 'u':
		case 'x':
			number(is_long ? va_arg(ap, unsigned long)
				       : va_arg(ap, unsigned int),
			       *fmt == 'u' ? 10 : 16, width, pad);
			break;
		case 'p':
			puts("0x");
			number(va_arg(ap, unsigned long), 16, width, pad);
			break;
		case 's':
			puts(va_arg(ap, const char *));
			break;
		case 'c':
			putchar((char)va_arg(ap, int));
			break;
		case '\0':
			fmt--;
			break;
		default:
			putchar(*fmt);
		}
	}
}

void printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

void print_hex(const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len--) {
		number(*p >> 4, 16, 1, '0');
		number(*p++ & 15, 16, 1, '0');
	}
}

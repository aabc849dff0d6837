/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted output into a buffer, and from there to the console. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <host/console.h>
#include <host/sbi.h>

struct out {
	char *buf;
	size_t size;
	size_t len;
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

struct spec {
	bool left;
	bool zero;
	int width;
	int precision;
};

static void put_padded(struct out *o, const struct spec *f, const char *s,
		       int len, bool number)
{
	int pad = f->width - len;
	bool zero = f->zero && number && !f->left;

	if (zero && len && *s == '-') {
		put(o, *s++);
		len--;
	}
	if (!f->left) {
		for (; pad > 0; pad--)
			put(o, zero ? '0' : ' ');
	}
	while (len-- > 0)
		put(o, *s++);
	for (; pad > 0; pad--)
		put(o, ' ');
}

static void put_number(struct out *o, const struct spec *f, uint64_t v,
		       unsigned int base, bool negative)
{
	char tmp[24];
	int i = sizeof(tmp);

	do {
		tmp[--i] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	if (negative)
		tmp[--i] = '-';
	put_padded(o, f, tmp + i, (int)sizeof(tmp) - i, true);
}

static const char *parse_spec(const char *fmt, struct spec *f, va_list *ap)
{
	*f = (struct spec){ .precision = -1 };
	for (;; fmt++) {
		if (*fmt == '-')
			f->left = true;
		else if (*fmt == '0')
			f->zero = true;
		else
			break;
	}
	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		f->width = f->width * 10 + *fmt - '0';
	if (*fmt == '.') {
		fmt++;
		if (*fmt == '*') {
			f->precision = va_arg(*ap, int);
			return fmt + 1;
		}
		for (f->precision = 0; *fmt >= '0' && *fmt <= '9'; fmt++)
			f->precision = f->precision * 10 + *fmt - '0';
	}
	return fmt;
}

static void put_string(struct out *o, const struct spec *f, const char *s)
{
	size_t max = f->precision < 0 ? (size_t)-1 : (size_t)f->precision;

	if (!s)
		s = "(null)";
	put_padded(o, f, s, (int)strnlen(s, max), false);
}

static void put_arg(struct out *o, char conv, const struct spec *f,
		    bool is_long, va_list *ap)
{
	long d;
	char c;

	switch (conv) {
	case 'd':
		d = is_long ? va_arg(*ap, long) : va_arg(*ap, int);
		put_number(o, f, d < 0 ? 0 - (uint64_t)d : (uint64_t)d, 10,
			   d < 0);
		break;
	case 'u':
	case 'x':
		put_number(o, f,
			   is_long ? va_arg(*ap, unsigned long)
				   : va_arg(*ap, unsigned int),
			   conv == 'u' ? 10 : 16, false);
		break;
	case 'p':
		put(o, '0');
		put(o, 'x');
		put_number(o, f, (uint64_t)va_arg(*ap, void *), 16, false);
		break;
	case 's':
		put_string(o, f, va_arg(*ap, const char *));
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_padded(o, f, &c, 1, false);
		break;
	default:
		put(o, conv);
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };
	struct spec f;
	bool is_long;
	va_list args;

	va_copy(args, ap);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &f, &args);
		for (is_long = false; *fmt == 'l' || *fmt == 'z'; fmt++)
			is_long = true;
		if (!*fmt)
			break;
		put_arg(&o, *fmt, &f, is_long, &args);
	}
	va_end(args);
	if (size)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

static void vprint(const char *fmt, va_list ap)
{
	char line[512];
	size_t n = vsnprintf(line, sizeof(line), fmt, ap);

	console_write(line, n < sizeof(line) ? n : sizeof(line) - 1);
}

int printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprint(fmt, ap);
	va_end(ap);
	return 0;
}

void fail(const char *fmt, ...)
{
	va_list ap;

	console_write("host: FAILED: ", 14);
	va_start(ap, fmt);
	vprint(fmt, ap);
	va_end(ap);
	console_write("\n", 1);
	sbi_shutdown(false);
}

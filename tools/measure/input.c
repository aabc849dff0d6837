/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Files and numbers from the command line and from descriptions.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "measure.h"

/* A kernel or an initrd of more is not meant */
#define MAX_FILE (4ULL << 30)

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("cove-measure: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

struct file read_file(const char *path)
{
	struct file f = { NULL, 0 };
	size_t room = 1 << 16, n;
	FILE *in = fopen(path, "rb");

	if (!in)
		die("%s: %s", path, strerror(errno));
	do {
		room *= 2;
		f.data = realloc(f.data, room);
		if (!f.data || room > MAX_FILE)
			die("%s: too large", path);
		n = fread(f.data + f.size, 1, room - 1 - f.size, in);
		f.size += n;
	} while (n);
	if (ferror(in))
		die("%s: cannot be read", path);
	fclose(in);
	f.data[f.size] = 0;
	return f;
}

char *beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	int dir = slash && *name != '/' ? (int)(slash + 1 - path) : 0;
	char *out = NULL;

	if (asprintf(&out, "%.*s%s", dir, path, name) < 0)
		die("no memory");
	return out;
}

/* A number at the start of @text; where it ends */
static const char *number(const char *what, const char *text, uint64_t *out)
{
	bool hex = text[0] == '0' && (text[1] | 0x20) == 'x';
	const char *digits = hex ? text + 2 : text;
	char *end;

	/* What strtoull would take in front: space and sign */
	if (!*digits ||
	    !strchr(hex ? "0123456789abcdefABCDEF" : "0123456789", *digits))
		die("%s: %s: not a number", what, text);
	errno = 0;
	*out = strtoull(digits, &end, hex ? 16 : 10);
	if (errno)
		die("%s: %s: too large", what, text);
	return end;
}

uint64_t parse_number(const char *what, const char *text)
{
	uint64_t v;

	if (*number(what, text, &v))
		die("%s: %s: not a number", what, text);
	return v;
}

void parse_pair(const char *what, const char *text, uint64_t *a, uint64_t *b)
{
	const char *p = number(what, text, a);

	p += strspn(p, " \t");
	if (*p != ',')
		die("%s: %s: not two numbers with a comma between", what, text);
	p++;
	p += strspn(p, " \t");
	*b = parse_number(what, p);
}

void parse_hex(const char *what, const char *text, uint8_t *out, size_t len)
{
	size_t i;

	if (strlen(text) != 2 * len ||
	    strspn(text, "0123456789abcdefABCDEF") != 2 * len)
		die("%s: %s: not %zu bytes in hexadecimal digits", what, text,
		    len);
	for (i = 0; i < len; i++) {
		char byte[3] = { text[2 * i], text[2 * i + 1], 0 };

		out[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
}

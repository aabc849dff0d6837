/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and sizes as a user writes them. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "number.h"

bool number_parse(const char *text, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	char *end;

	/* strtoull takes signs and spaces, too */
	if (!isxdigit((unsigned char)*digits))
		return false;
	errno = 0;
	*value = strtoull(digits, &end, hex ? 16 : 10);
	return !errno && end != digits && !*end;
}

const char *size_parse(const char *text, uint64_t *bytes)
{
	size_t n = strlen(text);
	uint64_t unit = 0, value;
	char digits[16];

	if (n && text[n - 1] == 'M')
		unit = MIB;
	else if (n && text[n - 1] == 'G')
		unit = GIB;
	if (!unit || n > sizeof(digits) || n < 2)
		return "not a size, like 512M or 2G";
	memcpy(digits, text, n - 1);
	digits[n - 1] = '\0';
	if (!number_parse(digits, &value) || !value)
		return "not a size, like 512M or 2G";
	if (value > MAX_MEMORY / unit)
		return "more than 256G";
	*bytes = value * unit;
	return *bytes % (2 * MIB) ? "not a multiple of 2M" : NULL;
}

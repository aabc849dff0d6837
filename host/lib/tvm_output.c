/* SPDX-License-Identifier: BSD-2-Clause */
/* Values that a guest prints as lines "name=value". */

#include <string.h>
#include <host/tvm.h>

const char *tvm_value(const struct tvm *t, const char *name)
{
	static char value[128];
	size_t n = strlen(name), i;
	const char *p = t->output;

	while (p) {
		if (!strncmp(p, name, n) && p[n] == '=') {
			p += n + 1;
			for (i = 0; p[i] && p[i] != '\n' && p[i] != '\r' &&
				    i + 1 < sizeof(value);
			     i++)
				value[i] = p[i];
			value[i] = '\0';
			return value;
		}
		p = strchr(p, '\n');
		if (p)
			p++;
	}
	return NULL;
}

bool tvm_value_long(const struct tvm *t, const char *name, long *value)
{
	const char *p = tvm_value(t, name);
	bool negative = false;
	int base = 10, d;
	long v = 0;

	if (!p || !*p)
		return false;
	if (*p == '-') {
		negative = true;
		p++;
	}
	if (p[0] == '0' && p[1] == 'x') {
		base = 16;
		p += 2;
	}
	for (; *p; p++) {
		d = *p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10;
		if (d < 0 || d >= base)
			return false;
		v = v * base + d;
	}
	*value = negative ? -v : v;
	return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The key that is ours, and what follows it. */

#include <stdio.h>
#include "escape.h"
#include "options.h"

enum escape_result escape_next(struct escape *e, unsigned char byte)
{
	bool seen = e->seen;

	e->seen = false;
	if (e->key == NO_ESCAPE)
		return ESCAPE_PASS;
	if (!seen) {
		e->seen = byte == e->key;
		return e->seen ? ESCAPE_EAT : ESCAPE_PASS;
	}
	if (byte == e->key)
		return ESCAPE_PASS;
	return byte == 'q' ? ESCAPE_QUIT : ESCAPE_HELP;
}

const char *escape_name(int key)
{
	static char name[3];

	if (key < ' ')
		snprintf(name, sizeof(name), "^%c", key + '@');
	else
		snprintf(name, sizeof(name), "%c", key);
	return name;
}

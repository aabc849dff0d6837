/* SPDX-License-Identifier: BSD-2-Clause */
/* The extensions that a guest's device tree names. */

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "isa.h"

static const char *const usual[] = { "i",	 "m",	 "a",	   "f",
				     "d",	 "c",	 "zicntr", "zicsr",
				     "zifencei", "sstc", NULL };

/* What the TSM keeps from a guest although the hart may have it: the kernel
 * would believe in it and fail */
static const char *const never[] = { "smaia", "ssaia", "svpbmt", NULL };

static bool listed(const char *const *list, const char *name)
{
	for (; *list; list++) {
		if (!strcmp(*list, name))
			return true;
	}
	return false;
}

static bool is_name(const char *name)
{
	const char *p = name;

	if (!strcmp(name, "b") || !strcmp(name, "v"))
		return true;
	if ((*p != 's' && *p != 'z') || !p[1])
		return false;
	while (islower((unsigned char)*p) || isdigit((unsigned char)*p))
		p++;
	return !*p;
}

static const char *add(struct isa *isa, const char *name)
{
	size_t i;

	for (i = 0; i < isa->nr; i++) {
		if (!strcmp(isa->name[i], name))
			return NULL;
	}
	if (isa->nr == ISA_MAX)
		return "too many extensions";
	snprintf(isa->name[isa->nr++], ISA_NAME, "%s", name);
	return NULL;
}

static const char *add_user(struct isa *isa, const char *name)
{
	if (!is_name(name) || listed(never, name))
		return "no extension for a guest";
	return add(isa, name);
}

static const char *add_more(struct isa *isa, const char *more,
			    char bad[ISA_NAME])
{
	const char *why;
	size_t n;

	while (*(more += strspn(more, ", "))) {
		n = strcspn(more, ", ");
		snprintf(bad, ISA_NAME, "%.*s", (int)(n < 99 ? n : 99), more);
		why = n < ISA_NAME ? add_user(isa, bad)
				   : "no extension for a guest";
		if (why)
			return why;
		more += n;
	}
	return NULL;
}

/* Single letters first; otherwise as they are */
static void sort(struct isa *isa)
{
	struct isa old = *isa;
	size_t i, n = 0;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < old.nr; i++) {
			if (!old.name[i][1] == !pass)
				memcpy(isa->name[n++], old.name[i], ISA_NAME);
		}
	}
}

static void join(struct isa *isa)
{
	char *p = isa->old;
	size_t i;

	p += sprintf(p, "rv64");
	for (i = 0; i < isa->nr; i++)
		p += sprintf(p, "%s%s", isa->name[i][1] ? "_" : "",
			     isa->name[i]);
}

const char *isa_make(struct isa *isa, const char *more, char bad[ISA_NAME])
{
	const char *const *name;
	const char *why = NULL;

	memset(isa, 0, sizeof(*isa));
	for (name = usual; *name; name++)
		add(isa, *name);
	if (more)
		why = add_more(isa, more, bad);
	sort(isa);
	join(isa);
	return why;
}

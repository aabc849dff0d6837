/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Descriptions of guests: lines of "key = value", "#" begins a comment. Regions
 * and vCPUs are events in the order of the lines, as are measured ranges.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "measure.h"

struct reader {
	struct guest *g;
	const char *path;
	unsigned int line;
	bool has_entry, has_arg;
	uint64_t entry;
};

static void bad(const struct reader *r, const char *why)
{
	die("%s, line %u: %s", r->path, r->line, why);
}

static void set_region(struct reader *r, const char *value)
{
	uint64_t gpa, len;

	parse_pair("region", value, &gpa, &len);
	guest_region(r->g, gpa, len);
}

/* GPA, FILE */
static void set_file(struct reader *r, const char *value)
{
	const char *comma = strchr(value, ',');
	char *gpa, *path;
	struct file f;

	if (!comma)
		bad(r, "file: not \"GPA, FILE\"");
	gpa = strndup(value, (size_t)(comma - value));
	if (!gpa)
		die("no memory");
	gpa[strcspn(gpa, " \t")] = 0;
	comma++;
	path = beside(r->path, comma + strspn(comma, " \t"));
	f = read_file(path);
	guest_place(r->g, path,
		    (struct segment){ parse_number("file", gpa), f.size, f.size,
				      f.data });
	free(path);
	free(gpa);
}

static void set_elf(struct reader *r, const char *value)
{
	char *path = beside(r->path, value);

	elf_place(r->g, path);
	free(path);
}

static void measure_files(struct reader *r, uint64_t piece)
{
	struct guest *g = r->g;
	size_t i;

	for (i = 0; i < g->nevent; i++) {
		if (g->event[i].kind == EVENT_REGION)
			guest_measure(g, g->event[i].a, g->event[i].b, piece);
	}
}

/* "all", "files", "files 2M" of the regions so far; or GPA, LENGTH */
static void set_measure(struct reader *r, const char *value)
{
	uint64_t gpa, len;

	if (!strcmp(value, "all")) {
		measure_files(r, 0);
	} else if (!strcmp(value, "files")) {
		measure_files(r, PAGE_SIZE);
	} else if (!strcmp(value, "files 2M")) {
		measure_files(r, 1 << 21);
	} else {
		parse_pair("measure", value, &gpa, &len);
		guest_measure(r->g, gpa, len, 0);
	}
}

static void set_vcpu(struct reader *r, const char *value)
{
	guest_vcpu(r->g, parse_number("vcpu", value));
}

static void set_vcpus(struct reader *r, const char *value)
{
	uint64_t i, n = parse_number("vcpus", value);

	if (!n || n > MAX_EVENTS)
		bad(r, "vcpus: none, or too many");
	for (i = 0; i < n; i++)
		guest_vcpu(r->g, i);
}

static void set_entry(struct reader *r, const char *value)
{
	if (r->has_entry)
		bad(r, "entry comes twice");
	r->has_entry = true;
	r->entry = parse_number("entry", value);
}

static void set_arg(struct reader *r, const char *value)
{
	if (r->has_arg)
		bad(r, "arg comes twice");
	r->has_arg = true;
	r->g->arg = parse_number("arg", value);
}

static const struct {
	const char *key;
	void (*set)(struct reader *r, const char *value);
} keys[] = {
	{ "region", set_region }, { "file", set_file },
	{ "elf", set_elf },	  { "measure", set_measure },
	{ "vcpu", set_vcpu },	  { "vcpus", set_vcpus },
	{ "entry", set_entry },	  { "arg", set_arg },
};

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && strchr(" \t\r", end[-1]))
		*--end = 0;
	return s + strspn(s, " \t\r");
}

static void read_line(struct reader *r, char *line)
{
	char *equals;
	size_t i;

	line[strcspn(line, "#")] = 0;
	line = trim(line);
	if (!*line)
		return;
	equals = strchr(line, '=');
	if (!equals || !*trim(equals + 1))
		bad(r, "not \"key = value\"");
	*equals = 0;
	line = trim(line);
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!strcmp(line, keys[i].key)) {
			keys[i].set(r, trim(equals + 1));
			return;
		}
	}
	bad(r, "unknown key");
}

void describe(struct guest *g, const char *path)
{
	struct reader r = { .g = g, .path = path };
	struct file f = read_file(path);
	char *line = (char *)f.data, *end;

	if (strlen(line) != f.size)
		die("%s: not a text file", path);
	for (; line; line = end ? end + 1 : NULL) {
		r.line++;
		end = strchr(line, '\n');
		if (end)
			*end = 0;
		read_line(&r, line);
	}
	if (r.has_entry) {
		g->has_entry = true;
		g->entry = r.entry;
	}
	free(f.data);
}

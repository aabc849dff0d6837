/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Policies: lines of "key = value", "#" begins a comment. A key may come
 * again: one of its values must match. docs/attestation.md has all keys.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include "priv.h"

#define MAX_POLICY (1024 * 1024)
#define MAX_LINE   1024

struct reader {
	struct cove_policy *p;
	const char *dir;
	char why[COVE_DETAIL_SIZE];
};

#define BAD(__r, ...) \
	(snprintf((__r)->why, sizeof((__r)->why), __VA_ARGS__), false)

static bool full(struct reader *r)
{
	return BAD(r, "more than %d values", CV_MAX_VALUES);
}

static bool add_hex(struct reader *r, struct cv_values *v, const char *value,
		    size_t len)
{
	if (v->n == CV_MAX_VALUES)
		return full(r);
	if (!cv_unhex(value, v->v[v->n], len))
		return BAD(r, "not %zu bytes in hexadecimal digits", len);
	v->n++;
	return true;
}

static bool read_root_file(struct reader *r, const char *name, uint8_t *point)
{
	char path[2 * MAX_LINE];
	const char *why;

	if (!r->dir)
		return BAD(r, "not the 97 bytes of a point in hexadecimal "
			      "digits, and files are not allowed");
	snprintf(path, sizeof(path), "%s%s%s", *name == '/' ? "" : r->dir,
		 *name == '/' ? "" : "/", name);
	why = cv_read_pem(path, point);
	ERR_clear_error();
	return why ? BAD(r, "%.200s %s", name, why) : true;
}

static bool set_root(struct reader *r, const char *value)
{
	struct cove_policy *p = r->p;
	uint8_t *point;
	EVP_PKEY *key;

	if (p->nroots == CV_MAX_VALUES)
		return full(r);
	point = p->root[p->nroots].point;
	if (!cv_unhex(value, point, COVH_POINT_SIZE) &&
	    !read_root_file(r, value, point))
		return false;
	key = cv_key_new(point);
	ERR_clear_error();
	if (!key)
		return BAD(r, "not a point of P-384");
	EVP_PKEY_free(key);
	if (!cove_key_id(point, p->root[p->nroots].id))
		return BAD(r, "the key's id cannot be computed");
	p->nroots++;
	return true;
}

static bool set_state(struct reader *r, const char *value)
{
	uint32_t i;

	for (i = 1; cove_state_name(i); i++) {
		if (!strcmp(value, cove_state_name(i))) {
			r->p->states |= 1U << i;
			return true;
		}
	}
	return BAD(r, "not NotConfigured, Secured, Debug or Recovery");
}

static bool set_manufacturer(struct reader *r, const char *value)
{
	if (!strcmp(value, "any"))
		return r->p->manufacturer.any = true;
	return add_hex(r, &r->p->manufacturer, value, COVH_MANUFACTURER_SIZE);
}

static bool set_identity(struct reader *r, const char *value)
{
	if (!strcmp(value, "any"))
		return r->p->identity.any = true;
	if (!strcmp(value, "none"))
		return r->p->identity.none = true;
	return add_hex(r, &r->p->identity, value, COVH_IDENTITY_SIZE);
}

static bool set_register(struct reader *r, const char *name, const char *value)
{
	struct cv_values *v;

	if (name[0] < '0' || name[0] > '9' || name[1])
		return BAD(r, "not a register from 0 to 9");
	v = &r->p->reg[name[0] - '0'];
	if (!strcmp(value, "any"))
		return v->any = true;
	return add_hex(r, v, value, COVH_DIGEST_SIZE);
}

static bool number(struct reader *r, const char *value, uint32_t *out)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || errno || v > UINT32_MAX)
		return BAD(r, "not a number from 0 to 4294967295");
	*out = (uint32_t)v;
	return true;
}

static bool set_min_svn(struct reader *r, const char *value)
{
	if (r->p->has_min_svn)
		return BAD(r, "comes twice");
	return r->p->has_min_svn = number(r, value, &r->p->min_svn);
}

static bool set_type(struct reader *r, char type[COVE_NAME_SIZE],
		     const char *name)
{
	if (!*name || strlen(name) >= COVE_NAME_SIZE)
		return BAD(r, "not the type of a component");
	memset(type, 0, COVE_NAME_SIZE);
	memcpy(type, name, strlen(name));
	return true;
}

static bool set_svn_of(struct reader *r, const char *name, const char *value)
{
	struct cv_named *n = &r->p->svn[r->p->nsvn];

	if (r->p->nsvn == CV_MAX_VALUES)
		return full(r);
	if (!set_type(r, n->type, name) || !number(r, value, &n->svn))
		return false;
	r->p->nsvn++;
	return true;
}

static bool set_component(struct reader *r, const char *name, const char *value)
{
	struct cv_named *n = &r->p->digest[r->p->ndigest];

	if (r->p->ndigest == CV_MAX_VALUES)
		return full(r);
	if (!set_type(r, n->type, name))
		return false;
	if (!cv_unhex(value, n->digest, sizeof(n->digest)))
		return BAD(r, "not 48 bytes in hexadecimal digits");
	r->p->ndigest++;
	return true;
}

/* Keys, and keys with a name behind a dot */
static const struct {
	const char *key;
	bool (*set)(struct reader *r, const char *value);
} keys[] = {
	{ "rot-key", set_root },
	{ "accept-state", set_state },
	{ "manufacturer", set_manufacturer },
	{ "identity", set_identity },
	{ "min-svn", set_min_svn },
};

static const struct {
	const char *key;
	bool (*set)(struct reader *r, const char *name, const char *value);
} dotted[] = {
	{ "register.", set_register },
	{ "min-svn.", set_svn_of },
	{ "component.", set_component },
};

static bool set(struct reader *r, const char *key, const char *value)
{
	size_t i;

	for (i = 0; i < CV_ARRAY_SIZE(keys); i++) {
		if (!strcmp(key, keys[i].key))
			return keys[i].set(r, value);
	}
	for (i = 0; i < CV_ARRAY_SIZE(dotted); i++) {
		size_t n = strlen(dotted[i].key);

		if (!strncmp(key, dotted[i].key, n))
			return dotted[i].set(r, key + n, value);
	}
	return BAD(r, "unknown key");
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && is_space(end[-1]))
		*--end = 0;
	while (is_space(*s))
		s++;
	return s;
}

static bool read_line(struct reader *r, char *line)
{
	char *equals, *comment = strchr(line, '#');
	char *key, *value;

	if (comment)
		*comment = 0;
	line = trim(line);
	if (!*line)
		return true;
	equals = strchr(line, '=');
	if (!equals)
		return BAD(r, "not \"key = value\"");
	*equals = 0;
	key = trim(line);
	value = trim(equals + 1);
	if (!*key || !*value)
		return BAD(r, "not \"key = value\"");
	return set(r, key, value);
}

/* The line that begins at @text, to @line; its length with its end */
static size_t copy_line(const char *text, size_t len, char line[MAX_LINE],
			bool *good)
{
	const char *end = memchr(text, '\n', len);
	size_t n = end ? (size_t)(end - text) : len;

	*good = n < MAX_LINE && !memchr(text, 0, n);
	if (*good) {
		memcpy(line, text, n);
		line[n] = 0;
	}
	return end ? n + 1 : n;
}

static bool read_text(struct reader *r, const char *text, size_t len,
		      unsigned int *number)
{
	char line[MAX_LINE];
	bool good;
	size_t n;

	for (; len; text += n, len -= n) {
		++*number;
		n = copy_line(text, len, line, &good);
		if (!good)
			return BAD(r, "a line that is too long, or no text");
		if (!read_line(r, line))
			return false;
	}
	*number = 0;
	if (!r->p->nroots)
		return BAD(r, "there is no rot-key");
	return true;
}

enum cove_verdict cove_policy_parse(struct cove_policy **policy,
				    const char *text, size_t len,
				    const char *dir, char *err, size_t err_size)
{
	struct reader r = { .dir = dir };
	unsigned int line = 0;

	*policy = NULL;
	r.p = calloc(1, sizeof(*r.p));
	if (!r.p) {
		snprintf(err, err_size, "no memory");
		return COVE_ERROR;
	}
	if (read_text(&r, text, len, &line)) {
		*policy = r.p;
		return COVE_ACCEPTED;
	}
	if (line)
		snprintf(err, err_size, "line %u: %s", line, r.why);
	else
		snprintf(err, err_size, "%s", r.why);
	cove_policy_free(r.p);
	return COVE_ERROR;
}

static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *text = f ? malloc(MAX_POLICY) : NULL;

	if (text) {
		*len = fread(text, 1, MAX_POLICY, f);
		if (ferror(f) || *len == MAX_POLICY) {
			free(text);
			text = NULL;
		}
	}
	if (f)
		fclose(f);
	return text;
}

enum cove_verdict cove_policy_load(struct cove_policy **policy,
				   const char *path, char *err, size_t err_size)
{
	const char *slash = strrchr(path, '/');
	enum cove_verdict v;
	char *text, *dir;
	size_t len = 0;

	*policy = NULL;
	text = read_file(path, &len);
	dir = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
	if (!text || !dir) {
		snprintf(err, err_size, "cannot be read");
		v = COVE_ERROR;
	} else {
		/* A file in the root directory has an empty one */
		v = cove_policy_parse(policy, text, len, dir, err, err_size);
	}
	free(text);
	free(dir);
	return v;
}

void cove_policy_free(struct cove_policy *policy)
{
	free(policy);
}

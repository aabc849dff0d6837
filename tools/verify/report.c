/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Reports: filled in, and printed as text and as JSON.
 */

#include <stdarg.h>
#include <string.h>
#include "priv.h"

static struct cove_check *add(struct cove_report *r, const char *name,
			      enum cove_result result)
{
	/* As many as there can be fit; a check that is lost would be a pass */
	struct cove_check *c = &r->check[r->nchecks];

	if (r->nchecks == COVE_MAX_CHECKS) {
		r->verdict = COVE_REFUSED;
		return &r->check[COVE_MAX_CHECKS - 1];
	}
	r->nchecks++;
	c->name = name;
	c->result = result;
	c->detail[0] = 0;
	return c;
}

void cv_pass(struct cove_report *r, const char *name, const char *fmt, ...)
{
	struct cove_check *c = add(r, name, COVE_PASS);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->detail, sizeof(c->detail), fmt, ap);
	va_end(ap);
}

void cv_fail(struct cove_report *r, const char *name, const char *fmt, ...)
{
	struct cove_check *c = add(r, name, COVE_FAIL);
	va_list ap;

	c->result = COVE_FAIL;
	r->verdict = COVE_REFUSED;
	va_start(ap, fmt);
	vsnprintf(c->detail, sizeof(c->detail), fmt, ap);
	va_end(ap);
}

void cv_skip(struct cove_report *r, const char *name)
{
	add(r, name, COVE_SKIP);
	r->verdict = COVE_REFUSED;
}

void cv_hex(const uint8_t *p, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * len] = 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool cv_unhex(const char *text, uint8_t *out, size_t len)
{
	size_t i;

	if (strlen(text) != 2 * len)
		return false;
	for (i = 0; i < len; i++) {
		int hi = digit(text[2 * i]), lo = digit(text[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

const char *cove_state_name(uint32_t state)
{
	switch (state) {
	case COVH_PLATFORM_NOT_CONFIGURED:
		return "NotConfigured";
	case COVH_PLATFORM_SECURED:
		return "Secured";
	case COVH_PLATFORM_DEBUG:
		return "Debug";
	case COVH_PLATFORM_RECOVERY:
		return "Recovery";
	default:
		return NULL;
	}
}

static bool all_zero(const uint8_t *p, size_t len)
{
	while (len && !*p) {
		p++;
		len--;
	}
	return !len;
}

static const char *format_name(const struct cove_report *r)
{
	return r->format == COVE_FORMAT_X509 ? "x509" : "cbor";
}

/* The longest is a guest's key */
#define HEX_MAX (2 * COVH_POINT_SIZE + 1)

static void line(FILE *out, const char *name, const uint8_t *p, size_t len)
{
	char hex[HEX_MAX];

	cv_hex(p, len, hex);
	fprintf(out, "%-16s%s\n", name, hex);
}

static void print_id(FILE *out, const char *name, const uint8_t *id)
{
	if (!all_zero(id, COVH_KEY_ID_SIZE))
		line(out, name, id, COVH_KEY_ID_SIZE);
}

static void print_facts(const struct cove_report *r, FILE *out)
{
	char hex[HEX_MAX], name[16];
	size_t i;

	print_id(out, "root key", r->rot_id);
	print_id(out, "platform key", r->platform_id);
	print_id(out, "TSM key", r->tsm_id);
	print_id(out, "guest key", r->guest_id);
	if (r->platform_state)
		fprintf(out, "%-16s%s\n", "platform state",
			cove_state_name(r->platform_state));
	if (r->has_manufacturer)
		line(out, "manufacturer", r->manufacturer,
		     sizeof(r->manufacturer));
	for (i = 0; i < r->ncomponents; i++) {
		const struct cove_component *c = &r->component[i];

		cv_hex(c->digest, sizeof(c->digest), hex);
		fprintf(out, "%-16s%s %s, SVN %u\n",
			c->tsm ? "TSM part" : "platform part", hex, c->type,
			c->svn);
	}
	for (i = 0; i < COVH_MSMT_COUNT; i++) {
		snprintf(name, sizeof(name), "register %zu", i);
		if (r->reg[i].present)
			line(out, name, r->reg[i].value,
			     sizeof(r->reg[i].value));
	}
	if (r->has_identity)
		line(out, "identity", r->identity, sizeof(r->identity));
}

void cove_report_print(const struct cove_report *r, bool verbose, FILE *out)
{
	static const char *const word[] = { "ok", "FAILED", "not checked" };
	size_t i;

	if (verbose)
		print_facts(r, out);
	for (i = 0; i < r->nchecks; i++) {
		const struct cove_check *c = &r->check[i];

		if (c->result == COVE_FAIL || verbose)
			fprintf(out, "%s: %s%s%s\n", word[c->result], c->name,
				c->detail[0] ? ": " : "", c->detail);
	}
	if (r->warning[0])
		fprintf(out, "WARNING: %s\n", r->warning);
	fprintf(out, "evidence %s\n",
		r->verdict == COVE_ACCEPTED ? "accepted" : "REFUSED");
}

static void json_string(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		if ((unsigned char)*s < ' ' || (unsigned char)*s > '~')
			fprintf(out, "\\u%04x", (unsigned char)*s);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

/* "name": "hex", or null */
static void json_hex(FILE *out, const char *name, const uint8_t *p, size_t len,
		     bool present)
{
	char hex[HEX_MAX];

	if (!present) {
		fprintf(out, ",\n \"%s\": null", name);
		return;
	}
	cv_hex(p, len, hex);
	fprintf(out, ",\n \"%s\": \"%s\"", name, hex);
}

static void json_id(FILE *out, const char *name, const uint8_t *id)
{
	json_hex(out, name, id, COVH_KEY_ID_SIZE,
		 !all_zero(id, COVH_KEY_ID_SIZE));
}

static void json_checks(const struct cove_report *r, FILE *out)
{
	static const char *const word[] = { "pass", "fail", "skip" };
	size_t i;

	fprintf(out, ",\n \"checks\": [");
	for (i = 0; i < r->nchecks; i++) {
		fprintf(out, "%s\n  {\"name\": \"%s\", \"result\": \"%s\", ",
			i ? "," : "", r->check[i].name,
			word[r->check[i].result]);
		fprintf(out, "\"detail\": ");
		json_string(out, r->check[i].detail);
		fputc('}', out);
	}
	fprintf(out, "\n ]");
}

static void json_components(const struct cove_report *r, FILE *out)
{
	char hex[HEX_MAX];
	size_t i;

	fprintf(out, ",\n \"components\": [");
	for (i = 0; i < r->ncomponents; i++) {
		const struct cove_component *c = &r->component[i];

		cv_hex(c->digest, sizeof(c->digest), hex);
		fprintf(out,
			"%s\n  {\"token\": \"%s\", \"type\": ", i ? "," : "",
			c->tsm ? "tsm" : "platform");
		json_string(out, c->type);
		fprintf(out, ", \"digest\": \"%s\", \"svn\": %u}", hex, c->svn);
	}
	fprintf(out, "%s]", i ? "\n " : "");
}

static void json_registers(const struct cove_report *r, FILE *out)
{
	const char *comma = "";
	char hex[HEX_MAX];
	size_t i;

	fprintf(out, ",\n \"registers\": {");
	for (i = 0; i < COVH_MSMT_COUNT; i++) {
		if (!r->reg[i].present)
			continue;
		cv_hex(r->reg[i].value, sizeof(r->reg[i].value), hex);
		fprintf(out, "%s\n  \"%zu\": \"%s\"", comma, i, hex);
		comma = ",";
	}
	fprintf(out, "%s}", *comma ? "\n " : "");
}

void cove_report_json(const struct cove_report *r, FILE *out)
{
	fprintf(out, "{\n \"verdict\": \"%s\",\n \"format\": \"%s\"",
		r->verdict == COVE_ACCEPTED ? "accepted" : "refused",
		format_name(r));
	fprintf(out, ",\n \"warning\": ");
	if (r->warning[0])
		json_string(out, r->warning);
	else
		fprintf(out, "null");
	json_checks(r, out);
	json_id(out, "root_id", r->rot_id);
	json_id(out, "platform_id", r->platform_id);
	json_id(out, "tsm_id", r->tsm_id);
	json_id(out, "guest_id", r->guest_id);
	fprintf(out, ",\n \"platform_state\": ");
	if (r->platform_state)
		json_string(out, cove_state_name(r->platform_state));
	else
		fprintf(out, "null");
	json_hex(out, "manufacturer", r->manufacturer, sizeof(r->manufacturer),
		 r->has_manufacturer);
	json_components(r, out);
	json_registers(r, out);
	json_hex(out, "identity", r->identity, sizeof(r->identity),
		 r->has_identity);
	json_hex(out, "guest_key", r->guest_point, sizeof(r->guest_point),
		 r->guest_point[0]);
	fprintf(out, "\n}\n");
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * make_evidence DIR [name=value]...: run the helper's jobs natively, with given
 * inputs, and leave in DIR
 *
 *   boot.job, boot.out          the boot job (struct covh_job), before and after
 *   cbor.job, cbor.out          the evidence job for a CBOR certificate
 *   x509.job, x509.out          for an X.509 certificate
 *   platform.token, tsm.token   the two upper tokens
 *   evidence.cbor               the certificate
 *   evidence.der                the same as X.509
 *   root.point, tsm.point       public keys: 4, X, Y
 *   tsm.scalar                  the TSM's private key
 *
 * Values are hexadecimal and begin at the first byte, the rest is as it would
 * be without them:
 *
 *   secret, manufacturer, config, challenge, identity, msmt0..msmt9
 *   key        the guest's COSE_Key, all of it
 *   state      a number, COVH_PLATFORM_*
 *   component  TYPE:DIGEST:SVN, once for each; driver, tsm: the same
 *
 * Without identity=, the TVM has none.
 */

#include "helper/helper.h"
#include <mbedtls/platform.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct covh_job boot = { .kind = COVH_JOB_BOOT };
static struct covh_job evidence = { .kind = COVH_JOB_EVIDENCE };
static const char *dir;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "make_evidence: %s: %s\n", what, why);
	exit(1);
}

static u32 unhex(u8 *out, size_t size, const char *text, size_t len)
{
	unsigned int byte;
	size_t i;

	if (len % 2 || len / 2 > size)
		die(text, "not that many bytes");
	for (i = 0; i < len / 2; i++) {
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			die(text, "not hexadecimal");
		out[i] = (u8)byte;
	}
	return (u32)(len / 2);
}

static void set_component(struct covh_component *c, const char *text)
{
	const char *digest = strchr(text, ':');
	const char *svn = digest ? strchr(digest + 1, ':') : NULL;

	if (!svn || digest - text >= (ptrdiff_t)sizeof(c->type))
		die(text, "not TYPE:DIGEST:SVN");
	memset(c, 0, sizeof(*c));
	memcpy(c->type, text, (size_t)(digest - text));
	unhex(c->digest, sizeof(c->digest), digest + 1,
	      (size_t)(svn - digest - 1));
	c->svn = (u32)strtoul(svn + 1, NULL, 0);
}

static void add_component(const char *text)
{
	struct covh_boot_in *in = &boot.in.boot;

	if (in->ncomponents == COVH_MAX_COMPONENTS)
		die(text, "too many components");
	set_component(&in->component[in->ncomponents++], text);
}

static void argument(const char *arg)
{
	struct covh_evidence_in *ev = &evidence.in.evidence;
	struct covh_boot_in *in = &boot.in.boot;
	const char *value = strchr(arg, '=');
	size_t n, len;

	if (!value)
		die(arg, "not name=value");
	n = (size_t)(value++ - arg);
	len = strlen(value);
#define IS(__name) (n == strlen(__name) && !memcmp(arg, __name, n))
	if (IS("secret"))
		unhex(in->secret, sizeof(in->secret), value, len);
	else if (IS("manufacturer"))
		unhex(in->manufacturer, sizeof(in->manufacturer), value, len);
	else if (IS("config"))
		unhex(in->tsm_config, sizeof(in->tsm_config), value, len);
	else if (IS("state"))
		in->platform_state = (u32)strtoul(value, NULL, 0);
	else if (IS("component"))
		add_component(value);
	else if (IS("driver"))
		set_component(&in->driver, value);
	else if (IS("tsm"))
		set_component(&in->tsm, value);
	else if (IS("challenge"))
		unhex(ev->challenge, sizeof(ev->challenge), value, len);
	else if (IS("identity")) {
		unhex(ev->identity, sizeof(ev->identity), value, len);
		ev->has_identity = 1;
	} else if (IS("key"))
		ev->key_len =
			unhex(ev->guest_key, sizeof(ev->guest_key), value, len);
	else if (n == 5 && !memcmp(arg, "msmt", 4) && arg[4] >= '0' &&
		 arg[4] < '0' + COVH_MSMT_COUNT)
		unhex(ev->msmt[arg[4] - '0'], COVH_DIGEST_SIZE, value, len);
	else
		die(arg, "no such name");
#undef IS
}

static void fill(u8 *p, size_t n, u8 first)
{
	while (n--)
		*p++ = first++;
}

/* The key of a guest whose private key is the digest "guest" of a counter: any
 * point will do, so it is derived as ours are */
static void guest_key(struct covh_evidence_in *ev)
{
	u8 secret[COVH_DIGEST_SIZE], point[COVH_POINT_SIZE];
	mbedtls_ecp_keypair key;
	struct covh_cbor c;
	u8 buf[COVH_GUEST_KEY_MAX];

	fill(secret, sizeof(secret), 0x60);
	mbedtls_ecp_keypair_init(&key);
	if (covh_key_derive(&key, secret) || covh_key_point(&key, point))
		die("guest's key", "cannot be derived");
	mbedtls_ecp_keypair_free(&key);
	/* Without the head of the byte string: 0x58 and the length */
	covh_cbor_init(&c, buf, sizeof(buf));
	covh_cose_key(&c, point);
	ev->key_len = c.len - 2;
	memcpy(ev->guest_key, buf + 2, ev->key_len);
}

static void defaults(void)
{
	struct covh_evidence_in *ev = &evidence.in.evidence;
	struct covh_boot_in *in = &boot.in.boot;
	u8 i;

	fill(in->secret, sizeof(in->secret), 0x10);
	fill(in->manufacturer, sizeof(in->manufacturer), 0x20);
	fill(in->tsm_config, sizeof(in->tsm_config), 0x30);
	in->platform_state = COVH_PLATFORM_NOT_CONFIGURED;
	strcpy(in->driver.type, COVH_COMPONENT_DRIVER);
	fill(in->driver.digest, sizeof(in->driver.digest), 0x40);
	strcpy(in->tsm.type, COVH_COMPONENT_TSM);
	fill(in->tsm.digest, sizeof(in->tsm.digest), 0x50);
	in->tsm.svn = 1;
	fill(ev->challenge, sizeof(ev->challenge), 0x70);
	for (i = 0; i < COVH_MSMT_COUNT; i++)
		fill(ev->msmt[i], COVH_DIGEST_SIZE, (u8)(0x80 + i));
	guest_key(ev);
}

static void save(const char *name, const void *p, size_t len)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (!f || fwrite(p, 1, len, f) != len || fclose(f))
		die(path, "cannot be written");
}

/* NAME.job before, NAME.out after */
static void run(const char *name, struct covh_job *job)
{
	char file[64];

	snprintf(file, sizeof(file), "%s.job", name);
	save(file, job, sizeof(*job));
	covh_job_run(job);
	snprintf(file, sizeof(file), "%s.out", name);
	save(file, job, sizeof(*job));
	if (job->result) {
		snprintf(file, sizeof(file), "result %d", job->result);
		die(name, file);
	}
}

static void save_root(const u8 *secret)
{
	mbedtls_ecp_keypair key;
	u8 point[COVH_POINT_SIZE];

	mbedtls_ecp_keypair_init(&key);
	if (covh_key_derive(&key, secret) || covh_key_point(&key, point))
		die("root key", "cannot be derived");
	mbedtls_ecp_keypair_free(&key);
	save("root.point", point, sizeof(point));
}

static void make(u32 format, const char *name, const char *file)
{
	struct covh_job job = evidence;

	job.in.evidence.format = format;
	run(name, &job);
	save(file, job.out.evidence.bytes, job.out.evidence.len);
}

int main(int argc, char **argv)
{
	struct covh_identity *id = &boot.out.boot;
	int i;

	if (argc < 2)
		die("usage", "make_evidence DIR [name=value]...");
	mbedtls_platform_set_calloc_free(calloc, free);
	dir = argv[1];
	defaults();
	for (i = 2; i < argc; i++)
		argument(argv[i]);
	if (!boot.in.boot.ncomponents)
		add_component(COVH_COMPONENT_FIRMWARE ":00:0");

	save_root(boot.in.boot.secret);
	run("boot", &boot);
	save("platform.token", id->platform.bytes, id->platform.len);
	save("tsm.token", id->tsm.bytes, id->tsm.len);
	save("tsm.point", id->point, sizeof(id->point));
	save("tsm.scalar", id->key, sizeof(id->key));
	evidence.in.evidence.id = *id;
	make(COVG_CERT_CBOR, "cbor", "evidence.cbor");
	make(COVG_CERT_X509, "x509", "evidence.der");
	return 0;
}

/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * cove-measure: predict measurement registers. cove-measure.1.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "measure/measure.h"

/* A report of evidence holds no more */
#define MAX_COMPONENTS 32

/* As in the reference host's demonstration */
#define DEMO_EXTRA_RAM (1 << 20)

struct registers {
	bool known[COVH_MSMT_COUNT];
	uint8_t value[COVH_MSMT_COUNT][COVH_DIGEST_SIZE];
};

struct options {
	const char *elf;
	const char *linux_dir;
	const char *layout;
	const char *firmware;
	const char *dtb;
	const char *component[MAX_COMPONENTS];
	int ncomponents;
	struct host_options host;
	struct tsm_config config;
	bool has_pool, has_pmp, policy, json;
	bool has_host; /**< One of those for --guest only */
};

static const char usage[] =
	"usage: cove-measure [--guest ELF [--lazy] [--arg N] [--extra-ram BYTES]\n"
	"                     [--vcpus N] | --linux DIR | --layout FILE]\n"
	"                    [--firmware BIN [--pmp-entries N\n"
	"                     (--pool BASE,PAGES | --dtb FILE)]]\n"
	"                    [--component DIGEST|self]... [--policy | --json]\n";

static void bad_usage(const char *why)
{
	fprintf(stderr, "cove-measure: %s\n%s", why, usage);
	exit(2);
}

static void add_component(struct options *o, const char *digest)
{
	if (o->ncomponents == MAX_COMPONENTS)
		die("--component: more than %d", MAX_COMPONENTS);
	o->component[o->ncomponents++] = digest;
}

static void set_pool(struct options *o, const char *text)
{
	uint64_t pages;

	parse_pair("--pool", text, &o->config.pool_base, &pages);
	if (pages > UINT64_MAX / PAGE_SIZE)
		die("--pool: too large");
	o->config.pool_size = pages * PAGE_SIZE;
	o->has_pool = true;
}

static void set_pmp(struct options *o, const char *text)
{
	uint64_t n = parse_number("--pmp-entries", text);

	if (n > 64)
		die("--pmp-entries: there are 64 at most");
	o->config.pmp_entries = (uint32_t)n;
	o->has_pmp = true;
}

static void set_vcpus(struct options *o, const char *text)
{
	o->host.vcpus = parse_number("--vcpus", text);
	if (!o->host.vcpus || o->host.vcpus > 64)
		die("--vcpus: 1 to 64");
}

enum { ARG = 256, EXTRA, VCPUS, LAZY, POOL_AT, PMP, COMPONENT };

static const struct option option_list[] = {
	{ "guest", required_argument, NULL, 'g' },
	{ "linux", required_argument, NULL, 'l' },
	{ "layout", required_argument, NULL, 'L' },
	{ "firmware", required_argument, NULL, 'f' },
	{ "dtb", required_argument, NULL, 'd' },
	{ "pool", required_argument, NULL, POOL_AT },
	{ "pmp-entries", required_argument, NULL, PMP },
	{ "component", required_argument, NULL, COMPONENT },
	{ "lazy", no_argument, NULL, LAZY },
	{ "arg", required_argument, NULL, ARG },
	{ "extra-ram", required_argument, NULL, EXTRA },
	{ "vcpus", required_argument, NULL, VCPUS },
	{ "policy", no_argument, NULL, 'p' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Options of the reference host's guest; false: it is none of them */
static bool host_option(struct options *o, int c)
{
	switch (c) {
	case LAZY:
		o->host.lazy = true;
		break;
	case ARG:
		o->host.arg = parse_number("--arg", optarg);
		break;
	case EXTRA:
		o->host.extra_ram = parse_number("--extra-ram", optarg);
		break;
	case VCPUS:
		set_vcpus(o, optarg);
		break;
	default:
		return false;
	}
	o->has_host = true;
	return true;
}

static void set_option(struct options *o, int c)
{
	switch (c) {
	case 'g':
		o->elf = optarg;
		break;
	case 'l':
		o->linux_dir = optarg;
		break;
	case 'L':
		o->layout = optarg;
		break;
	case 'f':
		o->firmware = optarg;
		break;
	case 'd':
		o->dtb = optarg;
		break;
	case POOL_AT:
		set_pool(o, optarg);
		break;
	case PMP:
		set_pmp(o, optarg);
		break;
	case COMPONENT:
		add_component(o, optarg);
		break;
	case 'p':
		o->policy = true;
		break;
	case 'j':
		o->json = true;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static void check_options(const struct options *o)
{
	int guests = !!o->elf + !!o->linux_dir + !!o->layout;

	if (guests > 1)
		bad_usage("one guest at a time");
	if (!guests && !o->firmware && !o->ncomponents)
		bad_usage("nothing to measure");
	if (o->has_host && !o->elf)
		bad_usage("--lazy, --arg, --extra-ram and --vcpus belong to "
			  "--guest");
	if (o->has_pool && o->dtb)
		bad_usage("one of --pool and --dtb");
	if ((o->has_pool || o->dtb) != o->has_pmp ||
	    (o->has_pmp && !o->firmware))
		bad_usage("register 3 needs --firmware, --pmp-entries and a "
			  "pool");
	if (o->policy && o->json)
		bad_usage("one of --policy and --json");
}

static void measure_guest(const struct options *o, struct registers *r)
{
	static struct guest g;

	if (o->elf)
		host_elf(&g, o->elf, &o->host);
	else if (o->linux_dir)
		host_linux(&g, o->linux_dir);
	else if (o->layout)
		describe(&g, o->layout);
	else
		return;
	guest_registers(&g, r->value[COVH_MSMT_TVM_CODE],
			r->value[COVH_MSMT_TVM_CONFIG]);
	r->known[COVH_MSMT_TVM_CODE] = true;
	r->known[COVH_MSMT_TVM_CONFIG] = true;
}

/* Register 0: "self" is the firmware, where nobody measures it before */
static void measure_components(const struct options *o, struct registers *r,
			       const struct firmware *fw)
{
	uint8_t digest[COVH_DIGEST_SIZE];
	int i;

	for (i = 0; i < o->ncomponents; i++) {
		if (strcmp(o->component[i], "self") != 0)
			parse_hex("--component", o->component[i], digest,
				  sizeof(digest));
		else if (o->firmware)
			memcpy(digest, fw->digest, sizeof(digest));
		else
			bad_usage("--component self needs --firmware");
		extend(r->value[COVH_MSMT_PLATFORM], digest);
		r->known[COVH_MSMT_PLATFORM] = true;
	}
	/* Nothing extends it */
	r->known[COVH_MSMT_PLATFORM_CONFIG] = o->firmware || o->ncomponents;
}

static void measure_firmware(struct options *o, struct registers *r,
			     struct firmware *fw)
{
	if (!o->firmware)
		return;
	firmware_read(fw, o->firmware);
	extend(r->value[COVH_MSMT_TSM], fw->digest);
	r->known[COVH_MSMT_TSM] = true;
	if (!o->has_pmp)
		return;
	if (o->dtb)
		pool_from_dtb(&o->config, o->dtb);
	firmware_config(fw, &o->config, r->value[COVH_MSMT_TSM_CONFIG]);
	r->known[COVH_MSMT_TSM_CONFIG] = true;
}

static void hex(const uint8_t *digest, char out[2 * COVH_DIGEST_SIZE + 1])
{
	int i;

	for (i = 0; i < COVH_DIGEST_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void print_lines(const struct registers *r, const char *format)
{
	char text[2 * COVH_DIGEST_SIZE + 1];
	int i;

	for (i = 0; i < COVH_MSMT_COUNT; i++) {
		if (!r->known[i])
			continue;
		hex(r->value[i], text);
		printf("%s%d%s%s\n", format, i, *format ? " = " : ": ", text);
	}
}

static void print_json(const struct registers *r, const struct firmware *fw,
		       bool has_fw)
{
	char text[2 * COVH_DIGEST_SIZE + 1];
	const char *comma = "";
	int i;

	printf("{\n \"registers\": {");
	for (i = 0; i < COVH_MSMT_COUNT; i++) {
		if (!r->known[i])
			continue;
		hex(r->value[i], text);
		printf("%s\n  \"%d\": \"%s\"", comma, i, text);
		comma = ",";
	}
	printf("\n },\n \"firmware\": ");
	hex(fw->digest, text);
	if (has_fw)
		printf("{\"digest\": \"%s\", \"bytes\": %llu, \"svn\": %u, "
		       "\"version\": %u, \"flags\": %u}\n}\n",
		       text, (unsigned long long)fw->ro_end, fw->svn,
		       fw->version, fw->flags);
	else
		printf("null\n}\n");
}

int main(int argc, char **argv)
{
	struct options o = { .host = { .extra_ram = DEMO_EXTRA_RAM,
				       .vcpus = 1 } };
	static struct registers r;
	struct firmware fw = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "h", option_list, NULL)) != -1) {
		if (!host_option(&o, c))
			set_option(&o, c);
	}
	if (optind != argc)
		bad_usage("there are only options");
	check_options(&o);
	measure_guest(&o, &r);
	measure_firmware(&o, &r, &fw);
	measure_components(&o, &r, &fw);
	if (o.json) {
		print_json(&r, &fw, o.firmware);
	} else {
		print_lines(&r, o.policy ? "register." : "");
		if (o.policy && o.firmware)
			printf("min-svn = %u\n", fw.svn);
	}
	if (fflush(stdout) || ferror(stdout))
		die("standard output cannot be written");
	return 0;
}

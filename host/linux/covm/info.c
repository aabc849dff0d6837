/* SPDX-License-Identifier: BSD-2-Clause */
/* "covm info": what the machine has for TVMs. */

#include <dirent.h>
#include <endian.h>
#include <string.h>
#include <sbi_covh/abi.h>
#include "die.h"
#include "driver.h"
#include "stats.h"

#define TREE	   "/proc/device-tree/reserved-memory"
#define COMPATIBLE "opensbi-cove,pool"

typedef unsigned long long ull;

static const struct {
	uint64_t bit;
	const char *name;
} capabilities[] = {
	{ COVH_CAP_PROMOTE_TVM, "promotion of VMs" },
	{ COVH_CAP_ATTESTATION_LOCAL, "local attestation" },
	{ COVH_CAP_ATTESTATION_REMOTE, "remote attestation" },
	{ COVH_CAP_AIA, "AIA" },
	{ COVH_CAP_MRIF, "MRIFs" },
	{ COVH_CAP_MEMORY_ALLOCATION, "memory from the host" },
};

static void show_tsm(const struct cove_info *info)
{
	const char *comma = "";
	size_t i;

	printf("TSM: implementation 0x%x, version %u.%u, %s\n",
	       info->tsm_impl_id, info->tsm_version >> 16,
	       info->tsm_version & 0xffff,
	       info->tsm_state == COVH_TSM_READY ? "ready" : "not ready");
	printf("capabilities: 0x%llx (", (ull)info->tsm_capabilities);
	for (i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (!(info->tsm_capabilities & capabilities[i].bit))
			continue;
		printf("%s%s", comma, capabilities[i].name);
		comma = ", ";
	}
	printf(")\n");
}

static void show_memory(const struct cove_info *info)
{
	printf("vCPUs: %u for a TVM at most\n", info->max_vcpus);
	printf("TVMs: %u\n", info->tvms);
	printf("pool: %llu MiB, %llu MiB of it free\n",
	       (ull)info->pool_size >> 20, (ull)info->pool_free >> 20);
	printf("ordinary memory: %llu MiB converted, in %u ranges\n",
	       (ull)info->ram_size >> 20, info->ram_ranges);
}

/* A property of a node, at most @size bytes, NUL-terminated; -1: none */
static long property(const char *node, const char *name, char *to, size_t size)
{
	char path[512];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), TREE "/%.255s/%s", node, name);
	f = fopen(path, "re");
	if (!f)
		return -1;
	n = fread(to, 1, size - 1, f);
	fclose(f);
	to[n] = '\0';
	return (long)n;
}

static void show_platform(const char *node)
{
	char text[64];
	uint32_t cell[3];

	if (property(node, "opensbi-cove,platform-state", text, sizeof(text)) >
	    0)
		printf("platform: %s\n", text);
	else
		printf("platform: state not known\n");
	if (property(node, "opensbi-cove,pmp-entries", text, sizeof(text)) !=
	    sizeof(cell)) {
		printf("PMP entries: not known\n");
		return;
	}
	memcpy(cell, text, sizeof(cell));
	printf("PMP entries: %u, %u of them used at boot, %u free for windows\n",
	       be32toh(cell[0]), be32toh(cell[1]), be32toh(cell[2]));
}

/* Compatible is a list of strings */
static bool is_pool(const char *node)
{
	char text[256], *p = text;
	long n = property(node, "compatible", text, sizeof(text));

	while (n > 0 && p < text + n) {
		if (!strcmp(p, COMPATIBLE))
			return true;
		p += strlen(p) + 1;
	}
	return false;
}

static void show_tree(void)
{
	DIR *dir = opendir(TREE);
	struct dirent *d;
	char node[256] = "";

	while (dir && !*node && (d = readdir(dir))) {
		if (d->d_name[0] != '.' && is_pool(d->d_name))
			snprintf(node, sizeof(node), "%s", d->d_name);
	}
	if (dir)
		closedir(dir);
	show_platform(*node ? node : "none");
}

int info_main(int argc, char **argv)
{
	struct cove_info info;

	if (argc > 1)
		die_usage("info: %s: there are no options", argv[1]);
	driver_open(&info);
	show_tsm(&info);
	show_memory(&info);
	show_tree();
	return 0;
}

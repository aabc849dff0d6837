/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Registers 2 and 3: the firmware's image and its configuration.
 */

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include "../../lib/sbi_covh/core/hart_ops.h"
#include "measure.h"

/*
 * What the firmware has in its read-only data, aligned to 8 bytes: magic,
 * le64 end of the read-only part, le32 svn, le32 version, le32 flags
 */
#define MAGIC	     "opensbi-cove.img"
#define MAGIC_SIZE   16
#define HEADER_SIZE  36
#define HEADER_ALIGN 8

#define POOL "opensbi-cove,pool"

static uint64_t get_le(const uint8_t *p, unsigned int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

static void put_le(uint8_t *p, uint64_t v, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static size_t find_header(const struct file *f, const char *path)
{
	size_t at, found = SIZE_MAX;

	for (at = 0; at + HEADER_SIZE <= f->size; at += HEADER_ALIGN) {
		if (memcmp(f->data + at, MAGIC, MAGIC_SIZE) != 0)
			continue;
		if (found != SIZE_MAX)
			die("%s: two headers of opensbi-cove", path);
		found = at;
	}
	if (found == SIZE_MAX)
		die("%s: no image of opensbi-cove (a .bin file, not ELF)",
		    path);
	return found;
}

void firmware_read(struct firmware *fw, const char *path)
{
	struct file f = read_file(path);
	size_t at = find_header(&f, path);
	const uint8_t *h = f.data + at;
	struct covh_bytes in;

	fw->ro_end = get_le(h + 16, 8);
	fw->svn = (uint32_t)get_le(h + 24, 4);
	fw->version = (uint32_t)get_le(h + 28, 4);
	fw->flags = (uint32_t)get_le(h + 32, 4);
	if (fw->ro_end > f.size || at + HEADER_SIZE > fw->ro_end)
		die("%s: its header is wrong about what is measured", path);
	in = (struct covh_bytes){ f.data, fw->ro_end };
	covh_sha384(&in, 1, fw->digest);
	free(f.data);
}

static uint64_t cells(const fdt32_t *p)
{
	return (uint64_t)fdt32_to_cpu(p[0]) << 32 | fdt32_to_cpu(p[1]);
}

void pool_from_dtb(struct tsm_config *c, const char *path)
{
	struct file f = read_file(path);
	const fdt32_t *p = NULL;
	int node, len = 0;

	if (fdt_check_full(f.data, f.size))
		die("%s: not a device tree", path);
	node = fdt_node_offset_by_compatible(f.data, -1, POOL);
	if (node >= 0)
		p = fdt_getprop(f.data, node, POOL, &len);
	if (node < 0)
		die("%s: not the tree that the firmware hands on: no " POOL,
		    path);
	if (p && len != 16)
		die("%s: a property " POOL " of %d bytes", path, len);
	c->pool_base = p ? cells(p) : 0;
	c->pool_size = p ? cells(p + 2) : 0;
	free(f.data);
}

void firmware_config(const struct firmware *fw, const struct tsm_config *c,
		     uint8_t reg[COVH_DIGEST_SIZE])
{
	uint8_t record[32], digest[COVH_DIGEST_SIZE];
	const struct covh_bytes in = { record, sizeof(record) };

	put_le(record, fw->version, 4);
	put_le(record + 4, fw->svn, 4);
	put_le(record + 8, fw->flags, 4);
	put_le(record + 12, c->pmp_entries, 4);
	put_le(record + 16, c->pool_base, 8);
	put_le(record + 24, c->pool_size, 8);
	covh_sha384(&in, 1, digest);
	memset(reg, 0, COVH_DIGEST_SIZE);
	extend(reg, digest);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the guest's file is: the initrd, or embedded in the host. */

#include <string.h>
#include <host/fdt.h>
#include <host/image.h>
#include <host/mem.h>

/* embed.S; empty unless the host was built with GUEST_ELF= */
extern const char embedded_guest[], embedded_guest_end[];

#define CPIO_HEADER 110

/* Field number @n of a newc header: 8 hexadecimal digits. */
static unsigned long field(const char *header, int n)
{
	const char *p = header + 6 + 8 * n;
	unsigned long v = 0;
	int i;

	for (i = 0; i < 8; i++) {
		v <<= 4;
		v |= p[i] <= '9' ? (p[i] & 0xf) : ((p[i] & 7) + 9);
	}
	return v;
}

static bool cpio_find(const char *p, size_t left, const char *name,
		      const void **data, size_t *size)
{
	size_t name_len, head, total;
	const char *this;

	while (left >= CPIO_HEADER && !memcmp(p, "070701", 6)) {
		*size = field(p, 6);
		name_len = field(p, 11);
		head = ALIGN_UP(CPIO_HEADER + name_len, 4);
		total = head + ALIGN_UP(*size, 4);
		this = p + CPIO_HEADER;
		if (!name_len || head > left || *size > left - head ||
		    this[name_len - 1] || !strcmp(this, "TRAILER!!!"))
			return false;
		if (*size && (!name || !strcmp(this, name))) {
			*data = p + head;
			return true;
		}
		if (total > left)
			return false;
		p += total;
		left -= total;
	}
	return false;
}

bool image_find(const char *name, const void **data, size_t *size)
{
	const char *p = (const char *)machine.initrd.start;
	size_t len = machine.initrd.end - machine.initrd.start;

	if (!len) {
		p = embedded_guest;
		len = embedded_guest_end - embedded_guest;
	}
	if (len >= CPIO_HEADER && !memcmp(p, "070701", 6))
		return cpio_find(p, len, name, data, size);
	*data = p;
	*size = len;
	return len != 0;
}

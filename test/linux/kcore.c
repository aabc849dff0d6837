// SPDX-License-Identifier: BSD-2-Clause
/*
 * kcore ADDRESS: read a page of the kernel's memory through /proc/kcore, and
 * say what came: its first word in digits, "zeros" (all of it), or the error.
 */

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096
/* More than there are ranges of memory */
#define SEGMENTS 256

static uint64_t page[PAGE / sizeof(uint64_t)];
static Elf64_Phdr segment[SEGMENTS];

static int fail(const char *what)
{
	printf("kcore: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Where in the file; 0: nowhere */
static off_t find(int fd, uint64_t addr)
{
	Elf64_Ehdr head;
	unsigned int i;
	size_t size;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) ||
	    head.e_phnum > SEGMENTS)
		return 0;
	size = head.e_phnum * sizeof(segment[0]);
	if (pread(fd, segment, size, (off_t)head.e_phoff) != (ssize_t)size)
		return 0;
	for (i = 0; i < head.e_phnum; i++) {
		if (segment[i].p_type == PT_LOAD &&
		    addr - segment[i].p_vaddr < segment[i].p_memsz)
			return (off_t)(segment[i].p_offset + addr -
				       segment[i].p_vaddr);
	}
	errno = ENXIO;
	return 0;
}

int main(int argc, char **argv)
{
	static const uint64_t zeros[PAGE / sizeof(uint64_t)];
	ssize_t n;
	off_t at;
	int fd;

	if (argc != 2)
		return 2;
	fd = open("/proc/kcore", O_RDONLY);
	if (fd < 0)
		return fail("open");
	at = find(fd, strtoull(argv[1], NULL, 0));
	if (!at)
		return fail("no such address");
	memset(page, 0xff, sizeof(page));
	n = pread(fd, page, sizeof(page), at);
	if (n != sizeof(page))
		return fail("read");
	if (!memcmp(page, zeros, sizeof(page)))
		printf("kcore: zeros\n");
	else
		printf("kcore: content 0x%llx\n", (unsigned long long)page[0]);
	return 0;
}

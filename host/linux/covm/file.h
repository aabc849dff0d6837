/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that a guest is made of. */

#ifndef COVM_FILE_H
#define COVM_FILE_H

#include <stddef.h>
#include <stdint.h>

struct file {
	const char *path;
	int fd;
	uint64_t size;
};

/** Open a regular file with something in it; dies otherwise. */
struct file file_open(const char *path);

/** Read exactly @size bytes from @offset on, or die. */
void file_read(const struct file *f, uint64_t offset, void *to, size_t size);

/** All of a file, for free(), and closed. @limit: bytes that it may have. */
void *file_load(const char *path, uint64_t limit, size_t *size);

void file_close(struct file *f);

#endif

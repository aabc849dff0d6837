/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that a guest is made of. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "die.h"
#include "file.h"
#include "number.h"

struct file file_open(const char *path)
{
	struct file f = { path, open(path, O_RDONLY | O_CLOEXEC), 0 };
	struct stat st;

	if (f.fd < 0 || fstat(f.fd, &st))
		die_errno("%s", path);
	if (!S_ISREG(st.st_mode))
		die("%s: not a regular file", path);
	if (st.st_size <= 0)
		die("%s: empty", path);
	f.size = (uint64_t)st.st_size;
	if (f.size > MAX_MEMORY)
		die("%s: larger than any guest", path);
	return f;
}

void file_read(const struct file *f, uint64_t offset, void *to, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = pread(f->fd, (char *)to + done, size - done,
			  (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_errno("%s", f->path);
		if (!n)
			die("%s: shorter than it was a moment ago", f->path);
		done += (size_t)n;
	}
}

void *file_load(const char *path, uint64_t limit, size_t *size)
{
	struct file f = file_open(path);
	void *data;

	if (f.size > limit)
		die("%s: more than %lu bytes", path, limit);
	*size = f.size;
	data = xzalloc(*size);
	file_read(&f, 0, data, *size);
	file_close(&f);
	return data;
}

void file_close(struct file *f)
{
	close(f->fd);
	f->fd = -1;
}

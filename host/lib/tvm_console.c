/* SPDX-License-Identifier: BSD-2-Clause */
/* What the guest prints, and the SBI calls of its console. */

#include <string.h>
#include <host/console.h>
#include <host/devices.h>
#include <host/tvm.h>

/* So long, in us, a line that may be a prompt waits for its end */
#define PROMPT 50000

/* Where the cursor is: TVMs that print at the same time take turns by lines */
static struct {
	int lock;
	const struct tvm *owner;
} cursor;

static void show(struct tvm *t)
{
	spin_lock(&cursor.lock);
	if (cursor.owner != t) {
		if (cursor.owner)
			console_putc('\n');
		console_write(t->cfg.name, strlen(t->cfg.name));
		console_write(": ", 2);
		cursor.owner = t;
	}
	console_write(t->line, t->line_len);
	if (t->line[t->line_len - 1] == '\n')
		cursor.owner = NULL;
	spin_unlock(&cursor.lock);
	t->line_len = 0;
}

static void watch(struct tvm *t, char c)
{
	if (c == '\n') {
		t->line[t->line_len] = '\0';
		t->line_len = 0;
		t->cfg.on_line(t, t->line);
	} else if (c != '\r' && t->line_len + 1 < sizeof(t->line)) {
		t->line[t->line_len++] = c;
	}
}

void tvm_put(struct tvm *t, char c)
{
	spin_lock(&t->lock);
	if (t->output_len + 1 < sizeof(t->output)) {
		t->output[t->output_len++] = c;
		t->output[t->output_len] = '\0';
	}
	if (!t->cfg.name) {
		if (t->cfg.echo)
			console_putc(c);
		if (t->cfg.on_line)
			watch(t, c);
	} else if (t->cfg.echo && c != '\r') {
		t->line[t->line_len++] = c;
		t->line_time = time_now();
		if (c == '\n' || t->line_len == sizeof(t->line))
			show(t);
	}
	spin_unlock(&t->lock);
}

void tvm_flush(struct tvm *t, bool all)
{
	spin_lock(&t->lock);
	if (t->cfg.name && t->line_len &&
	    (all ||
	     (t->cfg.input && time_now() - t->line_time > time_us(PROMPT))))
		show(t);
	spin_unlock(&t->lock);
}

int tvm_getc(struct tvm *t)
{
	char c;
	int byte = devices_take_input(t);

	if (byte >= 0 || !t->cfg.input)
		return byte;
	if (!console_read(&c, 1))
		return -1;
	return (uint8_t)(t->cfg.intake ? t->cfg.intake(c) : c);
}

/* The host's address of a byte that the guest shares, or NULL */
static char *shared_byte(const struct tvm *t, unsigned long gpa)
{
	const struct tvm_page *p = tvm_page_at(t, gpa);

	if (!p || p->kind != TVM_PAGE_SHARED || !p->pa)
		return NULL;
	return (char *)(p->pa + gpa % PAGE_SIZE);
}

/* Bytes to or from shared memory, as many as there are */
static long buffer(struct tvm *t, const struct tvm_exit *e, long *count)
{
	bool in = e->a[6] == SBI_DBCN_READ;
	unsigned long n;
	char *p;
	int c;

	for (n = 0; n < e->a[0]; n++) {
		p = shared_byte(t, e->a[1] + n);
		c = in && p ? tvm_getc(t) : 0;
		if (!p || c < 0)
			break;
		if (in)
			*p = (char)c;
		else
			tvm_put(t, *p);
	}
	*count = (long)n;
	return n == e->a[0] || n || in ? SBI_SUCCESS : SBI_ERR_INVALID_PARAM;
}

long tvm_console_call(struct tvm *t, const struct tvm_exit *e, long *value)
{
	switch (e->a[6]) {
	case SBI_DBCN_WRITE_BYTE:
		tvm_put(t, (char)e->a[0]);
		return SBI_SUCCESS;
	case SBI_DBCN_WRITE:
	case SBI_DBCN_READ:
		return buffer(t, e, value);
	}
	return SBI_ERR_NOT_SUPPORTED;
}

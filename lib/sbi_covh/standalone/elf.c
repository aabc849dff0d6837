/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <sbi_covh/abi.h>
#include "elf.h"

#define PT_LOAD	 1
#define EM_RISCV 243
#define GPA_MAX	 (1UL << 41)

struct ehdr {
	u8 ident[16];
	u16 type;
	u16 machine;
	u32 version;
	u64 entry;
	u64 phoff;
	u64 shoff;
	u32 flags;
	u16 ehsize;
	u16 phentsize;
	u16 phnum;
	u16 rest[3];
};

struct phdr {
	u32 type;
	u32 flags;
	u64 offset;
	u64 vaddr;
	u64 paddr;
	u64 filesz;
	u64 memsz;
	u64 align;
};

static const u8 magic[] = { 0x7F, 'E', 'L', 'F', 2, 1 };

static const struct phdr *segments(const struct covh_elf *elf, u32 *n)
{
	const struct ehdr *eh = (const struct ehdr *)elf->data;

	*n = eh->phnum;
	return (const struct phdr *)(elf->data + eh->phoff);
}

static bool segment_ok(const struct covh_elf *elf, const struct phdr *p)
{
	return p->filesz <= p->memsz && p->offset <= elf->size &&
	       p->filesz <= elf->size - p->offset && p->paddr < GPA_MAX &&
	       p->memsz < GPA_MAX - p->paddr;
}

long covh_elf_parse(const u8 *data, u64 size, u64 extra, struct covh_elf *elf)
{
	const struct ehdr *eh = (const struct ehdr *)data;
	const struct phdr *p;
	u64 first = ~0UL, last = 0;
	u32 n;

	elf->data = data;
	elf->size = size;
	if (size < sizeof(*eh) || memcmp(eh->ident, magic, sizeof(magic)) ||
	    eh->machine != EM_RISCV || eh->phentsize != sizeof(*p) ||
	    eh->phoff > size || (eh->phoff & 7) ||
	    eh->phnum > (size - eh->phoff) / sizeof(*p))
		return COVH_ERR_INVALID_PARAM;

	for (p = segments(elf, &n); n; n--, p++) {
		if (p->type != PT_LOAD || !p->memsz)
			continue;
		if (!segment_ok(elf, p))
			return COVH_ERR_INVALID_PARAM;
		if (p->paddr < first)
			first = p->paddr;
		if (p->paddr + p->memsz > last)
			last = p->paddr + p->memsz;
	}
	if (first >= last)
		return COVH_ERR_INVALID_PARAM;
	elf->entry = eh->entry;
	elf->base = first & ~(COVH_PAGE_SIZE - 1);
	elf->measured_end = (last + COVH_PAGE_SIZE - 1) & ~(COVH_PAGE_SIZE - 1);
	elf->end = elf->measured_end + extra;
	return 0;
}

/* What of a segment's file part falls into the page */
static void lay(const struct covh_elf *elf, const struct phdr *p, u64 gpa,
		u8 *page)
{
	u64 from = p->paddr > gpa ? p->paddr : gpa;
	u64 to = p->paddr + p->filesz;

	if (to > gpa + COVH_PAGE_SIZE)
		to = gpa + COVH_PAGE_SIZE;
	if (from < to)
		memcpy(page + (from - gpa),
		       elf->data + p->offset + (from - p->paddr), to - from);
}

void covh_elf_page(const struct covh_elf *elf, u64 gpa, u8 *page)
{
	const struct phdr *p;
	u32 n;

	memset(page, 0, COVH_PAGE_SIZE);
	for (p = segments(elf, &n); n; n--, p++)
		if (p->type == PT_LOAD)
			lay(elf, p, gpa, page);
}

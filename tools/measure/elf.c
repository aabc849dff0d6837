/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * ELF64 for RISC-V, little-endian: what is to lie where.
 */

#include <elf.h>
#include <string.h>
#include "measure.h"

static Elf64_Ehdr header(const struct file *f, const char *path)
{
	Elf64_Ehdr h;

	if (f->size < sizeof(h))
		die("%s: too short for an ELF file", path);
	memcpy(&h, f->data, sizeof(h));
	if (memcmp(h.e_ident, ELFMAG, SELFMAG) != 0 ||
	    h.e_ident[EI_CLASS] != ELFCLASS64 ||
	    h.e_ident[EI_DATA] != ELFDATA2LSB || h.e_machine != EM_RISCV ||
	    (h.e_type != ET_EXEC && h.e_type != ET_DYN))
		die("%s: not a 64-bit RISC-V ELF program", path);
	if (h.e_phentsize != sizeof(Elf64_Phdr) || h.e_phoff > f->size ||
	    (f->size - h.e_phoff) / sizeof(Elf64_Phdr) < h.e_phnum)
		die("%s: program headers lie outside the file", path);
	return h;
}

static void segment(struct guest *g, const struct file *f, const char *path,
		    const Elf64_Phdr *p)
{
	if (p->p_offset > f->size || p->p_filesz > f->size - p->p_offset ||
	    p->p_filesz > p->p_memsz)
		die("%s: a segment lies outside the file", path);
	/* The top page stays out, so that rounding up cannot wrap either */
	if (p->p_memsz > -PAGE_SIZE || p->p_paddr > -PAGE_SIZE - p->p_memsz)
		die("%s: a segment goes beyond the end of the address space",
		    path);
	guest_place(g, path,
		    (struct segment){ p->p_paddr, p->p_filesz, p->p_memsz,
				      f->data + p->p_offset });
}

void elf_place(struct guest *g, const char *path)
{
	/* Segments point into it: it stays */
	struct file f = read_file(path);
	Elf64_Ehdr h = header(&f, path);
	bool found = false;
	Elf64_Phdr p;
	int i;

	for (i = 0; i < h.e_phnum; i++) {
		memcpy(&p, f.data + h.e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type == PT_INTERP)
			die("%s: needs a dynamic linker", path);
		if (p.p_type != PT_LOAD || !p.p_memsz)
			continue;
		segment(g, &f, path, &p);
		/* The entry is virtual, and a guest starts without paging */
		if (h.e_entry >= p.p_vaddr &&
		    h.e_entry - p.p_vaddr < p.p_memsz) {
			g->entry = h.e_entry - p.p_vaddr + p.p_paddr;
			found = true;
		}
	}
	if (!found)
		die("%s: the entry lies in no segment", path);
	g->has_entry = true;
}

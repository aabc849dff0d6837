/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF64 for RISC-V. The file comes from outside, so that every offset and
 * size is checked before it is used; it need not be aligned in memory.
 */

#include <string.h>
#include <host/console.h>
#include <host/image.h>
#include <host/mem.h>

#define ET_EXEC	     2
#define ET_DYN	     3
#define EM_RISCV     243
#define PT_LOAD	     1
#define PT_INTERP    3
#define EF_RISCV_RVE 8

struct elf_header {
	uint8_t ident[16];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t entry;
	uint64_t phoff;
	uint64_t shoff;
	uint32_t flags;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t phnum;
	uint16_t shentsize;
	uint16_t shnum;
	uint16_t shstrndx;
};

struct elf_segment {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

_Static_assert(sizeof(struct elf_header) == 64, "ELF64 header");
_Static_assert(sizeof(struct elf_segment) == 56, "ELF64 program header");

static char message[96];

#define BAD(...) (snprintf(message, sizeof(message), __VA_ARGS__), message)

static const char *check_header(const struct elf_header *h, size_t size)
{
	if (memcmp(h->ident,
		   "\x7f"
		   "ELF",
		   4))
		return "not an ELF file";
	if (h->ident[4] != 2)
		return "not a 64-bit ELF file";
	if (h->ident[5] != 1)
		return "not a little-endian ELF file";
	if (h->machine != EM_RISCV)
		return BAD("for machine %u, not RISC-V (243)", h->machine);
	if (h->type != ET_EXEC && h->type != ET_DYN)
		return BAD("ELF type %u is no executable", h->type);
	if (h->flags & EF_RISCV_RVE)
		return "for RV64E, not for RV64I";
	if (h->phentsize != sizeof(struct elf_segment))
		return BAD("program headers of %u bytes", h->phentsize);
	if (!h->phnum)
		return "no program headers";
	if (h->phoff > size ||
	    (size - h->phoff) / sizeof(struct elf_segment) < h->phnum)
		return "program headers lie outside the file";
	return NULL;
}

static const char *place(struct image *img, struct image_segment new)
{
	const struct image_segment *s;

	/* The top page stays out, so that rounding up cannot wrap either */
	if (new.memsz > -PAGE_SIZE || new.gpa > -PAGE_SIZE - new.memsz)
		return BAD("segment at 0x%lx wraps around", new.gpa);
	if (img->nr_seg == IMAGE_MAX_SEGMENTS)
		return BAD("more than %d segments", IMAGE_MAX_SEGMENTS);
	for (s = img->seg; s < img->seg + img->nr_seg; s++) {
		if (new.gpa < s->gpa + s->memsz && s->gpa < new.gpa + new.memsz)
			return BAD("segments at 0x%lx and 0x%lx overlap",
				   s->gpa, new.gpa);
	}
	img->seg[img->nr_seg++] = new;
	return NULL;
}

static const char *add_segment(struct image *img, const struct elf_segment *p,
			       const uint8_t *data, size_t size)
{
	if (p->offset > size || p->filesz > size - p->offset)
		return BAD("segment at 0x%lx lies outside the file", p->paddr);
	if (p->filesz > p->memsz)
		return BAD("segment at 0x%lx: more bytes in the file than in "
			   "memory",
			   p->paddr);
	return place(img, (struct image_segment){ p->paddr, p->filesz, p->memsz,
						  data + p->offset });
}

const char *image_add(struct image *img, uint64_t gpa, const void *data,
		      size_t size)
{
	return place(img, (struct image_segment){ gpa, size, size, data });
}

static void add_region(struct image *img, uint64_t start, uint64_t end)
{
	struct image_region *r = img->region;
	int i = 0;

	while (i < img->nr_region && r[i].end < start)
		i++;
	while (i < img->nr_region && r[i].start <= end) {
		if (r[i].start < start)
			start = r[i].start;
		if (r[i].end > end)
			end = r[i].end;
		img->nr_region--;
		memmove(&r[i], &r[i + 1], (img->nr_region - i) * sizeof(*r));
	}
	memmove(&r[i + 1], &r[i], (img->nr_region - i) * sizeof(*r));
	r[i] = (struct image_region){ start, end };
	img->nr_region++;
}

const char *image_parse(struct image *img, const void *data, size_t size)
{
	const char *err;
	struct elf_header h;
	struct elf_segment p;
	bool entry_found = false;
	int i;

	memset(img, 0, sizeof(*img));
	if (size < sizeof(h))
		return BAD("%zu bytes are too short for an ELF file", size);
	memcpy(&h, data, sizeof(h));
	err = check_header(&h, size);
	if (err)
		return err;
	for (i = 0; i < h.phnum; i++) {
		memcpy(&p, (const uint8_t *)data + h.phoff + i * sizeof(p),
		       sizeof(p));
		if (p.type == PT_INTERP)
			return "needs a dynamic linker, is not bare metal";
		if (p.type != PT_LOAD || !p.memsz)
			continue;
		err = add_segment(img, &p, data, size);
		if (err)
			return err;
		add_region(img, ALIGN_DOWN(p.paddr, PAGE_SIZE),
			   ALIGN_UP(p.paddr + p.memsz, PAGE_SIZE));
		/* The entry is virtual, and the guest starts without paging */
		if (h.entry >= p.vaddr && h.entry - p.vaddr < p.memsz) {
			img->entry = h.entry - p.vaddr + p.paddr;
			entry_found = true;
		}
	}
	if (!img->nr_seg)
		return "nothing to load";
	if (!entry_found)
		return BAD("entry 0x%lx lies in no segment", h.entry);
	if (img->entry & 1)
		return BAD("entry 0x%lx is odd", h.entry);
	return NULL;
}

bool image_in_file(const struct image *img, uint64_t gpa, uint64_t size)
{
	const struct image_segment *s;
	int i;

	for (i = 0; i < img->nr_seg; i++) {
		s = &img->seg[i];
		if (s->filesz && s->gpa < gpa + size &&
		    gpa < s->gpa + s->filesz)
			return true;
	}
	return false;
}

bool image_page_in_file(const struct image *img, uint64_t gpa)
{
	return image_in_file(img, gpa, PAGE_SIZE);
}

void image_page(const struct image *img, uint64_t gpa, void *buf)
{
	const struct image_segment *s;
	uint64_t start, end;
	int i;

	memset(buf, 0, PAGE_SIZE);
	for (i = 0; i < img->nr_seg; i++) {
		s = &img->seg[i];
		start = s->gpa > gpa ? s->gpa : gpa;
		end = s->gpa + s->filesz;
		if (end > gpa + PAGE_SIZE)
			end = gpa + PAGE_SIZE;
		if (start < end)
			memcpy((char *)buf + (start - gpa),
			       s->data + (start - s->gpa), end - start);
	}
}

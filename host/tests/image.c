/* SPDX-License-Identifier: BSD-2-Clause */
/* Bad ELF files: each gets its own refusal, none gets further. */

#include <string.h>
#include <host/test.h>

#define FILE_SIZE 0x3000

/* Offsets in an ELF64 file whose program headers follow its header */
#define E_CLASS	    4
#define E_DATA	    5
#define E_TYPE	    16
#define E_MACHINE   18
#define E_ENTRY	    24
#define E_PHOFF	    32
#define E_FLAGS	    48
#define E_PHENTSIZE 54
#define E_PHNUM	    56
#define PHDR(n)	    (64 + 56 * (n))
#define P_TYPE	    0
#define P_OFFSET    8
#define P_VADDR	    16
#define P_PADDR	    24
#define P_FILESZ    32
#define P_MEMSZ	    40

static uint8_t *file;
static struct image image;

static void put(unsigned int at, unsigned int size, uint64_t value)
{
	memcpy(file + at, &value, size);
}

static void segment(unsigned int n, uint64_t offset, uint64_t addr,
		    uint64_t filesz, uint64_t memsz)
{
	put(PHDR(n) + P_TYPE, 4, 1);
	put(PHDR(n) + P_OFFSET, 8, offset);
	put(PHDR(n) + P_VADDR, 8, addr);
	put(PHDR(n) + P_PADDR, 8, addr);
	put(PHDR(n) + P_FILESZ, 8, filesz);
	put(PHDR(n) + P_MEMSZ, 8, memsz);
}

/* A good file: text at 0x80000000, data and 8 KiB of bss right behind it */
static void good_file(void)
{
	if (!file)
		file = page_alloc(FILE_SIZE / PAGE_SIZE, PAGE_SIZE);
	memset(file, 0, FILE_SIZE);
	memcpy(file,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	put(E_TYPE, 2, 2);
	put(E_MACHINE, 2, 243);
	put(E_ENTRY, 8, 0x80000010);
	put(E_PHOFF, 8, 64);
	put(E_PHENTSIZE, 2, 56);
	put(E_PHNUM, 2, 2);
	segment(0, 0x1000, 0x80000000, 0x1000, 0x1000);
	segment(1, 0x2000, 0x80001000, 0x800, 0x2800);
	memset(file + 0x1000, 0xaa, 0x1000);
	memset(file + 0x2000, 0xbb, 0x800);
}

static void refused(const char *want, size_t size)
{
	const char *err = image_parse(&image, file, size);

	if (!err || !strstr(err, want))
		FAIL("expected \"%s\", got \"%s\"", want, err ? err : "none");
}

static void good(void)
{
	uint64_t *page = page_alloc(1, PAGE_SIZE);

	good_file();
	CHECK(!image_parse(&image, file, FILE_SIZE));
	CHECK_EQ(image.entry, 0x80000010);
	CHECK_EQ(image.nr_seg, 2);
	CHECK_EQ(image.nr_region, 1);
	CHECK_EQ(image.region[0].start, 0x80000000);
	CHECK_EQ(image.region[0].end, 0x80004000);
	CHECK(image_page_in_file(&image, 0x80000000));
	CHECK(image_page_in_file(&image, 0x80001000));
	CHECK(!image_page_in_file(&image, 0x80002000));
	image_page(&image, 0x80001000, page);
	CHECK_EQ(page[0xff], 0xbbbbbbbbbbbbbbbb);
	CHECK_EQ(page[0x100], 0);
	/* Two segments on one page; a virtual address that is not the GPA */
	segment(1, 0x2000, 0x80000800, 0x800, 0x800);
	put(PHDR(0) + P_FILESZ, 8, 0x800);
	put(PHDR(0) + P_MEMSZ, 8, 0x800);
	put(PHDR(0) + P_VADDR, 8, 0xffffffff80000000);
	put(E_ENTRY, 8, 0xffffffff80000020);
	CHECK(!image_parse(&image, file, FILE_SIZE));
	CHECK_EQ(image.entry, 0x80000020);
	CHECK_EQ(image.nr_region, 1);
	image_page(&image, 0x80000000, page);
	CHECK_EQ(page[0xff], 0xaaaaaaaaaaaaaaaa);
	CHECK_EQ(page[0x100], 0xbbbbbbbbbbbbbbbb);
	page_free(page, 1);
}

static void bad_header(void)
{
	static const struct {
		unsigned int at, size;
		uint64_t value;
		const char *want;
	} t[] = {
		{ 0, 1, 0, "not an ELF" },
		{ E_CLASS, 1, 1, "64-bit" },
		{ E_DATA, 1, 2, "little-endian" },
		{ E_TYPE, 2, 1, "no executable" },
		{ E_MACHINE, 2, 62, "not RISC-V" },
		{ E_FLAGS, 4, 8, "RV64E" },
		{ E_PHENTSIZE, 2, 32, "32 bytes" },
		{ E_PHNUM, 2, 0, "no program headers" },
		{ E_PHNUM, 2, 0xffff, "outside" },
		{ E_PHOFF, 8, FILE_SIZE - 8, "outside" },
		{ E_PHOFF, 8, -8UL, "outside" },
		{ E_ENTRY, 8, 0x80000011, "odd" },
		{ E_ENTRY, 8, 0x7ffffffe, "no segment" },
		{ E_ENTRY, 8, 0x80003800, "no segment" },
		{ PHDR(0) + P_TYPE, 4, 3, "dynamic linker" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		good_file();
		put(t[i].at, t[i].size, t[i].value);
		refused(t[i].want, FILE_SIZE);
	}
	good_file();
	refused("too short", 0);
	refused("too short", 63);
	refused("outside", 100);
	put(PHDR(0) + P_TYPE, 4, 2);
	put(PHDR(1) + P_TYPE, 4, 2);
	refused("nothing to load", FILE_SIZE);
}

static void bad_segments(void)
{
	static const struct {
		uint64_t offset, addr, filesz, memsz;
		const char *want;
	} t[] = {
		{ FILE_SIZE + 1, 0x80001000, 0, 8, "outside the file" },
		{ 0x2000, 0x80001000, 0x1001, 0x2000, "outside the file" },
		{ -8UL, 0x80001000, 16, 16, "outside the file" },
		{ 8, 0x80001000, -8UL, -8UL, "outside the file" },
		{ 0, 0x80001000, 0x20, 0x10, "more bytes in the file" },
		{ 0, 0xfffffffffffff000, 0, 0x1000, "wraps" },
		{ 0, 0x90000000, 0, -1UL, "wraps" },
		{ 0, 0x90000000, 0, -0x90000000UL, "wraps" },
		{ 0, 0x80000fff, 1, 1, "overlap" },
		{ 0, 0x7ffff000, 0, 0x1001, "overlap" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		good_file();
		segment(1, t[i].offset, t[i].addr, t[i].filesz, t[i].memsz);
		refused(t[i].want, FILE_SIZE);
	}
	good_file();
	put(E_PHNUM, 2, IMAGE_MAX_SEGMENTS + 1);
	for (i = 0; i <= IMAGE_MAX_SEGMENTS; i++)
		segment(i, 0, 0x80000000 + i * 0x10000, 8, 8);
	refused("more than", FILE_SIZE);
}

TEST_GROUP(image, { "a good ELF file is read as it is", good },
	   { "bad ELF headers are refused", bad_header },
	   { "bad ELF segments are refused", bad_segments });

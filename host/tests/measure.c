/* SPDX-License-Identifier: BSD-2-Clause */
/* What changes the measurement registers, and what does not. */

#include <string.h>
#include <host/attack.h>
#include <host/entry.h>

#define WFI_INSN 0x10500073U

/* How to build the guest */
struct variant {
	/** Change a byte of a string in the file */
	bool byte;
	/** Measure the second page before the first */
	bool swap;
	/** Start at an instruction that jumps to the normal entry */
	bool entry;
	unsigned long arg;
	unsigned long extra_ram;
	/** vCPUs in the order in which they are made: '0' is 0; NULL: one */
	const char *vcpus;
	/** The file as it is */
	bool original;
	bool window;
	const void *identity;
};

struct registers {
	char code[DIGEST_HEX_SIZE];
	char config[DIGEST_HEX_SIZE];
};

static uint8_t *elf;
static size_t elf_size;
/* File offset and guest address of the jump to the entry */
static unsigned long jump_gpa;

static uint32_t jal(long off)
{
	return (uint32_t)((off >> 20 & 1) << 31 | (off >> 1 & 0x3ff) << 21 |
			  (off >> 11 & 1) << 20 | (off >> 12 & 0xff) << 12 |
			  0x6f);
}

/* A copy of hello in which an unused WFI is a jump to the entry */
static void copy_guest(bool original)
{
	static struct image img;
	const void *data;
	uint8_t *text;
	uint32_t insn;
	unsigned long i;

	CHECK(image_find("hello", &data, &elf_size));
	if (!elf)
		elf = page_alloc(ALIGN_UP(elf_size, PAGE_SIZE) >> PAGE_SHIFT,
				 PAGE_SIZE);
	memcpy(elf, data, elf_size);
	if (original)
		return;
	CHECK(!image_parse(&img, elf, elf_size));
	text = (uint8_t *)img.seg[0].data;
	for (i = 0; i + 4 <= img.seg[0].filesz; i += 2) {
		memcpy(&insn, text + i, 4);
		if (insn != WFI_INSN)
			continue;
		jump_gpa = img.seg[0].gpa + i;
		insn = jal((long)(img.entry - jump_gpa));
		memcpy(text + i, &insn, 4);
		return;
	}
	FAIL("hello has no WFI");
}

static void change_byte(void)
{
	static const char word[] = "primes below";
	size_t i;

	for (i = 0; i + sizeof(word) <= elf_size; i++) {
		if (!memcmp(elf + i, word, sizeof(word) - 1)) {
			elf[i] = 'P';
			return;
		}
	}
	FAIL("hello does not say \"%s\"", word);
}

static void add_page(struct tvm *t, uint64_t gpa, void *page)
{
	unsigned long dest = conf_alloc(&t->conf, 1, PAGE_SIZE);

	CHECK(dest);
	image_page(&t->image, gpa, page);
	CHECK_EQ(covh_add_tvm_measured_pages(t->id, pa(page), dest, 0, 1, gpa)
			 .error,
		 0);
}

static void add_pages(struct tvm *t, bool swap)
{
	const struct image_region *r = &t->image.region[0];
	void *page = page_alloc(1, PAGE_SIZE);
	uint64_t gpa = r->start;

	CHECK_EQ(t->image.nr_region, 1);
	if (swap) {
		add_page(t, gpa + PAGE_SIZE, page);
		add_page(t, gpa, page);
		gpa += 2 * PAGE_SIZE;
	}
	for (; gpa < r->end; gpa += PAGE_SIZE)
		add_page(t, gpa, page);
	page_free(page, 1);
}

static void copy_value(struct tvm *t, const char *prefix, char *hex)
{
	const char *p = strstr(t->output, prefix);

	CHECK(p);
	memcpy(hex, p + strlen(prefix), DIGEST_HEX_SIZE - 1);
	hex[DIGEST_HEX_SIZE - 1] = '\0';
	CHECK_EQ(p[strlen(prefix) + DIGEST_HEX_SIZE - 1], '\n');
}

/* Build it, run it, and let it read its own registers (COVG 10) */
static void registers(const struct variant *v, struct registers *regs)
{
	struct tvm_config cfg = { .window = v->window || !free_pool.nr,
				  .arg = v->arg,
				  .extra_ram = v->extra_ram,
				  .spare_pages = 8,
				  .identity = v->identity };
	const char *vcpu = v->vcpus ? v->vcpus : "0";
	static struct tvm *t;

	t = test_tvm();
	copy_guest(v->original);
	if (v->byte)
		change_byte();
	cfg.elf = elf;
	cfg.elf_size = elf_size;
	CHECK(!tvm_plan(t, &cfg));
	CHECK_EQ(tvm_convert(t), 0);
	CHECK_EQ(tvm_create(t), 0);
	CHECK_EQ(tvm_add_regions(t), 0);
	add_pages(t, v->swap);
	for (; *vcpu; vcpu++)
		CHECK_EQ(tvm_add_vcpu(t, *vcpu - '0'), 0);
	if (v->entry)
		t->image.entry = jump_gpa;
	CHECK_EQ(tvm_finalize(t), 0);
	CHECK_EQ(tvm_run(t, 0), TVM_SHUTDOWN);
	CHECK_EQ(t->exit.a[1], 0);
	copy_value(t, "measurement 4: ", regs->code);
	copy_value(t, "measurement 5: ", regs->config);
	NOTE("4: %s", regs->code);
	NOTE("5: %s", regs->config);
	CHECK_EQ(tvm_destroy(t), 0);
}

/* Compare a variant with the plain guest: may 4, may 5 differ, must they */
static void compare(const struct variant *v, bool code, bool config)
{
	static const struct variant plain;
	struct registers a, b;

	registers(&plain, &a);
	registers(v, &b);
	CHECK_EQ(strcmp(a.code, b.code) != 0, code);
	CHECK_EQ(strcmp(a.config, b.config) != 0, config);
}

static void equal(void)
{
	compare(&(struct variant){ 0 }, false, false);
}

/* Where the pages come from is not measured */
static void other_pages(void)
{
	compare(&(struct variant){ .window = true }, false, false);
}

static void one_byte(void)
{
	compare(&(struct variant){ .byte = true }, true, false);
}

static void page_order(void)
{
	compare(&(struct variant){ .swap = true }, true, false);
}

static void entry_pc(void)
{
	compare(&(struct variant){ .entry = true }, false, true);
}

static void argument(void)
{
	compare(&(struct variant){ .arg = 1 }, false, true);
}

static void region(void)
{
	compare(&(struct variant){ .extra_ram = PAGE_SIZE }, false, true);
}

static void vcpu_set(void)
{
	compare(&(struct variant){ .vcpus = "01" }, false, true);
}

/* No two of these are equal. test_measure.py knows what each must be */
static void vcpu_sets(void)
{
	static const char *const set[] = { "0", "01", "02", "10", "012", "0o" };
	static struct registers r[ARRAY_SIZE(set)];
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(set); i++) {
		registers(&(struct variant){ .vcpus = set[i],
					     .original = true },
			  &r[i]);
		NOTE("vCPUs %s 4 %s 5 %s", set[i], r[i].code, r[i].config);
		for (k = 0; k < i; k++) {
			CHECK(!strcmp(r[i].code, r[k].code));
			CHECK(strcmp(r[i].config, r[k].config));
		}
		/* A case has four TVMs at most */
		test_cleanup();
	}
}

static void identity(void)
{
	static uint8_t id[COVH_IDENTITY_SIZE] __attribute__((aligned(64)));
	const struct variant v = { .identity = id };

	if (covh_spec05)
		SKIP("spec 0.5 has no identity");
	memset(id, 0x1d, sizeof(id));
	compare(&v, false, false);
	id[0]++;
	compare(&v, false, false);
}

TEST_GROUP(measure, { "T-42 equal input, equal registers", equal },
	   { "T-42 other physical pages, equal registers", other_pages },
	   { "T-42 one byte", one_byte }, { "T-42 page order", page_order },
	   { "T-42 entry pc", entry_pc }, { "T-42 argument", argument },
	   { "T-42 memory region", region }, { "T-42 vCPU set", vcpu_set },
	   { "T-42 many sets of vCPUs", vcpu_sets },
	   { "T-43 identity", identity });

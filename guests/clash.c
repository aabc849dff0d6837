/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sums over memory through page tables of its own, which it switches and
 * changes all the time. Every copy of this guest uses the same addresses and
 * the same ASIDs for other data (clash.h): a translation that comes from
 * another VM, or one too old, makes the sum wrong.
 */

#include <guest/clash.h>
#include <guest/guest.h>

#define PTE_V	  0x01UL
#define PTE_LEAF  0xcfUL /* V R W X A D */
#define SV39	  (8UL << 60)
#define ASID(s)	  (((s) + 1UL) << 44)
#define GIB_SHIFT 30

/* Where a space shows its pages: beyond what guests have as memory */
#define WINDOW_GIB 4UL
#define WINDOW	   (WINDOW_GIB << GIB_SHIFT)

typedef unsigned long table[512] __attribute__((aligned(PAGE_SIZE)));

static table root[CLASH_SPACES], middle[CLASH_SPACES], leaf[CLASH_SPACES];
static clash_pages page __attribute__((aligned(PAGE_SIZE)));

static unsigned long pte(const void *p, unsigned long flags)
{
	return (unsigned long)p / PAGE_SIZE << 10 | flags;
}

static void make_tables(void)
{
	unsigned long here = (unsigned long)page >> GIB_SHIFT;
	unsigned int s, p;

	for (s = 0; s < CLASH_SPACES; s++) {
		root[s][here] = pte((void *)(here << GIB_SHIFT), PTE_LEAF);
		root[s][WINDOW_GIB] = pte(middle[s], PTE_V);
		middle[s][0] = pte(leaf[s], PTE_V);
		for (p = 0; p < CLASH_PAGES; p++)
			leaf[s][p] = pte(page[s][p], PTE_LEAF);
	}
	__asm__ __volatile__("sfence.vma" ::: "memory");
}

/* No fence: this is what ASIDs are for, if there are any */
static void enter_space(unsigned int s)
{
	unsigned long satp =
		SV39 | ASID(s) | (unsigned long)root[s] / PAGE_SIZE;

	csr_write(satp, satp);
	if (csr_read(satp) != satp)
		__asm__ __volatile__("sfence.vma" ::: "memory");
}

static volatile uint64_t *word(unsigned int p, unsigned int w)
{
	return (volatile uint64_t *)(WINDOW + p * PAGE_SIZE) + w;
}

static uint64_t pass(uint64_t sum)
{
	unsigned int p, w;

	for (p = 0; p < CLASH_PAGES; p++) {
		for (w = 0; w < CLASH_WORDS; w += CLASH_STRIDE)
			sum = clash_add(sum, *word(p, w));
	}
	return sum;
}

static void flush(unsigned int s, unsigned int p)
{
	__asm__ __volatile__("sfence.vma %0, %1"
			     :
			     : "r"(word(p, 0)), "r"(s + 1UL)
			     : "memory");
}

/* Two pages of a space change places; the first one gets a new value */
static void change(uint64_t arg, unsigned int round)
{
	unsigned int i = clash_first(arg, round), j = clash_second(arg, round);
	unsigned int s = round % CLASH_SPACES;
	unsigned long tmp = leaf[s][i];

	leaf[s][i] = leaf[s][j];
	leaf[s][j] = tmp;
	flush(s, i);
	flush(s, j);
	enter_space(s);
	*word(i, 0) += round;
}

int main(unsigned long vcpu_id, unsigned long arg)
{
	unsigned int s, round;
	uint64_t sum = 0;

	(void)vcpu_id;
	clash_fill(page, arg);
	make_tables();
	for (round = 0; round < CLASH_ROUNDS(arg); round++) {
		if (round % CLASH_DOT == 0)
			putchar('.');
		for (s = 0; s < CLASH_SPACES; s++) {
			enter_space(s);
			sum = pass(sum);
		}
		change(arg, round);
	}
	printf("\nsum=0x%lx\n", sum);
	return 0;
}

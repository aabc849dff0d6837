/* SPDX-License-Identifier: BSD-2-Clause */
/* Ordinary VMs. */

#include <string.h>
#include <host/console.h>
#include <host/csr.h>
#include <host/hart.h>
#include <host/image.h>
#include <host/mem.h>
#include <host/sbi.h>
#include <host/vm.h>

#define CSR_HEDELEG  0x602
#define CSR_HIDELEG  0x603
#define CSR_VSSTATUS 0x200
#define CSR_VSATP    0x280
#define HGATP_SV39X4 (8UL << 60)
#define VMID_SHIFT   44
#define GUEST_BASE   0x80000000UL
#define GIB_SHIFT    30
#define PTE_TABLE    0x01UL
#define PTE_LEAF     0xdfUL /* V R W X U A D */
#define TABLES	     4
#define ROOT_PAGES   4

static unsigned long pte(const void *p, unsigned long flags)
{
	return (unsigned long)p >> PAGE_SHIFT << 10 | flags;
}

/* Tables 0, 1: the guest's memory; 2, 3: a page at VM_FOREIGN */
static void make_tables(struct vm *vm)
{
	unsigned long i;

	vm->root = page_zalloc(ROOT_PAGES, ROOT_PAGES * PAGE_SIZE);
	vm->table = page_zalloc(TABLES, PAGE_SIZE);
	vm->root[GUEST_BASE >> GIB_SHIFT] = pte(vm->table[0], PTE_TABLE);
	vm->table[0][0] = pte(vm->table[1], PTE_TABLE);
	for (i = 0; i < VM_PAGES; i++)
		vm->table[1][i] = pte(vm->mem + i * PAGE_SIZE, PTE_LEAF);
	vm->root[VM_FOREIGN >> GIB_SHIFT] = pte(vm->table[2], PTE_TABLE);
	vm->table[2][0] = pte(vm->table[3], PTE_TABLE);
}

static const char *copy_image(struct vm *vm, const char *name)
{
	struct image img;
	const char *bad;
	const void *elf;
	uint64_t gpa;
	size_t size;
	int i;

	if (!image_find(name, &elf, &size))
		return "not in the initrd";
	bad = image_parse(&img, elf, size);
	if (bad)
		return bad;
	for (i = 0; i < img.nr_region; i++) {
		if (img.region[i].start < GUEST_BASE ||
		    img.region[i].end > GUEST_BASE + VM_PAGES * PAGE_SIZE)
			return "too large";
		for (gpa = img.region[i].start; gpa < img.region[i].end;
		     gpa += PAGE_SIZE)
			image_page(&img, gpa, vm->mem + (gpa - GUEST_BASE));
	}
	vm->vs.pc = img.entry;
	return NULL;
}

void vm_create(struct vm *vm, const char *name, unsigned long arg,
	       unsigned long vmid)
{
	const char *bad;

	memset(vm, 0, sizeof(*vm));
	vm->mem = page_zalloc(VM_PAGES, PAGE_SIZE);
	make_tables(vm);
	bad = copy_image(vm, name);
	if (bad)
		fail("ordinary VM %s: %s", name, bad);
	vm->vs.x[11] = arg;
	vm->hgatp = HGATP_SV39X4 | vmid << VMID_SHIFT |
		    (unsigned long)vm->root >> PAGE_SHIFT;
}

static void flush(void)
{
	/* hfence.gvma; hfence.vvma */
	__asm__ __volatile__(".insn r 0x73, 0, 0x31, x0, x0, x0\n"
			     ".insn r 0x73, 0, 0x11, x0, x0, x0" ::
				     : "memory");
}

void vm_map(struct vm *vm, unsigned long pa)
{
	vm->table[3][0] = pte((void *)pa, PTE_LEAF);
	flush();
}

/* Flushed once, when the hart gets the VM: not at each entry */
void vm_load(struct vm *vm, unsigned long hedeleg)
{
	csr_write(CSR_HEDELEG, hedeleg);
	csr_write(CSR_HIDELEG, 0);
	csr_write(CSR_VSSTATUS, 0);
	csr_write(CSR_VSATP, 0);
	csr_write(CSR_HGATP, vm->hgatp);
	flush();
}

void vm_unload(void)
{
	csr_write(CSR_HEDELEG, 0);
	csr_write(CSR_VSATP, 0);
	csr_write(CSR_HGATP, 0);
	flush();
}

static void output(struct vm *vm, char c)
{
	if (vm->output_len + 1 < sizeof(vm->output)) {
		vm->output[vm->output_len++] = c;
		vm->output[vm->output_len] = '\0';
	}
}

static bool ecall(struct vm *vm)
{
	uint64_t *x = vm->vs.x;

	if (x[17] == SBI_EID_SRST) {
		vm->done = true;
		return false;
	}
	vm->vs.pc += 4;
	if (x[17] == SBI_EID_DBCN && x[16] == SBI_DBCN_WRITE_BYTE) {
		output(vm, (char)x[10]);
		x[10] = 0;
	} else {
		x[10] = (uint64_t)SBI_ERR_NOT_SUPPORTED;
	}
	x[11] = 0;
	return true;
}

bool vm_run_once(struct vm *vm)
{
	vs_enter(&vm->vs);
	if (vm->vs.scause == CAUSE_VS_ECALL)
		return ecall(vm);
	if (!(vm->vs.scause & SCAUSE_IRQ))
		return false;
	ipi_clear();
	timer_clear();
	return true;
}

void vm_destroy(struct vm *vm)
{
	page_free(vm->table, TABLES);
	page_free(vm->root, ROOT_PAGES);
	page_free(vm->mem, VM_PAGES);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* covm: options, files of all kinds, device trees, plans, terminals. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>
#include <termios.h>
#include <cmocka.h>
#include "escape.h"
#include "fdt.h"
#include "kernel.h"
#include "measure.h"
#include "number.h"
#include "plan.h"
#include "term.h"

#define KERNEL_FILE_SIZE 0x12345
#define KERNEL_TAKES	 0x345678
#define INITRD_SIZE	 0x2001

/* A program at a place */
struct elf {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, rest[3];
	uint32_t p_type, p_flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
	uint8_t code[64];
};

#define ELF_AT(at)                                                             \
	{                                                                      \
		.ident = { 0x7f, 'E', 'L', 'F', 2, 1, 1 }, .type = 2,          \
		.machine = 243, .entry = (at),                                 \
		.phoff = offsetof(struct elf, p_type), .phentsize = 56,        \
		.phnum = 1, .p_type = 1, .offset = offsetof(struct elf, code), \
		.vaddr = (at), .paddr = (at), .filesz = 64, .memsz = 0x3000,   \
		.align = 4096, .code = {                                       \
			42                                                     \
		}                                                              \
	}

/* The loader: eight bytes at 0x80000000, and zeros behind them */
extern const uint8_t loader_start[], loader_end[];
__asm__(".section .rodata\n"
	".globl loader_start, loader_end\n"
	"loader_start:\n"
	".byte 0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0\n"
	".short 2, 243\n"
	".long 1\n"
	".quad 0x80000004, 64, 0\n"
	".long 0\n"
	".short 64, 56, 1, 0, 0, 0\n"
	".long 1, 5\n"
	".quad 120, 0x80000000, 0x80000000, 8, 0x11000, 4096\n"
	".quad 0x1122334455667788\n"
	"loader_end:\n"
	".text\n");

static char dir[] = "/tmp/covm-test-XXXXXX";
static char kernel[64], initrd[64], program[64];

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	fclose(f);
}

static void write_kernel(uint64_t offset, uint64_t takes, const char *magic)
{
	static uint8_t image[KERNEL_FILE_SIZE];

	memset(image, 0x5a, sizeof(image));
	memcpy(image + 8, &offset, 8);
	memcpy(image + 16, &takes, 8);
	memcpy(image + 48, magic, 8);
	write_file(kernel, image, sizeof(image));
}

static int setup(void **state)
{
	static uint8_t disk[INITRD_SIZE];

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(kernel, sizeof(kernel), "%s/Image", dir);
	snprintf(initrd, sizeof(initrd), "%s/initrd", dir);
	snprintf(program, sizeof(program), "%s/elf", dir);
	write_kernel(0x200000, KERNEL_TAKES, "RISCV\0\0");
	memset(disk, 0xa5, sizeof(disk));
	write_file(initrd, disk, sizeof(disk));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(kernel);
	unlink(initrd);
	unlink(program);
	return rmdir(dir);
}

/* The line that a command line dies with; "": it is good */
static const char *says(const char *line)
{
	static char text[512];
	char copy[512], *argv[32] = { "run" };
	int argc = 1, fd[2], status;
	struct options o;
	struct plan p;
	pid_t pid;
	ssize_t n;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (!pid) {
		dup2(fd[1], 2);
		snprintf(copy, sizeof(copy), "%s", line);
		for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
			argv[argc++] = w;
		options_parse(&o, argc, argv);
		plan_make(&p, &o);
		_exit(0);
	}
	close(fd[1]);
	n = read(fd[0], text, sizeof(text) - 1);
	close(fd[0]);
	waitpid(pid, &status, 0);
	text[n > 0 ? n : 0] = '\0';
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status) != 0, *text != '\0');
	return text;
}

static void bad(const char *line, const char *what)
{
	if (!strstr(says(line), what))
		fail_msg("%s: says \"%s\"", line, says(line));
}

static void good(const char *line)
{
	assert_string_equal(says(line), "");
}

static void numbers(void **state)
{
	static const char *const wrong[] = {
		"",   " 1", "-1", "+1",	  "1 ",
		"0x", "x1", "1k", "0x-1", "18446744073709551616"
	};
	uint64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(number_parse(wrong[i], &v));
	assert_true(number_parse("010", &v) && v == 10);
	assert_true(number_parse("0xfF", &v) && v == 255);
	assert_true(number_parse("18446744073709551615", &v) && !~v);
}

static void sizes(void **state)
{
	static const char *const wrong[] = { "",
					     "M",
					     "G",
					     "512",
					     "0M",
					     "3M",
					     "-2M",
					     "257G",
					     "2K",
					     "2 M",
					     "2MM",
					     "17592186044416M",
					     "99999999999999999999M" };
	uint64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_non_null(size_parse(wrong[i], &v));
	assert_null(size_parse("512M", &v));
	assert_int_equal(v, 512 * MIB);
	assert_null(size_parse("256G", &v));
	assert_int_equal(v, MAX_MEMORY);
}

static void escapes(void **state)
{
	struct escape e = { .key = 0x1d };
	int key;

	(void)state;
	assert_true(escape_parse("^]", &key) && key == 0x1d);
	assert_true(escape_parse("^a", &key) && key == 1);
	assert_true(escape_parse("~", &key) && key == '~');
	assert_true(escape_parse("none", &key) && key == NO_ESCAPE);
	assert_false(escape_parse("", &key));
	assert_false(escape_parse("^^^", &key));

	assert_int_equal(escape_next(&e, 'q'), ESCAPE_PASS);
	assert_int_equal(escape_next(&e, 0x1d), ESCAPE_EAT);
	assert_int_equal(escape_next(&e, 0x1d), ESCAPE_PASS);
	assert_int_equal(escape_next(&e, 'q'), ESCAPE_PASS);
	assert_int_equal(escape_next(&e, 0x1d), ESCAPE_EAT);
	assert_int_equal(escape_next(&e, 'x'), ESCAPE_HELP);
	assert_int_equal(escape_next(&e, 0x1d), ESCAPE_EAT);
	assert_int_equal(escape_next(&e, 'q'), ESCAPE_QUIT);
	e = (struct escape){ .key = NO_ESCAPE };
	assert_int_equal(escape_next(&e, 0x1d), ESCAPE_PASS);
}

static void extensions(void **state)
{
	char name[ISA_NAME];
	struct isa isa;

	(void)state;
	assert_null(isa_make(&isa, "v, zbb,zbb,,sstc", name));
	assert_string_equal(isa.old, "rv64imafdcv_zicntr_zicsr_zifencei_sstc_"
				     "zbb");
	assert_non_null(isa_make(&isa, "zbb,svpbmt", name));
	assert_string_equal(name, "svpbmt");
	assert_non_null(isa_make(&isa, "Zbb", name));
	assert_non_null(isa_make(&isa, "z", name));
	assert_non_null(isa_make(&isa, "h", name));
	assert_non_null(isa_make(&isa, "zbb\"", name));
	assert_non_null(isa_make(
		&isa, "zaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", name));
}

static void kernels(void **state)
{
	uint8_t head[KERNEL_HEADER] = { 0 };
	uint64_t size, v = 0x200000;

	(void)state;
	assert_non_null(kernel_size(head, 100, &size));
	memcpy(head + 48, "RISCV\0\0", 8);
	assert_non_null(kernel_size(head, 100, &size));
	memcpy(head + 8, &v, 8);
	assert_null(kernel_size(head, 100, &size));
	assert_int_equal(size, 100);
	v = -1UL;
	memcpy(head + 16, &v, 8);
	assert_non_null(kernel_size(head, 100, &size));
	v = MAX_MEMORY + 1;
	memcpy(head + 16, &v, 8);
	assert_non_null(kernel_size(head, 100, &size));
	v = MAX_MEMORY;
	memcpy(head + 16, &v, 8);
	assert_null(kernel_size(head, 100, &size));
	assert_int_equal(kernel_least(kernel_end(0), 1), 64 * MIB);
	assert_int_equal(kernel_end(1), GUEST_KERNEL + 2 * MIB);
}

static void command_lines(void **state)
{
	char line[300];

	(void)state;
	bad("", "either --kernel or --elf");
	bad("--kernel a --elf b", "either --kernel or --elf");
	bad("--bogus", "--bogus: no such option");
	bad("--memory", "a value is missing");
	bad("x", "x: not an option");
	bad("--vcpus 0", "1 to 64");
	bad("--vcpus 65", "1 to 64");
	bad("--memory 5", "not a size");
	bad("--from disk", "pool or ram");
	bad("--escape ab", "--escape ab");
	bad("--elf a --append b", "go with --kernel");
	bad("--kernel a --arg 1", "goes with --elf");
	bad("--elf a --kvm --from pool", "not for --kvm");
	bad("--elf /nonexistent", "No such file");
	bad("--elf /tmp", "not a regular file");
	bad("--elf /dev/null", "not a regular file");
	snprintf(line, sizeof(line), "--elf a --identity %s", initrd);
	bad(line, "8193 bytes, not 64");
	snprintf(line, sizeof(line), "--elf %s", initrd);
	bad(line, "not an ELF file");
	snprintf(line, sizeof(line), "--kernel %s", initrd);
	bad(line, "not a RISC-V Linux kernel");
	snprintf(line, sizeof(line), "--kernel %s --memory 64M", kernel);
	bad(line, "--memory 68M at least");
	snprintf(line, sizeof(line), "--kernel %s --memory 68M", kernel);
	good(line);
	snprintf(line, sizeof(line), "--kernel %s --isa zfoo,Q", kernel);
	bad(line, "--isa: Q: no extension");
	snprintf(line, sizeof(line), "--kernel %s --append \x80", kernel);
	bad(line, "not plain text");
}

static void bad_kernels(void **state)
{
	char line[300];

	(void)state;
	snprintf(line, sizeof(line), "--kernel %s", kernel);
	write_kernel(0x200000, -1UL, "RISCV\0\0");
	bad(line, "larger than any guest");
	write_kernel(0x200000, 1UL << 37, "RISCV\0\0");
	bad(line, "--memory 131136M at least");
	write_kernel(0x80000, KERNEL_TAKES, "RISCV\0\0");
	bad(line, "loaded elsewhere");
	write_file(kernel, "\x1f\x8b", 2);
	bad(line, "not a Linux kernel image");
	write_kernel(0x200000, KERNEL_TAKES, "RISCV\0\0");
	good(line);
}

static void elf(uint64_t at, uint64_t memsz)
{
	struct elf e = ELF_AT(at);

	e.memsz = memsz;
	write_file(program, &e, sizeof(e));
}

static void programs(void **state)
{
	char line[300];

	(void)state;
	snprintf(line, sizeof(line), "--elf %s --memory 4M", program);
	elf(0x80001000, 0x3000);
	good(line);
	/* From 0x80000000 on */
	elf(0x80001000, 0x400000);
	bad(line, "--memory 6M at least");
	elf(0x80001000, 0x3ff000);
	good(line);
	elf(-0x3000UL, 0x1000);
	bad(line, "where no memory can be");
	elf(0x80001000, -0x80002000UL);
	bad(line, "at least");
	elf(0x80001000, -0x1000UL);
	bad(line, "wraps");
	elf(0x80001000, 63);
	bad(line, "more bytes in the file than in memory");
}

/* The same tree by dts.py and dtc */
static void reference(const struct options *o, uint8_t *blob, size_t *size)
{
	char command[800];
	FILE *f;

	snprintf(command, sizeof(command),
		 "python3 " TOP "/guests/linux/dts.py --vcpus=%u --mem=%luM "
		 "--isa='%s' --bootargs 'console=ttyS0 earlycon=sbi %s' "
		 "--image %s --initrd %s | dtc -q -I dts -O dtb",
		 o->vcpus, o->memory / MIB, o->isa, o->append, o->kernel,
		 o->initrd);
	f = popen(command, "r");
	assert_non_null(f);
	*size = fread(blob, 1, *size, f);
	pclose(f);
}

static void trees(void **state)
{
	struct options o = { .kernel = kernel,
			     .initrd = initrd,
			     .append = "quiet \"x y\" a\\b",
			     .isa = "v,zbb",
			     .memory = 8192 * MIB };
	static const unsigned int vcpus[] = { 1, 2, 64 };
	static uint8_t blob[1 << 20];
	struct plan p;
	size_t size, i;

	(void)state;
	if (system("dtc --version >/dev/null 2>&1"))
		skip();
	for (i = 0; i < 3; i++) {
		o.vcpus = vcpus[i];
		size = sizeof(blob);
		reference(&o, blob, &size);
		assert_true(size > 1000);
		plan_make(&p, &o);
		assert_memory_equal(plan_at(&p, GUEST_DTB, size), blob, size);
		plan_free(&p);
	}
}

/* Where everything is, and what is measured of it */
static void plans(void **state)
{
	struct options o = { .kernel = kernel,
			     .initrd = initrd,
			     .vcpus = 3,
			     .memory = 128 * MIB };
	uint64_t gpa = GUEST_RAM, end = GUEST_RAM + 128 * MIB;
	const uint8_t *at;
	struct plan p;

	(void)state;
	plan_make(&p, &o);
	assert_int_equal(p.entry, 0x80000004);
	assert_int_equal(p.arg, GUEST_DTB);
	at = plan_at(&p, GUEST_RAM, 8);
	assert_int_equal(at[0], 0x88);
	at = plan_at(&p, GUEST_KERNEL, KERNEL_FILE_SIZE + 1);
	assert_int_equal(at[0], 0x5a);
	assert_int_equal(at[KERNEL_FILE_SIZE - 1], 0x5a);
	assert_int_equal(at[KERNEL_FILE_SIZE], 0);
	/* Loader and tree; kernel; not what it takes besides; initrd */
	assert_int_equal(plan_pieces(&p), 3);
	assert_true(plan_piece(&p, &gpa) && gpa == GUEST_RAM);
	gpa = GUEST_KERNEL + 2 * MIB;
	assert_true(plan_piece(&p, &gpa));
	assert_int_equal(gpa, 0x80600000);
	gpa += 2 * MIB;
	assert_false(plan_piece(&p, &gpa));
	at = plan_at(&p, 0x80600000, INITRD_SIZE);
	assert_int_equal(at[INITRD_SIZE - 1], 0xa5);

	assert_non_null(plan_at(&p, end - 1, 1));
	assert_non_null(plan_at(&p, end, 0));
	assert_null(plan_at(&p, end - 1, 2));
	assert_null(plan_at(&p, end, 1));
	assert_null(plan_at(&p, GUEST_RAM - 1, 1));
	assert_null(plan_at(&p, GUEST_RAM, -1UL));
	assert_null(plan_at(&p, -1UL, 2));
	plan_free(&p);
}

/* An ordinary guest has no loader */
static void ordinary(void **state)
{
	struct options o = {
		.kernel = kernel, .vcpus = 1, .memory = 128 * MIB, .kvm = true
	};
	struct plan p;

	(void)state;
	plan_make(&p, &o);
	assert_int_equal(p.entry, GUEST_KERNEL);
	assert_int_equal(*(uint8_t *)plan_at(&p, GUEST_RAM, 1), 0);
	plan_free(&p);
}

/* What a plan says is what it measures */
static void measured(void **state)
{
	struct options o = { .elf = program, .vcpus = 2, .memory = 4 * MIB };
	struct measure m, by_hand;
	static uint8_t page[4096];
	struct plan p;

	(void)state;
	elf(0x80001000, 0x3000);
	page[0] = 42;
	plan_make(&p, &o);
	measure_plan(&p, &m);
	measure_init(&by_hand);
	measure_region(&by_hand, 0x80000000, 4 * MIB);
	/* One page has bytes of the file */
	measure_page(&by_hand, 0x80001000, page);
	measure_vcpu(&by_hand, 0);
	measure_vcpu(&by_hand, 1);
	measure_finalize(&by_hand, 0x80001000, 0);
	assert_memory_equal(&m, &by_hand, sizeof(m));
	plan_free(&p);
}

/* A pseudo terminal is stdin now; its other end */
static int terminal(int flags)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int fd;

	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	fd = open(ptsname(master), O_RDWR | flags);
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return -1;
	close(fd);
	return master;
}

/* Raw while it is ours, and what it was afterwards */
static int raw_and_back(void)
{
	struct termios t;

	if (!term_raw() || tcgetattr(STDIN_FILENO, &t) || t.c_lflag & ICANON)
		return 1;
	term_restore();
	if (tcgetattr(STDIN_FILENO, &t) || !(t.c_lflag & ICANON))
		return 2;
	return 0;
}

static int no_terminal(void)
{
	int fd = open("/dev/null", O_RDONLY);

	return fd < 0 || dup2(fd, STDIN_FILENO) < 0 || term_raw();
}

/* No session's terminal, as a shell on /dev/console has it */
static int nobodys_terminal(void)
{
	return terminal(O_NOCTTY) < 0 ? 3 : raw_and_back();
}

/* Of this session, and in the foreground or not */
static int our_terminal(void)
{
	return terminal(0) < 0 ? 3 : raw_and_back();
}

static int background(void)
{
	pid_t child;
	int status;

	if (terminal(0) < 0)
		return 3;
	child = fork();
	if (!child) {
		setpgid(0, 0);
		_exit(term_raw());
	}
	return waitpid(child, &status, 0) != child || status;
}

/* Each in a session of its own */
static void terminals(void **state)
{
	static int (*const cases[])(void) = { no_terminal, nobodys_terminal,
					      our_terminal, background };
	unsigned int i;
	pid_t child;
	int status;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		child = fork();
		if (!child) {
			setsid();
			_exit(cases[i]());
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		print_message("terminal %u: %d\n", i, status);
		assert_int_equal(status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),     cmocka_unit_test(sizes),
		cmocka_unit_test(escapes),     cmocka_unit_test(extensions),
		cmocka_unit_test(kernels),     cmocka_unit_test(command_lines),
		cmocka_unit_test(bad_kernels), cmocka_unit_test(programs),
		cmocka_unit_test(trees),       cmocka_unit_test(plans),
		cmocka_unit_test(ordinary),    cmocka_unit_test(measured),
		cmocka_unit_test(terminals),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

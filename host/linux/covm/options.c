/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of "covm run" and "covm measure". */

#include <getopt.h>
#include <string.h>
#include "die.h"
#include "file.h"
#include "number.h"
#include "options.h"

#define KERNEL_MEMORY (512 * MIB)
#define ELF_MEMORY    (16 * MIB)
#define CTRL(c)	      ((c)&0x1f)

enum {
	KERNEL = 256,
	INITRD,
	APPEND,
	ISA,
	LOADER,
	ELF,
	MEMORY,
	VCPUS,
	ARG,
	EAGER,
	LAZY,
	KVM,
	STATS,
	FROM,
	IDENTITY,
	ESCAPE,
};

static const struct option known[] = {
	{ "kernel", required_argument, NULL, KERNEL },
	{ "initrd", required_argument, NULL, INITRD },
	{ "append", required_argument, NULL, APPEND },
	{ "isa", required_argument, NULL, ISA },
	{ "loader", required_argument, NULL, LOADER },
	{ "elf", required_argument, NULL, ELF },
	{ "memory", required_argument, NULL, MEMORY },
	{ "vcpus", required_argument, NULL, VCPUS },
	{ "arg", required_argument, NULL, ARG },
	{ "eager", no_argument, NULL, EAGER },
	{ "lazy", no_argument, NULL, LAZY },
	{ "kvm", no_argument, NULL, KVM },
	{ "stats", no_argument, NULL, STATS },
	{ "from", required_argument, NULL, FROM },
	{ "identity", required_argument, NULL, IDENTITY },
	{ "escape", required_argument, NULL, ESCAPE },
	{ NULL, 0, NULL, 0 },
};

bool escape_parse(const char *text, int *escape)
{
	size_t n = strlen(text);

	if (!strcmp(text, "none"))
		*escape = NO_ESCAPE;
	else if (n == 2 && text[0] == '^' && text[1] >= '@' && text[1] <= '~')
		*escape = CTRL(text[1]);
	else if (n == 1)
		*escape = (unsigned char)text[0];
	else
		return false;
	return true;
}

static void set_memory(struct options *o, const char *text)
{
	const char *bad = size_parse(text, &o->memory);

	if (bad)
		die_usage("--memory %s: %s", text, bad);
}

static void set_vcpus(struct options *o, const char *text)
{
	uint64_t n;

	if (!number_parse(text, &n) || !n || n > COVE_MAX_VCPUS)
		die_usage("--vcpus %s: 1 to %d", text, COVE_MAX_VCPUS);
	o->vcpus = (unsigned int)n;
}

static void set_from(struct options *o, const char *text)
{
	if (!strcmp(text, "pool"))
		o->from = COVE_FROM_POOL;
	else if (!strcmp(text, "ram"))
		o->from = COVE_FROM_RAM;
	else
		die_usage("--from %s: pool or ram", text);
}

static void set_identity(struct options *o, const char *path)
{
	struct file f = file_open(path);

	if (f.size != sizeof(o->identity))
		die_usage("--identity %s: %lu bytes, not %zu", path, f.size,
			  sizeof(o->identity));
	file_read(&f, 0, o->identity, sizeof(o->identity));
	file_close(&f);
	o->has_identity = true;
}

static void set_number(struct options *o, int which, const char *text)
{
	switch (which) {
	case MEMORY:
		set_memory(o, text);
		break;
	case VCPUS:
		set_vcpus(o, text);
		break;
	case ARG:
		if (!number_parse(text, &o->arg))
			die_usage("--arg %s: not a number", text);
		break;
	case FROM:
		set_from(o, text);
		break;
	case IDENTITY:
		set_identity(o, text);
		break;
	case ESCAPE:
		if (!escape_parse(text, &o->escape))
			die_usage("--escape %s: like ^], or none", text);
		break;
	}
}

static void set(struct options *o, int which, const char *text)
{
	switch (which) {
	case KERNEL:
		o->kernel = text;
		break;
	case INITRD:
		o->initrd = text;
		break;
	case APPEND:
		o->append = text;
		break;
	case ISA:
		o->isa = text;
		break;
	case LOADER:
		o->loader = text;
		break;
	case ELF:
		o->elf = text;
		break;
	case EAGER:
	case LAZY:
		o->eager = which == EAGER;
		break;
	case KVM:
		o->kvm = true;
		break;
	case STATS:
		o->stats = true;
		break;
	default:
		set_number(o, which, text);
	}
}

static void check(const struct options *o, bool has_arg)
{
	if (!o->kernel == !o->elf)
		die_usage("either --kernel or --elf (covm --help)");
	if (o->elf && (o->initrd || o->append || o->isa || o->loader))
		die_usage("--initrd, --append, --isa and --loader go with "
			  "--kernel");
	if (o->kernel && has_arg)
		die_usage("--arg goes with --elf: a kernel gets its device "
			  "tree");
	if (o->kvm && (o->from || o->has_identity || o->loader))
		die_usage("--from, --identity and --loader are for TVMs, not "
			  "for --kvm");
}

void options_parse(struct options *o, int argc, char **argv)
{
	bool has_arg = false;
	int c;

	*o = (struct options){ .vcpus = 1, .escape = CTRL(']') };
	opterr = 0;
	/* Start again: not only for the first command line of a process */
	optind = 0;
	while ((c = getopt_long(argc, argv, ":", known, NULL)) != -1) {
		if (c == ':')
			die_usage("%s: a value is missing", argv[optind - 1]);
		if (c == '?')
			die_usage("%s: no such option (covm --help)",
				  argv[optind - 1]);
		has_arg |= c == ARG;
		set(o, c, optarg);
	}
	if (optind < argc)
		die_usage("%s: not an option (covm --help)", argv[optind]);
	if (!o->memory)
		o->memory = o->elf ? ELF_MEMORY : KERNEL_MEMORY;
	check(o, has_arg);
}

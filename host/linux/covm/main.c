/* SPDX-License-Identifier: BSD-2-Clause */
/* covm: confidential VMs on Linux. */

#include <stdio.h>
#include <string.h>
#include "die.h"
#include "measure.h"
#include "stats.h"
#include "vm.h"

#ifndef COVM_VERSION
#define COVM_VERSION "0.1"
#endif

static const char usage[] =
	"covm run OPTIONS         start a confidential VM on this terminal\n"
	"covm measure OPTIONS     its measurement registers 4 and 5, for the\n"
	"                         same options; needs no driver\n"
	"covm list                the confidential VMs that there are\n"
	"covm stats [NUMBER] [--json]\n"
	"                         their exits and memory\n"
	"covm info                what this machine has for them\n"
	"covm version\n"
	"\n"
	"A Linux kernel:\n"
	"  --kernel FILE          Image, not compressed\n"
	"  --initrd FILE\n"
	"  --append TEXT          behind \"console=ttyS0 earlycon=sbi\"\n"
	"  --isa EXT,...          extensions besides rv64gc and sstc\n"
	"  --loader FILE          instead of covm's guest loader\n"
	"or a bare-metal program:\n"
	"  --elf FILE\n"
	"  --arg N                its register a1 (0)\n"
	"\n"
	"  --memory SIZE          like 512M or 2G (512M; a program: 16M)\n"
	"  --vcpus N              1 to 64 (1)\n"
	"  --lazy, --eager        memory on demand (so it is), or all at once\n"
	"  --from pool|ram        only from the firmware's pool, or only from\n"
	"                         ordinary memory (the pool first)\n"
	"  --identity FILE        64 bytes that evidence of the VM will show\n"
	"  --kvm                  an ordinary VM of KVM's instead\n"
	"  --escape ^X|none       the key that is covm's (^]): with q behind\n"
	"                         it, it ends the VM\n"
	"  --stats                print counts of exits at the end\n"
	"\n"
	"The exit status is 0 if the VM has shut itself down and says that all\n"
	"is well, or if the user has ended it by key; 2 for a wrong command\n"
	"line, 128 + N after signal N, else 1.\n";

static int version_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("covm %s, interface version %d\n", COVM_VERSION,
	       COVE_API_VERSION);
	return 0;
}

static int help_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	fputs(usage, stdout);
	return 0;
}

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "run", run_main },	       { "measure", measure_main },
	{ "list", list_main },	       { "stats", stats_main },
	{ "info", info_main },	       { "version", version_main },
	{ "--version", version_main }, { "help", help_main },
	{ "--help", help_main },       { "-h", help_main },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2)
		die_usage("run, measure, list, stats, info? (covm --help)");
	for (i = 2; i < (size_t)argc; i++) {
		if (!strcmp(argv[i], "--help"))
			return help_main(argc, argv);
	}
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].main(argc - 1, argv + 1);
	}
	die_usage("%s: no such command (covm --help)", argv[1]);
}

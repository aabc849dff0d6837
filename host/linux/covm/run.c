/* SPDX-License-Identifier: BSD-2-Clause */
/* "covm run": a guest from its start to its end, again if it reboots. */

#include <sys/resource.h>
#include "console.h"
#include "die.h"
#include "vm.h"

/* What the guest shares is pinned: as much as we may */
static void allow_pinning(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_MEMLOCK, &limit);
}

int run_main(int argc, char **argv)
{
	static struct options o;
	static struct plan p;
	static struct vm vm;
	int status;

	options_parse(&o, argc, argv);
	allow_pinning();
	console_start(&o);
	for (;;) {
		plan_make(&p, &o);
		if (vm_run(&vm, &o, &p, &status) != VM_REBOOT)
			leave(status);
		plan_free(&p);
	}
}

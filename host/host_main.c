/* SPDX-License-Identifier: BSD-2-Clause */
/* First C function of the host: set up, then a demonstration or tests. */

#include <host/entry.h>
#include <host/conf.h>
#include <host/console.h>
#include <host/cove.h>
#include <host/demo.h>
#include <host/hart.h>
#include <host/mem.h>
#include <host/test.h>

unsigned long boot_instret;

void host_main(unsigned long hartid, const void *fdt, unsigned long instret)
{
	char names[128];

	boot_instret = instret;
	console_init();
	fdt_parse(fdt, hartid);
	covh_numbers_init();
	mem_init();
	hart_init(hartid);
	conf_init();
	if (bootarg("test", names, sizeof(names)))
		test_main(names);
	if (bootarg("linux", names, sizeof(names)))
		linux_main(names);
	demo_main();
}

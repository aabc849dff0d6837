/* SPDX-License-Identifier: BSD-2-Clause */
/* First C function of the host: set up, then the demonstration or tests. */

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
	char groups[128];

	boot_instret = instret;
	console_init();
	fdt_parse(fdt, hartid);
	covh_numbers_init();
	mem_init();
	hart_init(hartid);
	conf_init();
	if (bootarg("test", groups, sizeof(groups)))
		test_main(groups);
	demo_main();
}

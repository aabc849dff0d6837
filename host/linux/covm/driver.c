/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver, /dev/cove, and what it may lack. */

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include "die.h"
#include "driver.h"

const struct driver_count driver_counts[COVE_COUNT_USER + 1] = {
	[COVE_COUNT_INTERRUPT] = { "interrupts of the host", "interrupt" },
	[COVE_COUNT_FAULT] = { "faults in guest memory", "fault" },
	[COVE_COUNT_SHARED_FAULT] = { "faults in shared memory",
				      "shared_fault" },
	[COVE_COUNT_MMIO_LOAD] = { "loads from devices", "mmio_load" },
	[COVE_COUNT_MMIO_STORE] = { "stores to devices", "mmio_store" },
	[COVE_COUNT_WFI] = { "waits for interrupts", "wfi" },
	[COVE_COUNT_SBI] = { "SBI calls", "sbi" },
	[COVE_COUNT_SHARE] = { "changes of sharing", "share" },
	[COVE_COUNT_IPI] = { "IPIs and remote fences", "ipi" },
	[COVE_COUNT_OTHER] = { "others", "other" },
	[COVE_COUNT_USER] = { "of all: answered by covm", "user" },
};

int driver_open(struct cove_info *info)
{
	int fd = open(COVE_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENXIO))
		die("the driver is not loaded (modprobe cove)");
	if (fd < 0)
		die_errno(COVE_DEVICE);
	if (ioctl(fd, COVE_GET_INFO, info)) {
		if (errno == ENODEV)
			die("this machine's firmware has no TSM that is ready");
		if (errno == ENOTTY)
			die(COVE_DEVICE ": another driver than covm's");
		die_errno(COVE_DEVICE);
	}
	if (info->api_version != COVE_API_VERSION)
		die(COVE_DEVICE ": interface version %u, but covm knows %d",
		    info->api_version, COVE_API_VERSION);
	return fd;
}

// SPDX-License-Identifier: BSD-2-Clause
/* CPUs that come and go, and suspend. */

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "prog.h"

#define TURNS 10

static unsigned int cpus(void)
{
	return (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
}

static int set_online(unsigned int cpu, bool on)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online",
		 cpu);
	return write_text(path, on ? "1" : "0");
}

static volatile bool all_turns;

/* Runs until the CPUs have come and gone often enough, @v then goes on alone */
static void *keep_running(void *arg)
{
	struct vmm *v = arg;

	while (!all_turns && vmm_run_once(v, 0) > 0)
		;
	return NULL;
}

static void off_and_on(unsigned int cpu)
{
	struct timespec t = { .tv_nsec = 20000000 };
	int err = set_online(cpu, false);

	check_at(!err, "CPU %u off: %s", cpu, strerror(err));
	nanosleep(&t, NULL);
	err = set_online(cpu, true);
	check_at(!err, "CPU %u on: %s", cpu, strerror(err));
	nanosleep(&t, NULL);
}

/* A guest runs on CPU 1 when that goes; another is made without the CPU */
static void hotplug(void)
{
	unsigned int i, n = cpus();
	pthread_t thread;
	struct vmm v, w;

	if (n < 2)
		return skip("there is one CPU");
	if (!vmm_start(&v, "churn", CHURN_ARG(0, 0), 1, CHURN_MEMORY, 0))
		return vmm_close(&v);
	all_turns = false;
	pin(1);
	if (pthread_create(&thread, NULL, keep_running, &v))
		die("pthread_create");
	pin(0);
	for (i = 0; i < TURNS; i++)
		off_and_on(1 + i % (n - 1));
	all_turns = true;
	pthread_join(thread, NULL);
	check_at(v.runs > TURNS, "%lu runs", v.runs);
	vmm_close(&v);
	/* Converted without CPU 1, run on it */
	check(!set_online(1, false));
	if (vmm_start(&w, "churn", CHURN_ARG(50, 0), 1, CHURN_MEMORY,
		      COVE_FROM_RAM)) {
		check(!set_online(1, true));
		pin(1);
		check(vmm_run(&w));
		churn_right(&w, 1, 50);
		pin(0);
	}
	set_online(1, true);
	unpin();
	vmm_close(&w);
}

/* What has been converted would have to be converted anew: never with a TVM */
static void suspend(void)
{
	struct vmm v;
	int err;

	if (access("/sys/power/state", W_OK))
		return skip("this kernel does not suspend");
	if (!vmm_start(&v, "churn", CHURN_ARG(50, 0), 1, CHURN_MEMORY, 0))
		return vmm_close(&v);
	err = write_text("/sys/power/state", "freeze");
	check_at(err, "it suspended with a TVM");
	printf("# suspend with a TVM: %s\n", strerror(err));
	check(vmm_run(&v));
	churn_right(&v, 1, 50);
	vmm_close(&v);
}

/* As far as processes are frozen, for five seconds. TVMs can be made again */
static void asleep(void)
{
	struct vmm v;
	int err;

	if (write_text("/sys/power/pm_test", "freezer"))
		return skip("this kernel does not test how it suspends");
	err = write_text("/sys/power/state", "freeze");
	write_text("/sys/power/pm_test", "none");
	check_at(!err, "no TVM, and no suspend: %s", strerror(err));
	if (vmm_start(&v, "churn", CHURN_ARG(50, 0), 1, CHURN_MEMORY, 0)) {
		check(vmm_run(&v));
		churn_right(&v, 1, 50);
	}
	vmm_close(&v);
}

void power_cases(void)
{
	run_case("CPUs go and come while a TVM runs", hotplug);
	run_case("suspend is refused while there is a TVM", suspend);
	run_case("TVMs are made again after a suspend", asleep);
}

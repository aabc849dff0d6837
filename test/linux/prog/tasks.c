// SPDX-License-Identifier: BSD-2-Clause
/* What happens to the tasks that run TVMs: signals, threads, fork, ptrace. */

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "prog.h"

#define ROUNDS	 300
#define ALARM_US 10000

static volatile unsigned long alarms;

static void count(int sig)
{
	(void)sig;
	alarms++;
}

static void set_timer(unsigned int us)
{
	struct itimerval t = { .it_value = { 0, us } };

	if (setitimer(ITIMER_REAL, &t, NULL))
		die("setitimer");
}

/* The next one from now on: on a slow machine there would be nothing else */
static void next_alarm(int sig)
{
	count(sig);
	set_timer(ALARM_US);
}

static void set_handler(int sig, void (*fn)(int))
{
	struct sigaction sa = { .sa_handler = fn };

	sigaction(sig, &sa, NULL);
}

static void no_more_alarms(void)
{
	/* None that comes meanwhile starts it again */
	set_handler(SIGALRM, SIG_IGN);
	set_timer(0);
	set_handler(SIGALRM, SIG_DFL);
}

/* Every 10 ms: COVE_RUN comes out, the guest loses nothing */
static void signals(void)
{
	struct vmm v;

	set_handler(SIGALRM, next_alarm);
	if (vmm_start(&v, "churn", CHURN_ARG(4 * ROUNDS, 0), 1, CHURN_MEMORY,
		      0)) {
		set_timer(ALARM_US);
		check(vmm_run(&v));
		no_more_alarms();
		churn_right(&v, 1, 4 * ROUNDS);
		check_at(v.interrupted && v.interrupted <= alarms,
			 "%lu of %lu signals ended a run", v.interrupted,
			 alarms);
	}
	no_more_alarms();
	vmm_close(&v);
}

static void *run_spin(void *arg)
{
	struct vmm *v = arg;

	while (vmm_run_once(v, 0) > 0 && !v->run[0]->immediate_exit)
		;
	return NULL;
}

static void wait_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&t, &t))
		;
}

static void two_threads(void)
{
	pthread_t thread;
	struct vmm v;

	set_handler(SIGUSR1, count);
	if (vmm_start(&v, "spin", 0, 1, CHURN_MEMORY, 0)) {
		if (pthread_create(&thread, NULL, run_spin, &v))
			die("pthread_create");
		while (!strstr(v.out, "spin=1\n"))
			wait_ms(10);
		wait_ms(50);
		check_errno(ioctl(v.vcpu[0], COVE_RUN, 0), EBUSY);
		v.run[0]->immediate_exit = 1;
		pthread_kill(thread, SIGUSR1);
		pthread_join(thread, NULL);
		check(v.interrupted);
		check_errno(ioctl(v.vcpu[0], COVE_RUN, 0), EINTR);
	}
	vmm_close(&v);
	set_handler(SIGUSR1, SIG_DFL);
}

/* In a child of a VMM: -> how many calls were not EIO */
static int use_it(void *arg)
{
	struct cove_span s = { GUEST_BASE, PAGE_SIZE };
	struct cove_stats stats;
	struct vmm *v = arg;
	int wrong = 0;

	wrong += !ioctl(v->vcpu[0], COVE_RUN, 0) || errno != EIO;
	wrong += !ioctl(v->vcpu[0], COVE_INTERRUPT, 1) || errno != EIO;
	wrong += !ioctl(v->tvm, COVE_GET_STATS, &stats) || errno != EIO;
	wrong += !ioctl(v->tvm, COVE_POPULATE, &s) || errno != EIO;
	wrong += !ioctl(v->tvm, COVE_CREATE_VCPU, 1) || errno != EIO;
	return wrong;
}

static void forked(void)
{
	struct vmm v;
	int wrong;

	if (vmm_start(&v, "churn", CHURN_ARG(ROUNDS, 0), 1, CHURN_MEMORY, 0)) {
		wrong = child_status(in_child(use_it, &v));
		check_at(!wrong, "%d calls of a child were not EIO", wrong);
		check(vmm_run(&v));
		churn_right(&v, 1, ROUNDS);
	}
	vmm_close(&v);
}

static int hold(void *arg)
{
	(void)arg;
	pause();
	return 0;
}

/* A child has the descriptors still: the TVM lives as long */
static void outlived(void)
{
	struct pages p;
	struct vmm v;
	int pid;

	if (!vmm_start(&v, "churn", CHURN_ARG(0, 0), 1, CHURN_MEMORY, 0))
		return vmm_close(&v);
	check(vmm_run_once(&v, 0) == 1);
	pid = in_child(hold, NULL);
	vmm_close(&v);
	pages_now(&p);
	check(p.tvms == 1);
	kill(pid, SIGKILL);
	child_status(pid);
}

/* A VMM by itself. -> 0: the guest has finished */
static int whole_vmm(void *arg)
{
	unsigned long rounds = *(unsigned long *)arg;
	struct vmm v;
	bool ok;

	ok = vmm_start(&v, "churn", CHURN_ARG(rounds, 0), 2, CHURN_MEMORY, 0) &&
	     vmm_run(&v) && churn_right(&v, 2, rounds);
	vmm_close(&v);
	return !ok;
}

/* Attach, look, detach, until it ends. -> times */
static unsigned int trace(int pid)
{
	unsigned int n = 0;
	int status;

	for (;;) {
		wait_ms(5);
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
		if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
			continue;
		if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			break;
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
		n++;
	}
	check_at(WIFEXITED(status) && !WEXITSTATUS(status), "status 0x%x",
		 status);
	return n;
}

static void traced(void)
{
	unsigned long rounds = 4 * ROUNDS;
	unsigned int n;

	n = trace(in_child(whole_vmm, &rounds));
	check_at(n > 1, "traced %u times", n);
}

static void stopped(void)
{
	unsigned long rounds = 4 * ROUNDS;
	int pid = in_child(whole_vmm, &rounds);
	unsigned int i;
	int status;

	for (i = 0; i < 20; i++) {
		wait_ms(5);
		kill(pid, SIGSTOP);
		wait_ms(5);
		kill(pid, SIGCONT);
	}
	status = child_status(pid);
	check_at(!status, "status %d", status);
}

/* It ends by another thread while vCPUs are inside */
static int exits_while_running(void *arg)
{
	static struct vmm v;
	pthread_t thread;

	(void)arg;
	if (!vmm_start(&v, "spin", 0, 1, CHURN_MEMORY, 0) ||
	    pthread_create(&thread, NULL, run_spin, &v))
		return 1;
	while (!strstr(v.out, "spin=1\n"))
		wait_ms(10);
	return 7;
}

static void thread_exits(void)
{
	check(child_status(in_child(exits_while_running, NULL)) == 7);
}

void task_cases(void)
{
	run_case("signals while a guest runs", signals);
	run_case("a vCPU is run by two threads", two_threads);
	run_case("a TVM is used by a child", forked);
	run_case("a TVM is held by a child", outlived);
	run_case("a VMM is traced", traced);
	run_case("a VMM is stopped", stopped);
	run_case("a VMM exits while a vCPU runs", thread_exits);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* A TVM that does what the test says: the host's side of guest puppet. */

#ifndef HOST_TESTS_PUPPET_H
#define HOST_TESTS_PUPPET_H

#include <guest/puppet.h>
#include <host/attack.h>
#include <host/test.h>

#define HSM_STATUS_STARTED 0
#define HSM_STATUS_STOPPED 1

/** How long a parked vCPU may take for all of its commands, in us */
#define PUPPET_PATIENCE 40000000

struct puppet {
	struct tvm *t;
	/** The shared page, as the host and as the guest sees it */
	struct puppet_slot *slot;
	unsigned long box;
	/** GPA of the guest's own pages */
	unsigned long data;
};

/** A TVM with @vcpus vCPUs, of which number 0 waits for commands. */
void puppet_make(struct puppet *p, unsigned int vcpus);

/** The same in steps, for tests that add something to the TVM in between. */
void puppet_plan(struct puppet *p, unsigned int vcpus);
void puppet_begin(struct puppet *p);

/** Write a command: puppet_post(p, vcpu, op, args...). */
#define puppet_post(p, vcpu, op, ...) \
	puppet_write(p, vcpu, op, (const uint64_t[8]){ __VA_ARGS__ })
void puppet_write(struct puppet *p, unsigned long vcpu, enum puppet_op op,
		  const uint64_t *arg);

/** True once the command that was written last is done. */
bool puppet_done(const struct puppet *p, unsigned long vcpu);

/** Run the vCPU here until the command is done; its first result. */
uint64_t puppet_finish(struct puppet *p, unsigned long vcpu);

/** Both. */
#define puppet(p, vcpu, ...) \
	(puppet_post(p, vcpu, __VA_ARGS__), puppet_finish(p, vcpu))

/** Results 0 to 3 of the last command. */
uint64_t puppet_ret(const struct puppet *p, unsigned long vcpu, int i);

/** A load and a store of vCPU 0 that must not trap. */
unsigned long puppet_load(struct puppet *p, unsigned long gpa);
void puppet_store(struct puppet *p, unsigned long gpa, unsigned long val);

/** Registers of its PUPPET_INSN. */
struct puppet_regs *puppet_regs(const struct puppet *p, unsigned long vcpu);

/** Run the vCPU here up to an exit with this call, and leave it to the test. */
void puppet_until(struct puppet *p, unsigned long vcpu, unsigned long eid,
		  unsigned long fid);

/** RUN once, must come back resumable: the exit is in p->t->exit. */
struct tvm_exit *puppet_once(struct puppet *p, unsigned long vcpu);

/**
 * Let a vCPU poll for commands inside RUN on another hart. That hart's host
 * does nothing meanwhile, but for exits by faults and for kicks if it lets
 * them (@kicks). After PUPPET_PATIENCE its timer ends it, and the case fails.
 */
void puppet_park(struct puppet *p, unsigned long vcpu, struct hart *h,
		 bool kicks);

/** A command for a parked vCPU; its first result. */
#define puppet_far(p, vcpu, ...) \
	(puppet_post(p, vcpu, __VA_ARGS__), puppet_wait(p, vcpu))
uint64_t puppet_wait(struct puppet *p, unsigned long vcpu);

/** Have it come out. Number of times that RUN has returned meanwhile. */
unsigned long puppet_unpark(struct puppet *p, unsigned long vcpu);

/** Check the slots of an ecall exit: @a0, @a1, zeros, @fid, @eid. */
void puppet_check_call(const struct tvm_exit *e, unsigned long eid,
		       unsigned long fid, unsigned long a0, unsigned long a1);

/** COVG call of vCPU 0, up to the exit, whose slots are checked. */
void puppet_covg(struct puppet *p, unsigned long fid, unsigned long a0,
		 unsigned long a1);

/** The same: share and unshare. */
void puppet_share(struct puppet *p, unsigned long gpa, unsigned long len);
void puppet_unshare(struct puppet *p, unsigned long gpa, unsigned long len);

/** The host's answer to a call, in this hart's slots. */
void puppet_answer(unsigned long a0, unsigned long a1);

#endif

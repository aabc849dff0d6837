/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest that runs: a TVM, or an ordinary one of KVM's. */

#ifndef COVM_VM_H
#define COVM_VM_H

#include <pthread.h>
#include "devices.h"
#include "options.h"
#include "plan.h"

struct vm;
struct vcpu;

/** Why a vCPU came back. */
struct vm_exit {
	enum vm_exit_reason {
		/** For nothing; run it again */
		VM_EXIT_AGAIN,
		/** .mmio */
		VM_EXIT_MMIO,
		/** .sbi */
		VM_EXIT_SBI,
		/** .system: the guest has ended itself */
		VM_EXIT_SYSTEM,
		/** .fault: the guest has died */
		VM_EXIT_FAULT,
		/** .gpa: no memory for this page */
		VM_EXIT_NO_MEMORY,
		/** Another vCPU has ended the guest */
		VM_EXIT_ENDED,
		VM_EXITS
	} reason;
	union {
		struct {
			uint64_t gpa;
			/** Of a load: to be filled in */
			uint64_t data;
			uint32_t size;
			bool is_store;
		} mmio;
		struct {
			uint64_t extension, function, args[6];
			/** To be filled in */
			int64_t error;
			uint64_t value;
		} sbi;
		struct {
			/** SBI SRST: 0 shutdown, else a reboot */
			uint32_t type;
			/** 0: all is well */
			uint64_t reason;
		} system;
		struct {
			/** One line about it */
			char text[128];
		} fault;
		uint64_t gpa;
	};
};

/** What a kind of guest does differently. Functions die if they fail. */
struct backend {
	/** All steps, up to a guest that can be run */
	void (*create)(struct vm *vm);
	/** Until there is something to do, or a signal */
	void (*run)(struct vcpu *v, struct vm_exit *e);
	/** Give the guest what was filled in */
	void (*answer)(struct vcpu *v, const struct vm_exit *e);
	/** Level of a vCPU's external interrupt; from any thread */
	void (*interrupt)(struct vcpu *v, bool level);
	/** Let run() return at once from now on; from any thread */
	void (*stop)(struct vcpu *v);
	/** Exit counts, on stderr */
	void (*stats)(struct vm *vm);
};

extern const struct backend cove_backend, kvm_backend;

struct vcpu {
	struct vm *vm;
	unsigned int id;
	int fd;
	/** The page that the kernel shares with us, and its size */
	void *run;
	size_t run_size;
	pthread_t thread;
	/** How often it came back, by reason */
	uint64_t exits[VM_EXITS];
};

enum vm_end {
	VM_RUNS,
	VM_SHUTDOWN,
	VM_REBOOT,
	/** By the user, or by us */
	VM_STOPPED,
};

struct vm {
	const struct backend *backend;
	const struct options *options;
	const struct plan *plan;
	int fd;
	struct vcpu vcpu[COVE_MAX_VCPUS];
	struct devices devices;
	/** For .end and .status, which the first who ends it sets */
	pthread_mutex_t lock;
	pthread_cond_t ended;
	enum vm_end end;
	int status;
};

/** Make it, run it until it ends, and take it away. *@status: of the process */
enum vm_end vm_run(struct vm *vm, const struct options *o, const struct plan *p,
		   int *status);

/** It is to end. From any thread; the first one counts. */
void vm_end(struct vm *vm, enum vm_end end, int status);

/** "covm run". */
int run_main(int argc, char **argv);

#endif

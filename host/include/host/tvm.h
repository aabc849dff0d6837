/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TVM from the host's side. tvm_build() does all of it; a test that needs
 * to stop half-way calls the steps that it consists of, in this order:
 * tvm_plan, tvm_convert, tvm_create, tvm_add_regions, tvm_add_pages,
 * tvm_add_vcpu, tvm_finalize.
 */

#ifndef HOST_TVM_H
#define HOST_TVM_H

#include <stdbool.h>
#include <stdint.h>
#include <host/conf.h>
#include <host/image.h>
#include <host/measure.h>
#include <host/nacl.h>

#define TVM_OUTPUT_SIZE 8192
#define TVM_MAX_VCPUS	64
#define TVM_MAX_FILES	3

struct devices;
struct tvm;

/** A file that lies in guest memory as it is. */
struct tvm_file {
	uint64_t gpa;
	const void *data;
	size_t size;
};

/** What a TVM is to be made of. All zero but elf, size: eager, from pool. */
struct tvm_config {
	/** The guest; NULL: no memory regions, pages or entry point */
	const void *elf;
	size_t elf_size;
	/** Files beside it */
	struct tvm_file file[TVM_MAX_FILES];
	int nr_file;
	/** All of guest memory in one region; end 0: what the ELF file has */
	struct image_region ram;
	/** Memory in pieces of 2 MiB, measured if they hold bytes of a file;
	 * needs ram, 2 MiB-aligned */
	bool huge;
	/** Called while the image is measured, @done of t->nr_measured pages */
	void (*progress)(const struct tvm *t, unsigned long done);
	/** Called with each line of a guest without a name, on the hart that
	 * runs it, shown or not; NULL: no */
	void (*on_line)(struct tvm *t, const char *line);
	/** What the guest gets instead of a byte of input; NULL: that byte */
	char (*intake)(char c);
	/** Measure only pages that come from the file; the rest on demand */
	bool lazy;
	/** Convert free RAM, not the pool */
	bool window;
	/** Pages of an additional window, whose pages are used first */
	unsigned long window_pages;
	/** Bytes of demand-zero memory after the last segment */
	unsigned long extra_ram;
	/** Converted pages beyond what the TVM needs, for the test */
	unsigned long spare_pages;
	/** vCPUs, with ids from 0; 0: one */
	unsigned int vcpus;
	/** Register a1 of the guest at start */
	unsigned long arg;
	/** 64 bytes, 64-byte aligned, or NULL */
	const void *identity;
	/** Print the guest's output on the console as it comes */
	bool echo;
	/** In front of each line of it; NULL: nothing, and no lines */
	const char *name;
	/** The console's input is the guest's */
	bool input;
	/** End a run at least this often, in time ticks; 0: no host timer */
	unsigned long tick;
};

/** Why RUN returned. */
struct tvm_exit {
	unsigned long vcpu;
	struct sbiret ret;
	unsigned long scause;
	unsigned long stval;
	/** Slots of the shared memory */
	unsigned long htval;
	unsigned long htinst;
	unsigned long a[8];
	/** Guest physical address of a fault */
	unsigned long gpa;
};

enum tvm_result {
	/** Run it again */
	TVM_CONTINUE,
	/** The guest asked for shutdown or reboot */
	TVM_SHUTDOWN,
	/** The TSM ended the vCPU for any other reason */
	TVM_FATAL,
	/** RUN returned an error, or an exit that has no answer */
	TVM_ERROR,
	/** A hook asked tvm_run to return */
	TVM_STOP,
	/** The vCPU has stopped itself; the guest may start it again */
	TVM_STOPPED,
};

/** What the host knows of 4 KiB of guest memory. */
struct tvm_page {
	/** Physical address; 0: nothing is mapped */
	unsigned long pa;
	enum tvm_page_kind {
		/** The guest's own */
		TVM_PAGE_CONF,
		/** To be shared with the host */
		TVM_PAGE_SHARED,
		/** On its way from one to the other */
		TVM_PAGE_CHANGING,
	} kind;
};

/** A vCPU as the host schedules it. */
struct tvm_vcpu {
	enum tvm_vcpu_state {
		TVM_VCPU_OFF,
		TVM_VCPU_READY,
		TVM_VCPU_RUNNING,
		/** For an interrupt, or until deadline */
		TVM_VCPU_WAITING,
	} state;
	/** Since it was last taken to run: an IPI, a start by another vCPU */
	bool woken, started;
	/** Host time at which its timer is due */
	unsigned long deadline;
	/** Entries and returns of RUN: odd while inside. On hart: */
	unsigned long inside;
	struct hart *hart;
	/** Guest memory that changes sides when it runs again */
	struct {
		unsigned long gpa, len;
		enum tvm_page_kind to;
	} change;
	/** Slots a0 and a1, which move with the vCPU */
	uint64_t answer[2];
	struct tvm_exit exit;
};

struct tvm {
	struct tvm_config cfg;
	struct covh_tsm_info info;
	struct image image;
	/** Guest memory: image.region, the last one longer by extra_ram */
	struct image_region region[IMAGE_MAX_SEGMENTS];
	int nr_region;
	/** Pages that must be converted */
	unsigned long pages;
	unsigned long pt_pages;
	struct conf conf;
	/** Physical addresses of donated pages */
	unsigned long pgd;
	unsigned long state;
	unsigned long pt;
	unsigned long vcpu_state;
	/** First page of guest memory: physical address */
	unsigned long first_page;
	/** One for each page of all regions, in their order */
	struct tvm_page *page;
	unsigned long nr_page;
	/** Pages that are measured */
	unsigned long nr_measured;
	/** Guest id; 0 while there is no TVM */
	unsigned long id;
	/** Name of the step that failed, for messages */
	const char *step;
	/** All the exits since the start, by kind */
	unsigned long runs, ecalls, faults, interrupts, wfis;
	/** Of the faults: brought 2 MiB */
	unsigned long huge_faults;
	unsigned long mmio_loads, mmio_stores;
	/** Called before the standard handling; TVM_CONTINUE: not handled */
	enum tvm_result (*hook)(struct tvm *t, struct tvm_exit *e);
	/** The hook's own use */
	void *data;
	/** The last exit of tvm_run_once, the final one of tvm_run_smp */
	struct tvm_exit exit;
	struct tvm_vcpu vcpu[TVM_MAX_VCPUS];
	/** For everything here that harts share while vCPUs run */
	int lock;
	/** tvm_run_smp goes on while this is TVM_CONTINUE */
	int result;
	/** Where to begin the search for a vCPU that can run */
	unsigned int next;
	/** WFIs in a row without a timer */
	unsigned long idle;
	/** What it finds in MMIO regions; NULL: it has none */
	struct devices *devices;
	/** A line of output that is not complete */
	char line[128];
	unsigned int line_len;
	unsigned long line_time;
	/** What the guest printed, NUL-terminated, truncated when full */
	char output[TVM_OUTPUT_SIZE];
	unsigned int output_len;
};

/** get_tsm_info; FAILED when there is no TSM or it is not READY. */
long tsm_info(struct covh_tsm_info *info);

/**
 * Start with a configuration: parse the ELF, count pages. NULL, or one line
 * that says what is wrong. Nothing is called in the TSM but get_tsm_info.
 */
const char *tvm_plan(struct tvm *t, const struct tvm_config *cfg);

/** Convert the pages (and fence). SBI error code, like all below. */
long tvm_convert(struct tvm *t);

/** create_tvm and add_tvm_page_table_pages. */
long tvm_create(struct tvm *t);

/** add_tvm_memory_region for each region. */
long tvm_add_regions(struct tvm *t);

/** add_tvm_measured_pages for the image. */
long tvm_add_pages(struct tvm *t);

/** Create vCPU @id (0 to 63) with state pages from the stock. */
long tvm_add_vcpu(struct tvm *t, unsigned long id);

/** finalize_tvm with the entry, argument and identity of the config. */
long tvm_finalize(struct tvm *t);

/**
 * True if a call on a TVM that ended with @err is worth another try: FAILED is
 * the answer, too, while a call of another hart works on the TVM. For a second;
 * *until is 0 at first.
 */
bool tvm_again(long err, unsigned long *until);

/** All steps. Prints nothing; t->step names the one that failed. */
long tvm_build(struct tvm *t, const struct tvm_config *cfg);

/** Destroy the TVM, if it exists, and reclaim its pages. */
long tvm_destroy(struct tvm *t);

/** Destroy whatever tvm_plan has started and tvm_destroy not ended. */
void tvm_destroy_all(void);

/** True if the page is measured before the start, false: zeros, later. */
bool tvm_is_measured(const struct tvm *t, uint64_t gpa);

/** Registers 4 and 5 that this TVM must have once it is finalized. */
void tvm_predict(const struct tvm *t, struct measure *m);

/** RUN once; fills t->exit. Sets up this hart's shared memory if needed. */
enum tvm_result tvm_run_once(struct tvm *t, unsigned long vcpu);

/** The same, but fills @e: for vCPUs that run at the same time. */
enum tvm_result tvm_vcpu_run(struct tvm *t, unsigned long vcpu,
			     struct tvm_exit *e);

/** Answer t->exit as a host should. */
enum tvm_result tvm_handle_exit(struct tvm *t);

/** The same for @e, on the hart of that exit. */
enum tvm_result tvm_vcpu_handle(struct tvm *t, struct tvm_exit *e);

/** Run and answer until there is anything but TVM_CONTINUE. */
enum tvm_result tvm_run(struct tvm *t, unsigned long vcpu);

/** What harts do together. */
struct tvm_set {
	struct tvm **tvm;
	int nr;
	/** The boot hart's other work, between two turns; NULL: it has none */
	void (*between)(struct tvm_set *s);
	/** Where to begin the search for a TVM that can run */
	unsigned int next;
};

/**
 * Run all vCPUs of all TVMs on the first @harts harts (0: all) until each TVM
 * has ended as its result says: anything but TVM_CONTINUE. SBI error code if
 * it cannot begin.
 */
long tvm_run_set(struct tvm_set *s, int harts);

/**
 * Run all vCPUs on the first @harts harts (0: all) until there is anything
 * but TVM_CONTINUE, or all vCPUs have stopped. t->hook is called by any hart.
 */
enum tvm_result tvm_run_smp(struct tvm *t, int harts);

/** The guest page at @gpa, NULL outside all regions. */
struct tvm_page *tvm_page_at(const struct tvm *t, unsigned long gpa);

/** Note that @n pages from @gpa on are those from @pa on. */
void tvm_note_pages(struct tvm *t, unsigned long gpa, unsigned long pa,
		    unsigned long n);

/** True if 2 MiB at @gpa can be given in one piece. */
bool tvm_huge_fits(const struct tvm *t, unsigned long gpa);

/** 2 MiB of zeros; an error: try single pages. */
long tvm_add_huge_zero(struct tvm *t, unsigned long gpa);

/** 2 MiB of the image, which lie at @source; an error: try single pages. */
long tvm_add_huge_measured(struct tvm *t, unsigned long source,
			   unsigned long gpa);

/**
 * Answer a fault at @gpa: a zero page from the stock, or a page to share.
 * Nothing if another vCPU's fault has brought it. SBI error code.
 */
long tvm_add_page(struct tvm *t, unsigned long gpa);

/**
 * A vCPU shares a range, or takes it back: unmap all of it (cove-abi.md D.4,
 * step 2). What this returns is to be the host's answer.
 */
long tvm_change_range(struct tvm *t, unsigned long vcpu, unsigned long gpa,
		      unsigned long len, enum tvm_page_kind to);

/** The vCPU has run again: what it has asked for has come about. */
void tvm_settle_range(struct tvm *t, unsigned long vcpu);

/** Bring every vCPU that is inside on another hart out once, by IPI. */
void tvm_kick(struct tvm *t);

/** Other vCPUs have asked for these: do not let them sleep. */
void tvm_wake(struct tvm *t, unsigned long mask);

/**
 * The next vCPU in turn, which is the caller's until tvm_turn has returned.
 * NULL: there is none, and *@r says what that means.
 */
struct tvm_vcpu *tvm_take(struct tvm *t, enum tvm_result *r);

/** Run it until it waits or has had its share, and put it back. */
void tvm_turn(struct tvm *t, struct tvm_vcpu *v);

/**
 * The TVM has ended, with @e if there is one. The first end counts, but for a
 * shutdown.
 */
void tvm_end(struct tvm *t, enum tvm_result r, const struct tvm_exit *e);

/** Another vCPU has started this one. */
void tvm_vcpu_started(struct tvm *t, unsigned long id);

/** The guest prints a byte. */
void tvm_put(struct tvm *t, char c);

/** Show an incomplete line: always (@all), or if it looks like a prompt. */
void tvm_flush(struct tvm *t, bool all);

/** A byte of input for the guest; -1: there is none. */
int tvm_getc(struct tvm *t);

/** A call of the debug console: error and value. */
long tvm_console_call(struct tvm *t, const struct tvm_exit *e, long *value);

/** One line that describes t->exit. */
const char *tvm_describe_exit(const struct tvm *t);

/**
 * Value of a line "name=value" of the guest's output, up to the end of the
 * line, in a static buffer; NULL when the guest printed no such line.
 */
const char *tvm_value(const struct tvm *t, const char *name);

/** The same as a number (decimal, -decimal or 0x hexadecimal). */
bool tvm_value_long(const struct tvm *t, const char *name, long *value);

#endif

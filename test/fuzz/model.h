/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What the TSM ought to be: a second, simple implementation of the calls,
 * written from cove-abi.md A.3, B and D. It says what each call must answer
 * and holds the state that must follow; check.c compares.
 */

#ifndef __FUZZ_MODEL_H__
#define __FUZZ_MODEL_H__

#include "fake_hart.h"

#define M_BANK_PAGES  (RAM_SIZE / PG)
#define M_BANK2_PAGES (RAM2_SIZE / PG)
/* Page numbers: a hole between the banks, so that no range crosses it */
#define M_HOLE	64
#define M_BANK2 (M_BANK_PAGES + M_HOLE)
#define M_PAGES (M_BANK2 + M_BANK2_PAGES)

enum op {
	OP_CONVERT,
	OP_RECLAIM,
	OP_GLOBAL_FENCE,
	OP_LOCAL_FENCE,
	OP_SHMEM,
	OP_CREATE, /* a[2], a[3]: what the parameters hold */
	OP_FINALIZE,
	OP_DESTROY,
	OP_REGION,
	OP_PT_PAGES,
	OP_MEASURED,
	OP_ZERO,
	OP_SHARED,
	OP_VCPU,
	OP_TVM_FENCE,
	OP_INVALIDATE,
	OP_VALIDATE,
	OP_REMOVE,
	OP_RUN,	      /* a[2]: a0 in NACL memory, the host's answer */
	OP_MAY_TOUCH, /* what OpenSBI asks before it uses an address */
	/* Of a hart in the guest world */
	OP_RUN_END, /* a[0]: kind of exit, a[1]: hvip */
	OP_SHARE,
	OP_UNSHARE,
	OP_ADD_MMIO,
	OP_REMOVE_MMIO,
	OP_HART_START,
	OP_HART_STATUS,
	OP_SIGNAL, /* a[0], a[1]: mask and base, a[2]: COVH_SIG_* */
	OP_EXTEND,
	OP_EVIDENCE,
	/* Of the helper: a[0]: a fault, a[1]: its result, a[2]: bytes of the
	 * certificate, a[3]: what they are */
	OP_WORK_PAUSE,
	OP_WORK_DONE,
	OPS
};

/** One call: who, what, what came of it */
struct call {
	enum op op;
	u32 hart;
	u64 a[6];
	long rc;
	u64 value; /* a guest id, a status, vCPUs to wake, a context */
};

struct m_region {
	u64 gpa, end;
	u8 type;
};

struct m_leaf {
	u64 gpa, pa;
	u64 ver; /* the TVM's, when it was blocked */
	u64 blocked_at;
	u8 type;
	bool shared, blocked;
};

/* A table below the root: of this level, below the entry for gpa */
struct m_table {
	u64 gpa;
	u8 level;
};

struct m_vcpu {
	u64 page;
	u64 pc, arg; /* as in struct covh_vcpu */
	u8 state, resume;
	u32 sig;
};

struct m_tvm {
	u64 id; /* 0: no TVM */
	u8 state;
	bool dead;
	u64 root, state_page;
	u8 code[COVH_DIGEST_SIZE], config[COVH_DIGEST_SIZE];
	u8 runtime[COVH_MSMT_RUNTIME][COVH_DIGEST_SIZE];
	u64 pt_pages; /* given; as many as there are tables are in use */
	u64 tver;
	struct m_vcpu vcpu[COVH_MAX_VCPUS];
	u64 created;
	u32 nrunning;
	struct m_region region[COVH_MAX_REGIONS];
	u32 nregions;
	struct m_leaf *leaf; /* sorted by GPA */
	u32 nleaves, room;
	struct m_table *table;
	u32 ntables, table_room;
};

struct m_hart {
	u64 ver;
	u64 shmem;
	bool inside;	 /* in the guest world */
	bool must_leave; /* it has asked for something that ends the run */
	bool working;	 /* in the helper */
	u32 slot, vcpu;
	u64 tver, entered_at;
	u64 hvip;
};

/* Of the helper: what the answer of a job goes by */
struct m_context {
	bool owned;
	u64 out, len;
};

/* What evidence ends with */
struct m_answer {
	long rc;
	u64 value;
};

struct model {
	/* Records as the core has them, but for the claim bit */
	u64 rec[M_PAGES];
	/* One bit a page: outside the pool, CONVERTING or beyond */
	u64 window[M_PAGES / 64 + 1];
	u64 gver;
	u64 clock; /* calls that have succeeded */
	u32 levels;
	struct m_hart hart[FAKE_HARTS];
	struct m_tvm tvm[COVH_MAX_TVMS];
	u64 last_gen[COVH_MAX_TVMS];
	struct m_context context[HELPER_COUNT];
	bool has_key; /* the firmware can attest */
};

extern struct model m;

/** The state after boot() of fake_hart.c */
void model_reset(u32 levels);

/** What a call has to answer. Changes nothing */
long model_want(const struct call *c);

/** The call has succeeded */
void model_apply(const struct call *c);

/* Pages (model_pages.c) */

/** Number of a page, or -1 */
int page_index(u64 pa);
u64 page_addr(u32 i);
enum covh_page_state rec_state(u32 i);
/** CONF_FREE, or CONVERTING and fenced by all harts */
bool page_is_free(u32 i);
u64 model_horizon(void);
/** Maximal runs of set bits of a map of pages, as ranges */
void model_runs(const u64 *map, struct covh_winset *out);
void page_set(u32 i, enum covh_page_state st, u64 info);
bool all_free(u64 pa, u64 n);
bool host_range(u64 pa, u64 len);
/** All n pages are NC or in this pinned state */
bool all_pinnable(u64 pa, u64 n, enum covh_page_state st);
void pin_pages(u64 pa, u64 n, enum covh_page_state st, s64 change);
long want_pages(const struct call *c);
void apply_pages(const struct call *c);

/* TVMs (model_tvm.c) */

/** The TVM that an id names, or NULL */
struct m_tvm *tvm_of(u64 id);
u32 slot_of(const struct m_tvm *t);
/** A range of GPAs as COVH 9 and others take it */
long want_gpa_range(u64 gpa, u64 len);
/** That no region is there, and room for one more */
long want_free(const struct m_tvm *t, u64 gpa, u64 len);
void insert_region(struct m_tvm *t, u64 gpa, u64 len, u8 type);
long want_tvm(const struct call *c);
void apply_tvm(const struct call *c);

/* Mappings (model_map.c) */

/** The leaf that translates gpa, or NULL */
struct m_leaf *leaf_at(struct m_tvm *t, u64 gpa);
u64 leaf_bytes(u32 type);
bool is_empty(const struct m_tvm *t, u64 gpa, u64 len);
u8 region_at(const struct m_tvm *t, u64 gpa);
long want_map(const struct call *c);
void apply_map(const struct call *c);

/* Taking pages away (model_block.c) */

long want_block(const struct call *c);
void apply_block(const struct call *c);

/* What guests ask, and RUN (model_guest.c) */

/** The TVM and vCPU that run on a hart */
struct m_tvm *tvm_on(u32 hart);
struct m_vcpu *vcpu_on(u32 hart);
long want_guest(const struct call *c);
void apply_guest(const struct call *c);
/** RUN has completed a share and has then failed after all */
void complete(struct m_tvm *t, struct m_vcpu *v, s64 answer);

/* Attestation (model_attest.c) */

/** Physical address of a byte of a guest's confidential memory; 0 and *rc */
u64 conf_at(struct m_tvm *t, u64 gpa, long *rc);
long want_attest(const struct call *c);
void apply_attest(const struct call *c);
/** What the guest finds, once OP_WORK_DONE has succeeded */
struct m_answer work_answer(const struct call *c);
/** The context of what a vCPU is blocked in, or of the helper on a hart */
void drop_context(u64 i);

/* Measurement: the fuzzers' hash, of which only the order matters */
void fold(u8 reg[COVH_DIGEST_SIZE], const void *a, size_t alen, const void *b,
	  size_t blen);

#endif

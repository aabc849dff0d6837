/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the files of the group bench. A figure is a line "# bench NAME
 * VALUE", in instructions.
 */

#ifndef BENCH_H
#define BENCH_H

#include <guest/bench.h>
#include <host/mem.h>
#include <host/meter.h>
#include <host/test.h>

/* Calls that need no preparation, one after the other */
#define METER_LOOP(m, call)                                   \
	while (!meter_enough(m)) {                            \
		meter_start(m);                               \
		for (unsigned long i__ = 0; i__ < 100; i__++) \
			(void)(call);                         \
		meter_stop(m, 100);                           \
	}

/** Instructions for each of what was measured, less empty measurements. */
unsigned long bench_result(const struct meter *m);

/** The figure @name@where; @where is "", or what was special. */
void bench_report(const char *name, const char *where, const struct meter *m);

/** The figure @name@where.per_page.@size. */
void bench_report_pages(const char *name, const char *where, unsigned long size,
			const struct meter *m);

/** Guest "bench", memory from BENCH_GPA on, and @spare pages for that. */
struct tvm *bench_build(unsigned long arg, unsigned long spare, bool finalize);

/* Figures that are taken in more than one state of the TSM */

/** convert and reclaim, calls of @n pages that @from has. */
void bench_convert(struct ranges *from, const char *where, unsigned long n);

void bench_fences(const char *where);

/** RUN until a call of the guest comes to the host, and the way back. */
void bench_forwarded(const char *name, const char *where, unsigned long mode);

/** RUN until the fault, a zero page, and the way back into the guest. */
void bench_zero_fault(const char *where);

/** create_tvm to destroy_tvm of a small TVM. */
void bench_life(const char *where);

/** All of these with many TVMs and pages around. */
void bench_crowded(void);

/** A guest asks for evidence, in both forms. */
void bench_evidence(void);

/** How many functions of the ABI there are, and are answered. */
void bench_functions(void);

#endif

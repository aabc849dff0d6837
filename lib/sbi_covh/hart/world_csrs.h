/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What a world switch does with every S, HS and VS CSR, as data.
 *
 * Columns: name, number, needs, treatment, guest-world value or reason.
 *
 *   SWITCH  saved at RUN, replaced by the value, restored at exit
 *   LATE    the same, but saved before and replaced after all of those, because
 *           others read as 0 behind it, or because the value depends on its own
 *   KEEP    saved at RUN, loaded by the trampoline for the vCPU (see
 *           trampoline/vcpu_csrs.h), restored at exit
 *   EXIT    written with the exit's cause at exit, nothing is kept
 *   FIXED   not touched, for the reason given
 *
 * A row's code is there, for these treatments:
 *
 *   COVH_READ_ ## treatment(code)   LATE, KEEP      first of all
 *   COVH_SWAP_ ## treatment(code)   SWITCH          saved and replaced in one
 *   COVH_LATE_ ## treatment(code)   LATE
 *   COVH_SAVED_ ## treatment(code)  all three       what is saved and restored
 *
 * needs: ALWAYS, STATEEN (Smstateen), AIA (Smaia and Ssaia), CTR (Ssctr),
 * CSRIND (AIA or Sscsrind), CONTEXT (scontext), QOSID (Ssqosid). A test holds
 * this list against the privileged specification's list of CSRs.
 */

#ifndef __COVH_WORLD_CSRS_H__
#define __COVH_WORLD_CSRS_H__

/* clang-format off */

/* Everything a VS-mode guest handles itself, and what the trampoline handles:
 * 0-8, 10, 12, 13, 15, 20-23. Only 9, the trampoline's own ecall, comes to M */
#define COVH_GUEST_MEDELEG	0xF0B5FFUL
/* 0, 3, 4, 6, 8, 12, 13, 15 go on to VS; 2 follows while FP and V are live */
#define COVH_GUEST_HEDELEG	0xB159UL
#define COVH_HEDELEG_ILLEGAL	0x4UL
#define COVH_GUEST_HIDELEG	0x444UL
/* VSXL 64 bit, VTW, SPVP, SPV */
#define COVH_GUEST_HSTATUS	0x200200180UL
#define COVH_GUEST_HCOUNTEREN	0x2UL
/* sstatus.SIE and all of FS, VS, SUM, MXR are 0; SXL and UXL are 64 bit,
 * MPP is S, MPIE set */
#define COVH_GUEST_MSTATUS	0xA00000880UL
/* STCE, PBMTE, CBZE, CBCFE and CBIE of what the hart has. Not ADUE, DTE, LPE,
 * SSE, PMM: what the host asked of FWFT must not reach the guest */
#define COVH_GUEST_MENVCFG	0xC0000000000000F0UL
/* The same with CBIE = 1, so that a guest's cbo.inval flushes, and without
 * PBMTE: invalidated or uncached, a page would show the guest what was in
 * memory before the page was cleared. FIOM stays 0 */
#define COVH_GUEST_HENVCFG	0x80000000000000D0UL
/* VSEIP is how a host interrupts a vCPU, if the vCPU allows it: the trampoline
 * knows (E.6). The others never come from the host */
#define COVH_HOST_HVIP		0x400UL
/* Counters stand still while a TVM runs (T-55). In standalone mode there is no
 * host to hide them from */
#ifdef CONFIG_SBI_COVH_STANDALONE
#define COVH_GUEST_MCOUNTINHIBIT 0UL
#elif COVH_COUNT_INSNS
/* But minstret, which then goes back to what it was */
#define COVH_GUEST_MCOUNTINHIBIT (~6UL)
#else
#define COVH_GUEST_MCOUNTINHIBIT (~2UL)
#endif
#define COVH_GUEST_HSTATEEN0	0xC000000000000000UL

/* No assembler that we support has names for these */
#define COVH_CSR_VSCTRCTL	0x24E
#define COVH_CSR_SCONTEXT	0x5A8
#define COVH_CSR_SRMCFG		0x181
#define COVH_CSR_VLENB		0xC22

#define COVH_WORLD_CSRS(X)						\
	X(MEDELEG,	0x302, ALWAYS,	SWITCH,	COVH_GUEST_MEDELEG)	\
	X(MENVCFG,	0x30A, ALWAYS,	LATE,				\
	  run_guest_menvcfg(saved))					\
	X(MCOUNTINHIBIT, 0x320, ALWAYS,	SWITCH,				\
	  COVH_GUEST_MCOUNTINHIBIT)			\
	X(HSTATUS,	0x600, ALWAYS,	SWITCH,	COVH_GUEST_HSTATUS)	\
	X(HEDELEG,	0x602, ALWAYS,	SWITCH,	COVH_GUEST_HEDELEG)	\
	X(HVIP,		0x645, ALWAYS,	LATE,				\
	  run->hvip | (saved->HVIP & COVH_HOST_HVIP))			\
	X(HIDELEG,	0x603, ALWAYS,	SWITCH,	COVH_GUEST_HIDELEG)	\
	X(HIE,		0x604, ALWAYS,	SWITCH,	0)			\
	X(HTIMEDELTA,	0x605, ALWAYS,	SWITCH,	run->htimedelta)	\
	X(HCOUNTEREN,	0x606, ALWAYS,	SWITCH,	COVH_GUEST_HCOUNTEREN)	\
	X(HGEIE,	0x607, ALWAYS,	SWITCH,	0)			\
	X(HENVCFG,	0x60A, ALWAYS,	SWITCH,	COVH_GUEST_HENVCFG)	\
	X(HSTATEEN0,	0x60C, STATEEN,	SWITCH,	COVH_GUEST_HSTATEEN0)	\
	X(HSTATEEN1,	0x60D, STATEEN,	SWITCH,	0)			\
	X(HSTATEEN2,	0x60E, STATEEN,	SWITCH,	0)			\
	X(HSTATEEN3,	0x60F, STATEEN,	SWITCH,	0)			\
	X(HVIEN,	0x608, AIA,	SWITCH,	0)			\
	X(HVICTL,	0x609, AIA,	SWITCH,	0)			\
	X(HVIPRIO1,	0x646, AIA,	SWITCH,	0)			\
	X(HVIPRIO2,	0x647, AIA,	SWITCH,	0)			\
	X(VSISELECT,	0x250, CSRIND,	SWITCH,	0)			\
	X(SCONTEXT,	0x5A8, CONTEXT,	SWITCH,	0)			\
	X(SRMCFG,	0x181, QOSID,	SWITCH,	0)			\
	X(SCTRCTL,	0x14E, CTR,	SWITCH,	0)			\
	X(VSCTRCTL,	0x24E, CTR,	SWITCH,	0)			\
	X(HTVAL,	0x643, ALWAYS,	SWITCH,	0)			\
	X(HTINST,	0x64A, ALWAYS,	SWITCH,	0)			\
	X(HGATP,	0x680, ALWAYS,	SWITCH,	run->hgatp)		\
	X(VSSTATUS,	0x200, ALWAYS,	KEEP,	0)			\
	X(VSTVEC,	0x205, ALWAYS,	KEEP,	0)			\
	X(VSSCRATCH,	0x240, ALWAYS,	KEEP,	0)			\
	X(VSEPC,	0x241, ALWAYS,	KEEP,	0)			\
	X(VSCAUSE,	0x242, ALWAYS,	KEEP,	0)			\
	X(VSTVAL,	0x243, ALWAYS,	KEEP,	0)			\
	X(VSTIMECMP,	0x24D, ALWAYS,	KEEP,	0)			\
	X(VSATP,	0x280, ALWAYS,	KEEP,	0)			\
	X(STVEC,	0x105, ALWAYS,	SWITCH,	covh_tramp.trap)	\
	X(SCOUNTEREN,	0x106, ALWAYS,	KEEP,	0)			\
	X(SENVCFG,	0x10A, ALWAYS,	KEEP,	0)			\
	X(SSTATEEN0,	0x10C, STATEEN,	KEEP,	0)			\
	X(SSTATEEN1,	0x10D, STATEEN,	SWITCH,	0)			\
	X(SSTATEEN2,	0x10E, STATEEN,	SWITCH,	0)			\
	X(SSTATEEN3,	0x10F, STATEEN,	SWITCH,	0)			\
	X(SSCRATCH,	0x140, ALWAYS,	SWITCH,	0)			\
	X(SEPC,		0x141, ALWAYS,	KEEP,	0)			\
	X(SCAUSE,	0x142, ALWAYS,	EXIT,	0)			\
	X(STVAL,	0x143, ALWAYS,	EXIT,	0)			\
	X(SATP,		0x180, ALWAYS,	SWITCH,	0)			\
	X(SSTATUS,	0x100, ALWAYS,	FIXED,				\
	  "in mstatus, which is saved with the host's registers")	\
	X(SIE,		0x104, ALWAYS,	FIXED,				\
	  "the host's: what it has masked does not end a run")		\
	X(SIP,		0x144, ALWAYS,	FIXED,				\
	  "the host's pending interrupts stay pending")			\
	X(STIMECMP,	0x14D, ALWAYS,	FIXED,				\
	  "the host's timer; VS accesses reach vstimecmp")		\
	X(SISELECT,	0x150, AIA,	FIXED,				\
	  "VS accesses reach vsiselect")				\
	X(SIREG,	0x151, AIA,	FIXED,	"a window, as siselect")	\
	X(STOPEI,	0x15C, AIA,	FIXED,	"VS accesses reach vstopei")	\
	X(STOPI,	0xDB0, AIA,	FIXED,	"read-only")		\
	X(VSIE,		0x204, ALWAYS,	FIXED,				\
	  "a view of hie, which is switched")				\
	X(VSIP,		0x244, ALWAYS,	FIXED,				\
	  "a view of hvip, which is switched")				\
	X(VSIREG,	0x251, AIA,	FIXED,	"a window, as vsiselect")	\
	X(VSTOPEI,	0x25C, AIA,	FIXED,				\
	  "VGEIN is 0: there is no guest file to see")			\
	X(VSTOPI,	0xEB0, AIA,	FIXED,	"read-only")		\
	X(HIP,		0x644, ALWAYS,	FIXED,				\
	  "a view of hvip and hgeip")					\
	X(HGEIP,	0xE12, ALWAYS,	FIXED,	"read-only")		\
	X(SCOUNTOVF,	0xDA0, ALWAYS,	FIXED,				\
	  "read-only view of the counters, which are inhibited; hcounteren hides it") \
	X(HCONTEXT,	0x6A8, ALWAYS,	FIXED,				\
	  "debug context: no trigger is armed in the guest world")		\
	X(SCTRSTATUS,	0x14F, CTR,	FIXED,				\
	  "recording is off in the guest world; hstateen0 hides it")	\
	X(SCTRDEPTH,	0x15F, CTR,	FIXED,	"VS accesses trap")	\
	X(SCOUNTINHIBIT, 0x120, ALWAYS,	FIXED,				\
	  "a view of mcountinhibit, which is switched; VS accesses trap") \
	X(SIREG2,	0x152, AIA,	FIXED,	"a window, as siselect")	\
	X(SIREG3,	0x153, AIA,	FIXED,	"a window, as siselect")	\
	X(SIREG4,	0x155, AIA,	FIXED,	"a window, as siselect")	\
	X(SIREG5,	0x156, AIA,	FIXED,	"a window, as siselect")	\
	X(SIREG6,	0x157, AIA,	FIXED,	"a window, as siselect")	\
	X(VSIREG2,	0x252, AIA,	FIXED,	"a window, as vsiselect") \
	X(VSIREG3,	0x253, AIA,	FIXED,	"a window, as vsiselect") \
	X(VSIREG4,	0x255, AIA,	FIXED,	"a window, as vsiselect") \
	X(VSIREG5,	0x256, AIA,	FIXED,	"a window, as vsiselect") \
	X(VSIREG6,	0x257, AIA,	FIXED,	"a window, as vsiselect") \
	X(SSP,		0x011, ALWAYS,	FIXED,				\
	  "Zicfiss is off for guests: menvcfg.SSE is 0 meanwhile")	\
	X(JVT,		0x017, STATEEN,	FIXED,				\
	  "Zcmt excludes RV64GC; hstateen0 hides it")			\
	X(FFLAGS,	0x001, ALWAYS,	FIXED,	"part of fcsr")		\
	X(FRM,		0x002, ALWAYS,	FIXED,	"part of fcsr")		\
	X(FCSR,		0x003, ALWAYS,	FIXED,				\
	  "the trampoline switches it with the FP registers")		\
	X(VSTART,	0x008, ALWAYS,	FIXED,				\
	  "the trampoline switches it with the V registers")		\
	X(VXSAT,	0x009, ALWAYS,	FIXED,	"as vstart")		\
	X(VXRM,		0x00A, ALWAYS,	FIXED,	"as vstart")		\
	X(VCSR,		0x00F, ALWAYS,	FIXED,	"as vstart")		\
	X(VL,		0xC20, ALWAYS,	FIXED,	"as vstart")		\
	X(VTYPE,	0xC21, ALWAYS,	FIXED,	"as vstart")

#define COVH_READ_SWITCH(__code)
#define COVH_READ_LATE(__code)		__code
#define COVH_READ_KEEP(__code)		__code
#define COVH_READ_EXIT(__code)
#define COVH_READ_FIXED(__code)
#define COVH_SWAP_SWITCH(__code)	__code
#define COVH_SWAP_LATE(__code)
#define COVH_SWAP_KEEP(__code)
#define COVH_SWAP_EXIT(__code)
#define COVH_SWAP_FIXED(__code)
#define COVH_LATE_SWITCH(__code)
#define COVH_LATE_LATE(__code)		__code
#define COVH_LATE_KEEP(__code)
#define COVH_LATE_EXIT(__code)
#define COVH_LATE_FIXED(__code)
#define COVH_SAVED_SWITCH(__code)	__code
#define COVH_SAVED_LATE(__code)		__code
#define COVH_SAVED_KEEP(__code)		__code
#define COVH_SAVED_EXIT(__code)
#define COVH_SAVED_FIXED(__code)

/* clang-format on */

#endif

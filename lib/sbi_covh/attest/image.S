/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * See image.h. The linker knows where the read-only part ends.
 */

#include <sbi_covh/abi.h>
#include "image.h"

	.set	flags, 0
#ifdef CONFIG_SBI_COVH_TEST
	.set	flags, flags | COVH_FLAG_TEST
#endif
#ifdef CONFIG_SBI_COVH_STATIC
	.set	flags, flags | COVH_FLAG_STATIC
#endif
#ifdef CONFIG_SBI_COVH_STD_ERRORS
	.set	flags, flags | COVH_FLAG_STD_ERRORS
#endif
#ifdef CONFIG_SBI_COVH_OLD_NUMBERS
	.set	flags, flags | COVH_FLAG_OLD_NUMBERS
#endif
#ifdef CONFIG_SBI_COVH_COUNTERS
	.set	flags, flags | COVH_FLAG_COUNTERS
#endif
#ifdef CONFIG_SBI_COVH_STANDALONE
	.set	flags, flags | COVH_FLAG_STANDALONE
#endif
#ifdef CONFIG_SBI_COVH_TRACE
	.set	flags, flags | COVH_FLAG_TRACE
#endif
#ifdef CONFIG_SBI_COVH_NO_HTINST
	.set	flags, flags | COVH_FLAG_NO_HTINST
#endif
#if CONFIG_SBI_COVH_STEP_LIMIT
	.set	flags, flags | COVH_FLAG_STEP_LIMIT
#endif

	.section .rodata, "a", %progbits
	.balign	8
	.global covh_image
covh_image:
	.ascii	"opensbi-cove.img"
	.quad	_rodata_end - _fw_start
	.word	CONFIG_SBI_COVH_SVN
	.word	COVH_TSM_VERSION
	.word	flags
	.word	0

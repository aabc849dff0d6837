/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Extending measurement registers.
 */

#include "hart_ops.h"
#include "measure.h"

static void put_le(u8 *p, u64 v, u32 bytes)
{
	u32 i;

	for (i = 0; i < bytes; i++)
		p[i] = (u8)(v >> (8 * i));
}

void covh_measure_page(u8 reg[COVH_DIGEST_SIZE], u64 gpa, const void *page)
{
	u8 head[8];
	struct covh_bytes in[3] = {
		{ reg, COVH_DIGEST_SIZE },
		{ head, sizeof(head) },
		{ page, COVH_PAGE_SIZE },
	};

	put_le(head, gpa, 8);
	covh_sha384(in, 3, reg);
}

void covh_measure_record(u8 reg[COVH_DIGEST_SIZE], u32 tag, const void *payload,
			 u32 len)
{
	u8 head[8];
	struct covh_bytes in[3] = {
		{ reg, COVH_DIGEST_SIZE },
		{ head, sizeof(head) },
		{ payload, len },
	};

	put_le(head, tag, 4);
	put_le(head + 4, len, 4);
	covh_sha384(in, 3, reg);
}

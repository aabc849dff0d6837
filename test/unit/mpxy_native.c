/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenSBI's sbi_mpxy.c, patched as in the firmware, in a native program: the
 * few things around it that need a hart are replaced here. No machine of the
 * system tests has an MPXY channel.
 *
 * Built by mpxy.mk with OpenSBI's headers only; test_mpxy.c has the C library
 * and the page records.
 */

#include <sbi/riscv_asm.h>
#include <sbi/sbi_scratch.h>
#include <sbi/sbi_domain.h>

/* This hart's scratch; 1.6 keeps its MPXY state in it */
static unsigned long scratch[64];

#undef sbi_scratch_thishart_ptr
#define sbi_scratch_thishart_ptr() ((struct sbi_scratch *)scratch)
#undef sbi_domain_thishart_ptr
#define sbi_domain_thishart_ptr() ((struct sbi_domain *)scratch)

#include "lib/sbi/sbi_mpxy.c"

bool mpxy_host_may(unsigned long addr, unsigned long size);

unsigned long sbi_scratch_alloc_offset(unsigned long size)
{
	return size < sizeof(scratch) / 2 ? sizeof(scratch) / 2 : 0;
}

/* What patch 0001 asks behind the domain's regions, which all allow here */
bool sbi_domain_check_addr_range(const struct sbi_domain *dom,
				 unsigned long addr, unsigned long size,
				 unsigned long mode, unsigned long access_flags)
{
	return mpxy_host_may(addr, size);
}

#ifdef MPXY_DOMAIN_DATA
u32 sbi_scratch_hart_count = 1;
static struct mpxy_state state, *states[] = { &state };

int sbi_domain_register_data(struct sbi_domain_data *data)
{
	sbi_mpxy_shmem_disable(&state);
	return 0;
}

void *sbi_domain_data_ptr(struct sbi_domain *dom, struct sbi_domain_data *data)
{
	return states;
}

void *sbi_zalloc_from(struct sbi_heap_control *hpctrl, size_t size)
{
	return NULL;
}

void sbi_free_from(struct sbi_heap_control *hpctrl, void *ptr)
{
}

int sbi_hart_protection_map_range(unsigned long base, unsigned long size)
{
	return 0;
}

int sbi_hart_protection_unmap_range(unsigned long base, unsigned long size)
{
	return 0;
}
#else
int sbi_hart_map_saddr(unsigned long base, unsigned long size)
{
	return 0;
}

int sbi_hart_unmap_saddr(void)
{
	return 0;
}
#endif

#define MARK 0x4d

static int answer(struct sbi_mpxy_channel *c, u32 id, void *msg, u32 msg_len,
		  void *resp, u32 resp_max, unsigned long *resp_len)
{
	*(u8 *)resp = MARK;
	*resp_len = 1;
	return 0;
}

static int take(struct sbi_mpxy_channel *c, u32 id, void *msg, u32 msg_len)
{
	c->attrs.msg_proto_version = *(u8 *)msg;
	return 0;
}

static int events(struct sbi_mpxy_channel *c, void *buf, u32 size,
		  unsigned long *len)
{
	*(u8 *)buf = MARK;
	*len = 1;
	return 0;
}

static int attributes(struct sbi_mpxy_channel *c, u32 *mem, u32 base, u32 n)
{
	*(u8 *)mem = MARK;
	return 0;
}

static struct sbi_mpxy_channel channel = {
	.channel_id = 7,
	.attrs.msg_data_maxlen = 64,
	.send_message_with_response = answer,
	.send_message_without_response = take,
	.get_notification_events = events,
	.read_attributes = attributes,
	.write_attributes = attributes,
};

int mpxy_set(unsigned long addr, unsigned long flags)
{
	/* OpenSBI takes 32 one bits for "none" */
	unsigned long hi = addr == -1UL ? INVALID_ADDR : 0;

	addr = hi ?: addr;
#ifdef MPXY_DOMAIN_DATA
	return sbi_mpxy_set_shmem(addr, hi, flags);
#else
	return sbi_mpxy_set_shmem(PAGE_SIZE, addr, hi, flags);
#endif
}

int mpxy_init(void)
{
	int rc;

	if (sbi_mpxy_channel_available())
		return mpxy_set(-1UL, 0);

	rc = sbi_mpxy_init((struct sbi_scratch *)scratch);
	return rc ?: sbi_mpxy_register_channel(&channel);
}

/* Every call that touches the shared memory, by number; -100 past the last */
int mpxy_call(int n)
{
	unsigned long len;

	switch (n) {
	case 0:
		return sbi_mpxy_get_channel_ids(0);
	case 1:
		return sbi_mpxy_read_attrs(7, 0, 4);
	case 2:
		return sbi_mpxy_read_attrs(7, 0x80000000U, 1);
	case 3:
		return sbi_mpxy_write_attrs(7, 0x80000000U, 1);
	case 4:
		return sbi_mpxy_send_message(7, 1, 8, &len);
	case 5:
		return sbi_mpxy_send_message(7, 1, 8, NULL);
	case 6:
		return sbi_mpxy_get_notification_events(7, &len);
	}
	return -100;
}

/* What the channel has read */
unsigned int mpxy_taken(void)
{
	return channel.attrs.msg_proto_version;
}

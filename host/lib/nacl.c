/* SPDX-License-Identifier: BSD-2-Clause */
/* Registration of the nested-acceleration shared memory, per hart. */

#include <host/mem.h>
#include <host/nacl.h>

long nacl_setup(void)
{
	struct hart *h = this_hart();

	if (!h->shmem)
		h->shmem = page_zalloc(COVH_NACL_SHMEM_SIZE >> PAGE_SHIFT,
				       PAGE_SIZE);
	return nacl_set_shmem(pa(h->shmem), 0, 0).error;
}

long nacl_disable(void)
{
	return nacl_set_shmem(-1UL, -1UL, 0).error;
}

long nacl_release(void)
{
	struct hart *h = this_hart();
	long err = nacl_disable();

	if (!err && h->shmem) {
		page_free(h->shmem, COVH_NACL_SHMEM_SIZE >> PAGE_SHIFT);
		h->shmem = NULL;
	}
	return err;
}

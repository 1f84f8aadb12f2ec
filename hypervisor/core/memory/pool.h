/* SPDX-License-Identifier: MIT */
/* What is set aside for one domain, see pool.c. */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include <trefoil/domain.h>
#include <trefoil/types.h>

/* Pages out of a pool, aligned to their number (a power of two): the first, or NO_EXTENT. Their
 * contents are old. Takes the pool's lock. */
uint64_t pool_take(struct memory_pool *pool, uint64_t pages);
void pool_give(struct memory_pool *pool, uint64_t start, uint64_t pages);
/* The next piece, of at most so many bytes, of the RAM that the domain had in an earlier life; of
 * size 0 when it has all of it again. By who builds the domain. */
struct paddr_range pool_kept_ram(struct memory_pool *pool, uint64_t most);
/* Frames out of the heap are the domain's RAM from now on. -ENOSPC. By who builds the domain. */
int pool_note_ram(struct memory_pool *pool, uint64_t start, uint64_t pages);

#endif

/* SPDX-License-Identifier: MIT */
/* Sets of small numbers in 64-bit words. Who tests one may do so while another changes it; changes
 * need a lock. */
#ifndef TREFOIL_BITMAP_H
#define TREFOIL_BITMAP_H

#include <trefoil/types.h>

#define BITMAP_WORDS(bits) (((bits) + 63) / 64)

static inline bool bitmap_test(const uint64_t *map, unsigned int bit)
{
    return (__atomic_load_n(&map[bit / 64], __ATOMIC_RELAXED) >> (bit % 64)) & 1;
}

static inline void bitmap_put(uint64_t *word, uint64_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline void bitmap_set(uint64_t *map, unsigned int bit)
{
    bitmap_put(&map[bit / 64], map[bit / 64] | UINT64_C(1) << (bit % 64));
}

static inline void bitmap_clear(uint64_t *map, unsigned int bit)
{
    bitmap_put(&map[bit / 64], map[bit / 64] & ~(UINT64_C(1) << (bit % 64)));
}

/* The first member at or after `from`; `bits` when there is none. */
unsigned int bitmap_next(const uint64_t *map, unsigned int bits, unsigned int from);
/* The first number at or after `from` that is no member; `bits` when there is none. */
unsigned int bitmap_next_clear(const uint64_t *map, unsigned int bits, unsigned int from);
unsigned int bitmap_weight(const uint64_t *map, unsigned int bits);

#endif

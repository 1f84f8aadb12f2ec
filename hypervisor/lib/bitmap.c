/* SPDX-License-Identifier: MIT */
#include <trefoil/bitmap.h>

static unsigned int next(const uint64_t *map, unsigned int bits, unsigned int from, uint64_t flip)
{
    while (from < bits) {
        uint64_t word = (map[from / 64] ^ flip) >> (from % 64);

        if (word) {
            from += (unsigned int)__builtin_ctzll(word);
            return from < bits ? from : bits;
        }
        from = ALIGN_DOWN(from, 64U) + 64;
    }
    return bits;
}

unsigned int bitmap_next(const uint64_t *map, unsigned int bits, unsigned int from)
{
    return next(map, bits, from, 0);
}

unsigned int bitmap_next_clear(const uint64_t *map, unsigned int bits, unsigned int from)
{
    return next(map, bits, from, UINT64_MAX);
}

unsigned int bitmap_weight(const uint64_t *map, unsigned int bits)
{
    unsigned int weight = 0;

    for (unsigned int bit = bitmap_next(map, bits, 0); bit < bits;
         bit = bitmap_next(map, bits, bit + 1))
        weight++;
    return weight;
}

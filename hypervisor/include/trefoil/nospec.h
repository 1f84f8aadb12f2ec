/* SPDX-License-Identifier: MIT */
/*
 * Indices that come from guests. A CPU may guess that a bounds check passes and go on with an index
 * that does not, and what it loads then leaves traces in the caches (CVE-2017-5753). After the
 * check, such an index goes through index_nospec().
 */
#ifndef TREFOIL_NOSPEC_H
#define TREFOIL_NOSPEC_H

#include <asm/cpu.h>
#include <trefoil/types.h>

/*
 * The index, which is below size, as far as the program can tell; ahead of its turn, too, it is
 * then below size. One instruction where size is a constant power of two, so tables have room for
 * one.
 */
static inline __attribute__((always_inline)) uint64_t index_nospec(uint64_t index, uint64_t size)
{
    if (__builtin_constant_p(size) && (size & (size - 1)) == 0)
        return cpu_index_mask(index, size - 1);
    return cpu_index_below(index, size);
}

#endif

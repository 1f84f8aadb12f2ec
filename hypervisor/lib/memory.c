/* SPDX-License-Identifier: MIT */
/* Copying and filling, by words: what is copied between packets begins at any address. */
#include <stdint.h>
#include <trefoil/string.h>

/* Else the compiler would make of these loops calls of the very functions that they are. */
#define PLAIN_LOOPS __attribute__((optimize("no-tree-loop-distribute-patterns")))

typedef uint64_t __attribute__((may_alias)) word;

#define WORD_MASK (sizeof(word) - 1)

/* What lies at any address. The architecture's local.mk says whether one access does it. */
struct unaligned {
    word value;
} __attribute__((packed, may_alias));

static inline word word_at(const uint8_t *at, size_t number)
{
    return ((const struct unaligned *)at)[number].value;
}

/* Loads before it stores, so that memmove() may use it towards lower addresses. */
static inline void block_copy(uint8_t *out, const uint8_t *in)
{
    word a = word_at(in, 0), b = word_at(in, 1), c = word_at(in, 2), d = word_at(in, 3);
    word e = word_at(in, 4), f = word_at(in, 5), g = word_at(in, 6), h = word_at(in, 7);
    word *target = (word *)out;

    target[0] = a;
    target[1] = b;
    target[2] = c;
    target[3] = d;
    target[4] = e;
    target[5] = f;
    target[6] = g;
    target[7] = h;
}

PLAIN_LOOPS void *memcpy(void *to, const void *from, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    if (size >= sizeof(word)) {
        for (; (uintptr_t)out & WORD_MASK; size--)
            *out++ = *in++;
        for (; size >= 8 * sizeof(word); size -= 8 * sizeof(word)) {
            block_copy(out, in);
            in += 8 * sizeof(word);
            out += 8 * sizeof(word);
        }
        for (; size >= sizeof(word); size -= sizeof(word)) {
            *(word *)out = word_at(in, 0);
            in += sizeof(word);
            out += sizeof(word);
        }
    }
    for (; size; size--)
        *out++ = *in++;
    return to;
}

PLAIN_LOOPS void *memmove(void *to, const void *from, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    if ((uintptr_t)out - (uintptr_t)in >= size)
        return memcpy(to, from, size);
    while (size--)
        out[size] = in[size];
    return to;
}

PLAIN_LOOPS void *memset(void *to, int byte, size_t size)
{
    uint8_t *out = to;
    word pattern = (uint8_t)byte * UINT64_C(0x0101010101010101);

    for (; size && ((uintptr_t)out & WORD_MASK); size--)
        *out++ = (uint8_t)byte;
    for (; size >= 16 * sizeof(word); size -= 16 * sizeof(word)) {
        word *target = (word *)out;

        target[0] = target[1] = target[2] = target[3] = pattern;
        target[4] = target[5] = target[6] = target[7] = pattern;
        target[8] = target[9] = target[10] = target[11] = pattern;
        target[12] = target[13] = target[14] = target[15] = pattern;
        out += 16 * sizeof(word);
    }
    for (; size >= sizeof(word); size -= sizeof(word)) {
        *(word *)out = pattern;
        out += sizeof(word);
    }
    for (; size; size--)
        *out++ = (uint8_t)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *x = a, *y = b;

    for (; size; size--, x++, y++) {
        if (*x != *y)
            return *x - *y;
    }
    return 0;
}

void *memchr(const void *in, int byte, size_t size)
{
    const uint8_t *p = in;

    for (; size; size--, p++) {
        if (*p == (uint8_t)byte)
            return (void *)(uintptr_t)p;
    }
    return NULL;
}

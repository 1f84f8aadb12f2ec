/* SPDX-License-Identifier: MIT */
/* Copying and filling, by words where the alignment lets it. */
#include <stdint.h>
#include <trefoil/string.h>

/* Else the compiler would make of these loops calls of the very functions that they are. */
#define PLAIN_LOOPS __attribute__((optimize("no-tree-loop-distribute-patterns")))

typedef uint64_t __attribute__((may_alias)) word;

#define WORD_MASK (sizeof(word) - 1)

PLAIN_LOOPS void *memcpy(void *to, const void *from, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    if ((((uintptr_t)out ^ (uintptr_t)in) & WORD_MASK) == 0) {
        for (; size && ((uintptr_t)out & WORD_MASK); size--)
            *out++ = *in++;
        for (; size >= 4 * sizeof(word); size -= 4 * sizeof(word)) {
            const word *source = (const word *)in;
            word *target = (word *)out;
            word a = source[0], b = source[1], c = source[2], d = source[3];

            target[0] = a;
            target[1] = b;
            target[2] = c;
            target[3] = d;
            in += 4 * sizeof(word);
            out += 4 * sizeof(word);
        }
        for (; size >= sizeof(word); size -= sizeof(word)) {
            *(word *)out = *(const word *)in;
            in += sizeof(word);
            out += sizeof(word);
        }
    }
    for (; size >= 4; size -= 4, out += 4, in += 4) {
        out[0] = in[0];
        out[1] = in[1];
        out[2] = in[2];
        out[3] = in[3];
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

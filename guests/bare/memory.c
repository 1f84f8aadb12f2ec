/* SPDX-License-Identifier: MIT */
/* What the compiler takes for granted. */
#include <stddef.h>

void *memset(void *to, int value, size_t size);
void *memcpy(void *to, const void *from, size_t size);

void *memset(void *to, int value, size_t size)
{
    char *byte = to;

    while (size-- > 0) {
        *byte++ = (char)value;
        __asm__ volatile("" ::: "memory"); /* or it becomes a call of memset */
    }
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    const char *source = from;
    char *byte = to;

    while (size-- > 0) {
        *byte++ = *source++;
        __asm__ volatile("" ::: "memory");
    }
    return to;
}

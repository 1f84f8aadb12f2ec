/* SPDX-License-Identifier: MIT */
#include "hostile.h"

size_t text_length(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}

void text_add(char *out, size_t size, const char *more)
{
    size_t at = text_length(out);

    while (*more != '\0' && at + 1 < size)
        out[at++] = *more++;
    out[at] = '\0';
}

void text_add_number(char *out, size_t size, uint64_t number)
{
    char digits[21];
    size_t at = sizeof(digits) - 1;

    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    text_add(out, size, digits + at);
}

uint64_t text_number(const char *text)
{
    uint64_t number = 0;

    for (; text != NULL && *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (uint64_t)(*text - '0');
    return number;
}

uint64_t chance(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15UL;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

void fill_by_chance(volatile void *to, size_t size)
{
    volatile uint8_t *byte = to;

    for (size_t i = 0; i < size; i++)
        byte[i] = (uint8_t)(chance() >> 32);
}

/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <trefoil/string.h>

static unsigned int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned int)(c - '0');
    if (c >= 'a' && c <= 'z')
        return (unsigned int)(c - 'a') + 10;
    if (c >= 'A' && c <= 'Z')
        return (unsigned int)(c - 'A') + 10;
    return UINT_MAX;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The base that a prefix tells when none is asked for; steps over 0x. */
static unsigned int base_of(const char **s, int base)
{
    bool hexadecimal = (*s)[0] == '0' && ((*s)[1] | 0x20) == 'x' && digit_of((*s)[2]) < 16;

    if (hexadecimal && (base == 0 || base == 16)) {
        *s += 2;
        return 16;
    }
    if (base == 0)
        return **s == '0' ? 8 : 10;
    return (unsigned int)base;
}

/* C17 7.22.1.4; out of range gives ULONG_MAX, there is no errno. */
unsigned long strtoul(const char *s, char **end, int base)
{
    const char *start = s;
    unsigned long value = 0;
    bool negative = false, any = false, overflow = false;

    while (is_space(*s))
        s++;
    if (*s == '+' || *s == '-')
        negative = *s++ == '-';

    unsigned int radix = base_of(&s, base);

    for (; digit_of(*s) < radix; s++) {
        unsigned int digit = digit_of(*s);

        overflow |= __builtin_mul_overflow(value, radix, &value);
        overflow |= __builtin_add_overflow(value, digit, &value);
        any = true;
    }
    if (end)
        *end = (char *)(uintptr_t)(any ? s : start);
    if (overflow)
        return ULONG_MAX;
    return negative ? -value : value;
}

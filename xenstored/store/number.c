/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

bool parse_number(const char *text, unsigned long maximum, unsigned long *value)
{
    char *end;

    /* strtoul() would take blanks and signs too. */
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *value = strtoul(text, &end, 10);
    return !errno && !*end && *value <= maximum;
}

size_t format_number(uint64_t value, char *text)
{
    char digits[NUMBER_TEXT_SIZE], *first = digits + sizeof(digits);
    size_t size;

    *--first = '\0';
    do
        *--first = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    size = (size_t)(digits + sizeof(digits) - first);
    memcpy(text, first, size);
    return size - 1;
}

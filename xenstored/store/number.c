/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

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

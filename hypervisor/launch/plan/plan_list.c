/* SPDX-License-Identifier: MIT */
/* Lists in properties. */
#include "plan.h"

/* A decimal number below 64 at *text, moving past it. */
static bool take_number(const char **text, unsigned int *number)
{
    const char *at = *text;

    *number = 0;
    if (*at < '0' || *at > '9')
        return false;
    for (; *at >= '0' && *at <= '9'; at++) {
        *number = *number * 10 + (unsigned int)(*at - '0');
        if (*number > 63)
            return false;
    }
    *text = at;
    return true;
}

bool plan_parse_mask(const char *text, uint64_t *mask)
{
    *mask = 0;
    for (;;) {
        unsigned int first, last;

        if (!take_number(&text, &first))
            return false;
        last = first;
        if (*text == '-') {
            text++;
            if (!take_number(&text, &last) || last < first)
                return false;
        }
        for (unsigned int i = first; i <= last; i++)
            *mask |= 1ULL << i;
        if (*text == '\0')
            return true;
        if (*text++ != ',')
            return false;
    }
}

bool plan_parse_ranges(const uint8_t *data, int size, uint32_t address_cells, uint32_t size_cells,
                       struct paddr_range *ranges, unsigned int limit, unsigned int *count)
{
    *count = 0;
    while (size > 0) {
        struct paddr_range range;

        if (*count == limit || !tree_take(&data, &size, address_cells, &range.start) ||
            !tree_take(&data, &size, size_cells, &range.size) || address_cells + size_cells == 0 ||
            range.size > UINT64_MAX - range.start)
            return false;
        ranges[(*count)++] = range;
    }
    return *count != 0;
}

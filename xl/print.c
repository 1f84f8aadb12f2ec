/* SPDX-License-Identifier: MIT */
#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/fields.h>
#include <libxl/libxl.h>

void xl_format_uuid(const uint8_t uuid[16], char *out, size_t size)
{
    snprintf(out, size, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             uuid[0], uuid[1], uuid[2], uuid[3], uuid[4], uuid[5], uuid[6], uuid[7], uuid[8],
             uuid[9], uuid[10], uuid[11], uuid[12], uuid[13], uuid[14], uuid[15]);
}

void xl_format_roles(uint32_t roles, char *out, size_t size)
{
    snprintf(out, size, "%s", roles ? "" : "-");
    for (unsigned int i = 0; libxl_role_name(i); i++) {
        size_t length = strlen(out);
        if (roles & (1u << i))
            snprintf(out + length, size - length, "%s%s", length ? "," : "", libxl_role_name(i));
    }
}

void xl_format_pool(uint32_t pool, char *out, size_t size)
{
    snprintf(out, size, "Pool-%u", pool);
}

static bool has(const uint8_t *map, uint32_t pcpu)
{
    return map[pcpu / 8] & (1u << pcpu % 8);
}

/* Appends a range of pcpus; returns the text's length, which may be beyond the end. */
static size_t append_range(char *out, size_t size, size_t length, uint32_t first, uint32_t last)
{
    if (length >= size)
        return length;
    length += (size_t)snprintf(out + length, size - length, "%s%u", length ? "," : "", first);
    if (last > first && length < size)
        length += (size_t)snprintf(out + length, size - length, "-%u", last);
    return length;
}

void xl_format_cpumap(const uint8_t *map, uint32_t pcpus, char *out, size_t size)
{
    size_t length = 0;
    uint32_t present = 0;
    for (uint32_t first = 0; first < pcpus; first++) {
        uint32_t last = first;
        if (!has(map, first))
            continue;
        while (last + 1 < pcpus && has(map, last + 1))
            last++;
        present += last - first + 1;
        length = append_range(out, size, length, first, last);
        first = last;
    }
    if (!present || present == pcpus)
        snprintf(out, size, "%s", present ? "all" : "none");
}

/* "N" or "N-M"; *rest is what follows. */
static bool parse_range(const char *text, const char **rest, unsigned long *first,
                        unsigned long *last)
{
    char *end;
    *first = *last = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9')
        return false;
    if (*end == '-') {
        text = end + 1;
        *last = strtoul(text, &end, 10);
        if (*text < '0' || *text > '9')
            return false;
    }
    *rest = end;
    return true;
}

bool xl_parse_cpumap(const char *text, uint32_t pcpus, uint8_t *map, size_t size)
{
    unsigned long first = 0, last = pcpus - 1ul;
    const char *rest = "";
    memset(map, 0, size);
    bool all = !strcmp(text, "all");
    for (;;) {
        if (!all && !parse_range(text, &rest, &first, &last))
            return false;
        if (first > last || last >= pcpus || last >= size * 8)
            return false;
        for (unsigned long i = first; i <= last; i++)
            map[i / 8] |= (uint8_t)(1u << i % 8);
        if (*rest != ',')
            return !*rest;
        text = rest + 1;
    }
}

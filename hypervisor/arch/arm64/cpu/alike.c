/* SPDX-License-Identifier: MIT */
#include "alike.h"
#include <asm/cpu.h>
#include <trefoil/types.h>

enum rule { SAME, AT_LEAST };

static const struct {
    const char *what;
    enum rule rule;
} rows[] = {
#define ALIKE(what, value, rule) {what, rule},
#include "alike.def"
#undef ALIKE
};

static uint64_t boot[ARRAY_SIZE(rows)];

static void read_all(uint64_t *values)
{
#define ALIKE(what, value, rule) *values++ = (value);
#include "alike.def"
#undef ALIKE
}

void alike_begin(void)
{
    read_all(boot);
}

bool alike_check(struct alike_difference *difference)
{
    uint64_t own[ARRAY_SIZE(rows)];

    read_all(own);
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        if (own[i] == boot[i] || (rows[i].rule == AT_LEAST && own[i] > boot[i]))
            continue;
        *difference = (struct alike_difference){rows[i].what, boot[i], own[i]};
        return false;
    }
    return true;
}

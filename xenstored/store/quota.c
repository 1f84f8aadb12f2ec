/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>

#include "number.h"
#include "quota.h"

const struct quota_description quota_descriptions[QUOTA_COUNT] = {
#define QUOTA(symbol, quota_name, value, text)                                                     \
    [QUOTA_##symbol] = {.name = (quota_name), .what = (text), .initial = (value)},
#include "quota.def"
#undef QUOTA
};

void quotas_init(struct quotas *quotas)
{
    for (int i = 0; i < QUOTA_COUNT; i++)
        quotas->limit[i] = quota_descriptions[i].initial;
}

int quota_by_name(const char *name)
{
    for (int i = 0; i < QUOTA_COUNT; i++) {
        if (!strcmp(name, quota_descriptions[i].name))
            return i;
    }
    return -1;
}

bool quota_assign(struct quotas *quotas, const char *assignment)
{
    const char *equals = strchr(assignment, '=');
    char name[32];
    unsigned long value;
    int quota;

    if (!equals || (size_t)(equals - assignment) >= sizeof(name))
        return false;
    memcpy(name, assignment, (size_t)(equals - assignment));
    name[equals - assignment] = '\0';
    quota = quota_by_name(name);
    if (quota < 0 || !parse_number(equals + 1, UINT_MAX, &value))
        return false;
    quotas->limit[quota] = (unsigned int)value;
    return true;
}

/* SPDX-License-Identifier: MIT */
/* Quotas: what an unprivileged domain may hold. */
#ifndef XENSTORED_QUOTA_H
#define XENSTORED_QUOTA_H

#include <stdbool.h>
#include <stddef.h>

enum quota {
#define QUOTA(symbol, name, value, what) QUOTA_##symbol,
#include "quota.def"
#undef QUOTA
    QUOTA_COUNT
};

struct quotas {
    unsigned int limit[QUOTA_COUNT];
};

struct quota_description {
    const char *name;
    const char *what;
    unsigned int initial;
};

extern const struct quota_description quota_descriptions[QUOTA_COUNT];

/* The built-in limits. */
void quotas_init(struct quotas *quotas);

/* The quota of that name, or -1. */
int quota_by_name(const char *name);

/* Apply "name=value"; false: no such quota, or no number. */
bool quota_assign(struct quotas *quotas, const char *assignment);

#endif

/* SPDX-License-Identifier: MIT */
/* Operations by name: that of the table, that of the ABI, a part of one, wildcards. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "policy.h"

#define SUGGESTIONS_MAX 6
#define NAME_MAX_LOOKED 64 /* of a name, for how far it is from another */

static bool is_named(const char *pattern, enum policy_operation operation)
{
    const struct policy_row *row = policy_row(operation);
    return !fnmatch(pattern, row->name, FNM_CASEFOLD) || !fnmatch(pattern, row->abi, FNM_CASEFOLD);
}

/* "pausedomain" ends domctl_pausedomain, and not domctl_unpausedomain. */
static bool is_end_of(const char *pattern, enum policy_operation operation)
{
    const char *name = policy_row(operation)->name;
    size_t whole = strlen(name), part = strlen(pattern);
    return part && part < whole && name[whole - part - 1] == '_' &&
           !strcasecmp(name + whole - part, pattern);
}

static size_t match_by(bool (*matches)(const char *, enum policy_operation), const char *pattern,
                       bool found[OP_COUNT])
{
    size_t count = 0;
    for (enum policy_operation operation = 0; operation < OP_COUNT; operation++) {
        found[operation] = matches(pattern, operation);
        count += found[operation];
    }
    return count;
}

size_t policy_match(const char *pattern, bool found[OP_COUNT])
{
    size_t count = match_by(is_named, pattern, found);
    return count ? count : match_by(is_end_of, pattern, found);
}

static bool has_part(const char *pattern, enum policy_operation operation)
{
    const struct policy_row *row = policy_row(operation);
    return strcasestr(row->name, pattern) || strcasestr(row->abi, pattern);
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t low = a < b ? a : b;
    return low < c ? low : c;
}

/* How many letters to change, add or leave out (Levenshtein). */
static size_t distance(const char *from, const char *to)
{
    size_t row[NAME_MAX_LOOKED + 1], length = strnlen(to, NAME_MAX_LOOKED);
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 0; i < NAME_MAX_LOOKED && from[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (from[i] != to[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

/* A few letters wrong, in the name or in its last part. */
static bool is_near(const char *pattern, enum policy_operation operation)
{
    const char *name = policy_row(operation)->name, *end = strrchr(name, '_');
    size_t allowed = strlen(pattern) / 4;
    return distance(pattern, name) <= allowed || (end && distance(pattern, end + 1) <= allowed);
}

int policy_no_operation(const char *pattern)
{
    bool found[OP_COUNT];
    char list[512] = "";
    size_t length = 0, shown = 0;
    size_t count = match_by(has_part, pattern, found);
    if (!count)
        count = match_by(is_near, pattern, found);
    for (enum policy_operation operation = 0; operation < OP_COUNT; operation++) {
        if (!found[operation] || shown++ >= SUGGESTIONS_MAX)
            continue;
        length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%s", length ? ", " : "",
                                   policy_row(operation)->name);
    }
    if (!count)
        return xl_fail_with("There is no operation '%s'; 'xl policy' lists all.", pattern);
    return xl_fail_with("There is no operation '%s'; there is %s%s.", pattern, list,
                        shown > SUGGESTIONS_MAX ? " and more" : "");
}

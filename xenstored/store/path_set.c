/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "path_set.h"

static uint32_t hash(const char *path)
{
    uint32_t value = 2166136261u;

    while (*path)
        value = (value ^ (uint8_t)*path++) * 16777619u;
    return value;
}

/* The slot that holds `path` or is free for it. */
static char **find_slot(char **slots, unsigned int capacity, const char *path)
{
    unsigned int index = hash(path) & (capacity - 1);

    while (slots[index] && strcmp(slots[index], path))
        index = (index + 1) & (capacity - 1);
    return &slots[index];
}

bool path_set_contains(const struct path_set *set, const char *path)
{
    return set->capacity && *find_slot(set->slots, set->capacity, path);
}

static bool grow(struct path_set *set)
{
    unsigned int capacity = set->capacity ? set->capacity * 2 : PATH_SET_FEW;
    char **slots = set->capacity ? calloc(capacity, sizeof(*slots)) : set->few;

    if (!slots)
        return false;
    for (unsigned int i = 0; i < set->capacity; i++) {
        if (set->slots[i])
            *find_slot(slots, capacity, set->slots[i]) = set->slots[i];
    }
    if (set->slots != set->few)
        free(set->slots);
    set->slots = slots;
    set->capacity = capacity;
    return true;
}

bool path_set_add(struct path_set *set, const char *path)
{
    char *copy;

    if (set->count * 2 >= set->capacity && !grow(set))
        return false;
    copy = strdup(path);
    if (!copy)
        return false;
    *find_slot(set->slots, set->capacity, path) = copy;
    set->count++;
    return true;
}

void path_set_clear(struct path_set *set)
{
    for (unsigned int i = 0; i < set->capacity; i++)
        free(set->slots[i]);
    if (set->slots != set->few)
        free(set->slots);
    memset(set, 0, sizeof(*set));
}

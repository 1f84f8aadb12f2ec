/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mutation.h"

int mutation_apply(const struct mutation *mutation, struct view *view, const struct actor *actor,
                   struct change *change)
{
    switch (mutation->kind) {
    case MUTATION_WRITE:
        return store_write(view, actor, mutation->path, mutation->data, mutation->length, change);
    case MUTATION_MKDIR: return store_mkdir(view, actor, mutation->path, change);
    case MUTATION_REMOVE: return store_remove(view, actor, mutation->path, change);
    case MUTATION_SET_PERMISSIONS:
        return store_set_permissions(view, actor, mutation->path, mutation->data,
                                     (unsigned int)mutation->length, change);
    }
    return EINVAL;
}

static size_t data_bytes(const struct mutation *mutation)
{
    if (mutation->kind == MUTATION_SET_PERMISSIONS)
        return mutation->length * sizeof(struct permission);
    return mutation->length;
}

size_t mutation_size(const struct mutation *mutation)
{
    return sizeof(*mutation) + data_bytes(mutation) + strlen(mutation->path) + 1;
}

struct mutation *mutation_copy(const struct mutation *mutation)
{
    struct mutation *copy = malloc(mutation_size(mutation));
    size_t bytes = data_bytes(mutation);
    char *place;

    if (!copy)
        return NULL;
    *copy = *mutation;
    list_init(&copy->link);
    /* The data first: struct permission wants its alignment. */
    place = (char *)(copy + 1);
    if (bytes)
        memcpy(place, mutation->data, bytes);
    copy->data = place;
    copy->path = strcpy(place + bytes, mutation->path);
    return copy;
}

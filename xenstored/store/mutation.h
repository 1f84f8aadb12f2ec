/* SPDX-License-Identifier: MIT */
/* Changes as values: what a transaction keeps to do again when it commits. */
#ifndef XENSTORED_MUTATION_H
#define XENSTORED_MUTATION_H

#include "list.h"
#include "store.h"

enum mutation_kind {
    MUTATION_WRITE,
    MUTATION_MKDIR,
    MUTATION_REMOVE,
    MUTATION_SET_PERMISSIONS,
};

struct mutation {
    struct list link;
    enum mutation_kind kind;
    const char *path;
    const void *data; /* the value, or the list of struct permission */
    size_t length;    /* bytes of it, or elements */
};

/* Carry it out in `view`: 0 or an errno value. */
int mutation_apply(const struct mutation *mutation, struct view *view, const struct actor *actor,
                   struct change *change);

/* A copy with path and data in the same block; freed by free(). */
struct mutation *mutation_copy(const struct mutation *mutation);

/* Bytes that a copy takes. */
size_t mutation_size(const struct mutation *mutation);

#endif
